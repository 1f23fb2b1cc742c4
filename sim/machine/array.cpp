#include "sim/machine/array.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <stdexcept>

#include "arch/mac/all.h"

namespace orrery {
namespace {

// Longest burst, latency or packet that the wheels hold.
constexpr int kLongest = Wheel::kSlots - 2;

int ring_bits(int words) { return std::bit_width(static_cast<unsigned>(words - 1)); }
std::size_t mask_of(int bits) { return (std::size_t{1} << bits) - 1; }

std::size_t charge(PeState s) { return static_cast<std::size_t>(s); }

int cycles_of(int words, int words_per_cycle) {
  return (words + words_per_cycle - 1) / words_per_cycle;
}

// Cycles for which a psum packet holds the psum-out bus and the ports of its store. Behind a shared
// port a store that adds reads and writes by turns.
int collect_cycles(const Machine& machine, int words) {
  const Store& store = machine.store_of(Tensor::kPsum);
  const int bus = cycles_of(words, machine.noc.psum_out.words_per_cycle);
  const int write = cycles_of(words, store.write_words_per_cycle);
  const int read = store.accumulates ? cycles_of(words, store.read_words_per_cycle) : 0;
  return std::max(bus, store.shared_port ? read + write : std::max(read, write));
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
          std::max(1, machine.pe.psum_spad_words)) {  // a psum that passes has a register
  const int packet = packet_psums(machine);
  const Noc& noc = machine.noc;
  const int words = packet * words_per_psum_;
  collect_cycles_ = collect_cycles(machine, words);
  link_cycles_ = cycles_of(words, noc.psum_link.words_per_cycle);
  for (const int cycles :
       {packet + machine.pe.pipeline_stages, noc.ifmap.latency_cycles, noc.filter.latency_cycles,
        noc.psum_in.latency_cycles, noc.psum_link.latency_cycles + link_cycles_}) {
    if (cycles > kLongest) {
      throw InputError(
          fmt::format("machine {}: a bus or pipeline takes {} cycles; the array plays at most {}",
                      machine.name, cycles, kLongest));
    }
  }
  ifmap_bits_ = ring_bits(machine.pe.ifmap_spad_words + machine.pe.ifmap_fifo_words);
  filter_bits_ =
      ring_bits(machine.pe.filter_spad_words + machine.pe.filter_fifo_packets * filter_packet_);
  fifo_bits_ = ring_bits(
      std::max(machine.pe.psum_in_fifo_packets, machine.pe.psum_out_fifo_packets) * packet);
}

void Array::start(const Pass& pass, const Arithmetic& arithmetic, const PassTiles& tiles) {
  pass_ = &pass;
  mac_ = MacUnit(arithmetic, find_mac(machine_.mac)->gates);
  tiles_ = tiles;
  record_ = {};
  now_ = 0;
  done_ = filled_ = false;
  collected_ = 0;
  ready_members_ = 0;
  awaited_ = -1;
  gated_ = started_ = updated_ = drained_ = merged_ = 0;
  collect_busy_ = 0;
  const auto n = pass.pes.size();
  if (pes_.size() != n) {
    const int count = static_cast<int>(n);
    pes_.resize(n);
    ifmap_ring_.assign(n << ifmap_bits_, 0);
    filter_ring_.assign(n << filter_bits_, 0);
    psum_spad_.assign(n * static_cast<std::size_t>(psum_spad_words_), 0);
    psum_in_.assign(n << fifo_bits_, 0);
    psum_out_.assign(n << fifo_bits_, 0);
    for (PeMask* mask : {&links_, &load_ifmap_, &load_filter_, &arming_ifmap_, &arming_filter_})
      *mask = PeMask(count);
    for (Wheel* wheel : {&wakes_, &packets_ready_, &hops_}) *wheel = Wheel(count);
  }
  for (PeMask* mask : {&links_, &load_ifmap_, &load_filter_, &arming_ifmap_, &arming_filter_})
    mask->clear();
  for (Wheel* wheel : {&wakes_, &packets_ready_, &hops_}) wheel->clear();
  tables_.clear();
  for (const PassProgram& program : pass.programs) tables_.emplace_back(program);
  below_.assign(n, -1);
  link_free_.assign(n, 0);
  for (std::size_t i = 0; i < n; ++i) start_pe(i);
  ifmap_bus_.start(pass.ifmap, machine_.noc.ifmap);
  filter_bus_.start(pass.filter, machine_.noc.filter);
  psum_bus_.start(pass.psum_in, machine_.noc.psum_in);
  if (!tiles.read_psums) psum_bus_.next = pass.psum_in.packets();
}

void Array::start_pe(std::size_t i) {
  const PeRole& role = pass_->pes[i];
  const ::orrery::Pe& limits = machine_.pe;
  PeCore& pe = pes_[i];
  pe.ifmap.packet_words = ifmap_packet_;
  pe.ifmap.spad_words = limits.ifmap_spad_words;
  pe.ifmap.fifo_packets = limits.ifmap_fifo_words / pe.ifmap.packet_words;
  pe.filter.packet_words = filter_packet_;
  pe.filter.spad_words = limits.filter_spad_words;
  pe.filter.fifo_packets = limits.filter_fifo_packets;
  pe.psum_in = {.depth = limits.psum_in_fifo_packets, .packet_psums = pass_->psums_per_packet};
  pe.psum_out = {.depth = limits.psum_out_fifo_packets, .packet_psums = pass_->psums_per_packet};
  pe.start(tables_[static_cast<std::size_t>(role.program)]);
  pe.takes_psums = role.psum_source == PsumSource::kBelow ||
                   (role.psum_source == PsumSource::kNoc && tiles_.read_psums);
  if (role.psum_sink == PsumSink::kAbove)
    below_[static_cast<std::size_t>(role.above)] = static_cast<int>(i);
  wakes_.add(0, static_cast<int>(i));
}

void Array::play_fill() {
  while (!filled_ && !done_) step();
}

void Array::play() {
  while (!done_) step();
}

void Array::step() {
  packets_ready_.due().drain([&](int i) {
    ++pes_[static_cast<std::size_t>(i)].psum_out.ready;
    if (pass_->pes[static_cast<std::size_t>(i)].psum_sink == PsumSink::kAbove) links_.set(i);
  });
  wakes_.due().drain([&](int i) { wake(i); });
  hops_.due().drain([&](int i) { land_hop(i); });
  const bool collected = collect();
  bool moved = collected || links_.any();
  hop_psums();
  const bool port_taken = collected && shared_psum_port_;
  moved |= land_due(psum_bus_, Tensor::kPsum) | land_due(ifmap_bus_, Tensor::kIfmap) |
           land_due(filter_bus_, Tensor::kFilter);
  if (!port_taken) moved |= send(psum_bus_, Tensor::kPsum);
  moved |= send(ifmap_bus_, Tensor::kIfmap);
  moved |= send(filter_bus_, Tensor::kFilter);
  moved |= load_spads() || port_taken;
  if (!filled_ && filter_bus_.finished()) {
    filled_ = true;
    record_.filled_cycle = now_ + 1;
  }
  if (done_) {
    close();
  } else {
    advance(moved);
  }
}

// Goes on to the next cycle, or, where nothing moves, to the next one in which something can.
void Array::advance(bool moved) {
  int cycles = 1;
  if (!moved) {
    cycles = std::min({wakes_.idle_cycles(), packets_ready_.idle_cycles(), hops_.idle_cycles()});
    if (cycles == Wheel::kSlots) {
      throw DeadlockError(
          fmt::format("the pass can never end on machine {}: from its cycle {} on no PE, bus or "
                      "link can move; the FIFOs are too "
                      "shallow for this mapping",
                      machine_.name, now_));
    }
  }
  for (Wheel* wheel : {&wakes_, &packets_ready_, &hops_}) wheel->advance(cycles);
  now_ += cycles;
}

void Array::close() {
  record_.cycles = now_ + collect_cycles_ + machine_.noc.psum_out.latency_cycles;
  for (const PeCore& pe : pes_) {
    record_.pe_cycles[charge(PeState::kDone)] +=
        static_cast<std::uint64_t>(record_.cycles - pe.since);
  }
  Counts& counts = record_.counts;
  const std::uint64_t macs = record_.pe_cycles[charge(PeState::kMac)];
  counts[Action::mac_none_gate] = gated_;
  counts[Action::mac_none_compute] = macs - gated_;
  counts[Action::spad_ifmap_operand_read] = macs;
  counts[Action::spad_filter_operand_read] = macs - gated_;
  counts[Action::adder_none_merge] = merged_;
  if (machine_.pe.psum_spad_words == 0) return;
  counts[Action::spad_psum_first_write] = started_;
  counts[Action::spad_psum_update_read] = updated_;
  counts[Action::spad_psum_update_write] = updated_;
  counts[Action::spad_psum_drain_read] = drained_;
}

// A burst has ended, or something that the PE waits for has come.
void Array::wake(int i) {
  PeCore& pe = pes_[static_cast<std::size_t>(i)];
  if (pe.burst > 0) end_burst(pe, i);
  if (pe.phase == PePhase::kMac) issue_macs(pe, i);
  if (pe.phase == PePhase::kMerge) issue_merges(pe, i);
}

void Array::end_burst(PeCore& pe, int i) {
  if (pe.merging > 0) end_merge(pe, i);
  if (pe.phase == PePhase::kMac) {
    const bool window_ends = pe.steps.advance(pe.burst);
    pe.burst = 0;
    free_operands(pe, i);
    if (window_ends && machine_.pe.adders == 1) {
      pe.phase = PePhase::kMerge;
      pe.merge_at = 0;
      return;
    }
  } else {
    pe.merge_at += pe.burst;
    pe.burst = 0;
    if (pe.merge_at < pe.steps.program().window_psums) return;
    pe.phase = PePhase::kMac;
  }
  if (pe.steps.exhausted()) {
    pe.phase = PePhase::kDone;
    pe.since = now_;
  }
}

// The psums that left in the burst have been read from the psum-in FIFO; an empty packet's entry is
// free.
void Array::end_merge(PeCore& pe, int i) {
  const int n = pe.merging;
  pe.merging = 0;
  if (!pe.takes_psums) return;
  pe.psum_in.popped += n;
  const int in_window = pe.psum_in.popped % pe.steps.program().window_psums;
  if (in_window != 0 && in_window % pe.psum_in.packet_psums != 0) return;
  --pe.psum_in.taken;
  if (psum_bus_.blocked_by == i) psum_bus_.blocked_by = -1;
  const int below = below_[static_cast<std::size_t>(i)];
  if (below >= 0 && pes_[static_cast<std::size_t>(below)].psum_out.ready > 0) links_.set(below);
}

void Array::free_operands(PeCore& pe, int i) {
  if (pe.ifmap.loaded < pe.ifmap.total) {
    pe.ifmap.freed = pe.steps.dead_ifmap(pe.ifmap.total);
    if (pe.ifmap.can_load()) load_ifmap_.set(i);
  }
  if (pe.filter.loaded < pe.filter.total) {
    pe.filter.freed = pe.steps.dead_filter(pe.filter.total);
    if (pe.filter.can_load()) load_filter_.set(i);
  }
}

void Array::wait_for(PeCore& pe, PeState need) {
  if (pe.waiting && pe.state == need) return;
  stop_waiting(pe);
  pe.waiting = true;
  pe.state = need;
  pe.since = now_;
}

void Array::stop_waiting(PeCore& pe) {
  if (pe.waiting)
    record_.pe_cycles[charge(pe.state)] += static_cast<std::uint64_t>(now_ - pe.since);
  pe.waiting = false;
}

// Room and, where psums come in, an incoming psum for psum `psum` of the window.
bool Array::psums_can_move(PeCore& pe, int psum) {
  if (pe.takes_psums && pe.psum_in.pushed == pe.psum_in.popped) {
    wait_for(pe, PeState::kWaitPsumIn);
    return false;
  }
  if (psum % pe.psum_out.packet_psums == 0 && !pe.psum_out.has_room()) {
    wait_for(pe, PeState::kWaitPsumOut);
    return false;
  }
  return true;
}

void Array::issue_macs(PeCore& pe, int i) {
  const Counter& inner = pe.steps.inner();
  int n = std::min(pe.steps.inner_left(), kLongest);
  if (pe.steps.program().window == pe.steps.program().counters) n = 1;  // every MAC ends a window
  const int with_ifmap = steps_in_spad(pe.ifmap, pe.steps.ifmap_at(), inner.ifmap_stride, n);
  if (with_ifmap == 0) return wait_for(pe, PeState::kWaitIfmap);
  const int with_filter = steps_in_spad(pe.filter, pe.steps.filter_at(), inner.filter_stride, n);
  if (with_filter == 0) return wait_for(pe, PeState::kWaitFilter);
  n = std::min(with_ifmap, with_filter);
  bool leaves = machine_.pe.adders > 1 && pe.steps.last_visit();
  if (leaves && inner.reduction && pe.steps.program().window < pe.steps.program().counters) {
    // Only the last step of the run finishes the psum; it issues by itself.
    const bool reaches_end = n == pe.steps.inner_left();
    leaves = reaches_end && n == 1;
    if (reaches_end && n > 1) --n;
  } else if (leaves) {
    n = std::min(n, pe.psums_to_packet_end(pe.steps.psum_at()));
  }
  if (leaves && !psums_can_move(pe, pe.steps.psum_at())) return;
  stop_waiting(pe);
  run_macs(pe, i, n);
  if (leaves) merge(pe, i, pe.steps.psum_at(), n);
  pe.burst = n;
  record_.pe_cycles[charge(PeState::kMac)] += static_cast<std::uint64_t>(n);
  wakes_.add(n, i);
}

void Array::issue_merges(PeCore& pe, int i) {
  if (!psums_can_move(pe, pe.merge_at)) return;
  stop_waiting(pe);
  int n = pe.psums_to_packet_end(pe.merge_at);
  if (pe.takes_psums) n = std::min(n, pe.psum_in.pushed - pe.psum_in.popped);
  merge(pe, i, pe.merge_at, n);
  pe.burst = n;
  record_.pe_cycles[charge(PeState::kMerge)] += static_cast<std::uint64_t>(n);
  wakes_.add(n, i);
}

// Psums [psum, psum + n) of the window meet the incoming ones and enter the psum-out FIFO.
void Array::merge(PeCore& pe, int i, int psum, int n) {
  PsumFifo& out = pe.psum_out;
  const std::int32_t* spad = psums(i);
  for (int k = 0; k < n; ++k) {
    std::int32_t value = spad[psum + k];
    if (pe.takes_psums)
      value = mac_.accumulate(fifo_slot(psum_in_, i, pe.psum_in.popped + k), value);
    fifo_slot(psum_out_, i, out.pushed + k) = value;
  }
  if (psum % out.packet_psums == 0) ++out.taken;
  out.pushed += n;
  pe.merging = n;
  if (n == pe.psums_to_packet_end(psum)) packets_ready_.add(n - 1 + machine_.pe.pipeline_stages, i);
  drained_ += static_cast<std::uint64_t>(n);
  if (pe.takes_psums) merged_ += static_cast<std::uint64_t>(n);
}

void Array::run_macs(PeCore& pe, int i, int n) {
  const Counter& inner = pe.steps.inner();
  const std::int16_t* ifmap = ifmap_ring(i);
  const std::int16_t* filter = filter_ring(i);
  std::int32_t* psum = psums(i) + pe.steps.psum_at();
  const std::size_t ifmap_mask = mask_of(ifmap_bits_), filter_mask = mask_of(filter_bits_);
  const auto ifmap_at = static_cast<std::size_t>(pe.steps.ifmap_at()),
             filter_at = static_cast<std::size_t>(pe.steps.filter_at());
  const bool fresh = pe.steps.fresh();
  const auto steps = static_cast<std::uint64_t>(n);
  std::uint64_t gated = 0, started = 0, updated = 0;
  const bool straight = inner.ifmap_stride == 0 && inner.filter_stride == 1 &&
                        inner.psum_stride == 1 &&
                        (filter_at & filter_mask) + steps <= filter_mask + 1;
  if (straight) {
    const std::int16_t x = ifmap[ifmap_at & ifmap_mask];
    mac_.spread(psum, x, filter + (filter_at & filter_mask), n, fresh);
    gated = mac_.gated(x) ? steps : 0;
    started = fresh ? steps : 0;
    updated = fresh || gated != 0 ? 0 : steps;
  } else {
    for (int k = 0; k < n; ++k) {
      const auto step = static_cast<std::size_t>(k);
      const std::int16_t x =
          ifmap[(ifmap_at + step * static_cast<std::size_t>(inner.ifmap_stride)) & ifmap_mask];
      const std::int16_t w =
          filter[(filter_at + step * static_cast<std::size_t>(inner.filter_stride)) & filter_mask];
      std::int32_t& p = psum[std::ptrdiff_t{k} * inner.psum_stride];
      const bool starts = pe.steps.starts_psum(k);
      p = mac_.accumulate(starts ? 0 : p, mac_.multiply(x, w));
      gated += mac_.gated(x);
      started += starts;
      updated += !starts && !mac_.gated(x);
    }
  }
  gated_ += gated;
  started_ += started;
  updated_ += updated;
}

}  // namespace orrery
