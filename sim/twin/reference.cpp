#include "sim/twin/reference.h"

#include <algorithm>

namespace orrery {

Reference::Reference(const Mac& mac, const MacRegisters& registers)
    : mac_(mac),
      registers_(registers),
      last_(static_cast<std::size_t>(mac.traits.stages) - 1),
      cycles_(mac.cycles(registers)) {}

void Reference::reset() {
  for (Stage& stage : stages_) stage.full = false;
  waiting_ = held_ = 0;
  has_table_ = false;
  chain_ = {};
}

RtlOutputs Reference::outputs(const RtlInputs& in) {
  if (in.reset) reset();
  const Stage& out = stages_[last_];
  moves_[last_] = out.full && in.ready;
  for (std::size_t i = last_; i-- > 0;) {
    const bool room = !stages_[i + 1].full || moves_[i + 1];
    moves_[i] = stages_[i].full && stages_[i].cycles == 0 && room;
  }
  const bool first_takes = !stages_[0].full || moves_[0];
  // A full window has room where its oldest pair leaves.
  const bool room = waiting_ < kLookAhead || is_zero(window_[0]) || first_takes;
  ready_ = mac_.traits.skips ? room : first_takes;
  return {ready_, out.full, out.pair.psum, static_cast<int>(out.pair.action)};
}

void Reference::clock(const RtlInputs& in) {
  if (in.reset) return;
  const bool takes = in.valid && ready_;
  for (std::size_t i = last_ + 1; i-- > 0;) {
    if (!moves_[i]) continue;
    stages_[i].full = false;
    if (i == last_) {
      --held_;
      ++left_;
    } else {
      stages_[i + 1] = stages_[i];
      stages_[i + 1].full = true;
    }
  }
  if (stages_[0].full) stages_[0].cycles = std::max(stages_[0].cycles - 1, 0);
  if (mac_.traits.skips) look_ahead(!stages_[0].full);
  if (!takes) return;
  ++held_;
  if (mac_.traits.skips) {
    window_.at(static_cast<std::size_t>(waiting_++)) = result(in);
  } else {
    enter(result(in));
  }
}

// Zeros before the first other pair leave; that one enters the datapath if it is `ready`.
void Reference::look_ahead(bool ready) {
  int leave = 0;
  while (leave < waiting_ && is_zero(window_.at(static_cast<std::size_t>(leave)))) ++leave;
  held_ -= leave;
  left_ += static_cast<std::uint64_t>(leave);
  if (leave < waiting_ && ready) enter(window_.at(static_cast<std::size_t>(leave++)));
  std::move(window_.begin() + leave, window_.begin() + waiting_, window_.begin());
  waiting_ -= leave;
}

void Reference::enter(const PairResult& pair) { stages_[0] = {true, cycles_ - 1, pair}; }

PairResult Reference::result(const RtlInputs& in) {
  return {in.ifmap, in.filter, in.psum, in.last, psum(in), action(in)};
}

std::int32_t Reference::psum(const RtlInputs& in) {
  const std::int32_t t = term(mac_, in.ifmap, in.filter, registers_);
  if (!mac_.traits.singles) return add(in.psum, t, registers_.arithmetic);
  chain_.add(t);
  return in.last ? chain_.spill(in.psum) : in.psum;
}

MacAction Reference::action(const RtlInputs& in) {
  const bool same = has_table_ && table_of_ == in.ifmap;
  if (!mac_.traits.tables || same) return mac_.action(in.ifmap, in.filter, registers_);
  has_table_ = true;
  table_of_ = in.ifmap;
  return MacLut::action_of_new_ifmap(registers_);
}

}  // namespace orrery
