#include "tests/sim/plain_pe.h"

#include <algorithm>

#include "tests/sim/plain_arithmetic.h"

namespace orrery::test {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

}  // namespace

PlainPe::PlainPe(const PeSetup& setup)
    : setup_(setup),
      script_(write_script(setup.program, setup.packet_psums, setup.pe.adders)),
      ifmap_{.fifo = {},
             .spad = {},
             .slots = setup.pe.ifmap_spad_words,
             .last_use = script_.last_ifmap},
      filter_{.fifo = {},
              .spad = {},
              .slots = setup.pe.filter_spad_words,
              .last_use = script_.last_filter} {}

std::map<int, std::int32_t> PlainPe::words(const Operand& operand) {
  std::map<int, std::int32_t> out;
  for (const auto& [slot, content] : operand.spad) out[slot] = content.value;
  return out;
}

const PlainPe::Slot* PlainPe::find(const Operand& operand, int word) {
  const auto it = operand.spad.find(word % operand.slots);
  return it != operand.spad.end() && it->second.word == word ? &it->second : nullptr;
}

PeOperandRegisters PlainPe::registers_of(const Operand& operand) const {
  PeOperandRegisters r;
  r.fifo_packets = static_cast<int>(operand.fifo.size());
  r.arrived = r.loaded = operand.loaded;
  for (const Packet& packet : operand.fifo) r.arrived += static_cast<int>(packet.size());
  const auto alive = std::ranges::find_if(
      operand.last_use, [&](int operation) { return operation >= static_cast<int>(operation_); });
  r.freed = static_cast<int>(alive - operand.last_use.begin());
  return r;
}

PeRegisters PlainPe::registers() const {
  using enum PeRegisters::Phase;
  PeRegisters r;
  r.exhausted = macs_ == setup_.program.macs();
  std::int64_t rest = macs_;
  for (int i = setup_.program.counters - 1; i >= 0; --i) {
    const int bound = setup_.program.counter[at(i)].bound;
    r.step[at(i)] = static_cast<int>(rest % bound);
    rest /= bound;
  }
  r.phase = kDone;
  if (!is_over()) {
    const Operation& next = script_.operations[operation_];
    r.phase = next.mac ? kMac : kMerge;
    r.merge_at = next.mac ? 0 : next.psum;
  }
  r.ifmap = registers_of(ifmap_);
  r.filter = registers_of(filter_);
  r.psum_in_packets = static_cast<int>(psum_in_.size());
  r.psum_out_packets = static_cast<int>(psum_out_.size());
  for (const LeavingPacket& packet : psum_out_) r.psum_out_ready += is_ready(packet) ? 1 : 0;
  return r;
}

bool PlainPe::is_ready(const LeavingPacket& packet) const {
  return packet.closed && packet.psums.back().seen_from <= now_;
}

// A word moves into a slot that was never used, or whose word has had its last use.
bool PlainPe::can_load(const Operand& operand) const {
  if (operand.fifo.empty()) return false;
  const auto it = operand.spad.find(operand.loaded % operand.slots);
  return it == operand.spad.end() || it->second.word < 0 ||
         operand.last_use[at(it->second.word)] < static_cast<int>(operation_);
}

void PlainPe::load(Operand& operand) {
  Packet& packet = operand.fifo.front();
  operand.spad[operand.loaded % operand.slots] = {operand.loaded, packet.front()};
  ++operand.loaded;
  packet.pop_front();
  if (packet.empty()) operand.fifo.pop_front();
}

void PlainPe::start(const PassProgram& program, bool takes_psums) {
  setup_.program = program;
  setup_.takes_psums = takes_psums;
  script_ = write_script(program, setup_.packet_psums, setup_.pe.adders);
  ifmap_.last_use = script_.last_ifmap;
  filter_.last_use = script_.last_filter;
  for (Operand* operand : {&ifmap_, &filter_}) {
    operand->loaded = 0;
    for (auto& [slot, content] : operand->spad) content.word = -1;
  }
  operation_ = 0;
  macs_ = 0;
}

PeOutputs PlainPe::step(const PeInputs& in) {
  const auto has_room = [](const auto& fifo, int depth) {
    return static_cast<int>(fifo.size()) < depth;
  };
  const Pe& pe = setup_.pe;
  PeOutputs out;
  out.ifmap_ready = has_room(ifmap_.fifo, pe.ifmap_fifo_words / setup_.ifmap_packet_words);
  out.filter_ready = has_room(filter_.fifo, pe.filter_fifo_packets);
  out.psum_ready = has_room(psum_in_, pe.psum_in_fifo_packets);
  out.took_ifmap = !in.ifmap.empty() && out.ifmap_ready;
  out.took_filter = !in.filter.empty() && out.filter_ready;
  out.took_psum = !in.psum.empty() && out.psum_ready;
  out.state = need(in.hold_psums);
  out.loads_ifmap = can_load(ifmap_);
  out.loads_filter = can_load(filter_);
  head_.clear();
  if (!psum_out_.empty() && is_ready(psum_out_.front())) {
    for (const LeavingPsum& psum : psum_out_.front().psums) head_.push_back(psum.value);
  }
  out.psum_out = head_;

  if (in.takes_psum_out && !head_.empty()) psum_out_.pop_front();
  if (out.state == PeState::kMac || out.state == PeState::kMerge) operate(out);
  if (out.loads_ifmap) load(ifmap_);
  if (out.loads_filter) load(filter_);
  if (out.took_ifmap) ifmap_.fifo.emplace_back(in.ifmap.begin(), in.ifmap.end());
  if (out.took_filter) filter_.fifo.emplace_back(in.filter.begin(), in.filter.end());
  if (out.took_psum) psum_in_.emplace_back(in.psum.begin(), in.psum.end());
  ++now_;
  return out;
}

PeState PlainPe::need(bool hold_psums) const {
  if (is_over()) return PeState::kDone;
  const Operation& op = script_.operations[operation_];
  if (op.mac && find(ifmap_, op.ifmap) == nullptr) return PeState::kWaitIfmap;
  if (op.mac && find(filter_, op.filter) == nullptr) return PeState::kWaitFilter;
  if (op.leaves && hold_psums)
    return setup_.takes_psums ? PeState::kWaitPsumIn : PeState::kWaitPsumOut;
  if (op.leaves && setup_.takes_psums && psum_in_.empty()) return PeState::kWaitPsumIn;
  if (op.leaves && op.begins_packet &&
      static_cast<int>(psum_out_.size()) == setup_.pe.psum_out_fifo_packets) {
    return PeState::kWaitPsumOut;
  }
  return op.mac ? PeState::kMac : PeState::kMerge;
}

void PlainPe::operate(PeOutputs& out) {
  const Operation& op = script_.operations[operation_++];
  out.starts = op.mac && op.starts;
  out.finishes = is_over();
  std::int32_t& psum = psum_spad_[op.psum];
  if (op.mac) {
    ++macs_;
    const std::int32_t x = find(ifmap_, op.ifmap)->value, w = find(filter_, op.filter)->value;
    const MacRegisters& r = setup_.registers;
    out.gated = find_mac(setup_.mac)->gates() && x == r.ifmap_zero;
    const std::int32_t term = plain_product(x - r.ifmap_zero, w - r.filter_zero, r.arithmetic);
    psum = plain_sum(op.starts ? 0 : psum, term, r.arithmetic);
  }
  if (!op.leaves) return;
  std::int32_t value = psum;
  if (setup_.takes_psums) {
    out.merged = true;
    Packet& packet = psum_in_.front();
    value = plain_sum(packet.front(), value, setup_.registers.arithmetic);
    packet.pop_front();
    if (packet.empty()) psum_in_.pop_front();
  }
  if (op.begins_packet) psum_out_.emplace_back();
  LeavingPacket& packet = psum_out_.back();
  packet.psums.push_back({value, now_ + setup_.pe.pipeline_stages});
  packet.closed = op.ends_packet;
}

}  // namespace orrery::test
