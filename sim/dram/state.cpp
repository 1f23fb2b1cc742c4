#include "sim/dram/state.h"

#include <bit>

namespace orrery {
namespace {

bool names(const DramConstraint& row, DramCommand command) {
  return std::find(row.from.begin(), row.from.end(), command) != row.from.end();
}

}  // namespace

DramState::DramState(const DramStandard& standard, int ranks, std::uint32_t asked)
    : ranks_(static_cast<std::size_t>(ranks)),
      banks_(ranks_ * static_cast<std::size_t>(standard.organization.banks())),
      banks_of_group_(static_cast<std::size_t>(standard.organization.banks_per_group)),
      banks_of_rank_(standard.organization.banks()),
      rank_bits_(banks_of_rank_ == 64 ? ~std::uint64_t{0}
                                      : (std::uint64_t{1} << banks_of_rank_) - 1),
      gate_(kDramGates * (banks_ + ranks_)),
      row_(banks_, -1),
      down_(ranks_),
      cycles_(ranks_),
      since_(ranks_) {
  for (std::size_t b = 0; b < banks_; ++b) {
    rank_of_.push_back(b / static_cast<std::size_t>(banks_of_rank_));
  }
  for (std::size_t c = 0; c < kDramCommands; ++c) {
    for (std::size_t b = 0; b < banks_; ++b) {
      raises_begin_.push_back(static_cast<std::uint32_t>(raises_.size()));
      for (const Raise& r : raises_of(standard, static_cast<DramCommand>(c), b, asked)) {
        raises_.push_back(r);
      }
    }
  }
  raises_begin_.push_back(static_cast<std::uint32_t>(raises_.size()));
  for (const DramConstraint& row : standard.table) {
    if (row.window > 1) add_windows(row, asked);
  }
}

// The gates that a constraint raises, seen from the bank of the earlier command.
std::vector<std::size_t> DramState::gates_of(DramScope scope, DramGate gate,
                                             std::size_t bank) const {
  std::vector<std::size_t> gates;
  const std::size_t rank = rank_of_[bank], group = bank / banks_of_group_ * banks_of_group_;
  switch (scope) {
    case DramScope::kBank:
      gates.push_back(bank_gate(gate, bank));
      break;
    case DramScope::kGroup:
      for (std::size_t i = 0; i < banks_of_group_; ++i) gates.push_back(bank_gate(gate, group + i));
      break;
    case DramScope::kRank:
      gates.push_back(rank_gate(gate, rank));
      break;
    case DramScope::kOtherRanks:
      for (std::size_t r = 0; r < ranks_; ++r) {
        if (r != rank) gates.push_back(rank_gate(gate, r));
      }
      break;
  }
  return gates;
}

// Each gate once, by the most clocks of all rows that raise it, and none of a bank that its rank
// holds as long anyhow.
std::vector<DramState::Raise> DramState::raises_of(const DramStandard& standard,
                                                   DramCommand command, std::size_t bank,
                                                   std::uint32_t asked) const {
  std::vector<int> clocks(gate_.size());
  for (const DramConstraint& row : standard.table) {
    if (row.window > 1 || !names(row, command)) continue;
    for (const DramGate to : row.to) {
      if ((asked & bit(to)) == 0) continue;
      for (const std::size_t g : gates_of(row.scope, to, bank)) {
        clocks[g] = std::max(clocks[g], row.value);
      }
    }
  }
  std::vector<Raise> raises;
  for (std::size_t g = 0; g < clocks.size(); ++g) {
    const bool of_bank = g < kDramGates * banks_;
    const int rank_waits =
        of_bank ? clocks[rank_gate(static_cast<DramGate>(g / banks_), rank_of_[g % banks_])] : 0;
    if (clocks[g] > rank_waits) raises.push_back({static_cast<std::uint32_t>(g), clocks[g]});
  }
  return raises;
}

void DramState::add_windows(const DramConstraint& row, std::uint32_t asked) {
  for (const DramCommand from : row.from) {
    windows_of_[static_cast<std::size_t>(from)].push_back(windows_.size());
  }
  for (std::size_t rank = 0; rank < ranks_; ++rank) {
    Window window{std::vector<DramCycle>(static_cast<std::size_t>(row.window), -kDramNever), {}};
    for (const DramGate to : row.to) {
      if ((asked & bit(to)) == 0) continue;
      window.raises.push_back({static_cast<std::uint32_t>(rank_gate(to, rank)), row.value});
    }
    windows_.push_back(std::move(window));
  }
}

void DramState::raise(Window& window, DramCycle now) {
  window.last[window.next] = now;
  window.next = window.next + 1 == window.last.size() ? 0 : window.next + 1;
  for (const Raise& r : window.raises) {
    gate_[r.gate] = std::max(gate_[r.gate], window.last[window.next] + r.clocks);
  }
}

void DramState::change(DramCommand command, int bank, int row, DramCycle now) {
  const auto b = static_cast<std::size_t>(bank);
  account(rank_of_[b], now);
  if (command == DramCommand::kAct) {
    row_[b] = row;
    open_mask_ |= std::uint64_t{1} << bank;
  } else if (command == DramCommand::kPowerDown || command == DramCommand::kPowerUp) {
    down_[rank_of_[b]] = command == DramCommand::kPowerDown ? 1 : 0;
  } else {
    const std::uint64_t closed =
        command == DramCommand::kPreAll ? rank_mask(rank_of(bank)) : std::uint64_t{1} << bank;
    for (std::uint64_t open = open_mask_ & closed; open != 0; open &= open - 1) {
      row_[static_cast<std::size_t>(std::countr_zero(open))] = -1;
    }
    open_mask_ &= ~closed;
  }
}

void DramState::account(std::size_t rank, DramCycle now) {
  const bool open = (open_mask_ & rank_mask(static_cast<int>(rank))) != 0;
  DramStateCycles& c = cycles_[rank];
  (down_[rank] != 0 ? open ? c.open_down : c.closed_down
   : open           ? c.open
                    : c.closed) += now - since_[rank];
  since_[rank] = now;
}

std::vector<DramStateCycles> DramState::state_cycles(DramCycle end) const {
  DramState copy = *this;
  for (std::size_t r = 0; r < ranks_; ++r) copy.account(r, end);
  return copy.cycles_;
}

}  // namespace orrery
