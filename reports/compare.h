// Dataflows beside each other: energy by level and tensor, cycles, and what cannot run.
#pragma once

#include <string>
#include <vector>

#include "arch/energy/energy.h"
#include "sim/result/result.h"
#include "workloads/layer/layer.h"

namespace orrery {

struct ComparedLayer {
  LayerKind kind = LayerKind::kConv;
  Energy energy;
  std::uint64_t judged = 0;  // mappings from which its own was chosen
};

struct Refusal {
  std::string layer, why;
  LayerKind kind = LayerKind::kConv;
};

// One dataflow on one machine with one batch. `result.layers` are those that ran, and `layers`
// stands beside them.
struct ComparedRun {
  NetworkResult result;
  std::vector<ComparedLayer> layers;
  std::vector<Refusal> refused;
  std::string energy_table, objective;
  bool equal_area = false;
};

// Some layers of a run in sum.
struct ComparedSum {
  Energy energy;
  std::uint64_t macs = 0, cycles = 0, dram_words = 0;
  double utilization = 0;
  double energy_per_mac() const;
  // Energy times cycles, in the unit of the energy.
  double edp() const;
  // Energy of a level for each MAC.
  double per_mac(EnergyLevel level) const;
};
ComparedSum sum_of(const ComparedRun& run);
ComparedSum sum_of(const ComparedRun& run, LayerKind kind);

enum class Colour : std::uint8_t { kNone, kTerminal };

// For each number of PEs and each batch: a grid of dataflows for each kind of layer, a bar for each
// dataflow, energy for each MAC layer by layer, and why layers were refused.
std::string to_text(const std::vector<ComparedRun>& runs, int width, Colour colour);

// {"schema": 1, "runs": [...]}: results as in docs/json.md with the members of docs/compare.md.
std::string to_json(const std::vector<ComparedRun>& runs);

}  // namespace orrery
