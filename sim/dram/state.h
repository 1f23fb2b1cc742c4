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
// all ranks (AddressMap::flat_bank). One interpreter plays the rows of the standard's table, which
// are laid out beforehand: for each command and bank, the gates that it raises and by how much.
class DramState {
 public:
  static constexpr std::uint32_t kAllGates = (1u << kDramGates) - 1;
  static constexpr std::uint32_t bit(DramGate gate) {
    return 1u << static_cast<std::uint32_t>(gate);
  }

  // `asked`: bits of the gates that will be asked for; the others are not kept.
  DramState(const DramStandard& standard, int ranks, std::uint32_t asked = kAllGates);

  // The first cycle in which the gate of a bank is open.
  DramCycle earliest(DramGate gate, int bank) const {
    const auto b = static_cast<std::size_t>(bank);
    return std::max(gate_[bank_gate(gate, b)], gate_[rank_gate(gate, rank_of_[b])]);
  }
  // Of one gate, by bank: from when it is open but for what holds its whole rank.
  const DramCycle* bank_gates(DramGate gate) const { return &gate_[bank_gate(gate, 0)]; }
  // A cycle before which the gate of no bank is open.
  DramCycle earliest_anywhere(DramGate gate) const {
    DramCycle at = gate_[rank_gate(gate, 0)];
    for (std::size_t r = 1; r < ranks_; ++r) at = std::min(at, gate_[rank_gate(gate, r)]);
    return at;
  }
  // The same of a command to a whole rank.
  DramCycle earliest_rank(DramGate gate, int rank) const {
    return gate_[rank_gate(gate, static_cast<std::size_t>(rank))];
  }

  // The command issues in this cycle, which is not before its gates open. Commands to a rank take
  // any of its banks.
  void issue(DramCommand command, int bank, int row, DramCycle now) {
    const auto c = static_cast<std::size_t>(command);
    const auto b = static_cast<std::size_t>(bank);
    const Raise* end = raises_.data() + raises_begin_[c * banks_ + b + 1];
    for (const Raise* r = raises_.data() + raises_begin_[c * banks_ + b]; r != end; ++r) {
      gate_[r->gate] = std::max(gate_[r->gate], now + r->clocks);
    }
    for (const std::size_t w : windows_of_[c]) raise(windows_[w + rank_of_[b]], now);
    if (changes(command)) change(command, bank, row, now);
  }

  int open_row(int bank) const { return row_[static_cast<std::size_t>(bank)]; }  // -1: closed
  int rank_of(int bank) const { return static_cast<int>(rank_of_[static_cast<std::size_t>(bank)]); }
  int banks_of_rank() const { return banks_of_rank_; }
  std::uint64_t open_mask() const { return open_mask_; }
  std::uint64_t rank_mask(int rank) const { return rank_bits_ << (rank * banks_of_rank_); }
  bool down(int rank) const { return down_[static_cast<std::size_t>(rank)] != 0; }

  // Cycles of each state up to `end`, by rank.
  std::vector<DramStateCycles> state_cycles(DramCycle end) const;

 private:
  // A gate that opens no earlier than so many clocks after a command.
  struct Raise {
    std::uint32_t gate;
    std::int32_t clocks;
  };
  // What a row of the table with a window holds in a rank: the last commands, and the gates that
  // open so many clocks after the first of them.
  struct Window {
    std::vector<DramCycle> last;
    std::vector<Raise> raises;
    std::size_t next = 0;
  };
  std::size_t bank_gate(DramGate gate, std::size_t bank) const {
    return static_cast<std::size_t>(gate) * banks_ + bank;
  }
  std::size_t rank_gate(DramGate gate, std::size_t rank) const {
    return kDramGates * banks_ + static_cast<std::size_t>(gate) * ranks_ + rank;
  }
  std::vector<std::size_t> gates_of(DramScope scope, DramGate gate, std::size_t bank) const;
  std::vector<Raise> raises_of(const DramStandard& standard, DramCommand command, std::size_t bank,
                               std::uint32_t asked) const;
  void add_windows(const DramConstraint& row, std::uint32_t asked);
  void raise(Window& window, DramCycle now);
  // Commands that open or close rows, or change a rank's power.
  static bool changes(DramCommand command) {
    return command != DramCommand::kRd && command != DramCommand::kWr &&
           command != DramCommand::kRef && command != DramCommand::kRefBank;
  }
  void change(DramCommand command, int bank, int row, DramCycle now);
  void account(std::size_t rank, DramCycle now);

  std::size_t ranks_, banks_, banks_of_group_;
  int banks_of_rank_;
  std::uint64_t rank_bits_;
  std::vector<DramCycle> gate_;  // by gate and bank, then by gate and rank
  std::vector<Raise> raises_;
  std::vector<std::uint32_t> raises_begin_;  // by command, then bank
  std::vector<Window> windows_;              // by row of the table, then rank
  std::array<std::vector<std::size_t>, kDramCommands> windows_of_;  // the first rank's
  std::vector<std::size_t> rank_of_;
  std::vector<int> row_;
  std::uint64_t open_mask_ = 0;
  std::vector<std::uint8_t> down_;
  std::vector<DramStateCycles> cycles_;
  std::vector<DramCycle> since_;
};

}  // namespace orrery
