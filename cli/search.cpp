#include "cli/search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "arch/energy/fields_of_energy_table.h"
#include "cli/find.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "dataflows/all.h"
#include "reports/grid.h"
#include "sim/choose/choose.h"
#include "sim/mapper/search.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

SearchOptions search_options(const Plan& plan, const EnergyTable& table, const Options& options) {
  SearchOptions search;
  const auto at = std::ranges::find(kObjectiveNames, options.objective);
  search.objective = static_cast<Objective>(at - kObjectiveNames.begin());
  search.budget = options.budget;
  search.seconds = options.seconds;
  search.prices = price_list(table, plan.machine);
  return search;
}

// What `compare` would choose (sim/choose): tilings that the spaces need not hold.
std::vector<Mapping> chosen(const Plan& plan, const Layer& layer, std::span<const Space> spaces,
                            const EnergyTable& table, Objective objective) {
  std::vector<Mapping> mappings;
  for (const Space& space : spaces) {
    if (find_dataflow(space.dataflow) == nullptr) continue;
    const ChosenMapping choice =
        choose(space.dataflow, layer, plan.machine, Shape::kFixed, 0, table, objective);
    if (choice.fits()) mappings.push_back(choice.mapping);
  }
  return mappings;
}

// Energies in thousands of millions, cycles as they are, products as they come.
std::string cost_text(Objective objective, double cost) {
  if (objective == Objective::kCycles) return grouped(static_cast<std::uint64_t>(cost));
  return objective == Objective::kEdp ? fmt::format("{:.4e}", cost)
                                      : fmt::format("{:.4f}", cost * 1e-9);
}

std::string cost_title(const SearchOptions& options) {
  const std::string unit = enum_name(options.prices.unit);
  switch (options.objective) {
    case Objective::kEnergy:
      return unit == "pJ" ? "energy\n(mJ)" : fmt::format("energy\n(10^9 {})", unit);
    case Objective::kCycles:
      return "cycles";
    case Objective::kEdp:
      return fmt::format("edp\n({} x cycles)", unit);
  }
  return {};
}

std::string change(double before, double after) {
  if (!std::isfinite(before)) return "-";
  return fmt::format("{:+.1f}%", 100 * (after / before - 1));
}

std::string state_of(const Found& found) {
  if (found.exhaustive) return "least";
  return found.cut ? "cut" : "sampled";
}

struct Sum {
  double before = 0, after = 0, bound = 0;
  int judged = 0;
};

void add_row(Grid& grid, Objective objective, const std::string& layer, const Found& found,
             Sum& sum) {
  const bool ran = std::isfinite(found.automatic);
  grid.row({layer, ran ? cost_text(objective, found.automatic) : "-",
            cost_text(objective, found.cost), change(found.automatic, found.cost),
            grouped(found.judged.cycles), grouped(static_cast<std::uint64_t>(found.judgements)),
            grouped(static_cast<std::uint64_t>(found.valid)), cost_text(objective, found.bound),
            percent(found.cost - found.bound, found.bound), state_of(found)});
  sum.before += found.automatic;
  sum.after += found.cost;
  sum.bound += found.bound;
  sum.judged += found.judgements;
}

}  // namespace

void search_mappings(Plan& plan, const Options& options) {
  const EnergyTable table = read_energy(options.energy);
  SearchOptions search_by = search_options(plan, table, options);
  const Objective objective = search_by.objective;
  Grid grid({"layer", cost_title(search_by) + "\nbefore", "after", "change", "cycles\nafter",
             "judged", "fit", "bound", "at most\nabove it", "space"});
  Sum sum;
  {
    ProgressLine line(options.quiet, plan.network.layers.size());
    for (std::size_t i = 0; i < plan.network.layers.size(); ++i) {
      const Layer& layer = plan.network.layers[i];
      line.begin(layer.name);
      if (!plan.mapped_at[i].file.empty() || layer.kind == LayerKind::kPool) continue;
      search_by.progress = [&](int judged, int of) { line.update(1.0 * judged / of); };
      const std::vector<Space> spaces = plan.spaces(layer, plan.machine);
      search_by.first = chosen(plan, layer, spaces, table, objective);
      const Found found = search(plan.machine, layer, spaces, search_by);
      plan.mappings[i] = found.mapping;
      add_row(grid, objective, layer.name, found, sum);
    }
  }
  if (objective != Objective::kEdp) {
    grid.rule();
    grid.row({"total", cost_text(objective, sum.before), cost_text(objective, sum.after),
              change(sum.before, sum.after), "", grouped(static_cast<std::uint64_t>(sum.judged)),
              "", cost_text(objective, sum.bound), percent(sum.after - sum.bound, sum.bound), ""});
  }
  fmt::print("{} of {} on {}, least {} by table {}\n\n{}", dataflow_names(plan), plan.network.name,
             plan.machine.name, options.objective, search_by.prices.table,
             grid.to_string(terminal_width(Output::kStdout, 0)));
}

}  // namespace orrery
