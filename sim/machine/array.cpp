#include "sim/machine/array.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "arch/mac/all.h"
#include "sim/machine/cycles.h"

namespace orrery {
namespace {

// Cycles for which a psum packet holds the psum-out bus and the ports of its store. Behind a shared
// port a store that adds reads and writes by turns.
Cycle collect_cycles(const Machine& machine, int words) {
  const Store& store = machine.store_of(Tensor::kPsum);
  const Cycle bus = cycles_of(words, machine.noc.psum_out.words_per_cycle);
  const Cycle write = cycles_of(words, store.write_words_per_cycle);
  const Cycle read = store.accumulates ? cycles_of(words, store.read_words_per_cycle) : 0;
  return std::max(bus, store.shared_port ? read + write : std::max(read, write));
}

// Steps whose ifmap word is not that of the step before: a counter that moves takes the word by its
// stride, less what the counters inside it go back.
std::int64_t new_ifmaps(const PassProgram& program) {
  std::int64_t moves = 1, times = 1;
  for (int i = 0; i < program.counters; ++i) {
    const auto at = [&](int k) -> const Counter& {
      return program.counter[static_cast<std::size_t>(k)];
    };
    std::int64_t step = at(i).ifmap_stride;
    for (int k = i + 1; k < program.counters; ++k)
      step -= std::int64_t{at(k).ifmap_stride} * (at(k).bound - 1);
    if (step != 0) moves += (at(i).bound - 1) * times;
    times *= at(i).bound;
  }
  return moves;
}

}  // namespace

Array::Array(const Machine& machine)
    : machine_(machine),
      words_per_psum_(machine.words_per_psum()),
      ifmap_packet_(packet_words(machine, Tensor::kIfmap)),
      filter_packet_(packet_words(machine, Tensor::kFilter)),
      shared_psum_port_(machine.store_of(Tensor::kPsum).shared_port),
      store_adds_(machine.accumulates_at_store()),
      psum_spad_words_(
          std::max(1, machine.pe.psum_spad_words)),  // a psum that passes has a register
      psum_in_packets_(machine.pe.psum_in_fifo_packets),
      psum_out_packets_(machine.pe.psum_out_fifo_packets) {
  const int words = packet_psums(machine) * words_per_psum_;
  collect_cycles_ = collect_cycles(machine, words);
  link_cycles_ = cycles_of(words, machine.noc.psum_link.words_per_cycle);
}

void Array::start(const Pass& pass, const MacRegisters& registers, const PassTiles& tiles,
                  Cycle psums_from) {
  pass_ = &pass;
  mac_ = MacUnit(machine_.mac, registers);
  tiles_ = tiles;
  has_values_ = tiles.ifmap != nullptr;
  psums_from_ = psums_from;
  record_ = {};
  done_ = filled_ = false;
  collected_ = 0;
  ready_members_ = collects_over_ = 0;
  members_ready_ = collect_free_ = 0;
  collects_.clear();
  gated_ = {};
  psums_per_packet_ = pass.psums_per_packet;
  if (programs_ != pass.programs) {
    programs_ = pass.programs;
    tables_.clear();
    for (const PassProgram& program : programs_) tables_.emplace_back(program, machine_.pe);
  }
  set_up(pass.pes.size());
  chains_.assign(mac_.chain() > 0 && has_values_ ? psum_spad_.size() : 0, {});
  for (std::size_t i = 0; i < pes_.size(); ++i) start_pe(i);
  ifmap_bus_.start(pass.ifmap, machine_.noc.ifmap);
  filter_bus_.start(pass.filter, machine_.noc.filter);
  psum_bus_.start(pass.psum_in, machine_.noc.psum_in);
  cuts_known_ = 0;
  skipped_ = 0;
  may_repeat_ = log_ == nullptr && may_repeat();
  if (log_ != nullptr) log_->start(pass.pes.size());
  if (!tiles.read_psums) psum_bus_.next = pass.psum_in.packets();
}

// Room for the state of `pes` PEs; each gets its part of every ring.
void Array::set_up(std::size_t pes) {
  below_.assign(pes, -1);
  above_.assign(pes, -1);
  const ::orrery::Pe& limits = machine_.pe;
  const OperandRings ifmap = rings(limits.ifmap_spad_words, limits.ifmap_fifo_words,
                                   &PassProgram::ifmap_words),
                     filter = rings(limits.filter_spad_words,
                                    limits.filter_fifo_packets * filter_packet_,
                                    &PassProgram::filter_words);
  if (pes_.size() == pes && ifmap_rings_ == ifmap && filter_rings_ == filter) return;
  ifmap_rings_ = ifmap;
  filter_rings_ = filter;
  pes_.assign(pes, {});
  ready_ = PeMask(static_cast<int>(pes));
  const std::size_t packets =
      std::bit_ceil(static_cast<std::size_t>(std::max(psum_in_packets_, psum_out_packets_)));
  const std::size_t psums = packets * static_cast<std::size_t>(psums_per_packet_);
  const auto spad = static_cast<std::size_t>(psum_spad_words_);
  ifmap_words_.assign(pes * ifmap.words, 0);
  ifmap_times_.assign(pes * ifmap.times, 0);
  filter_words_.assign(pes * filter.words, 0);
  filter_times_.assign(pes * filter.times, 0);
  packet_times_.assign(pes * packets, {});
  psum_spad_.assign(pes * spad, 0);
  psum_in_.assign(pes * psums, 0);
  psum_out_.assign(pes * psums, 0);
  for (std::size_t i = 0; i < pes; ++i) {
    PeCore& pe = pes_[i];
    pe.ifmap = {.spad_words = limits.ifmap_spad_words,
                .backlog = (limits.ifmap_fifo_words / ifmap_packet_ - 1) * ifmap_packet_};
    pe.ifmap.use(&ifmap_words_[i * ifmap.words], &ifmap_times_[i * ifmap.times], ifmap.words);
    pe.filter = {.spad_words = limits.filter_spad_words,
                 .backlog = (limits.filter_fifo_packets - 1) * filter_packet_};
    pe.filter.use(&filter_words_[i * filter.words], &filter_times_[i * filter.times], filter.words);
    pe.packet_mask = static_cast<std::uint32_t>(packets - 1);
    pe.packets = &packet_times_[i * packets];
    pe.psum_in = &psum_in_[i * psums];
    pe.psum_out = &psum_out_[i * psums];
    pe.psums = &psum_spad_[i * spad];
  }
}

// What a PE needs for spad and FIFO of an operand: no more than the longest stream has, and cycles
// of freeing only where a slot is used again.
Array::OperandRings Array::rings(int spad, int fifo, int PassProgram::*stream) const {
  int longest = 1;
  for (const PassProgram& program : programs_) longest = std::max(longest, program.*stream);
  const auto words = static_cast<std::size_t>(std::min(spad + fifo, longest));
  return {std::bit_ceil(words), std::bit_ceil(words) * (longest > spad ? 2 : 1)};
}

void Array::start_pe(std::size_t i) {
  const PeRole& role = pass_->pes[i];
  PeCore& pe = pes_[i];
  pe.start(tables_[static_cast<std::size_t>(role.program)]);
  pe.takes_psums = role.psum_source == PsumSource::kBelow ||
                   (role.psum_source == PsumSource::kNoc && tiles_.read_psums);
  if (role.psum_sink == PsumSink::kAbove) {
    above_[i] = role.above;
    below_[static_cast<std::size_t>(role.above)] = static_cast<int>(i);
  }
  ready_.set(static_cast<int>(i));
}

void Array::play_fill() {
  while (!filled_ && !done_) step();
}

void Array::play() {
  while (!done_) step();
}

void Array::step() { log_ == nullptr ? play_units<Logging::kOff>() : play_units<Logging::kOn>(); }

template <Array::Logging kLogging>
void Array::play_units() {
  bool moved = ready_.drain([&](int i) { run<kLogging>(i); });
  moved |= collect<kLogging>();
  if (!shared_psum_port_) moved |= send_psums<kLogging>();
  moved |= send_operands<kLogging>(ifmap_bus_, &PeCore::ifmap, Tensor::kIfmap);
  moved |= send_operands<kLogging>(filter_bus_, &PeCore::filter, Tensor::kFilter);
  if (!filled_ && filter_bus_.finished()) {
    filled_ = true;
    record_.filled_cycle = std::max<Cycle>(filter_bus_.free, 1);
  }
  if (done_) return close();
  if (!moved && !(shared_psum_port_ && send_psum_packet<kLogging>())) report_deadlock();
  if (may_repeat_) fold();
}

void Array::report_deadlock() const {
  Cycle last =
      std::max(collect_free_, psum_bus_.free == 0 ? 0 : psum_bus_.free + psum_bus_.latency);
  // A word that arrives looks for its slot in the cycle after.
  for (const Sender* bus : {&ifmap_bus_, &filter_bus_})
    last = std::max(last, bus->free == 0 ? 0 : bus->free + bus->latency + 1);
  for (const PeCore& pe : pes_) {
    last = std::max({last, pe.time, pe.ifmap.last_load + 1, pe.filter.last_load + 1});
    if (pe.landed > 0) last = std::max(last, pe.packet(pe.landed - 1).landed);
    if (pe.merged > 0) last = std::max(last, pe.packet(pe.merged - 1).ready);
  }
  throw DeadlockError(
      fmt::format("the pass can never end on machine {}: from its cycle {} on no PE, bus or link "
                  "can move; the FIFOs are too shallow for this mapping",
                  machine_.name, last));
}

void Array::close() {
  record_.cycles = record_.handed_cycle = collect_free_ + machine_.noc.psum_out.latency_cycles;
  if (machine_.array.pipelined)
    record_.handed_cycle = std::ranges::max(pes_, {}, &PeCore::time).time;
  Counts& counts = record_.counts;
  if (tiles_.padding != nullptr) {
    for (const std::int32_t at : pass_->ifmap.address)
      counts[Action::glb_ifmap_array_read] -= tiles_.padding[at];
  }
  for (std::size_t i = 0; i < pes_.size(); ++i) count_pe(pes_[i], pass_->pes[i]);
  for (std::size_t i = 0; i < pes_.size() && log_ != nullptr; ++i)
    log_->stay(i, PeState::kDone, pes_[i].time, record_.cycles);
  count_macs();
}

void Array::count_macs() {
  Counts& counts = record_.counts;
  const std::uint64_t macs = record_.pe_cycles[static_cast<std::size_t>(PeState::kMac)];
  const std::uint64_t psums = counts[Action::spad_psum_drain_read];
  const auto gated = static_cast<std::uint64_t>(gated_.all);
  counts[Action::mac_none_gate] = gated;
  counts[Action::mac_none_compute] = macs - gated;
  counts[Action::spad_ifmap_operand_read] = macs;
  counts[Action::spad_filter_operand_read] = macs - (mac_.gates_by_filter() ? 0 : gated);
  if (machine_.pe.psum_spad_words == 0) {
    counts[Action::spad_psum_drain_read] = 0;
    return;
  }
  const std::uint64_t updates = macs - psums - static_cast<std::uint64_t>(gated_.updates);
  counts[Action::spad_psum_first_write] = psums;
  counts[Action::spad_psum_update_read] = updates;
  counts[Action::spad_psum_update_write] = updates;
}

// What a PE has done by the end of the pass, whatever its data.
void Array::count_pe(const PeCore& pe, const PeRole& role) {
  const PassProgram& program = pe.table->program();
  const auto charge = [&](PeState state, std::int64_t cycles) {
    record_.pe_cycles[static_cast<std::size_t>(state)] += static_cast<std::uint64_t>(cycles);
  };
  const std::int64_t psums = program.windows * program.window_psums;
  charge(PeState::kMac, program.macs());
  charge(PeState::kMerge, machine_.pe.adders == 1 ? psums : 0);
  charge(PeState::kDone, record_.cycles - pe.time);
  count_structures(program);
  Counts& counts = record_.counts;
  counts[Action::spad_ifmap_fill] += static_cast<std::uint64_t>(pe.ifmap.loaded);
  counts[Action::spad_filter_fill] += static_cast<std::uint64_t>(pe.filter.loaded);
  const auto handed = static_cast<std::uint64_t>(psums);
  counts[Action::spad_psum_drain_read] += handed;
  if (pe.takes_psums) counts[Action::adder_none_merge] += handed;
  if (role.psum_sink == PsumSink::kAbove)
    counts[Action::noc_psum_hop] += handed * static_cast<std::uint64_t>(words_per_psum_);
}

// Tables and chains of a PE.
void Array::count_structures(const PassProgram& program) {
  const MacTraits& mac = find_mac(machine_.mac)->traits;
  if (!mac.tables && !mac.singles) return;
  Counts& counts = record_.counts;
  const std::int64_t macs = program.macs(), psums = program.windows * program.window_psums;
  if (mac.tables) counts[Action::mac_none_lut_read] += static_cast<std::uint64_t>(macs);
  if (mac.tables && machine_.mac_options.organisation != LutOrganisation::kProductTable)
    counts[Action::mac_none_table_build] += static_cast<std::uint64_t>(new_ifmaps(program));
  if (mac.singles)
    counts[Action::mac_none_spill] +=
        static_cast<std::uint64_t>(psums * cycles_of(macs / psums, machine_.mac_options.chain));
}

}  // namespace orrery
