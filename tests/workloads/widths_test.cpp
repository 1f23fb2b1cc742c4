// What a network file leaves open, and what becomes of it on a machine.
#include "workloads/network/widths.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "workloads/input/input_error.h"

namespace orrery {
namespace {

namespace fs = std::filesystem;

constexpr Widths kSixteen{.operand_bits = 16, .product_bits = 16, .psum_bits = 16};
constexpr Widths kEight{.operand_bits = 8, .product_bits = 32, .psum_bits = 32};

class Open : public testing::Test {
 protected:
  ~Open() override { fs::remove(file_); }
  // `layers` begin in line 4.
  Network read(const std::string& layers) const {
    std::ofstream(file_) << "name: n\nsource: s\nlayers:\n" << layers;
    return read_network(file_);
  }
  std::string complaint(const std::string& layers) const {
    try {
      read(layers);
    } catch (const InputError& error) {
      return std::string(error.what()).substr(file_.string().size());
    }
    return "";
  }
  const fs::path file_ =
      fs::temp_directory_path() / ("orrery-widths-" + std::to_string(::getpid()) + ".yaml");
};

TEST_F(Open, LayersAreAsWideAsTheMachine) {
  const Network network = read(
      "- {name: A, conv: {in: [4, 4, 4], filters: 4, kernel: 1}}\n"
      "- {name: B, pool: {in: [4, 4, 4], kind: max, size: 2, stride: 2}}\n"
      "- {name: C, fc: {in: 16, out: 4}}\n"
      "- {name: D, gemm: {m: 1, n: 4, k: 4}}\n");
  for (const Widths& widths : {kSixteen, kEight, kSixteen}) {
    for (const Layer& layer : at_widths(network, widths).layers) {
      EXPECT_EQ(layer.operand_bits, widths.operand_bits) << layer.name;
      EXPECT_TRUE(layer.unstated.operand_bits) << layer.name;
    }
  }
}

TEST_F(Open, NumbersThatALayerStatesHoldOnEveryMachine) {
  const Network network = read(
      "- {name: A, fc: {in: 900, out: 4}, operand_bits: 8, product_shift: 2, "
      "post: {requant_shift: 1}}\n"
      "- {name: B, input: network, fc: {in: 900, out: 4}, operand_bits: 16, product_shift: 0, "
      "post: {requant_shift: 0}}\n");
  for (const Widths& widths : {kSixteen, kEight}) {
    EXPECT_EQ(at_widths(network, widths).layers, network.layers);
  }
  EXPECT_EQ(network.layers[0].unstated, Unstated{});
  EXPECT_EQ(network.layers[0].operand_bits, 8);
  EXPECT_EQ(network.layers[1].product_shift, 0);
}

// 9 products: 2^28 for 16 bits, which need 16 bits less for psums of 2^12; 2^12 for 8 bits, which
// need none, and with biases 2^12.2, 8 bits above 2^5.
TEST_F(Open, ShiftsAreThoseOfTheMachinesWidths) {
  const Network network = read("- {name: A, fc: {in: 9, out: 4}, post: {relu: true}}\n");
  const Layer sixteen = at_widths(network, kSixteen).layers[0];
  EXPECT_EQ(sixteen.product_shift, 16);
  EXPECT_EQ(sixteen.post.requant_shift, 0);
  const Layer eight = at_widths(network, kEight).layers[0];
  EXPECT_EQ(eight.product_shift, 0);
  EXPECT_EQ(eight.post.requant_shift, 8);
}

TEST_F(Open, AStatedWidthMovesTheShiftsThatAreOpen) {
  const Network network = read("- {name: A, fc: {in: 9, out: 4}, operand_bits: 8}\n");
  const Layer layer = at_widths(network, kSixteen).layers[0];
  EXPECT_EQ(layer.operand_bits, 8);
  EXPECT_EQ(layer.product_shift, 0);
}

TEST_F(Open, AreReadAsOnAMachineOfSixteenBits) {
  const Network network = read("- {name: A, fc: {in: 9, out: 4}}\n");
  EXPECT_EQ(at_widths(network, kSixteen).layers, network.layers);
}

// Layers, and what is said of them.
const std::string kA = "- {name: A, fc: {in: 4, out: 4}";
const std::string kB = "- {name: B, fc: {in: 4, out: 4}";
const std::vector<std::pair<std::string, std::string>> kMalformed{
    {kA + ", operand_bits: machine}\n",
     ":4: layers[0].operand_bits is 'machine'; it must be a whole number"},
    {kA + ", operand_bits: [8, 16]}\n",
     ":4: layers[0].operand_bits is a list; it must be a whole number"},
    {kA + ", operand_bits: }\n", ":4: layers[0].operand_bits is empty; it must be a whole number"},
    {kA + ", operand_bits: 32}\n", ":4: layers[0].operand_bits is 32; it must be 8 to 16 bits"},
    {kA + ", operand_bits: 9}\n", ":4: layers[0].operand_bits is 9; it must be 8 or 16"},
    {kA + ", product_shift: -1}\n", ":4: layers[0].product_shift is -1; it must be 0 to 30 bits"},
    {kA + ", product_shift: auto}\n",
     ":4: layers[0].product_shift is 'auto'; it must be a whole number"},
    {kA + ", post: {requant_shift: 1.5}}\n",
     ":4: layers[0].post.requant_shift is '1.5'; it must be a whole number"},
    {kA + ", post: {requant: 1}}\n",
     ":4: unknown key 'requant' in layers[0].post (known: bias, requant_shift, relu, pool, "
     "rescaling, clamp)"},
    {kA + ", left_out: [lrn]}\n", ":4: layers[0].left_out is a list; it must be a text"},
    {kA + ", left_out: ''}\n", ":4: layers[0].left_out is empty; it must say what is left out"},
    {kA + ", left_out: \"l\\nrn\"}\n",
     ":4: layers[0].left_out has a line break or another control character"},
    {kA + ", leftout: lrn}\n", ":4: unknown key 'leftout' in layers[0] (did you mean 'left_out'?)"},
    {kA + ", operand_bits: 16}\n" + kB + ", operand_bits: 8}\n",
     ":5: B takes operands of 8 bits, but A gives 16 bits"},
    {kA + "}\n" + kB + ", operand_bits: 8}\n",
     ":5: B takes operands of 8 bits, but A gives as many bits as the machine has; state "
     "operand_bits of A too"},
    {kA + ", operand_bits: 16}\n" + kB + "}\n",
     ":5: B takes operands of as many bits as the machine has, but A gives 16 bits; state "
     "operand_bits of B too"}};

TEST_F(Open, NumbersThatCannotBeAreRefused) {
  for (const auto& [layers, wanted] : kMalformed) EXPECT_EQ(complaint(layers), wanted);
}

TEST_F(Open, WidthsMayGrowAlongTheNetwork) {
  for (const auto& [a, b] : {std::pair{"}\n", "}\n"},
                             {", operand_bits: 8}\n", "}\n"},
                             {"}\n", ", operand_bits: 16}\n"},
                             {", operand_bits: 8}\n", ", operand_bits: 16}\n"}}) {
    EXPECT_EQ(complaint(fmt::format("{}{}{}{}", kA, a, kB, b)), "");
  }
}

TEST_F(Open, WhatIsLeftOutIsKeptInWords) {
  EXPECT_EQ(read(kA + ", left_out: softmax}\n").layers[0].left_out, "softmax");
  EXPECT_EQ(read(kA + "}\n").layers[0].left_out, "");
}

}  // namespace
}  // namespace orrery
