// The mapper: searches the mappings that a dataflow leaves open for the cheapest one. Candidates
// are ordered and pruned by a lower bound of their cost, and judged by the fast engine.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "arch/energy/energy.h"
#include "dataflows/space/space.h"
#include "sim/result/objective.h"
#include "sim/result/result.h"

namespace orrery {

struct SearchOptions {
  Objective objective = Objective::kEnergy;
  // Mappings that are judged at most, at least one for each space.
  int budget = 150;
  // Seconds after which the search stops with what it has; 0: none. Which mapping that is depends
  // on the computer.
  double seconds = 0;
  PriceList prices;
  // Judged after the automatic choices, whether the spaces hold them or not: mappings that are
  // known to be good. Those that cannot run are passed over.
  std::vector<Mapping> first;
  // Called after each judgement; may be empty.
  std::function<void(int judged, int of)> progress;
};

struct Found {
  Mapping mapping;
  LayerResult judged;  // of the mapping, by the fast engine
  Energy energy;
  double cost = 0;       // energy in the unit of the prices, core cycles, or their product
  double automatic = 0;  // the least cost of the mappings that the dataflow makes by itself
  double bound = 0;      // no mapping of the spaces costs less; at most `cost`
  int judgements = 0;
  std::int64_t valid = 0;   // different mappings that were found to fit
  bool exhaustive = false;  // no mapping of the spaces is better: the others' bounds are no lower
  bool cut = false;         // stopped by the clock
};

// The cheapest mapping of `layer` that is found in `spaces` or given; of equals the one judged
// first. The automatic choice of each space is judged first of all, so none is better than the
// answer. The same arguments give the same answer where seconds is 0. The layer must have MACs, and
// there must be a space. Throws InputError where no mapping of those that were judged can run.
Found search(const Machine& machine, const Layer& layer, std::span<const Space> spaces,
             const SearchOptions& options);

}  // namespace orrery
