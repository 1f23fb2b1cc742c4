#include "dataflows/mapping/fit.h"

#include <fmt/format.h>

#include <algorithm>

#include "workloads/input/input_error.h"

namespace orrery {
namespace {

struct Search {
  const std::vector<std::size_t>& shrinkable;
  const Layer& layer;
  const Machine& machine;
  std::string why;  // what the last candidate lacked

  // Spends exactly `halvings` on the loops from `next` on, the first ones first; true where the
  // result fits.
  bool spend(Mapping& mapping, std::size_t next, int halvings) {
    if (next == shrinkable.size()) {
      if (halvings > 0) return false;
      why = check(mapping, layer, machine);
      return why.empty();
    }
    int& step = mapping.nest[shrinkable[next]].step;
    const int largest = step;
    int spent = 0;
    for (; spent < halvings && step > 1; ++spent) step = (step + 1) / 2;
    for (; spent >= 0; --spent) {
      step = largest;
      for (int i = 0; i < spent; ++i) step = (step + 1) / 2;
      if (spend(mapping, next + 1, halvings - spent)) return true;
    }
    step = largest;
    return false;
  }
};

}  // namespace

Mapping fit(Mapping mapping, const std::vector<std::size_t>& shrinkable, const Layer& layer,
            const Machine& machine) {
  int most = 0;
  for (const std::size_t i : shrinkable) {
    Loop& loop = mapping.nest[i];
    loop.step = std::min(loop.step, layer.bound(loop.dim));
    for (int step = loop.step; step > 1; step = (step + 1) / 2) ++most;
  }
  Search search{shrinkable, layer, machine, {}};
  for (int halvings = 0; halvings <= most; ++halvings) {
    if (search.spend(mapping, 0, halvings)) return mapping;
  }
  throw InputError(fmt::format("layer {} cannot be mapped on {} by {}: {}", layer.name,
                               machine.name, mapping.dataflow, search.why));
}

std::array<bool, kTensors> glb_keeps(const Machine& machine) {
  std::array<bool, kTensors> keeps{};
  for (const Tensor t : kAllTensors) keeps[index(t)] = !machine.store_of(t).prefetch;
  return keeps;
}

}  // namespace orrery
