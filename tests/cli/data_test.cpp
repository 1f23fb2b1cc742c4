// `--data`: operands from .npy files.
#include <fmt/format.h>

#include "tests/cli/program.h"
#include "workloads/network/widths.h"
#include "workloads/tensor/npy.h"
#include "workloads/tensor/operands.h"

namespace orrery {
namespace {

namespace json = boost::json;

constexpr int kBatch = 2;
constexpr int kSeed = 1;  // the program's own where none is given
const Arguments kRun{"tutorial_4x4", "tutorial", "--batch", std::to_string(kBatch)};

// The tensor without the padding of its planes.
OperandTensor cropped(const OperandTensor& padded, const Layer& layer) {
  OperandTensor t{padded.shape, {}};
  t.shape[2] = layer.ifmap_rows, t.shape[3] = layer.ifmap_cols;
  for (int plane = 0; plane < t.shape[0] * t.shape[1]; ++plane) {
    for (int row = 0; row < layer.ifmap_rows; ++row) {
      const std::ptrdiff_t first =
          (std::ptrdiff_t{plane} * layer.padded_rows() + row + layer.pad_top) *
              layer.padded_cols() +
          layer.pad_left;
      t.data.insert(t.data.end(), padded.data.begin() + first,
                    padded.data.begin() + first + layer.ifmap_cols);
    }
  }
  return t;
}

// The folder holds the synthetic data of the tutorial on tutorial_4x4.
class Data : public Cli {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(path("data"));
    for (const Layer& layer :
         at_widths(select(read_network(ORRERY_SOURCE_DIR "/workloads/tutorial"), kBatch, {}),
                   {.operand_bits = 8, .product_bits = 32, .psum_bits = 32})
             .layers) {
      const Operands in = synthetic_operands(layer, kSeed, 32);
      write_npy(npy(layer.name, "ifmap"), cropped(in.ifmap, layer));
      if (!in.filter.data.empty()) write_npy(npy(layer.name, "filter"), in.filter);
      if (!in.bias.data.empty()) write_npy(npy(layer.name, "bias"), in.bias);
    }
  }
  std::string npy(const std::string& layer, const std::string& tensor) const {
    return path("data/" + layer + "." + tensor + ".npy");
  }
  json::object from_files() const { return simulated(kRun + Arguments{"--data", path("data")}); }
  void expect_refused(const std::string& sentence) const {
    expect_mistake(
        Arguments{"simulate"} + kRun +
            Arguments{"--data", path("data"), "--json", path("x.json"), "--csv", path("x.csv")},
        sentence);
  }
};

TEST_F(Data, EqualToTheSyntheticOnesGiveTheSameResult) {
  const json::object files = from_files();
  const json::object synthetic = simulated(kRun);
  EXPECT_EQ(files.at("data").as_string(), path("data"));
  EXPECT_EQ(files.at("layers"), synthetic.at("layers"));
  EXPECT_EQ(files.at("total"), synthetic.at("total"));
}

// A mean of four words moves by 8 where one of them moves by 32.
TEST_F(Data, OneChangedIfmapWordChangesTheHashOfItsLayerOnly) {
  const auto before = of_layers(from_files(), "ofmap_sha256");
  OperandTensor ifmap = read_npy_operands(npy("POOL", "ifmap"), {kBatch, 12, 8, 12}, 8);
  ifmap.data.back() = static_cast<std::int16_t>(ifmap.data.back() ^ 32);
  write_npy(npy("POOL", "ifmap"), ifmap);
  const json::object result = from_files();
  const auto after = of_layers(result, "ofmap_sha256");
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_EQ(before[i] == after[i], i != 3) << i;
  EXPECT_EQ(result.at("total").at("check"), "equal");
}

// Products are below 2^12 and a psum has 240 of them, so a bias of 2^27 decides the sign of each
// word of its channel; +127 in one run is -128 in the other.
TEST_F(Data, OneChangedBiasChangesTheHash) {
  std::vector<std::string> hashes;
  for (const int bias : {1 << 27, -(1 << 27)}) {
    PsumTensor biases = read_npy_psums(npy("FC", "bias"), {16});
    biases.data[5] = bias;
    write_npy(npy("FC", "bias"), biases);
    const json::object result = from_files();
    hashes.push_back(of_layers(result, "ofmap_sha256").at(5));
    EXPECT_EQ(result.at("total").at("check"), "equal");
  }
  EXPECT_NE(hashes[0], hashes[1]);
}

TEST_F(Data, MayBeNarrowerThanTheyAreHeld) {
  const json::object synthetic = simulated(kRun);
  PsumTensor bias = read_npy_psums(npy("GEMM", "bias"), {10});
  std::string text = content(npy("POOL", "ifmap"));
  // int16 words of 8-bit values: every second byte holds nothing but the sign.
  std::string bytes = text.substr(0, 128);
  for (std::size_t i = 128; i < text.size(); i += 2) bytes += text[i];
  const std::size_t type = bytes.find("<i2");
  ASSERT_NE(type, std::string::npos);
  bytes.replace(type, 3, "|i1");
  file("data/POOL.ifmap.npy", bytes);
  EXPECT_EQ(from_files().at("layers"), synthetic.at("layers"));
}

TEST_F(Data, MissingFilesAreNamed) {
  for (const auto& [layer, tensor] :
       {std::pair{"GEMM", "bias"}, std::pair{"FC", "filter"}, std::pair{"STRIDED", "ifmap"}}) {
    const std::string gone = npy(layer, tensor);
    const std::string text = content(gone);
    std::filesystem::remove(gone);
    expect_refused(gone + ": cannot be read: no such file, or no permission");
    file("data/" + std::string(layer) + "." + tensor + ".npy", text);
  }
}

TEST_F(Data, OfAnotherShapeAreRefused) {
  const std::string fc = npy("FC", "filter");
  write_npy(fc, OperandTensor{{16, 240, 1, 1}, std::vector<std::int16_t>(3840)});
  expect_refused(fc + ": shape (16, 240, 1, 1), but the layer needs (16, 10, 4, 6)");
  const std::string strided = npy("STRIDED", "ifmap");
  write_npy(strided, OperandTensor{{1, 3, 15, 12}, std::vector<std::int16_t>(540)});
  expect_refused(strided + ": shape (1, 3, 15, 12), but the layer needs (2, 3, 15, 12)");
  write_npy(strided, OperandTensor{{2, 3, 17, 15}, std::vector<std::int16_t>(1530)});
  expect_refused(strided + ": shape (2, 3, 17, 15), but the layer needs (2, 3, 15, 12)");
}

// A file of the right shape, of zeros in another type.
std::string zeros(const std::string& type, std::size_t bytes) {
  std::string header =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': (24, 10)}}", type);
  header.resize(118, ' ');
  return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + std::string(240 * bytes, '\0');
}

TEST_F(Data, OfAnotherTypeAreRefused) {
  const std::string gemm = npy("GEMM", "filter");
  const std::string known = " cannot be read: int8 ('|i1'), int16 ('<i2') or int32 ('<i4')";
  for (const auto& [type, bytes] :
       {std::pair{"<f4", 4U}, std::pair{">i2", 2U}, std::pair{"|u1", 1U}, std::pair{"<i8", 8U}}) {
    file("data/GEMM.filter.npy", zeros(type, bytes));
    expect_refused(fmt::format("{}: type '{}'{}", gemm, type, known));
  }
  write_npy(gemm, PsumTensor{{10, 12, 1, 1}, std::vector<std::int32_t>(120)});
  expect_refused(gemm + ": type int32, but operands are int8 or int16");
}

TEST_F(Data, ThatDoNotFitTheirWidthAreRefused) {
  const std::string gemm = npy("GEMM", "filter");
  std::vector<std::int16_t> words(120);
  words[7] = -129;
  write_npy(gemm, OperandTensor{{10, 12, 1, 1}, words});
  expect_refused(gemm + ": word 7 is -129, which does not fit the layer's 8 bits");
}

TEST_F(Data, CutShortAreRefused) {
  const std::string gemm = npy("GEMM", "filter");
  const std::string whole = content(gemm);
  file("data/GEMM.filter.npy", whole.substr(0, whole.size() - 1));
  expect_refused(gemm + ": 239 bytes of data, but shape (10, 12, 1, 1) of int16 takes 240");
  file("data/GEMM.filter.npy", "");
  expect_refused(gemm + ": the file ends inside the .npy header");
  file("data/GEMM.filter.npy", "PK\x03\x04 an archive of arrays");
  expect_refused(gemm + ": not a .npy file: it does not begin with \\x93NUMPY");
}

TEST_F(Data, NeedAFolder) {
  const Arguments run = Arguments{"simulate"} + kRun;
  for (const std::string& name : {path("none"), npy("FC", "bias"), std::string()}) {
    expect_mistake(run + Arguments{"--data", name}, "--data: there is no folder '" + name + "'");
  }
}

}  // namespace
}  // namespace orrery
