// The mapper finds what an exhaustive search finds, and never less than a random one.
#include "sim/mapper/search.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "dataflows/all.h"
#include "sim/cycle/engine.h"
#include "sim/fast/engine.h"
#include "sim/random/conv.h"
#include "sim/schedule/misfit.h"
#include "tests/cycle/small_layers.h"
#include "tests/fast/same.h"
#include "workloads/tensor/operands.h"

namespace orrery::test {
namespace {

constexpr std::array kObjectives{Objective::kEnergy, Objective::kCycles, Objective::kEdp};
constexpr int kNoLimit = 1'000'000;

PriceList prices(const Machine& machine) {
  return price_list(read_energy_table(std::string(ORRERY_SOURCE_DIR) + "/arch/energy/sram.yaml"),
                    machine);
}

SearchOptions options_for(const Machine& machine, Objective objective, int budget = kNoLimit) {
  SearchOptions options;
  options.objective = objective;
  options.budget = budget;
  options.prices = prices(machine);
  return options;
}

// The costs of a run by objective, written out; infinite where the mapping does not fit or cannot
// run.
using Costs = std::array<double, kObjectives.size()>;
Costs costs(const Machine& machine, const Layer& layer, const Mapping& mapping,
            const PriceList& list) {
  Costs none;
  none.fill(std::numeric_limits<double>::infinity());
  if (!misfit(machine, layer, mapping).empty()) return none;
  try {
    const LayerResult run = run_layer_fast(machine, layer, mapping);
    const double energy = price(run.counts, run.cycles, list).total();
    const auto cycles = static_cast<double>(run.cycles);
    return {energy, cycles, energy * cycles};
  } catch (const InputError&) {
    return none;
  }
}

// Every choice of a space, one after the other.
template <class Body>
void for_each_choice(const Space& space, Body body) {
  Choice choice(space.decisions(), 0);
  for (std::size_t i = 0; i < choice.size();) {
    body(choice);
    for (i = 0; i < choice.size() && ++choice[i] == space.answers(i); ++i) choice[i] = 0;
  }
}

Choice random_choice(const Space& space, Rng& rng) {
  Choice choice;
  for (std::size_t i = 0; i < space.decisions(); ++i)
    choice.push_back(rng.in(0, space.answers(i) - 1));
  return choice;
}

std::string text_of(const Layer& layer, const Mapping& mapping) {
  return fmt::format("{}\n{}", to_yaml(layer), orrery::to_yaml({{layer.name, mapping}}));
}

// G N M C P Q R S
const std::vector<std::array<int, kDims>> kSmall{
    {1, 1, 3, 2, 3, 2, 2, 1}, {1, 2, 4, 3, 1, 1, 1, 1}, {2, 1, 2, 2, 2, 3, 1, 2}};
// One for each route that psums can take.
const std::vector<std::pair<std::string, std::string>> kWays{{"tutorial_4x4", "ws"},
                                                             {"tutorial_4x4", "nlr"},
                                                             {"tutorial_tree_2x2", "ws"},
                                                             {"tutorial_in_place_3x3", "os_a"},
                                                             {"tutorial_spill_2x3", "os"}};

// The least costs in all spaces; each mapping is played once.
Costs least_costs(const Machine& machine, const Layer& layer, const std::vector<Space>& spaces) {
  const PriceList list = prices(machine);
  Costs least = costs(machine, layer, {}, list);
  std::set<std::string> played;
  for (const Space& space : spaces) {
    for_each_choice(space, [&](const Choice& choice) {
      const Mapping mapping = mapping_of(space, choice, layer);
      if (!played.insert(to_string(mapping, layer)).second) return;
      const Costs own = costs(machine, layer, mapping, list);
      for (std::size_t i = 0; i < own.size(); ++i) least[i] = std::min(least[i], own[i]);
    });
  }
  return least;
}

TEST(Search, EqualsAnExhaustiveOneOnSmallLayers) {
  for (const auto& [name, dataflow] : kWays) {
    const Machine machine = machine_named(name);
    for (const auto& bounds : kSmall) {
      const Layer layer = conv(bounds);
      SCOPED_TRACE(name + " " + dataflow + "\n" + to_yaml(layer));
      const auto spaces = find_dataflow(dataflow)->spaces(layer, machine);
      const Costs least = least_costs(machine, layer, spaces);
      for (std::size_t i = 0; i < kObjectives.size(); ++i) {
        const Found found = search(machine, layer, spaces, options_for(machine, kObjectives[i]));
        EXPECT_DOUBLE_EQ(found.cost, least[i]) << kObjectiveNames[i];
        EXPECT_TRUE(found.exhaustive);
        EXPECT_EQ(found.bound, found.cost);
      }
    }
  }
}

TEST(Search, IsNeverWorseThanTenThousandRandomMappings) {
  const Machine machine = machine_named("eyeriss");
  Rng rng(1);
  for (const std::string dataflow : {"rs", "ws"}) {
    const Layer layer = conv({1, 1, 8, 6, 7, 7, 3, 3});
    const auto spaces = find_dataflow(dataflow)->spaces(layer, machine);
    const SearchOptions options = options_for(machine, Objective::kEnergy, 300);
    const Found found = search(machine, layer, spaces, options);
    EXPECT_LE(found.cost, found.automatic);
    for (int valid = 0; valid < 10'000;) {
      const Mapping mapping = mapping_of(spaces[0], random_choice(spaces[0], rng), layer);
      const double random = costs(machine, layer, mapping, options.prices)[0];
      if (!std::isfinite(random)) continue;
      ++valid;
      ASSERT_LE(found.cost, random) << "seed 1\n" << text_of(layer, mapping);
    }
  }
}

TEST(Search, JudgesAsTheEnginesCount) {
  for (const auto& [name, dataflow] : kWays) {
    Machine machine = machine_named(name);
    const Layer layer = conv({1, 1, 5, 4, 6, 5, 3, 2});
    const auto spaces = find_dataflow(dataflow)->spaces(layer, machine);
    const SearchOptions options = options_for(machine, Objective::kEdp, 20);
    const Found found = search(machine, layer, spaces, options);
    EXPECT_EQ(difference_of_engines({machine, layer, found.mapping}, folded), "") << name;
    EXPECT_DOUBLE_EQ(found.cost, costs(machine, layer, found.mapping, options.prices)[2]) << name;
    EXPECT_EQ(found.energy, price(found.judged.counts, found.judged.cycles, options.prices));
  }
}

TEST(Search, AnswersTheSameTwiceAndKeepsToItsBudget) {
  const Machine machine = machine_named("eyeriss");
  const Layer layer = conv({1, 1, 24, 16, 13, 13, 3, 3});
  for (const Dataflow& dataflow : kDataflows) {
    const auto spaces = dataflow.spaces(layer, machine);
    for (const int budget : {5, 40}) {
      const SearchOptions options = options_for(machine, Objective::kEnergy, budget);
      const Found once = search(machine, layer, spaces, options);
      const Found again = search(machine, layer, spaces, options);
      EXPECT_EQ(once.mapping, again.mapping) << dataflow.name;
      EXPECT_EQ(once.cost, again.cost) << dataflow.name;
      EXPECT_EQ(once.judgements, again.judgements) << dataflow.name;
      EXPECT_LE(once.judgements, budget) << dataflow.name;
      EXPECT_LE(once.bound, once.cost) << dataflow.name;
      EXPECT_LE(once.cost, once.automatic) << dataflow.name;
    }
  }
}

TEST(Search, IsCutByTheClock) {
  const Machine machine = machine_named("eyeriss");
  const Layer layer = conv({1, 1, 24, 16, 13, 13, 3, 3});
  SearchOptions options = options_for(machine, Objective::kEnergy);
  options.seconds = 1e-9;
  const auto spaces = find_dataflow("rs")->spaces(layer, machine);
  const Found found = search(machine, layer, spaces, options);
  EXPECT_TRUE(found.cut);
  EXPECT_FALSE(found.exhaustive);
  EXPECT_EQ(found.judgements, 1);
  EXPECT_EQ(found.cost, found.automatic);
}

// What is given need not be in the spaces, and may be impossible.
TEST(Search, IsNeverWorseThanTheMappingsThatItIsGiven) {
  const Machine machine = machine_named("eyeriss");
  const Layer layer = conv({1, 1, 8, 4, 6, 6, 3, 3});
  const std::vector<Space> spaces = find_dataflow("nlr")->spaces(layer, machine);
  SearchOptions options = options_for(machine, Objective::kEnergy, 1);
  const double alone = search(machine, layer, spaces, options).cost;
  const Mapping better = find_dataflow("rs")->map(layer, machine);
  const double given = costs(machine, layer, better, options.prices)[0];
  ASSERT_LT(given, alone);
  Mapping impossible = better;
  impossible.keep.pe = {true, true, true};
  std::erase_if(impossible.nest, [](const Loop& loop) { return loop.place != Place::kPe; });
  options.first = {impossible, better};
  EXPECT_EQ(search(machine, layer, spaces, options).cost, given);
}

TEST(Search, HasNoValuesForCodesOfTheLink) {
  Machine machine = machine_named("eyeriss");
  machine.dma.compression = Compression::kRlc;
  const Layer layer = conv({1, 1, 8, 4, 6, 6, 3, 3});
  const std::vector<Space> spaces = find_dataflow("rs")->spaces(layer, machine);
  EXPECT_THROW(search(machine, layer, spaces, options_for(machine, Objective::kEnergy, 1)),
               InputError);
}

}  // namespace
}  // namespace orrery::test
