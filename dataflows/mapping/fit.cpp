#include "dataflows/mapping/fit.h"

#include <fmt/format.h>

#include <algorithm>

#include "workloads/input/input_error.h"

namespace orrery {
namespace {

std::array<bool, kTensors> kept_in_glb(const Pattern& pattern, const Machine& machine) {
  std::array<bool, kTensors> keeps = pattern.keep.glb;
  for (const Tensor t : kAllTensors) {
    if (machine.store_of(t).prefetches()) keeps[index(t)] = false;
  }
  return keeps;
}

class Search {
 public:
  Search(const Pattern& pattern, const Layer& layer, const Machine& machine)
      : layer_(layer), machine_(machine) {
    const std::vector<SizedLoop> nest = placed(pattern, layer);
    mapping_.dataflow = pattern.name;
    mapping_.keep = {kept_in_glb(pattern, machine), pattern.keep.pe};
    for (const SizedLoop& loop : nest) {
      const int step = resolve(loop.size, layer.bound(loop.dim), machine.array);
      mapping_.nest.push_back({loop.dim, step, loop.place});
    }
    for (const Dim dim : pattern.shrink) {
      for (std::size_t i = 0; i < nest.size(); ++i) {
        if (nest[i].dim == dim && nest[i].size.free) shrinkable_.push_back(i);
      }
    }
  }

  Mapping run() {
    int most = 0;
    for (const std::size_t i : shrinkable_) {
      for (int step = mapping_.nest[i].step; step > 1; step = (step + 1) / 2) ++most;
    }
    for (int halvings = 0; halvings <= most; ++halvings) {
      if (spend(0, halvings)) return mapping_;
    }
    fail(why_);
  }

 private:
  // Spends exactly `halvings` on the loops from `next` on, the first ones first; true where the
  // result fits.
  bool spend(std::size_t next, int halvings) {
    if (next == shrinkable_.size()) return halvings == 0 && fits();
    int& step = mapping_.nest[shrinkable_[next]].step;
    const int largest = step;
    int spent = 0;
    for (; spent < halvings && step > 1; ++spent) step = (step + 1) / 2;
    for (; spent >= 0; --spent) {
      step = largest;
      for (int i = 0; i < spent; ++i) step = (step + 1) / 2;
      if (spend(next + 1, halvings - spent)) return true;
    }
    step = largest;
    return false;
  }

  bool fits() {
    why_ = check(mapping_, layer_, machine_);
    if (why_.empty()) return true;
    if (++tries_ == kMostTries) {
      fail(fmt::format("none of the {} largest choices of its {} free sizes fits; the last: {}",
                       tries_, shrinkable_.size(), why_));
    }
    return false;
  }

  [[noreturn]] void fail(const std::string& sentence) const {
    throw InputError(fmt::format("layer {} cannot be mapped on {} by {}: {}", layer_.name,
                                 machine_.name, mapping_.dataflow, sentence));
  }

  const Layer& layer_;
  const Machine& machine_;
  Mapping mapping_;
  std::vector<std::size_t> shrinkable_;  // loops of the nest, the first to shrink first
  std::string why_;                      // what the last choice lacked
  int tries_ = 0;
};

}  // namespace

std::vector<SizedLoop> placed(const Pattern& pattern, const Layer& layer) {
  std::vector<SizedLoop> nest = pattern.nest;
  if (layer.post.pool.empty()) return nest;
  for (SizedLoop& loop : nest) {
    const bool cuts_planes = loop.dim == Dim::kP || loop.dim == Dim::kQ;
    if (cuts_planes && loop.place == Place::kDram) loop.place = Place::kGlb;
  }
  std::stable_partition(nest.begin(), nest.end(),
                        [](const SizedLoop& loop) { return loop.place == Place::kDram; });
  return nest;
}

Mapping fit(const Pattern& pattern, const Layer& layer, const Machine& machine) {
  return Search(pattern, layer, machine).run();
}

}  // namespace orrery
