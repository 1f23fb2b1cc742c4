#include "workloads/tensor/tensor.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <limits>

#include "workloads/input/input_error.h"
#include "workloads/tensor/npy.h"

namespace orrery {
namespace {

namespace fs = std::filesystem;

TEST(Tensor, ShapesFollowGroupsPaddingAndPooling) {
  Layer layer;
  layer.bounds = {2, 4, 3, 5, 6, 7, 2, 3};
  layer.ifmap_rows = 9, layer.ifmap_cols = 10;
  layer.pad_top = 1, layer.pad_bottom = 2, layer.pad_left = 3, layer.pad_right = 4;
  EXPECT_EQ(ifmap_shape(layer), (std::vector{4, 10, 12, 17}));
  EXPECT_EQ(filter_shape(layer), (std::vector{6, 5, 2, 3}));
  EXPECT_EQ(psum_shape(layer), (std::vector{4, 6, 6, 7}));
  EXPECT_EQ(ofmap_shape(layer), (std::vector{4, 6, 6, 7}));
  layer.post.pool = {{PoolKind::kMax, 3, 2, 0}};
  EXPECT_EQ(ofmap_shape(layer), (std::vector{4, 6, 2, 3}));  // floor(3/2) + 1, floor(4/2) + 1
}

TEST(Tensor, PoolingLayersHaveNoFilter) {
  Layer layer;
  layer.kind = LayerKind::kPool;
  layer.bounds = {5, 2, 1, 1, 3, 4, 2, 2};
  EXPECT_EQ(elements(filter_shape(layer)), 0);
  EXPECT_EQ(ofmap_shape(layer), (std::vector{2, 5, 3, 4}));
}

TEST(Tensor, Sha256HashesLittleEndianWords) {
  const auto letters = [](char low, char high) {
    return static_cast<std::int16_t>(low | high << 8);
  };
  // sha256sum of "abcd".
  EXPECT_EQ(sha256({{2}, {letters('a', 'b'), letters('c', 'd')}}),
            "88d4266fd4e6338d13b845fcf289579d209c897823b9217da3e161936f031589");
  // A million letters a: FIPS 180-2, appendix B.3.
  EXPECT_EQ(sha256({{500000}, std::vector<std::int16_t>(500000, letters('a', 'a'))}),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

// A folder of its own for each test, removed afterwards.
class Npy : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() /
              ("orrery-" + std::string(test->name()) + "-" + std::to_string(getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path file() const { return folder_ / "t.npy"; }
  // A file of this version, dictionary and data, the length of the dictionary as it is.
  void write(char version, const std::string& dictionary, const std::string& data) const {
    std::ofstream out(file(), std::ios::binary);
    out << "\x93NUMPY" << version << '\0' << static_cast<char>(dictionary.size()) << '\0';
    if (version == 2) out << '\0' << '\0';
    out << dictionary << data;
  }
  // What read_npy_operands says of a layer that needs shape (2, 3) of `bits`, after the file's
  // name.
  std::string complaint(int bits = 16) const {
    try {
      read_npy_operands(file(), {2, 3}, bits);
    } catch (const InputError& error) {
      const std::string text = error.what();
      EXPECT_TRUE(text.starts_with(file().string() + ": ")) << text;
      return text.substr(std::min(text.size(), file().string().size() + 2));
    }
    return "";
  }

  fs::path folder_;
};

TEST_F(Npy, OperandsReadBackAsWritten) {
  const OperandTensor t{{2, 3}, {-32768, 32767, 0, -1, 1, 256}};
  write_npy(file(), t);
  EXPECT_EQ(read_npy_operands(file(), t.shape, 16), t);
}

TEST_F(Npy, PsumsReadBackAsWritten) {
  using Limits = std::numeric_limits<std::int32_t>;
  const PsumTensor t{{4}, {Limits::min(), Limits::max(), -1, 65536}};
  write_npy(file(), t);
  EXPECT_EQ(read_npy_psums(file(), t.shape), t);
}

TEST_F(Npy, TensorsLargerThanOneReadReadBackAsWritten) {
  OperandTensor t{{100, 1000}, {}};
  for (int i = 0; i < 100000; ++i)
    t.data.push_back(static_cast<std::int16_t>(i * 7 % 65536 - 32768));
  write_npy(file(), t);
  EXPECT_EQ(read_npy_operands(file(), t.shape, 16), t);
}

// numpy.save aligns the data to 64 bytes and ends the dictionary with a newline; so do we.
TEST_F(Npy, WritesWhatNumpyWrites) {
  write_npy(file(), OperandTensor{{3}, {1, 2, -2}});
  std::ifstream in(file(), std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  const std::string dictionary = "{'descr': '<i2', 'fortran_order': False, 'shape': (3,), }";
  EXPECT_EQ(bytes, std::string("\x93NUMPY\x01\x00\x76\x00", 10) + dictionary +
                       std::string(118 - dictionary.size() - 1, ' ') + "\n" +
                       std::string("\x01\x00\x02\x00\xfe\xff", 6));
  EXPECT_FALSE(fs::exists(file().string() + ".part"));
}

TEST_F(Npy, ReadsBothVersionsAndEveryType) {
  const OperandTensor bytes{{2, 3}, {-128, 127, 0, 1, -1, 2}};
  for (const char version : {'\x01', '\x02'}) {
    for (const std::string type : {"|i1", "<i1"}) {
      write(version, "{'shape': (2, 3), 'fortran_order': False, 'descr': '" + type + "'}",
            std::string("\x80\x7f\x00\x01\xff\x02", 6));
      EXPECT_EQ(read_npy_operands(file(), {2, 3}, 8), bytes) << type;
    }
  }
}

TEST_F(Npy, ReadsFloatsWhereFloatsAreWanted) {
  write('\x01', "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
        std::string("\x00\x00\x80\x3f\x00\x00\x00\xbf", 8));
  EXPECT_EQ(read_npy_floats(file(), {2}), (std::vector<float>{1, -0.5}));
  write_npy(file(), PsumTensor{{2}, {1, 2}});
  EXPECT_THROW(read_npy_floats(file(), {2}), InputError);
}

// A header whose layer needs (2, 3), and what is said of it.
struct MalformedNpy {
  std::string descr, order, shape;
  int bytes;
  std::string complaint;
};
const std::vector<MalformedNpy> kMalformedNpys{
    {"'<i2'", "False", "(2, 3)", 12, ""},
    {"'<i2'", "False", "(2, 3)", 11, "11 bytes of data, but shape (2, 3) of int16 takes 12"},
    {"'<i2'", "False", "(2, 3)", 13, "13 bytes of data, but shape (2, 3) of int16 takes 12"},
    {"'<i2'", "False", "(3, 2)", 12, "shape (3, 2), but the layer needs (2, 3)"},
    {"'<i2'", "False", "()", 2, "shape (), but the layer needs (2, 3)"},
    {"'<i2'", "False", "2", 4, "the shape in the .npy header is not a tuple"},
    {"'<i2'", "False", "(2, x)", 4, "'x' in the .npy header is not an extent of 0 to 2147483647"},
    {"'<i2'", "False", "(99999999999, 3)", 4,
     "'99999999999, 3' in the .npy header is not an extent of 0 to 2147483647"},
    {"'<i2'", "True", "(2, 3)", 12,
     "the array is in Fortran order: save numpy.ascontiguousarray of it"},
    {"'<i4'", "False", "(2, 3)", 24, "type int32, but operands are int8 or int16"},
    {"'<f4'", "False", "(2, 3)", 24,
     "type '<f4' cannot be read: int8 ('|i1'), int16 ('<i2') or int32 ('<i4')"},
    {"'>i2'", "False", "(2, 3)", 12,
     "type '>i2' cannot be read: int8 ('|i1'), int16 ('<i2') or int32 ('<i4')"}};

TEST_F(Npy, ComplainsAboutMalformedFiles) {
  for (const MalformedNpy& c : kMalformedNpys) {
    write(
        1,
        "{'descr': " + c.descr + ", 'fortran_order': " + c.order + ", 'shape': " + c.shape + ", }",
        std::string(static_cast<std::size_t>(c.bytes), '\0'));
    EXPECT_EQ(complaint(), c.complaint);
  }
}

TEST_F(Npy, ComplainsAboutFilesThatAreNoNpy) {
  EXPECT_EQ(complaint(), "cannot be read: no such file, or no permission");
  std::ofstream(file()) << "PK: an archive";
  EXPECT_EQ(complaint(), "not a .npy file: it does not begin with \\x93NUMPY");
  std::ofstream(file()) << "\x93NUM";
  EXPECT_EQ(complaint(), "the file ends inside the .npy header");
  write(3, "{}", "");
  EXPECT_EQ(complaint(), ".npy version 3 cannot be read: 1 or 2");
  write(1, "{'descr': '<i2', 'shape': (2, 3)}", "");
  EXPECT_EQ(complaint(), "the .npy header has no 'fortran_order'");
}

// The header claims 4 GB; the file has 14 bytes.
TEST_F(Npy, TakesNoMemoryForALengthThatIsNotThere) {
  std::ofstream(file(), std::ios::binary) << std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff{}", 14);
  EXPECT_EQ(complaint(), "the file ends inside the .npy header");
}

TEST_F(Npy, ComplainsAboutValuesThatDoNotFit) {
  write_npy(file(), OperandTensor{{2, 3}, {0, -128, 127, 1, 128, 0}});
  EXPECT_EQ(complaint(16), "");
  EXPECT_EQ(complaint(8), "word 4 is 128, which does not fit the layer's 8 bits");
}

TEST_F(Npy, ComplainsAboutFoldersItCannotWriteTo) {
  EXPECT_THROW(write_npy(folder_ / "none" / "t.npy", OperandTensor{{1}, {0}}), InputError);
}

}  // namespace
}  // namespace orrery
