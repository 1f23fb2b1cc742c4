#include "workloads/network/network.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <fstream>

#include "workloads/golden/golden.h"
#include "workloads/input/input_error.h"
#include "workloads/tensor/operands.h"

namespace orrery {
namespace {

namespace fs = std::filesystem;

const fs::path kWorkloads = fs::path(ORRERY_SOURCE_DIR) / "workloads";

// Krizhevsky et al. 2012 in Caffe's form; the sums are the published 724 M MACs and 61 M
// parameters.
struct Row {
  std::string name;
  std::array<int, kDims> bounds;
  std::int64_t macs;
};
const std::vector<Row> kAlexNet{{"CONV1", {1, 1, 96, 3, 55, 55, 11, 11}, 105415200},
                                {"CONV2", {2, 1, 128, 48, 27, 27, 5, 5}, 223948800},
                                {"CONV3", {1, 1, 384, 256, 13, 13, 3, 3}, 149520384},
                                {"CONV4", {2, 1, 192, 192, 13, 13, 3, 3}, 112140288},
                                {"CONV5", {2, 1, 128, 192, 13, 13, 3, 3}, 74760192},
                                {"FC6", {1, 1, 4096, 256, 1, 1, 6, 6}, 37748736},
                                {"FC7", {1, 1, 4096, 4096, 1, 1, 1, 1}, 16777216},
                                {"FC8", {1, 1, 1000, 4096, 1, 1, 1, 1}, 4096000}};

TEST(Network, AlexNetHasThePublishedShapes) {
  const Network network = read_network(kWorkloads / "alexnet");
  ASSERT_EQ(network.layers.size(), kAlexNet.size());
  std::int64_t macs = 0, parameters = 0;
  for (std::size_t i = 0; i < kAlexNet.size(); ++i) {
    const Layer& layer = network.layers[i];
    EXPECT_EQ(layer.name, kAlexNet[i].name);
    EXPECT_EQ(layer.bounds, kAlexNet[i].bounds) << layer.name;
    EXPECT_EQ(layer.macs(), kAlexNet[i].macs) << layer.name;
    macs += layer.macs(), parameters += layer.parameters();
  }
  EXPECT_EQ(macs, 724406816);
  EXPECT_EQ(parameters, 60965224);
}

TEST(Network, AlexNetPoolsBetweenLayersAndRectifiesAllButTheLast) {
  for (const Layer& layer : read_network(kWorkloads / "alexnet").layers) {
    const bool pools = layer.name == "CONV1" || layer.name == "CONV2" || layer.name == "CONV5";
    const std::vector<Pool> wanted(pools ? 1 : 0, {PoolKind::kMax, 3, 2, 0});
    EXPECT_EQ(layer.pool_after, wanted) << layer.name;
    EXPECT_TRUE(layer.post.pool.empty());
    EXPECT_EQ(layer.post.relu, layer.name != "FC8");
  }
}

// JSSC 2017 Table V for CONV layers; the complement of the densities of EIE (ISCA 2016) Table III
// for FC layers.
TEST(Network, AlexNetHasThePublishedZeros) {
  std::vector<double> zeros;
  for (const Layer& l : read_network(kWorkloads / "alexnet").layers) zeros.push_back(l.ifmap_zeros);
  EXPECT_EQ(zeros, (std::vector{0.0001, 0.387, 0.725, 0.793, 0.776, 0.649, 0.647, 0.625}));
}

TEST(Network, AlexNetPsumsOfSyntheticDataRarelyLeaveSixteenBits) {
  for (const std::string name : {"CONV2", "CONV5", "FC8"}) {
    const Layer layer = select(read_network(kWorkloads / "alexnet"), 1, {name}).layers.at(0);
    const Arithmetic arithmetic{layer.product_shift, 16, 32, Overflow::kWrap};
    const PsumTensor psums =
        golden_psums(layer, synthetic_operands(layer, 1, 16), arithmetic, plain_reduction());
    double squares = 0;
    std::size_t outside = 0;
    for (const std::int32_t psum : psums.data) {
      squares += static_cast<double>(psum) * psum;
      outside += psum < -32768 || psum > 32767;
    }
    const double rms = std::sqrt(squares / static_cast<double>(psums.data.size()));
    EXPECT_GT(rms, 2048) << name;
    EXPECT_LT(rms, 8192) << name;
    EXPECT_LT(outside, psums.data.size() / 10000 + 1) << name;
  }
}

TEST(Network, TutorialCoversEveryKindOfLayer) {
  const Network network = select(read_network(kWorkloads / "tutorial" / "network.yaml"), 2, {});
  EXPECT_EQ(network.directory, kWorkloads / "tutorial");
  std::vector<LayerKind> kinds;
  for (const Layer& layer : network.layers) {
    kinds.push_back(layer.kind);
    const OperandTensor ofmap =
        golden_ofmap(layer, synthetic_operands(layer, 1, 16),
                     {layer.product_shift, 16, 16, Overflow::kWrap}, plain_reduction());
    EXPECT_EQ(ofmap.shape, ofmap_shape(layer)) << layer.name;
  }
  using enum LayerKind;
  EXPECT_EQ(kinds, (std::vector{kConv, kConv, kConv, kPool, kGemm, kFc}));
}

// A file that stands for one test.
class NetworkFile : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    file_ = fs::temp_directory_path() /
            ("orrery-" + std::string(test->name()) + "-" + std::to_string(getpid()) + ".yaml");
  }
  void TearDown() override { fs::remove(file_); }
  // `layers` begin in line 4.
  Network read(const std::string& layers) const {
    std::ofstream(file_) << "name: n\nsource: s\nlayers:\n" << layers;
    return read_network(file_);
  }
  // The complaint about these layers, after the file's name.
  std::string complaint(const std::string& layers) const {
    try {
      read(layers);
    } catch (const InputError& error) {
      return std::string(error.what()).substr(file_.string().size());
    }
    return "";
  }
  fs::path file_;
};

TEST_F(NetworkFile, GivesAConvolutionItsNest) {
  const Layer l = read(
                      "- {name: A, conv: {in: [4, 10, 11], filters: 6, kernel: [3, 2], "
                      "stride: [2, 1], dilation: [1, 3], pad: [1, 2, 3, 0], groups: 2}}\n")
                      .layers.at(0);
  // P = (13 - 3)/2 + 1, Q = (14 - 4)/1 + 1.
  EXPECT_EQ(l.bounds, (std::array{2, 1, 3, 2, 6, 11, 3, 2}));
  EXPECT_EQ((std::array{l.stride_rows, l.stride_cols, l.dilation_rows, l.dilation_cols}),
            (std::array{2, 1, 1, 3}));
  EXPECT_EQ((std::array{l.pad_top, l.pad_bottom, l.pad_left, l.pad_right}),
            (std::array{1, 2, 3, 0}));
  EXPECT_EQ((std::array{l.ifmap_rows, l.ifmap_cols, l.operand_bits}), (std::array{10, 11, 16}));
}

TEST_F(NetworkFile, GivesFcGemmAndPoolTheirNests) {
  const Network n = read(
      "- {name: F, fc: {in: [2, 3, 4], out: 5}}\n"
      "- {name: G, input: network, gemm: {m: 7, n: 8, k: 9}}\n"
      "- {name: P, input: network, pool: {in: [3, 6, 7], kind: average, size: 3, stride: 2, pad: "
      "1}}\n"
      "- {name: D, conv: {in: [3, 3, 4], filters: 6, kernel: 1, groups: 3}}\n");
  EXPECT_EQ(n.layers[0].bounds, (std::array{1, 1, 5, 2, 1, 1, 3, 4}));
  EXPECT_EQ(n.layers[1].bounds, (std::array{1, 1, 8, 9, 7, 1, 1, 1}));
  EXPECT_EQ(ifmap_shape(n.layers[1]), (std::vector{1, 9, 7, 1}));
  EXPECT_EQ(n.layers[2].bounds, (std::array{3, 1, 1, 1, 3, 4, 3, 3}));
  EXPECT_EQ(n.layers[2].pool, (Pool{PoolKind::kAverage, 3, 2, 1}));
  EXPECT_EQ(n.layers[3].bounds, (std::array{3, 1, 2, 1, 3, 4, 1, 1}));
  EXPECT_EQ(n.layers[3].input, "P");
  EXPECT_EQ(n.layers[2].input, "");
}

TEST_F(NetworkFile, ReadsWhatHappensToPsums) {
  const Layer l = read(
                      "- name: A\n  fc: {in: 4, out: 4}\n  operand_bits: 8\n  product_shift: 3\n"
                      "  post: {bias: false, requant_shift: 2, relu: true, "
                      "pool: {kind: max, size: 1, stride: 1}}\n")
                      .layers.at(0);
  EXPECT_EQ(l.post, (PostProcess{false, 2, true, {{PoolKind::kMax, 1, 1, 0}}}));
  EXPECT_EQ(l.operand_bits, 8);
  EXPECT_EQ(l.product_shift, 3);
}

TEST_F(NetworkFile, LetsAnFcReadAMapAsOneColumn) {
  const Network n = read(
      "- {name: A, conv: {in: [1, 5, 5], filters: 4, kernel: 2}, "
      "pool_after: {kind: max, size: 2, stride: 2}}\n"
      "- {name: B, fc: {in: 16, out: 1}}\n"
      "- {name: C, input: A, fc: {in: [4, 2, 2], out: 1}}\n"
      "- {name: D, input: A, gemm: {m: 4, n: 1, k: 4}}\n");
  EXPECT_EQ(n.layers[1].input, "A");
  EXPECT_EQ(n.layers[3].input, "A");
}

// Layers, and what is said of them.
const std::string kConv = "- {name: A, conv: {in: [4, 8, 8], filters: 6, ";
const std::vector<std::pair<std::string, std::string>> kImpossibleLayers{
    {"- {name: A}\n", ":4: layers[0] (A) must have exactly one of conv, fc, gemm and pool"},
    {"- {name: A, fc: {in: 1, out: 1}, gemm: {m: 1, n: 1, k: 1}}\n",
     ":4: layers[0] (A) must have exactly one of conv, fc, gemm and pool"},
    {"- {name: A, conf: {in: 1}}\n", ":4: unknown key 'conf' in layers[0] (did you mean 'conv'?)"},
    {"- {name: a/b, fc: {in: 1, out: 1}}\n",
     ":4: layers[0].name is 'a/b'; it must be 1 to 100 letters, digits, '_', '-' or '.'"},
    {"- {name: total, fc: {in: 1, out: 1}}\n",
     ":4: layers[0].name is 'total', which stands for something else; choose another"},
    {"- {name: A, conv: {in: 4, filters: 6, kernel: 3}}\n",
     ":4: layers[0].conv.in must have 3 numbers (channels, rows, columns), but has 1"},
    {"- {name: A, fc: {in: [4, 4], out: 1}}\n",
     ":4: layers[0].fc.in must have 1 or 3 numbers (channels, rows, columns), but has 2"},
    {"- {name: A, conv: {in: [4, 40000, 8], filters: 6, kernel: 3}}\n",
     ":4: layers[0].conv.in has a plane of 40000 rows or columns; at most 32768"},
    {"- {name: A, fc: {in: 4}}\n", ":4: layers[0].fc lacks the key 'out' (neurons)"},
    {kConv + "kernel: 9}}\n",
     ":4: layers[0].conv.kernel reaches over 9 rows, but the padded ifmap has 8"},
    {kConv + "kernel: [1, 3], dilation: 4}}\n",
     ":4: layers[0].conv.kernel reaches over 9 columns, but the padded ifmap has 8"},
    {kConv + "kernel: [1, 2, 3]}}\n",
     ":4: layers[0].conv.kernel must have 1 or 2 numbers (rows, columns), but has 3"},
    {kConv + "kernel: 3, pad: [1, 2, 3]}}\n",
     ":4: layers[0].conv.pad must have 1, 2 (rows, columns) or 4 numbers (top, bottom, left, "
     "right), but has 3"},
    {kConv + "kernel: 3, groups: 3}}\n",
     ":4: layers[0].conv.groups is 3, which does not divide the 4 channels"},
    {kConv + "kernel: 3, groups: 4}}\n",
     ":4: layers[0].conv.groups is 4, which does not divide the 6 filters"},
    {kConv + "kernel: 3, stride: 0}}\n", ":4: layers[0].conv.stride is 0; it must be 1 to 1024"},
    {kConv + "kernel: 3}, operand_bits: 12}\n",
     ":4: layers[0].operand_bits is 12; it must be 8 or 16"},
    {kConv + "kernel: 3}, ifmap_zeros: 1.5}\n",
     ":4: layers[0].ifmap_zeros is 1.5; it must be 0 to 1"}};

TEST_F(NetworkFile, ComplainsAboutImpossibleLayers) {
  for (const auto& [layers, wanted] : kImpossibleLayers) EXPECT_EQ(complaint(layers), wanted);
}

TEST_F(NetworkFile, ComplainsAboutImpossiblePools) {
  const std::string fc = "- {name: A, fc: {in: 1, out: 1}, ";
  const std::vector<std::pair<std::string, std::string>> cases{
      {"- {name: A, pool: {in: [4, 8, 8], kind: mean, size: 2, stride: 2}}\n",
       ":4: layers[0].pool.kind is 'mean'; it must be one of max, average"},
      {"- {name: A, pool: {in: [4, 8, 8], kind: max, size: 9, stride: 2}}\n",
       ":4: layers[0].pool has a window of 9x9, but the plane is 8x8"},
      {"- {name: A, pool: {in: [4, 8, 8], kind: max, size: 2, stride: 2, pad: 2}}\n",
       ":4: layers[0].pool pads by 2, so that a window of 2 sees nothing; pad less than its size"},
      {"- {name: A, pool: {in: [4, 8, 8], kind: max, size: 2, stride: 2}, post: {relu: true}}\n",
       ":4: layers[0].post means nothing: a pooling layer has no products"},
      {fc + "pool_after: {kind: max, size: 2, stride: 2}}\n",
       ":4: layers[0].pool_after has a window of 2x2, but the plane is 1x1"},
      {fc + "pool_after: [{kind: max, size: 1, stride: 1}, {kind: max, size: 1, stride: 1}]}\n",
       ":4: layers[0].pool_after has 2 pools; at most one"}};
  for (const auto& [layers, wanted] : cases) EXPECT_EQ(complaint(layers), wanted);
}

TEST_F(NetworkFile, ComplainsAboutLayersThatDoNotChain) {
  const std::string first = "- {name: A, conv: {in: [1, 5, 5], filters: 4, kernel: 2}}\n";
  const std::vector<std::pair<std::string, std::string>> cases{
      {first + "- {name: A, fc: {in: 64, out: 1}}\n", ":5: a second layer is named 'A'"},
      {first + "- {name: B, fc: {in: 65, out: 1}}\n", ":5: B takes 65x1x1, but A gives 4x4x4"},
      {first + "- {name: B, conv: {in: [64, 1, 1], filters: 1, kernel: 1}}\n",
       ":5: B takes 64x1x1, but A gives 4x4x4"},
      {first + "- name: BEE\n  fc: {in: 64, out: 1}\n  input: BE\n",
       ":7: BEE reads 'BE', which is no earlier layer (known: A, network)"},
      {first + "- {name: B, fc: {in: 64, out: 1}, input: netwrok}\n",
       ":5: B reads 'netwrok', which is no earlier layer (did you mean 'network'?)"},
      {"- {name: A, gemm: {m: 32768, n: 1048576, k: 1}}\n",
       ":4: a tensor of A has 34359738368 words; at most 2147483648"},
      {"  []\n", ":3: layers is empty; a network has at least one layer"}};
  for (const auto& [layers, wanted] : cases) EXPECT_EQ(complaint(layers), wanted);
}

// What select() says.
std::string select_complaint(const Network& network, int batch,
                             const std::vector<std::string>& names) {
  try {
    select(network, batch, names);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(Network, SelectsLayersInTheNetworksOrderAndSetsTheBatch) {
  const Network all = read_network(kWorkloads / "alexnet");
  const Network two = select(all, 4, {"FC6", "CONV2"});
  ASSERT_EQ(two.layers.size(), 2U);
  EXPECT_EQ(two.layers[0].name, "CONV2");
  EXPECT_EQ(two.layers[1].name, "FC6");
  EXPECT_EQ(two.layers[0].macs(), 4 * all.layers[1].macs());
  EXPECT_EQ(select(all, 1, {}).layers, all.layers);
}

TEST(Network, FindsTheLayersThatASelectionNeeds) {
  const Network all = read_network(kWorkloads / "tutorial");
  using Names = std::vector<std::string>;
  EXPECT_EQ(with_inputs(all, {"DEPTHWISE"}), (Names{"STRIDED", "DILATED", "DEPTHWISE"}));
  EXPECT_EQ(with_inputs(all, {"FC", "DILATED"}), (Names{"STRIDED", "DILATED", "FC"}));
  EXPECT_EQ(with_inputs(all, {}).size(), all.layers.size());
}

TEST(Network, RefusesSelectionsThatCannotBe) {
  const Network all = read_network(kWorkloads / "alexnet");
  EXPECT_EQ(select_complaint(all, 1, {"CONV9"}),
            "alexnet has no layer 'CONV9' (did you mean 'CONV1'?)");
  EXPECT_EQ(select_complaint(all, 0, {}), "batch is 0; it must be 1 to 65536");
  EXPECT_EQ(select_complaint(all, 65537, {}), "batch is 65537; it must be 1 to 65536");
  EXPECT_EQ(select_complaint(all, 65536, {}),
            "a tensor of CONV1 has 19031654400 words at batch 65536; at most 2147483648: choose a "
            "smaller batch");
}

TEST(Network, NamesTheFileThatIsMissing) {
  const fs::path folder = kWorkloads / "nosuch";
  EXPECT_THROW(read_network(folder), InputError);
  EXPECT_THROW(read_network(kWorkloads / "tensor"), InputError);
}

}  // namespace
}  // namespace orrery
