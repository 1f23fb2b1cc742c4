#include "sim/machine/pe_alone.h"

#include <algorithm>
#include <stdexcept>

namespace orrery {
namespace {

// Whether a packet may be offered that has to have `words` words: 0 where the stream is over.
void check_packet(std::size_t offered, int words) {
  if (offered != 0 && offered != static_cast<std::size_t>(words)) {
    throw std::logic_error("a PE is offered a packet that its program does not expect");
  }
}

}  // namespace

PeSetup pe_setup(const Machine& machine, const MacRegisters& registers,
                 const PassProgram& program) {
  const Mac& mac = *find_mac(machine.mac);
  if (mac.traits.skips)
    throw std::logic_error("in a PE by itself every MAC has a slot; not so in " + machine.mac);
  return {.pe = machine.pe,
          .ifmap_packet_words = packet_words(machine, Tensor::kIfmap),
          .filter_packet_words = packet_words(machine, Tensor::kFilter),
          .packet_psums = packet_psums(machine),
          .program = program,
          .mac = mac.name,
          .registers = registers};
}

PeAlone::PeAlone(const PeSetup& s)
    : setup_(s),
      ifmap_{.fifo = {0, 0, 0},
             .spad = std::vector<std::int16_t>(static_cast<std::size_t>(s.pe.ifmap_spad_words)),
             .stride = &Counter::ifmap_stride},
      filter_{.fifo = {0, 0, 0},
              .spad = std::vector<std::int16_t>(static_cast<std::size_t>(s.pe.filter_spad_words)),
              .stride = &Counter::filter_stride},
      psum_spad_(static_cast<std::size_t>(std::max(1, s.pe.psum_spad_words))),
      psum_in_(0, 0, 0),
      mac_(s.mac, s.registers) {
  set_up();
}

void PeAlone::start(const PassProgram& program, bool takes_psums) {
  if (!done() || now_.ifmap.loaded != ifmap_.total || now_.filter.loaded != filter_.total)
    throw std::logic_error("a PE starts a pass before it is done with the one before");
  setup_.program = program;
  setup_.takes_psums = takes_psums;
  const PeRegisters before = now_;
  now_ = {};
  now_.psum_out_packets = before.psum_out_packets;
  now_.psum_out_ready = before.psum_out_ready;
  set_up();
}

// Operands and psum-in FIFO for the program.
void PeAlone::set_up() {
  const PassProgram& p = setup_.program;
  if (mac_.chain() > 0 && p.window_psums > 1)
    throw std::logic_error("a PE by itself has one chain, and its window more psums");
  const int ifmap_packets = setup_.pe.ifmap_fifo_words / setup_.ifmap_packet_words;
  ifmap_.fifo = {ifmap_packets, setup_.ifmap_packet_words, p.ifmap_words};
  filter_.fifo = {setup_.pe.filter_fifo_packets, setup_.filter_packet_words, p.filter_words};
  psum_in_ = {setup_.pe.psum_in_fifo_packets, setup_.packet_psums, p.window_psums};
  ifmap_.write = ifmap_.read = filter_.write = filter_.read = {};
  in_write_ = in_read_ = {};
  ifmap_.total = p.ifmap_words;
  filter_.total = p.filter_words;
  psums_to_come_ = setup_.takes_psums ? p.windows * p.window_psums : 0;
}

PeOutputs PeAlone::step(const PeInputs& in) {
  PeOutputs out;
  out.state = decide(in.hold_psums);
  ifmap_.check(in.ifmap, now_.ifmap);
  filter_.check(in.filter, now_.filter);
  check_packet(in.psum.size(), psums_to_come_ > 0 ? psum_in_.left(in_write_) : 0);
  out.ifmap_ready = ifmap_.fifo.has_room(now_.ifmap.fifo_packets);
  out.filter_ready = filter_.fifo.has_room(now_.filter.fifo_packets);
  out.psum_ready = psum_in_.has_room(now_.psum_in_packets);
  out.took_ifmap = !in.ifmap.empty() && out.ifmap_ready;
  out.took_filter = !in.filter.empty() && out.filter_ready;
  out.took_psum = !in.psum.empty() && out.psum_ready;
  if (now_.psum_out_ready > 0) out.psum_out = head_ = psum_out_.front();
  out.loads_ifmap = ifmap_.can_load(now_.ifmap);
  out.loads_filter = filter_.can_load(now_.filter);
  // All is decided; now everything moves at once.
  if (out.loads_ifmap) ifmap_.load(now_.ifmap);
  if (out.loads_filter) filter_.load(now_.filter);
  if (out.took_ifmap) ifmap_.put(in.ifmap, now_.ifmap);
  if (out.took_filter) filter_.put(in.filter, now_.filter);
  if (in.takes_psum_out && !out.psum_out.empty()) {
    psum_out_.pop_front();
    --now_.psum_out_ready;
    --now_.psum_out_packets;
  }
  issue(out);
  if ((pipeline_ >> (setup_.pe.pipeline_stages - 1) & 1) != 0) ++now_.psum_out_ready;
  pipeline_ <<= 1;
  if (out.took_psum) {
    psum_in_.put(in_write_, in.psum);
    ++now_.psum_in_packets;
    psums_to_come_ -= static_cast<std::int64_t>(in.psum.size());
  }
  return out;
}

void PeAlone::Operand::check(std::span<const std::int16_t> packet,
                             const PeOperandRegisters& r) const {
  check_packet(packet.size(), r.arrived < total ? fifo.left(write) : 0);
}

bool PeAlone::Operand::can_load(const PeOperandRegisters& r) const {
  return r.fifo_packets > 0 && r.loaded - r.freed < static_cast<int>(spad.size());
}

// A FIFO entry is free when the last word of its packet has moved.
void PeAlone::Operand::load(PeOperandRegisters& r) {
  slot(r.loaded++) = fifo.at(read);
  if (fifo.advance(read)) --r.fifo_packets;
}

void PeAlone::Operand::put(std::span<const std::int16_t> packet, PeOperandRegisters& r) {
  fifo.put(write, packet);
  ++r.fifo_packets;
  r.arrived += static_cast<int>(packet.size());
}

// The word of a stream (or psum of the window) that the next MAC works on.
int PeAlone::position(int Counter::*stride) const {
  int at = 0;
  for (int i = 0; i < setup_.program.counters; ++i)
    at += now_.step[static_cast<std::size_t>(i)] * (counter(i).*stride);
  return at;
}

// Every later MAC comes after some counter's next step, with the counters inside it from zero on;
// strides are never negative. So the lowest word is that of the next MAC, or one where such a step
// begins.
int PeAlone::lowest_reachable(const Operand& operand) const {
  if (now_.exhausted) return operand.total;
  int lowest = position(operand.stride);
  int outside = 0;  // what the counters outside i add
  for (int i = 0; i < setup_.program.counters; ++i) {
    const int step = now_.step[static_cast<std::size_t>(i)], stride = counter(i).*operand.stride;
    if (step + 1 < counter(i).bound) lowest = std::min(lowest, outside + (step + 1) * stride);
    outside += step * stride;
  }
  return lowest;
}

// The window's reductions are all at their first step.
bool PeAlone::starts_psum() const {
  for (int i = setup_.program.window; i < setup_.program.counters; ++i) {
    if (counter(i).reduction && now_.step[static_cast<std::size_t>(i)] != 0) return false;
  }
  return true;
}

// This cycle's operation is the merge of a psum, or, with two adders, the last MAC of one.
bool PeAlone::psum_leaves() const {
  if (setup_.pe.adders == 1) return now_.phase == PeRegisters::Phase::kMerge;
  for (int i = setup_.program.window; i < setup_.program.counters; ++i) {
    const bool last = now_.step[static_cast<std::size_t>(i)] + 1 == counter(i).bound;
    if (counter(i).reduction && !last) return false;
  }
  return true;
}

// What issues, or else the first unmet need.
PeState PeAlone::decide(bool hold_psums) const {
  if (done()) return PeState::kDone;
  if (now_.phase == PeRegisters::Phase::kMac) {
    if (position(&Counter::ifmap_stride) >= now_.ifmap.loaded) return PeState::kWaitIfmap;
    if (position(&Counter::filter_stride) >= now_.filter.loaded) return PeState::kWaitFilter;
  }
  if (psum_leaves()) {
    if (setup_.takes_psums && (hold_psums || now_.psum_in_packets == 0))
      return PeState::kWaitPsumIn;
    const bool has_room = now_.psum_out_packets < setup_.pe.psum_out_fifo_packets;
    if (hold_psums || (begins_packet() && !has_room)) return PeState::kWaitPsumOut;
  }
  return now_.phase == PeRegisters::Phase::kMac ? PeState::kMac : PeState::kMerge;
}

void PeAlone::issue(PeOutputs& out) {
  if (out.state == PeState::kMac) issue_mac(out);
  if (out.state == PeState::kMerge) issue_merge(out);
  out.finishes = out.state != PeState::kDone && done();
}

void PeAlone::issue_merge(PeOutputs& out) {
  leave(now_.merge_at, out);
  if (++now_.merge_at < setup_.program.window_psums) return;
  now_.merge_at = 0;
  now_.phase = now_.exhausted ? PeRegisters::Phase::kDone : PeRegisters::Phase::kMac;
}

void PeAlone::issue_mac(PeOutputs& out) {
  const std::int16_t x = ifmap_.slot(position(&Counter::ifmap_stride));
  const std::int16_t w = filter_.slot(position(&Counter::filter_stride));
  const int at = position(&Counter::psum_stride);
  std::int32_t& psum = psum_spad_[static_cast<std::size_t>(at)];
  out.starts = starts_psum();
  if (out.starts) psum = 0, chain_ = {};
  const std::int32_t term = mac_.multiply(x, w);
  if (mac_.chain() > 0) {
    mac_.add_to_chain(chain_, psum, term);
  } else {
    psum = mac_.accumulate(psum, term);
  }
  out.gated = mac_.gated(x, &w, 1) > 0;
  if (psum_leaves()) leave(at, out);
  const bool window_ends = advance_counters() < setup_.program.window;
  now_.ifmap.freed = lowest_reachable(ifmap_);
  now_.filter.freed = lowest_reachable(filter_);
  if (!window_ends) return;
  if (setup_.pe.adders == 1) {
    now_.phase = PeRegisters::Phase::kMerge;
  } else if (now_.exhausted) {
    now_.phase = PeRegisters::Phase::kDone;
  }
}

// A finished psum meets the incoming one and enters the pipeline. The first of a packet sets its
// entry of the psum-out FIFO aside; the last frees the entry of the psum-in FIFO.
void PeAlone::leave(int psum, PeOutputs& out) {
  std::int32_t& own = psum_spad_[static_cast<std::size_t>(psum)];
  if (chain_.products > 0) own = chain_.spill(own);
  std::int32_t value = own;
  if (setup_.takes_psums) {
    value = mac_.accumulate(psum_in_.at(in_read_), own);
    if (psum_in_.advance(in_read_)) --now_.psum_in_packets;
    out.merged = true;
  }
  if (begins_packet()) {
    psum_out_.emplace_back();
    ++now_.psum_out_packets;
  }
  psum_out_.back().push_back(value);
  left_ = left_ + 1 == setup_.program.window_psums ? 0 : left_ + 1;
  if (left_ == 0 || begins_packet()) pipeline_ |= 1;
}

// Goes on to the next MAC; returns the counter that took a step, the outermost one that moved
// without returning to zero, or -1 after the last MAC.
int PeAlone::advance_counters() {
  for (int i = setup_.program.counters - 1; i >= 0; --i) {
    int& step = now_.step[static_cast<std::size_t>(i)];
    if (++step < counter(i).bound) return i;
    step = 0;
  }
  now_.exhausted = true;
  return -1;
}

}  // namespace orrery
