// Why the MACs of a machine cannot compute a layer: the sentences of check() about them; and what
// --mac makes of a machine.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "arch/mac/all.h"
#include "dataflows/all.h"
#include "dataflows/mapping/check_mac.h"
#include "tests/dataflows/shapes.h"
#include "workloads/input/input_error.h"
#include "workloads/input/override.h"
#include "workloads/network/widths.h"

namespace orrery {
namespace {

Machine machine_with(const std::string& name, const std::string& mac,
                     const std::vector<std::string>& set = {}) {
  const std::string path = std::string(ORRERY_SOURCE_DIR) + "/arch/" + name + ".yaml";
  Node file = parse_yaml(path);
  override_values(file, mac_overrides(read_machine(file), mac));
  override_values(file, set);
  return read_machine(file);
}

Layer layer_on(const Machine& machine, int channels = 20) {
  Layer layer = test::shape("conv", {1, 1, 4, channels, 4, 4, 3, 3});
  layer.unstated = {.operand_bits = true, .product_shift = true, .requant_shift = true};
  return at_widths({"n", "s", {}, {layer}}, machine.widths()).layers[0];
}

TEST(MacMisfit, SkippingSaysWhatKeepsTheSlots) {
  const std::pair<const char*, const char*> machines[]{
      {"eyeriss", "a PE takes the steps of its pass one by one, by counters that see no words"},
      {"tutorial_spill_2x3",
       "PEs in lock step take the same step of a pass at once, and a zero in one is "
       "none in the others"},
      {"tutorial_systolic_4x4",
       "in a systolic array words meet because each moves on a PE in every cycle, and "
       "a PE that passed over a pair would lose the next"}};
  for (const auto& [name, why] : machines) {
    const Machine machine = machine_with(name, "mac_zero_skip");
    EXPECT_EQ(check_mac(layer_on(machine), machine),
              fmt::format("mac_zero_skip passes over zeros: {}; mac_zero_gated rests in the slots "
                          "of zeros, and lanes (lanes.walk) pass over them",
                          why));
  }
}

TEST(MacMisfit, SerialTablesAreRefusedHonestly) {
  const Machine serial =
      machine_with("eyeriss", "mac_lut", {"mac_options.organisation=bit_serial"});
  EXPECT_EQ(check_mac(layer_on(serial), serial),
            "mac_lut takes 4 cycles a pair of words with organisation bit_serial, and PEs here "
            "issue one in each cycle");
}

TEST(MacMisfit, OfNumbersIsWhatTheDatapathTakes) {
  const Machine ternary = machine_with("eyeriss", "mac_ternary");
  Layer layer = layer_on(ternary);
  EXPECT_EQ(check_mac(layer, ternary), "");
  layer.product_shift = 2;
  EXPECT_EQ(check_mac(layer, ternary),
            "the layer shifts products by 2; mac_ternary does not shift them");
  layer = layer_on(ternary);
  layer.formats.filter = kSignCode;
  EXPECT_EQ(check_mac(layer, ternary), "mac_ternary takes filters in ternary, not in sign");
  layer.formats.ifmap = {Coding::kTwos, 9};
  EXPECT_EQ(check_mac(layer, ternary),
            "the layer has 9-bit operands; the machine multiplies 8 bits");
}

// 16 lanes x 2048 words x 9 taps: 294,912 signs, within +-2^19.
TEST(MacMisfit, OfSignsIsTheirSumAndTheirPadding) {
  const Machine binary = machine_with("eyeriss", "mac_binary");
  EXPECT_EQ(check_mac(layer_on(binary, 32768), binary),
            "a sum of 294912 signs needs 20 bits; psums have 16");
  Layer padded = layer_on(binary);
  padded.pad_left = 1;
  EXPECT_EQ(check_mac(padded, binary), "");
  padded.formats.sign_padding = SignPadding::kMasked;
  EXPECT_EQ(check_mac(padded, binary),
            "the layer leaves products of padding out; padding of signs here is -1, and counts");
}

TEST(MacOverrides, KeepNarrowPsumsWhereTheyAreWideEnough) {
  const std::vector<std::tuple<std::string, int, int, int>> wanted{
      {"mac_int8", 8, 18, 32},  {"mac_int16", 16, 16, 16},     {"mac_int16_dfp", 16, 32, 32},
      {"mac_lut", 4, 8, 16},    {"mac_binary", 1, 8, 16},      {"mac_ternary", 8, 9, 16},
      {"mac_shift", 8, 10, 16}, {"mac_zero_gated", 16, 16, 16}};
  for (const auto& [mac, operand, product, psum] : wanted) {
    const Numbers n = machine_with("eyeriss", mac).numbers;
    EXPECT_EQ(std::tuple(n.operand_bits, n.product_bits, n.psum_bits),
              std::tuple(operand, product, psum))
        << mac;
    EXPECT_EQ(n.word_bits, 16) << mac;
  }
  EXPECT_THROW(machine_with("eyeriss", "mac_int9"), InputError);
}

TEST(MacOverrides, ThatAMachineCannotHaveAreItsMistakes) {
  const std::vector<std::tuple<std::string, std::string, std::string>> mistakes{
      {"tutorial_systolic_4x4", "mac_binary",
       "numbers.word_bits is 8; 16 fields of 1 bits must fit"},
      {"tutorial_systolic_4x4", "mac_int16",
       "numbers.word_bits is 8; an operand of 16 bits must fit"},
      {"tutorial_tree_2x2", "mac_int16_dfp", "the order is open in which its singles are added"},
      {"tutorial_2x2", "mac_binary", "so psums must wrap"}};
  for (const auto& [machine, mac, part] : mistakes) {
    try {
      machine_with(machine, mac);
      ADD_FAILURE() << machine << " " << mac;
    } catch (const InputError& error) {
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace orrery
