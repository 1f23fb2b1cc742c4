// Switching activity: gates that do what the PE does, and switches that are counted right.
#include <gtest/gtest.h>

#include <bit>
#include <fstream>
#include <functional>
#include <random>

#include "arch/mac/all.h"
#include "dataflows/row_stationary.h"
#include "sim/activity/gates.h"
#include "sim/activity/layer_activity.h"
#include "workloads/input/input_error.h"
#include "workloads/tensor/scale.h"

namespace orrery {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(ORRERY_SOURCE_DIR) / "rtl/synthesis";

std::map<std::string, LogicCell> library() { return read_cells(kFolder / "gates.lib"); }

// A small PE with every width its own.
Machine small_machine() {
  Machine m = read_machine(std::filesystem::path(ORRERY_SOURCE_DIR) / "arch/tutorial_4x4.yaml");
  m.pe.pipeline_stages = 4;
  return m;
}

Layer small_layer(double zeros) {
  Layer layer;
  layer.name = "small";
  for (const auto& [dim, size] : {std::pair{Dim::kM, 4},
                                  {Dim::kC, 3},
                                  {Dim::kP, 4},
                                  {Dim::kQ, 6},
                                  {Dim::kR, 3},
                                  {Dim::kS, 3}})
    layer.bounds[index(dim)] = size;
  layer.ifmap_rows = 4 + 3 - 1;
  layer.ifmap_cols = 6 + 3 - 1;
  layer.operand_bits = small_machine().numbers.operand_bits;
  layer.ifmap_zeros = zeros;
  return layer;
}

// Yosys takes some seconds.
const PeNetlists& small_netlists() {
  static const PeNetlists netlists =
      make_netlists(small_machine(), kFolder / "pe_netlist", kFolder / "gates.lib");
  return netlists;
}

LayerActivity played(const PeNetlists& netlists, double zeros, std::uint64_t seed) {
  const Machine machine = small_machine();
  const Layer layer = small_layer(zeros);
  const Mapping mapping = row_stationary(layer, machine);
  return layer_activity(netlists, layer, machine, mapping,
                        synthetic_operands(layer, seed, machine.numbers.psum_bits), [](double) {});
}

TEST(Activity, ReadsWhatTheCellsOfTheLibraryDo) {
  const auto cells = library();
  using Bits = std::array<bool, 4>;
  const std::map<std::string, std::function<bool(Bits)>> known{
      {"INV_X1", [](Bits b) { return !b[0]; }},
      {"NAND2_X1", [](Bits b) { return !(b[0] && b[1]); }},
      {"NOR3_X1", [](Bits b) { return !b[0] && !b[1] && !b[2]; }},
      {"XNOR2_X1", [](Bits b) { return b[0] == b[1]; }},
      {"OR4_X1", [](Bits b) { return b[0] || b[1] || b[2] || b[3]; }}};
  for (const auto& [name, function] : known) {
    const CellOutput& out = cells.at(name).outputs.at(0);
    for (int row = 0; row < 16; ++row) {
      const Bits bits{(row & 1) != 0, (row & 2) != 0, (row & 4) != 0, (row & 8) != 0};
      EXPECT_EQ((out.table >> row & 1) != 0, function(bits)) << name << " row " << row;
    }
  }
  ASSERT_EQ(cells.at("FA_X1").outputs.size(), 2U);
  for (int row = 0; row < 8; ++row) {
    int sum = 0;
    for (std::size_t i = 0; i < 2; ++i) sum += (cells.at("FA_X1").outputs[i].table >> row & 1) << i;
    EXPECT_EQ(sum, std::popcount(static_cast<unsigned>(row)));
  }
  EXPECT_TRUE(cells.at("DFFR_X1").is_register());
  EXPECT_EQ(cells.at("DFFR_X1").clear, "RN");
  EXPECT_EQ(cells.at("DFF_X1").clear, "");
}

// A register that takes its own inverse while an input is 1.
TEST(Activity, CountsANetOnceASwitchInTheLanesAskedFor) {
  const auto file = std::filesystem::path(testing::TempDir()) / "toggle.json";
  std::ofstream(file) << R"({"modules": {
    "half": {"ports": {"a": {"direction": "input", "bits": [2]}, "z": {"direction": "output", "bits": [3]}},
             "cells": {"i": {"type": "INV_X1", "connections": {"A": [2], "Z": [3]}}}},
    "top": {"ports": {"clk_i": {"direction": "input", "bits": [2]}, "on_i": {"direction": "input", "bits": [3]},
                      "q_o": {"direction": "output", "bits": [4]}},
            "cells": {"u_not": {"type": "half", "connections": {"a": [4], "z": [5]}},
                      "u_mux": {"type": "AND2_X1", "connections": {"A1": [5], "A2": [3], "Z": [6]}},
                      "u_q": {"type": "DFF_X1", "connections": {"CK": [2], "D": [6], "Q": [4]}}}}}})";
  const Netlist netlist = read_netlist(file, "top", library());
  EXPECT_EQ(netlist.instances, (std::vector<std::string>{"", "u_not"}));
  Gates gates(netlist);
  const std::int32_t q = gates.port("q_o").at(0);
  gates.set(gates.port("on_i").at(0), 5, true);
  for (int cycle = 0; cycle < 11; ++cycle) {
    gates.settle();
    gates.count(cycle % 2 == 0 ? ~Gates::Lanes{0} : Gates::Lanes{0});
    EXPECT_EQ(gates.get(q), cycle % 2 == 1 ? Gates::Lanes{1} << 5 : 0U);
    gates.clock();
  }
  // Before each of the counted cycles but the first, q fell in lane 5.
  EXPECT_EQ(gates.switches()[static_cast<std::size_t>(q)], 5U);
  EXPECT_THROW(gates.port("nothing"), std::logic_error);
}

TEST(Activity, GatesOfAPeDoWhatThePeDoesAndGatingSavesMoreTheMoreZerosThereAre) {
  double least = -1;
  for (const double zeros : {0.0, 0.3, 0.6, 0.9}) {
    const LayerActivity activity = played(small_netlists(), zeros, 17);
    const double plain = charge_of(activity.plain, small_machine(), false);
    const double saved = 1 - charge_of(activity.gated, small_machine(), false) / plain;
    EXPECT_EQ(activity.plain.macs, activity.gated.macs);
    EXPECT_EQ(activity.plain.cycles, activity.gated.cycles);
    EXPECT_NEAR(activity.zeros(), zeros, 0.15);
    EXPECT_GT(saved, least) << "at " << zeros << " zeros";
    least = saved;
  }
  EXPECT_GT(least, 0.35);
}

TEST(Activity, GatesThatDoSomethingElseAreNoticed) {
  std::mt19937 random(3);
  int noticed = 0;
  for (int i = 0; i < 10; ++i) {
    PeNetlists broken = small_netlists();
    auto& gates = broken.gated.gates;
    for (int k = 0; k < 30; ++k) gates[random() % gates.size()].table ^= 0xFFFF;
    try {
      played(broken, 0.3, 5);
    } catch (const std::runtime_error&) {
      ++noticed;
    } catch (const std::logic_error&) {
      ++noticed;
    }
  }
  EXPECT_EQ(noticed, 10);
}

TEST(Activity, MachinesWhosePesTheRtlHasNotAreRefused) {
  Machine lock_step = read_machine(std::filesystem::path(ORRERY_SOURCE_DIR) / "arch/tpu_v1.yaml");
  Machine shallow = small_machine();
  shallow.pe.pipeline_stages = 2;
  for (const Machine& machine : {lock_step, shallow})
    EXPECT_THROW(make_netlists(machine, kFolder / "pe_netlist", kFolder / "gates.lib"), InputError);
}

}  // namespace
}  // namespace orrery
