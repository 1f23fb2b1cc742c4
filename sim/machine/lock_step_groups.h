// Who takes part in what a lock-step pass does: the PEs that take an item's words, that work in a
// step, and whose psums leave together. Each distinct answer is worked out once.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "sim/machine/lock_step_plan.h"

namespace orrery {

// PEs of one kind share all their bounds, and sit out the same steps: a bit for each kind.
using PeKinds = std::uint64_t;

// How the words of an ifmap item come: off the bus, or from a neighbour `distance` items before.
struct WordSource {
  int right = 0;           // 1: the neighbour to the right, 0: the one below
  int distance = 0;        // 0: the bus
  std::int32_t moved = 0;  // from the neighbour's item's address to this one's
  PeKinds then = 0;        // kinds that took part in it
  auto operator<=>(const WordSource&) const = default;
};

// The psums of a window: where each lies from the first, and which kinds have it.
struct PsumSlot {
  std::int32_t address = 0;
  PeKinds kinds = 0;
};

// Fills a plan's groups; pass, machine and plan must outlive it.
class LockStepGroups {
 public:
  LockStepGroups(const LockStepPass& pass, const Machine& machine, const LostWord& lost,
                 PlanFor what, LockStepPlan& plan);

  // Indices into the plan's groups. `slots`: of the window, the same in each call.
  std::uint32_t words(Tensor t, PeKinds kinds, const WordSource& source);
  std::uint32_t macs(PeKinds kinds, const std::vector<PsumSlot>& slots);
  std::uint32_t leaving(PeKinds kinds, const std::vector<PsumSlot>& slots);
  // Whether the word of some PE's neighbour, below or to the right, lies `moved` words further than
  // its own.
  bool apart(int right, std::int32_t moved);

 private:
  bool takes_part(std::size_t pe, PeKinds kinds) const { return (kinds >> kind_[pe] & 1) != 0; }
  std::int32_t offset(std::size_t pe) const;
  void find_neighbours();
  std::int32_t giver(std::size_t pe, const WordSource& source) const;
  std::int32_t lane(Tensor t, std::size_t pe) const;
  WordGroup word_group(Tensor t, PeKinds kinds, const WordSource& source);
  void list_lanes(Tensor t, PeKinds kinds, const WordSource& source, WordGroup& group) const;
  void send_along_lines(Tensor t, PeKinds kinds, const WordSource& source, WordGroup& group) const;
  std::int64_t bus_cycles(Tensor t, std::int64_t words) const;
  MacGroup mac_group(PeKinds kinds) const;
  void find_matrix(MacGroup& group, const PsumGroup& psums) const;
  std::pair<std::int64_t, std::int64_t> count_psums(PeKinds kinds);
  void list_psums(PeKinds kinds, const std::vector<PsumSlot>& slots, PsumGroup& group) const;
  std::vector<std::size_t> order_of_addition() const;

  const LockStepPass& pass_;
  const Machine& machine_;
  const PlanFor what_;
  LockStepPlan& plan_;
  // Of each PE, apart from each other: they are looked at often.
  std::vector<std::uint8_t> kind_;
  std::array<std::vector<std::int32_t>, kTensors> word_;
  std::array<std::int32_t, 2> lost_pe_{-1, -1};         // has a lane of its own
  std::vector<std::int32_t> grid_;                      // PE at row * cols + col; -1: none
  std::array<std::vector<std::int32_t>, 2> neighbour_;  // of each PE: below, to the right; -1: none
  std::array<std::vector<std::int32_t>, 2> apart_;      // sorted, distinct
  std::array<std::map<std::tuple<PeKinds, WordSource>, std::uint32_t>, 2> word_groups_;
  std::map<PeKinds, std::uint32_t> mac_groups_, psum_groups_;
  std::map<PeKinds, std::pair<std::int64_t, std::int64_t>> psum_counts_;
};

}  // namespace orrery
