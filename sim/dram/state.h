// Banks of a channel and the clocks from which each may take its next commands.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "arch/dram/dram_standard.h"

namespace orrery {

using DramCycle = std::int64_t;
inline constexpr DramCycle kDramNever = INT64_MAX / 4;

// Cycles that a rank spent in each state of its background current.
struct DramStateCycles {
  std::int64_t open = 0, closed = 0, open_down = 0, closed_down = 0;
  bool operator==(const DramStateCycles&) const = default;
};

// What the devices of a channel have done, without who decides about it. Banks are numbered through
// all ranks (AddressMap::flat_bank). One interpreter plays the rows of the standard's table.
class DramState {
 public:
  DramState(const DramStandard& standard, int ranks);

  // The first cycle in which the gate of a bank is open.
  DramCycle earliest(DramGate gate, int bank) const {
    const std::size_t g = index(gate);
    const auto b = static_cast<std::size_t>(bank);
    return std::max(bank_[g * banks_ + b], rank_[g * ranks_ + rank_of_[b]]);
  }
  // Of one gate, by bank: from when it is open but for what holds its whole rank.
  const DramCycle* bank_gates(DramGate gate) const { return &bank_[index(gate) * banks_]; }
  // A cycle before which the gate of no bank is open.
  DramCycle earliest_anywhere(DramGate gate) const {
    DramCycle at = rank_[index(gate) * ranks_];
    for (std::size_t r = 1; r < ranks_; ++r) at = std::min(at, rank_[index(gate) * ranks_ + r]);
    return at;
  }
  // The same of a command to a whole rank.
  DramCycle earliest_rank(DramGate gate, int rank) const {
    return rank_[index(gate) * ranks_ + static_cast<std::size_t>(rank)];
  }

  // The command issues in this cycle, which is not before its gates open. Commands to a rank take
  // any of its banks.
  void issue(DramCommand command, int bank, int row, DramCycle now);

  int open_row(int bank) const { return row_[static_cast<std::size_t>(bank)]; }  // -1: closed
  int rank_of(int bank) const { return static_cast<int>(rank_of_[static_cast<std::size_t>(bank)]); }
  int banks_of_rank() const { return banks_of_rank_; }
  std::uint64_t open_mask() const { return open_mask_; }
  std::uint64_t rank_mask(int rank) const { return rank_bits_ << (rank * banks_of_rank_); }
  bool down(int rank) const { return down_[static_cast<std::size_t>(rank)]; }

  // Cycles of each state up to `end`, by rank.
  std::vector<DramStateCycles> state_cycles(DramCycle end) const;

 private:
  struct Effect {
    DramScope scope;
    std::uint8_t gate;
    std::uint8_t window;
    std::uint8_t ring;  // of a window
    int clocks;
  };
  // The last issues of what a window counts, by rank.
  struct Ring {
    std::vector<DramCycle> last;
    std::size_t next = 0;
  };
  static std::size_t index(DramGate gate) { return static_cast<std::size_t>(gate); }
  void compile(const DramStandard& standard);
  void apply(const Effect& e, std::size_t bank, DramCycle now);
  void change(DramCommand command, int bank, int row);
  void account(std::size_t rank, DramCycle now);

  std::size_t ranks_, banks_, banks_of_group_;
  int banks_of_rank_;
  std::uint64_t rank_bits_;
  std::array<std::vector<Effect>, kDramCommands> effects_;
  std::vector<DramCycle> bank_, rank_;  // by gate, then place
  std::vector<std::size_t> rank_of_;
  std::vector<Ring> rings_;  // by window, then rank
  std::vector<int> row_;
  std::uint64_t open_mask_ = 0;
  std::vector<bool> down_;
  std::vector<DramStateCycles> cycles_;
  std::vector<DramCycle> since_;
};

}  // namespace orrery
