// Energy: counts times prices, recomputed from lists written by hand.
#include "arch/energy/energy.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <random>

namespace orrery {
namespace {

const std::filesystem::path kArch = std::filesystem::path(ORRERY_SOURCE_DIR) / "arch";

Machine machine(const std::string& name) { return read_machine(kArch / (name + ".yaml")); }
EnergyTable table(const std::string& name) {
  return read_energy_table(kArch / "energy" / (name + ".yaml"));
}

Counts random_counts(unsigned seed) {
  std::mt19937_64 random(seed);
  Counts counts;
  for (auto& count : counts.value) count = random() % 1'000'000'007;
  return counts;
}

std::string key(const ActionName& a) {
  return std::string(a.structure) + "." + std::string(a.tensor) + "." + std::string(a.action);
}

// What the chip reproduction of nn_dataflow charges: MAC 2 pJ, spad 1, hop 4, GLB 15, DRAM 460.
const std::map<std::string, double> kByStructure{
    {"dram", 460}, {"glb", 15}, {"noc", 4}, {"spad", 1}, {"adder", 0}, {"pool", 0}, {"post", 0}};

TEST(Energy, IsTheSumOverAListWrittenByHand) {
  const Machine chip = machine("eyeriss");
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const Counts counts = random_counts(seed);
    double expected = 12345 * 150.;  // 30 mW for 12345 cycles of 5 ns
    std::size_t i = 0;
    for (const ActionName& a : kActions) {
      const auto n = static_cast<double>(counts.value[i++]);
      if (a.structure == "mac") {
        expected += n * (a.action == "compute" ? 2 : a.action == "gate" ? 0.064 : 0);
      } else if (a.action != "bus_word") {
        expected += n * kByStructure.at(std::string(a.structure));
      }
    }
    const Energy energy = price(counts, 12345, table("eyeriss65"), chip);
    EXPECT_EQ(energy.unit, EnergyUnit::kPj);
    EXPECT_NEAR(energy.total() / expected, 1, 1e-12) << "seed " << seed;
  }
}

TEST(Energy, OfLevelsAndOfTensorsAddUpToTheTotal) {
  for (const auto& entry : std::filesystem::directory_iterator(kArch / "energy")) {
    if (entry.path().extension() != ".yaml") continue;
    const Energy e =
        price(random_counts(7), 1000, read_energy_table(entry.path()), machine("eyeriss"));
    double levels = 0, tensors = 0;
    for (std::size_t i = 0; i < kEnergyLevels; ++i) levels += e.level(static_cast<EnergyLevel>(i));
    for (std::size_t i = 0; i < kEnergyTensors; ++i)
      tensors += e.tensor(static_cast<EnergyTensor>(i));
    EXPECT_NEAR(levels / e.total(), 1, 1e-12) << entry.path();
    EXPECT_NEAR(tensors / e.total(), 1, 1e-12) << entry.path();
    EXPECT_GT(e.total(), 0) << entry.path();
  }
}

TEST(Energy, GoesToTheLevelAndTensorOfItsAction) {
  const std::tuple<Action, EnergyLevel, EnergyTensor> cases[] = {
      {Action::dram_ofmap_write, EnergyLevel::kDram, EnergyTensor::kPsum},
      {Action::dram_bias_read, EnergyLevel::kDram, EnergyTensor::kFilter},
      {Action::glb_ifmap_array_read, EnergyLevel::kGlb, EnergyTensor::kIfmap},
      {Action::noc_psum_hop, EnergyLevel::kNoc, EnergyTensor::kPsum},
      {Action::spad_filter_operand_read, EnergyLevel::kSpad, EnergyTensor::kFilter},
      {Action::mac_none_compute, EnergyLevel::kMac, EnergyTensor::kNone}};
  for (const auto& [action, level, tensor] : cases) {
    Counts counts;
    counts[action] = 1;
    const Energy e = price(counts, 0, table("eyeriss65"), machine("eyeriss"));
    EXPECT_GT(e.total(), 0);
    EXPECT_EQ(e.at[static_cast<std::size_t>(level)][static_cast<std::size_t>(tensor)], e.total())
        << key(kActions[static_cast<std::size_t>(action)]);
  }
}

TEST(Energy, OfTwoLayersIsTheirSum) {
  const PriceList list = price_list(table("horowitz45"), machine("eyeriss"));
  Counts both = random_counts(1);
  both += random_counts(2);
  Energy sum = price(random_counts(1), 10, list);
  sum += price(random_counts(2), 20, list);
  EXPECT_NEAR(sum.total() / price(both, 30, list).total(), 1, 1e-12);
}

// ISCA 2016 of a datum used a*b*c*d times: ab 6 + abc 2 + abcd for ifmaps and filters with DRAM at
// 200 a, (2a-1) 200 + 2a(b-1) 6 + ab(c-1) 2 + 2abc(d-1) for psums. The counts are those of a
// machine that fills, starts and drains on top of it.
double published(std::uint64_t a, std::uint64_t b, std::uint64_t c, std::uint64_t d) {
  const auto input =
      200 * a + 6 * a * b + (c > 1 ? 2 * a * b * c : 0) + (d > 1 ? a * b * c * d : 0);
  const auto psum =
      200 * (2 * a - 1) + 12 * a * (b - 1) + 2 * a * b * (c - 1) + 2 * a * b * c * (d - 1);
  return static_cast<double>(2 * input + psum);
}

Counts counts_of(std::uint64_t a, std::uint64_t b, std::uint64_t c, std::uint64_t d) {
  using enum Action;
  Counts n;
  n[dram_ifmap_read] = n[dram_filter_read] = n[glb_ifmap_dma_write] = n[glb_filter_dma_write] = a;
  n[glb_ifmap_array_read] = n[glb_filter_array_read] = a * b;
  n[noc_ifmap_bus_word] = n[noc_filter_bus_word] = a * b;
  n[noc_ifmap_delivery] = n[noc_filter_delivery] = n[spad_ifmap_fill] = n[spad_filter_fill] =
      a * b * c;
  n[spad_ifmap_operand_read] = n[spad_filter_operand_read] = a * b * c * d;
  n[dram_psum_read] = n[dram_psum_write] = n[glb_psum_dma_write] = a - 1;
  n[dram_ofmap_write] = 1;
  n[glb_psum_dma_read] = a;
  n[glb_psum_array_write] = a * b;
  n[glb_psum_array_read] = a * b - 1;
  n[noc_psum_hop] = a * b * (c - 1);
  n[adder_none_merge] = a * b * (c - 1) + n[glb_psum_array_read];
  n[noc_psum_bus_word] = n[noc_psum_delivery] = 2 * a * b - 1;
  n[spad_psum_first_write] = n[spad_psum_drain_read] = a * b * c;
  n[spad_psum_update_read] = n[spad_psum_update_write] = a * b * c * (d - 1);
  return n;
}

TEST(Energy, OfThePublishedConventionIsThePapersFormula) {
  const PriceList charged = price_list(table("isca2016"), machine("eyeriss"));
  const PriceList all = price_list(table("isca2016_hardware"), machine("eyeriss"));
  for (std::uint64_t a = 1; a <= 3; ++a) {
    for (std::uint64_t b = 1; b <= 4; ++b) {
      for (std::uint64_t c = 1; c <= 3; ++c) {
        for (std::uint64_t d = 1; d <= 3; ++d) {
          const Energy e = price(counts_of(a, b, c, d), 99, charged);
          EXPECT_EQ(e.unit, EnergyUnit::kMac);
          EXPECT_EQ(e.total(), published(a, b, c, d)) << a << " " << b << " " << c << " " << d;
          EXPECT_GT(price(counts_of(a, b, c, d), 99, all).total(), e.total());
        }
      }
    }
  }
}

TEST(Energy, OfAnUnpricedActionThatWasCountedIsAMistake) {
  PriceList list = price_list(table("eyeriss65"), machine("eyeriss"));
  list.prices[static_cast<std::size_t>(Action::noc_psum_hop)].reset();
  Counts counts;
  EXPECT_EQ(price(counts, 0, list).total(), 0);
  counts[Action::noc_psum_hop] = 1;
  try {
    price(counts, 0, list);
    ADD_FAILURE() << "accepted";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "energy table eyeriss65 prices no noc.psum.hop, which was counted");
  }
}

}  // namespace
}  // namespace orrery
