// The tables that come with Orrery, on the machines that come with it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "arch/energy/price_list.h"

namespace orrery {
namespace {

const std::filesystem::path kArch = std::filesystem::path(ORRERY_SOURCE_DIR) / "arch";

std::vector<std::filesystem::path> files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") found.push_back(entry.path());
  }
  return found;
}

double value(const PriceList& list, Action a) {
  return list.prices[static_cast<std::size_t>(a)].value().value;
}
PriceList priced(const std::string& table, const std::string& machine) {
  return price_list(read_energy_table(kArch / "energy" / (table + ".yaml")),
                    read_machine(kArch / (machine + ".yaml")));
}

TEST(EnergyTables, PriceEveryActionOnEveryMachine) {
  EXPECT_GE(files(kArch / "energy").size(), 5U);
  for (const auto& path : files(kArch / "energy")) {
    for (const auto& machine : files(kArch)) {
      const PriceList list = price_list(read_energy_table(path), read_machine(machine));
      for (std::size_t i = 0; i < kActions.size(); ++i) {
        ASSERT_TRUE(list.prices[i].has_value()) << path << ": " << action_names()[i];
        EXPECT_GE(list.prices[i]->value, 0) << path << ": " << action_names()[i];
        EXPECT_LT(list.prices[i]->value, 1e5) << path << ": " << action_names()[i];
      }
    }
  }
}

// A table without one of its entries says which action it lacks on a machine that performs it.
TEST(EnergyTables, SayWhichActionTheyLack) {
  const Machine machine = read_machine(kArch / "eyeriss.yaml");
  for (const auto& path : files(kArch / "energy")) {
    const EnergyTable whole = read_energy_table(path);
    for (std::size_t i = 0; i < kActions.size(); ++i) {
      EnergyTable table = whole;
      std::erase_if(table.prices, [i](const Price& p) { return matches(p.action, i); });
      if (!performs(machine, static_cast<Action>(i))) continue;
      try {
        price_list(table, machine);
        ADD_FAILURE() << path << " is accepted without " << action_names()[i];
      } catch (const InputError& error) {
        const std::string sentence = error.what();
        const std::string prefix =
            path.string() + ": prices no " + std::string(kActions[i].structure) + ".";
        EXPECT_TRUE(sentence.starts_with(prefix)) << sentence;
        EXPECT_TRUE(
            sentence.ends_with(", which machine eyeriss performs; what costs nothing needs "
                               "a value of 0 and a reason"))
            << sentence;
      }
    }
  }
}

TEST(EnergyTables, MayPriceWhatTheMachineLacks) {
  const Machine machine = read_machine(kArch / "eyeriss.yaml");
  EXPECT_FALSE(performs(machine, Action::pool_none_compute));
  EXPECT_FALSE(performs(machine, Action::noc_ifmap_hop));
  EXPECT_TRUE(performs(machine, Action::mac_none_gate));
  EXPECT_TRUE(performs(read_machine(kArch / "tpu_v1.yaml"), Action::noc_ifmap_hop));
  EXPECT_TRUE(performs(read_machine(kArch / "shidiannao.yaml"), Action::pool_none_compute));
  EnergyTable table = read_energy_table(kArch / "energy" / "eyeriss65.yaml");
  std::erase_if(table.prices, [](const Price& p) { return p.action == "pool.none.compute"; });
  EXPECT_FALSE(price_list(table, machine)
                   .prices[static_cast<std::size_t>(Action::pool_none_compute)]
                   .has_value());
}

// ISCA 2016: MAC 1, RF 1, array 2, buffer 6, DRAM 200, at 16 bits. At 8 bits memories and wires
// cost half, a multiplier a quarter.
TEST(EnergyTables, ScaleWithTheMachinesWidths) {
  const PriceList wide = priced("isca2016_hardware", "eyeriss");
  const PriceList narrow = priced("isca2016_hardware", "tutorial_4x4");
  const std::pair<Action, double> published[] = {{Action::dram_ifmap_read, 200},
                                                 {Action::glb_filter_array_read, 6},
                                                 {Action::noc_ifmap_delivery, 2},
                                                 {Action::spad_ifmap_operand_read, 1}};
  const Numbers numbers = read_machine(kArch / "tutorial_4x4.yaml").numbers;
  for (const auto& [action, energy] : published) {
    EXPECT_EQ(value(wide, action), energy);
    EXPECT_EQ(value(narrow, action), energy * numbers.word_bits / 16);
  }
  EXPECT_EQ(value(wide, Action::mac_none_compute), 1);
  EXPECT_EQ(value(narrow, Action::mac_none_compute), .25);
  EXPECT_EQ(value(narrow, Action::spad_psum_update_read), 2) << "a psum of 32 bits";
}

// Horowitz: 0.2 pJ for an 8-bit multiplier, 0.1 for a 32-bit adder, 20 pJ for 64 bits of a 32 KB
// cache; eyeriss has 16-bit operands and psums, and 100 KB for ifmaps.
TEST(EnergyTables, ScaleWithWidthsAndCapacities) {
  const PriceList list = priced("horowitz45", "eyeriss");
  EXPECT_NEAR(value(list, Action::mac_none_compute), 4 * .2 + .1 / 2, 1e-12);
  EXPECT_NEAR(value(list, Action::glb_ifmap_array_read), 5 * std::sqrt(100. / 32), 1e-12);
  EXPECT_NEAR(value(list, Action::spad_filter_fill), 2.5 * std::sqrt(448. / 8192), 1e-12);
}

// The memory model at 65 nm; the MAC of 45 nm costs 1.95 times as much there.
TEST(EnergyTables, AreBuiltForTheMachineFromTheMemoryModel) {
  const PriceList list = priced("sram", "eyeriss");
  const double mac = 4 * .2 + .1 / 2;
  EXPECT_NEAR(value(list, Action::mac_none_compute) / mac, 1.95, .005);
  // CACTI, 8 KB of 64 bits, 65 nm, 2 banks: 11.812 and 13.4807 pJ, for 4 words.
  EXPECT_NEAR(value(list, Action::glb_filter_array_read), 11.812 / 4, .01);
  EXPECT_NEAR(value(list, Action::glb_filter_dma_write), 13.48 / 4, .01);
  EXPECT_GT(value(list, Action::glb_ifmap_array_read), value(list, Action::glb_filter_array_read));
}

// 30 mW at 200 MHz are 150 pJ a cycle.
TEST(EnergyTables, ChargePowerByTheCycle) {
  const PriceList list = priced("eyeriss65", "eyeriss");
  ASSERT_EQ(list.per_cycle.size(), 2U);
  EXPECT_NEAR(list.per_cycle[0].value, 150, 1e-9);
}

TEST(EnergyTables, AreShownWithSourcesReasonsAndTags) {
  const std::string text =
      energy_table_text(read_energy_table(kArch / "energy" / "eyeriss65.yaml"));
  for (const char* part : {"convention: hardware", "460 pJ at 16 bits", "assumed: 3.2 % of a MAC",
                           "30 mW", "the set has no figure", "node: 65 nm"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

TEST(EnergyTables, PrintHowAPriceCameAbout) {
  const Machine machine = read_machine(kArch / "eyeriss.yaml");
  const std::string text = price_list_text(priced("sram", "eyeriss"), machine);
  for (const char* part : {"0.2 x 16/8 bits squared x 1.952 (45 to 65 nm)", "1300 x 16/64 bits",
                           "read of 8192 bytes: ", "for 64 bits at 65 nm, CACTI", "registers"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
  EXPECT_EQ(text.find("pool.none.compute"), std::string::npos) << "not performed";
}

// At 45 nm and 16-bit psums: a 16-bit multiplier 0.8 pJ and an adder 0.05; 0.15 of a 16-bit adder;
// 0.072 for 16 signs; no multiplier where terms come from a table.
TEST(EnergyTables, PriceAMacByItsDatapath) {
  const EnergyTable table = read_energy_table(kArch / "energy" / "horowitz45.yaml");
  Machine machine = read_machine(kArch / "eyeriss.yaml");
  const std::vector<std::pair<std::string, double>> wanted{
      {"mac_zero_gated", 0.85}, {"mac_ternary", 0.0575}, {"mac_binary", 0.122}, {"mac_lut", 0.05}};
  for (const auto& [mac, pj] : wanted) {
    machine.mac = mac;
    EXPECT_NEAR(value(price_list(table, machine), Action::mac_none_compute), pj, 1e-9) << mac;
  }
  machine.mac = "mac_int16_dfp";
  EXPECT_NEAR(value(price_list(table, machine), Action::adder_none_merge), 0.9, 1e-9);
}

TEST(EnergyTables, AreDocumentedFieldByField) {
  std::ostringstream page;
  page << std::ifstream(std::string(ORRERY_SOURCE_DIR) + "/docs/energy.md").rdbuf();
  EXPECT_TRUE(page.str().ends_with("\n\n" + document_energy_table())) << document_energy_table();
}

}  // namespace
}  // namespace orrery
