#include "sim/mapper/search.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <stdexcept>

#include "sim/dram/word_prices.h"
#include "sim/fast/engine.h"
#include "sim/machine/tile_code.h"
#include "sim/mapper/bound.h"
#include "sim/mapper/candidates.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

// Spaces of so many choices are looked at one by one. A look costs a microsecond, some more where
// the mapping is new, and a judgement hundreds.
constexpr std::int64_t kMostEnumerated = 200'000;
// In larger ones, looks for low bounds for each mapping that may be judged.
constexpr std::int64_t kLooksPerJudgement = 1000;
// Of the budget, the part that goes to the lowest bounds before the neighbours of the best are
// judged.
constexpr int kLowestFirst = 3;

class Search {
 public:
  Search(const Machine& machine, const Layer& layer, std::span<const Space> spaces,
         const SearchOptions& options)
      : machine_(machine),
        layer_(layer),
        spaces_(spaces),
        options_(options),
        least_prices_(least_with_memory(options.prices, machine)),
        candidates_(machine, layer, spaces, options.objective, least_prices_) {}

  Found run() {
    for (std::size_t s = 0; s < spaces_.size(); ++s) judge({s, spaces_[s].automatic, 0});
    found_.automatic = least_;
    for (const Mapping& mapping : options_.first) judge(std::nullopt, mapping);
    if (small()) {
      candidates_.look_at_all();
      judge_lowest(options_.budget);
    } else {
      sample();
    }
    if (found_.mapping.nest.empty()) {
      throw InputError(fmt::format("layer {} on {}: none of {} mappings by {} that fit can run",
                                   layer_.name, machine_.name, found_.judgements,
                                   spaces_.front().dataflow));
    }
    found_.valid = candidates_.valid();
    // Whatever is below it still waits; of a space that was sampled, what was not seen may be.
    const double floor = small() ? candidates_.lowest() : least();
    found_.exhaustive = floor >= found_.cost;
    found_.bound = std::min(found_.cost, std::max(floor, least()));
    return found_;
  }

 private:
  bool small() const {
    std::int64_t choices = 0;
    for (const Space& space : spaces_) choices += space.size(kMostEnumerated + 1);
    return choices <= kMostEnumerated;
  }

  double least() const {
    const LowerBound bound = lower_bound(machine_, layer_);
    return cost_of(options_.objective, least_energy(bound, least_prices_), bound.cycles);
  }

  // Low bounds first, then around the best as long as that gets better.
  void sample() {
    const std::int64_t looks = kLooksPerJudgement * options_.budget;
    std::uint64_t counter = 0;
    for (std::size_t s = 0; s < spaces_.size() && !late(); ++s) {
      const auto share = looks / static_cast<std::int64_t>(spaces_.size());
      candidates_.descend({s, spaces_[s].automatic, 0}, share, counter);
    }
    judge_lowest(options_.budget / kLowestFirst);
    judge_around_best();
    judge_lowest(options_.budget);
  }

  void judge_around_best() {
    while (best_ && may_judge()) {
      const Candidate around = *best_;
      Candidates near(machine_, layer_, spaces_, options_.objective, least_prices_);
      near.look_around(around.space, around.choice);
      while (may_judge()) {
        const auto next = near.take_below(least_);
        if (!next) break;
        judge(*next);
      }
      if (best_->choice == around.choice && best_->space == around.space) return;
    }
  }

  void judge_lowest(int until) {
    while (may_judge() && found_.judgements < until) {
      const auto next = candidates_.take_below(least_);
      if (!next) return;
      judge(*next);
    }
  }

  bool may_judge() { return found_.judgements < options_.budget && !late(); }

  bool late() {
    if (options_.seconds <= 0 || found_.cut) return found_.cut;
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start_;
    found_.cut = spent.count() >= options_.seconds;
    return found_.cut;
  }

  void judge(const Candidate& candidate) { judge(candidate, candidates_.mapping(candidate)); }

  // A mapping that no choice makes has no candidate.
  void judge(const std::optional<Candidate>& candidate, const Mapping& mapping) {
    if (!judged_.insert(to_yaml({{layer_.name, mapping}})).second) return;
    ++found_.judgements;
    if (const auto result = play(mapping)) compare(candidate, mapping, *result);
    if (options_.progress) options_.progress(found_.judgements, options_.budget);
  }

  // Nothing for what check() does not know: a pass that can never end, tensors that DRAM cannot
  // hold.
  std::optional<LayerResult> play(const Mapping& mapping) const {
    try {
      return run_layer_fast(machine_, layer_, mapping);
    } catch (const InputError&) {
      return std::nullopt;
    }
  }

  void compare(const std::optional<Candidate>& candidate, const Mapping& mapping,
               const LayerResult& result) {
    const Energy energy = priced(result, options_.prices);
    const double cost = cost_of(options_.objective, energy.total(), result.cycles);
    if (candidate && cost < best_cost_) {
      best_ = candidate;
      best_cost_ = cost;
    }
    if (cost >= least_) return;
    least_ = cost;
    found_.mapping = mapping;
    found_.judged = result;
    found_.energy = energy;
    found_.cost = cost;
  }

  const Machine& machine_;
  const Layer& layer_;
  std::span<const Space> spaces_;
  const SearchOptions& options_;
  PriceList least_prices_;  // of bounds
  Candidates candidates_;
  double least_ = Candidates::kMisfit;  // of all that were judged
  std::optional<Candidate> best_;       // the cheapest that a choice makes
  double best_cost_ = Candidates::kMisfit;
  std::set<std::string> judged_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  Found found_;
};

}  // namespace

Found search(const Machine& machine, const Layer& layer, std::span<const Space> spaces,
             const SearchOptions& options) {
  if (codes_any(machine, layer)) {
    throw InputError(
        fmt::format("layer {}: machine {} has dma.compression: what passes the link depends on "
                    "values, and a search has none; search without it",
                    layer.name, machine.name));
  }
  if (spaces.empty()) throw std::logic_error("a search needs a space");
  return Search(machine, layer, spaces, options).run();
}

}  // namespace orrery
