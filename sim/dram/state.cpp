#include "sim/dram/state.h"

#include <bit>

namespace orrery {

DramState::DramState(const DramStandard& standard, int ranks)
    : ranks_(static_cast<std::size_t>(ranks)),
      banks_(ranks_ * static_cast<std::size_t>(standard.organization.banks())),
      banks_of_group_(static_cast<std::size_t>(standard.organization.banks_per_group)),
      banks_of_rank_(standard.organization.banks()),
      rank_bits_(banks_of_rank_ == 64 ? ~std::uint64_t{0}
                                      : (std::uint64_t{1} << banks_of_rank_) - 1),
      bank_(kDramGates * banks_),
      rank_(kDramGates * ranks_),
      row_(banks_, -1),
      down_(ranks_, false),
      cycles_(ranks_),
      since_(ranks_) {
  for (std::size_t b = 0; b < banks_; ++b) {
    rank_of_.push_back(b / static_cast<std::size_t>(banks_of_rank_));
  }
  compile(standard);
}

void DramState::compile(const DramStandard& standard) {
  for (const DramConstraint& row : standard.table) {
    std::uint8_t ring = 0;
    if (row.window > 1) {
      ring = static_cast<std::uint8_t>(rings_.size() / ranks_);
      const Ring empty{std::vector<DramCycle>(static_cast<std::size_t>(row.window), -kDramNever)};
      rings_.insert(rings_.end(), ranks_, empty);
    }
    for (const DramCommand from : row.from) {
      for (const DramGate to : row.to) {
        effects_[static_cast<std::size_t>(from)].push_back(
            {row.scope, static_cast<std::uint8_t>(to), static_cast<std::uint8_t>(row.window), ring,
             row.value});
      }
    }
  }
}

void DramState::apply(const Effect& e, std::size_t bank, DramCycle now) {
  const std::size_t rank = rank_of_[bank];
  const auto later = [](DramCycle& at, DramCycle t) { at = std::max(at, t); };
  switch (e.scope) {
    case DramScope::kBank:
      later(bank_[e.gate * banks_ + bank], now + e.clocks);
      break;
    case DramScope::kGroup: {
      const std::size_t first = e.gate * banks_ + bank / banks_of_group_ * banks_of_group_;
      for (std::size_t i = first; i < first + banks_of_group_; ++i) later(bank_[i], now + e.clocks);
      break;
    }
    case DramScope::kRank: {
      DramCycle from = now;
      if (e.window > 1) {
        Ring& ring = rings_[e.ring * ranks_ + rank];
        ring.last[ring.next] = now;
        ring.next = ring.next + 1 == ring.last.size() ? 0 : ring.next + 1;
        from = ring.last[ring.next];
      }
      later(rank_[e.gate * ranks_ + rank], from + e.clocks);
      break;
    }
    case DramScope::kOtherRanks:
      for (std::size_t r = 0; r < ranks_; ++r) {
        if (r != rank) later(rank_[e.gate * ranks_ + r], now + e.clocks);
      }
      break;
  }
}

void DramState::issue(DramCommand command, int bank, int row, DramCycle now) {
  for (const Effect& e : effects_[static_cast<std::size_t>(command)]) {
    apply(e, static_cast<std::size_t>(bank), now);
  }
  switch (command) {
    case DramCommand::kRd:
    case DramCommand::kWr:
    case DramCommand::kRef:
    case DramCommand::kRefBank:
      return;
    case DramCommand::kAct:
    case DramCommand::kPre:
    case DramCommand::kPreAll:
    case DramCommand::kRda:
    case DramCommand::kWra:
    case DramCommand::kPowerDown:
    case DramCommand::kPowerUp:
      account(rank_of_[static_cast<std::size_t>(bank)], now);
      change(command, bank, row);
  }
}

void DramState::change(DramCommand command, int bank, int row) {
  const auto b = static_cast<std::size_t>(bank);
  if (command == DramCommand::kAct) {
    row_[b] = row;
    open_mask_ |= std::uint64_t{1} << bank;
  } else if (command == DramCommand::kPowerDown || command == DramCommand::kPowerUp) {
    down_[rank_of_[b]] = command == DramCommand::kPowerDown;
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
  (down_[rank] ? open ? c.open_down : c.closed_down
   : open      ? c.open
               : c.closed) += now - since_[rank];
  since_[rank] = now;
}

std::vector<DramStateCycles> DramState::state_cycles(DramCycle end) const {
  DramState copy = *this;
  for (std::size_t r = 0; r < ranks_; ++r) copy.account(r, end);
  return copy.cycles_;
}

}  // namespace orrery
