// Mappings that fit, each with the least that it can cost, for the search to judge.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/mapper/search.h"

namespace orrery {

struct Candidate {
  std::size_t space = 0;
  Choice choice;
  double bound = 0;  // of its cost
};

class Candidates {
 public:
  static constexpr double kMisfit = std::numeric_limits<double>::infinity();

  // All are kept by reference.
  Candidates(const Machine& machine, const Layer& layer, std::span<const Space> spaces,
             Objective objective, const PriceList& least_prices)
      : machine_(machine),
        layer_(layer),
        spaces_(spaces),
        objective_(objective),
        least_prices_(least_prices) {}

  // The bound of the choice's mapping, or kMisfit. One that is new and fits waits to be judged.
  double look_at(std::size_t space, const Choice& choice);
  // Every choice of every space.
  void look_at_all();
  // The answers of one decision changed, for each decision and answer.
  void look_around(std::size_t space, Choice choice);
  // Looks for low bounds from `from` on: one decision after the other takes its best answer, until
  // none gets better; then again from a random change of the lowest. About `looks` choices in all.
  // The same counter gives the same looks.
  void descend(const Candidate& from, std::int64_t looks, std::uint64_t& counter);

  // The candidate of the lowest bound, of equals the one seen first, if it is below `cost`. It
  // waits no longer.
  std::optional<Candidate> take_below(double cost);
  // The lowest bound of those that wait; kMisfit where none does.
  double lowest() const;
  Mapping mapping(const Candidate& candidate) const {
    return mapping_of(spaces_[candidate.space], candidate.choice, layer_);
  }
  std::int64_t valid() const { return valid_; }
  std::int64_t looks() const { return looks_; }

 private:
  struct Waiting {
    double bound;
    std::int64_t number;  // in the order of looks
    std::size_t space;
    Choice choice;
    // A heap keeps its greatest on top.
    bool operator<(const Waiting& other) const {
      return bound != other.bound ? bound > other.bound : number > other.number;
    }
  };
  Candidate swept(Candidate at);
  Candidate shaken(const Candidate& from, std::uint64_t& counter) const;
  double bound_of(const Mapping& mapping) const;

  const Machine& machine_;
  const Layer& layer_;
  std::span<const Space> spaces_;
  Objective objective_;
  const PriceList& least_prices_;
  std::unordered_map<std::string, double> seen_;  // bounds by mapping
  std::vector<Waiting> waiting_;
  std::int64_t valid_ = 0, looks_ = 0;
};

}  // namespace orrery
