// How a PE of the array goes on, as far as the cycles of what it needs are known.
#include <algorithm>

#include "sim/machine/array.h"

namespace orrery {

template <Array::Logging kLogging>
void Array::run(int i) {
  PeCore& pe = this->pe(i);
  pe.blocked = false;
  while (true) {
    while (pe.phase == PePhase::kMac && !pe.blocked) {
      if (has_values_ || !issue_together(pe, i)) issue_macs<kLogging>(pe, i);
    }
    play_burst();
    if (pe.phase != PePhase::kMerge || pe.blocked) return;
    while (pe.phase == PePhase::kMerge && !pe.blocked) issue_merges<kLogging>(pe, i);
  }
}

// The later of `now` and `when`; the PE waits in between.
template <Array::Logging kLogging>
Cycle Array::wait(const PeCore& pe, Cycle now, Cycle when, PeState need) {
  if (when <= now) return now;
  if constexpr (kLogging == Logging::kOn)
    log_->stay(static_cast<std::size_t>(&pe - pes_.data()), need, now, when);
  record_.pe_cycles[static_cast<std::size_t>(need)] += static_cast<std::uint64_t>(when - now);
  return when;
}

// The present run and those that can follow at once, if nothing is multiplied and all their words
// are there.
bool Array::issue_together(PeCore& pe, int i) {
  const MacRun& run = *pe.run;
  const std::int32_t ifmap = pe.ifmap_base + run.most_ifmap;
  const std::int32_t filter = pe.filter_base + run.most_filter;
  if (run.together == 1 || pe.run_step != 0 || ifmap >= pe.ifmap.loaded ||
      filter >= pe.filter.loaded || pe.ifmap.ready(ifmap) > pe.time ||
      (pe.filter.last_load >= pe.time && pe.filter.ready(filter) > pe.time)) {
    return false;
  }
  const bool slides[] = {pe.ifmap.slides(), pe.filter.slides()};
  for (const MacRun* last = pe.run + run.together - 1; pe.run != last; ++pe.run) {
    pe.time += pe.run->steps;
    if (slides[0]) pe.ifmap.note_free(pe.ifmap_dead(), pe.time);
    if (slides[1]) pe.filter.note_free(pe.filter_dead(), pe.time);
  }
  if (slides[0] && pe.ifmap.load_more()) ifmap_bus_.look_again_at(i);
  if (slides[1] && pe.filter.load_more()) filter_bus_.look_again_at(i);
  pe.time += pe.run->steps;
  end_run(pe, i);
  return true;
}

// The present run, if all its words are known.
template <Array::Logging kLogging>
void Array::issue_macs(PeCore& pe, int i) {
  const MacRun& run = *pe.run;
  const std::int32_t ifmap = pe.ifmap_base + run.last_ifmap;
  const std::int32_t filter = pe.filter_base + run.last_filter;
  if (pe.run_step != 0 || run.leaves || ifmap >= pe.ifmap.loaded || filter >= pe.filter.loaded)
    return issue_some_macs<kLogging>(pe, i);
  const StreamPlaces at{pe.ifmap_base + run.ifmap, pe.filter_base + run.filter,
                        pe.psum_base + run.psum};
  // Words are loaded in order, so the last ones tell whether any is waited for.
  if (pe.ifmap.ready(ifmap) <= pe.time &&
      (pe.filter.last_load < pe.time || pe.filter.ready(filter) <= pe.time)) {
    pe.time += run.steps;
  } else {
    wait_for_words<kLogging>(pe, at, run.steps);
  }
  multiply(pe, at, run.steps, run.fresh && pe.first_visit);
  end_run(pe, i);
}

// The steps of the present run whose words are known.
template <Array::Logging kLogging>
void Array::issue_some_macs(PeCore& pe, int i) {
  const MacRun& run = *pe.run;
  const Counter& inner = pe.table->inner();
  const StreamPlaces at{pe.ifmap_base + run.ifmap + pe.run_step * inner.ifmap_stride,
                        pe.filter_base + run.filter + pe.run_step * inner.filter_stride,
                        pe.psum_base + run.psum + pe.run_step * inner.psum_stride};
  int n = pe.ifmap.steps_known(at.ifmap, inner.ifmap_stride, run.steps - pe.run_step);
  if (n == 0) return pe.block(PeState::kWaitIfmap);
  n = pe.filter.steps_known(at.filter, inner.filter_stride, n);
  if (n == 0) return pe.block(PeState::kWaitFilter);
  const bool leaves = run.leaves && pe.last_visit;
  if (leaves && !psums_are_known(pe)) return;
  wait_for_words<kLogging>(pe, at, n);
  if (leaves) pe.time = wait_for_psums<kLogging>(pe, pe.time - 1) + 1;
  const bool fresh = run.fresh && pe.first_visit && (pe.run_step == 0 || !pe.table->sums_inside());
  multiply(pe, at, n, fresh);
  if (leaves) merge<kLogging>(pe, i, at.psum, 1);
  pe.run_step += n;
  if (pe.run_step == run.steps) end_run(pe, i);
}

// Issues `n` steps, each when its words are there.
template <Array::Logging kLogging>
void Array::wait_for_words(PeCore& pe, const StreamPlaces& at, int n) {
  const Counter& inner = pe.table->inner();
  const Cycle all_there = std::max(pe.ifmap.ready(at.ifmap + (n - 1) * inner.ifmap_stride),
                                   pe.filter.ready(at.filter + (n - 1) * inner.filter_stride));
  int k = 0;
  for (; k < n && pe.time < all_there; ++k, ++pe.time) {
    const Cycle begin = pe.time;
    pe.time = wait<kLogging>(pe, pe.time, pe.ifmap.ready(at.ifmap + k * inner.ifmap_stride),
                             PeState::kWaitIfmap);
    const Cycle has_ifmap = pe.time;
    pe.time = wait<kLogging>(pe, pe.time, pe.filter.ready(at.filter + k * inner.filter_stride),
                             PeState::kWaitFilter);
    if (pe.began) continue;
    pe.began = true;  // no word is there in cycle 0, so the first MAC comes by here
    record_.wait(BeforeMac::kIfmap) += static_cast<std::uint64_t>(has_ifmap - begin);
    record_.wait(BeforeMac::kFilter) += static_cast<std::uint64_t>(pe.time - has_ifmap);
  }
  pe.time += n - k;
}

void Array::end_run(PeCore& pe, int i) {
  if (pe.ifmap.slides() && pe.ifmap.free(pe.ifmap_dead(), pe.time)) ifmap_bus_.look_again_at(i);
  if (pe.filter.slides() && pe.filter.free(pe.filter_dead(), pe.time)) filter_bus_.look_again_at(i);
  if (pe.next_run() && machine_.pe.adders == 1) {
    pe.phase = PePhase::kMerge;
    pe.merge_at = 0;
  } else if (pe.exhausted) {
    pe.phase = PePhase::kDone;
  }
}

// Whether it is known when the next psum can leave: when there is room for its packet and, where
// psums come in, the one that it meets.
bool Array::psums_are_known(PeCore& pe) const {
  if (pe.takes_psums && pe.landed <= pe.merged) {
    pe.block(PeState::kWaitPsumIn);
    return false;
  }
  if (pe.packet_psums == 0 && pe.left <= pe.merged - psum_out_packets_) {
    pe.block(PeState::kWaitPsumOut);
    return false;
  }
  return true;
}

template <Array::Logging kLogging>
Cycle Array::wait_for_psums(const PeCore& pe, Cycle time) {
  if (pe.takes_psums)
    time = wait<kLogging>(pe, time, pe.packet(pe.merged).landed, PeState::kWaitPsumIn);
  time = wait<kLogging>(pe, time, psums_from_,
                        pe.takes_psums ? PeState::kWaitPsumIn : PeState::kWaitPsumOut);
  const int before = pe.merged - psum_out_packets_;
  if (pe.packet_psums != 0 || before < 0) return time;
  return wait<kLogging>(pe, time, pe.packet(before).left + 1, PeState::kWaitPsumOut);
}

// The next packet of a finished window.
template <Array::Logging kLogging>
void Array::issue_merges(PeCore& pe, int i) {
  if (!psums_are_known(pe)) return;
  const int left = pe.table->program().window_psums - pe.merge_at;
  const int n = std::min(psums_per_packet_, left);
  pe.time = wait_for_psums<kLogging>(pe, pe.time) + n;
  if constexpr (kLogging == Logging::kOn)
    log_->stay(static_cast<std::size_t>(i), PeState::kMerge, pe.time - n, pe.time);
  merge<kLogging>(pe, i, pe.merge_at, n);
  pe.merge_at += n;
  if (n == left) pe.phase = pe.exhausted ? PePhase::kDone : PePhase::kMac;
}

// Psums [psum, psum + n) of the window, the last operations so far, meet the incoming ones and
// enter the psum-out FIFO.
template <Array::Logging kLogging>
void Array::merge(PeCore& pe, int i, int psum, int n) {
  if (has_values_) merge_values(pe, psum, n);
  pe.packet_psums += n;
  if (pe.packet_psums < psums_per_packet_ && psum + n < pe.table->program().window_psums) return;
  pe.packet_psums = 0;
  PacketTimes& packet = pe.packet(pe.merged);
  packet.freed = pe.time;
  packet.ready = pe.time - 1 + machine_.pe.pipeline_stages;
  ++pe.merged;
  const auto at = static_cast<std::size_t>(i);
  if (above_[at] >= 0) hop_psums<kLogging>(i, above_[at]);
  if (!pe.takes_psums) return;
  if (below_[at] >= 0) {
    hop_psums<kLogging>(below_[at], i);
  } else {
    psum_bus_.look_again_at(i);
  }
}

void Array::merge_values(PeCore& pe, int psum, int n) {
  play_burst();
  const std::size_t first = packet_slot(pe, pe.merged) + static_cast<std::size_t>(pe.packet_psums);
  std::int32_t* own = pe.psums + psum;
  if (!chains_.empty()) end_chains(own, n);
  const std::int32_t* in = pe.psum_in + first;
  std::int32_t* out = pe.psum_out + first;
  if (!pe.takes_psums) {
    std::copy_n(own, n, out);
  } else {
    mac_.accumulate(in, own, n, out);
  }
}

// What is left in the chains of psums that leave.
void Array::end_chains(std::int32_t* psum, int n) {
  DfpChain* chain = chain_of(psum);
  for (int k = 0; k < n; ++k) {
    if (chain[k].products > 0) psum[k] = chain[k].spill(psum[k]);
  }
}

// Runs over the same psums are gathered, and worked off together when those are needed.
void Array::multiply(PeCore& pe, const StreamPlaces& at, int n, bool fresh) {
  if (!has_values_) return;
  const std::size_t from = pe.filter.slot(at.filter);
  const bool wraps = from + static_cast<std::size_t>(n) > std::size_t{pe.filter.mask} + 1;
  if (wraps || !pe.table->straight()) return multiply_one_by_one(pe, at, n, fresh);
  std::int32_t* psum = pe.psums + at.psum;
  if (fresh || !burst_.takes(psum, n)) {
    play_burst();
    burst_.start(psum, n, fresh);
  }
  const std::int16_t x = pe.ifmap.words[pe.ifmap.slot(at.ifmap)];
  if (!mac_.adds_nothing(x)) burst_.add(x, pe.filter.words + from);
  if (mac_.gated(x)) {
    gated_ += {n, fresh ? 0 : n};
  } else if (mac_.gates_by_filter()) {
    const int gated = mac_.gated(x, pe.filter.words + from, n);
    gated_ += {gated, fresh ? 0 : gated};
  }
}

void Array::play_burst() {
  if (burst_.psum == nullptr) return;
  if (chains_.empty()) return mac_.play(burst_);
  const int overflows = mac_.play(burst_, chain_of(burst_.psum));
  record_.chain_overflows += static_cast<std::uint64_t>(overflows);
}

void Array::multiply_one_by_one(PeCore& pe, const StreamPlaces& at, int n, bool fresh) {
  play_burst();
  const Counter& inner = pe.table->inner();
  const OperandPath &ifmap = pe.ifmap, &filter = pe.filter;
  for (int k = 0; k < n; ++k) {
    const std::int16_t x = ifmap.words[ifmap.slot(at.ifmap + k * inner.ifmap_stride)];
    const std::int16_t w = filter.words[filter.slot(at.filter + k * inner.filter_stride)];
    std::int32_t& psum = pe.psums[at.psum + k * inner.psum_stride];
    const bool starts = fresh && (k == 0 || !pe.table->sums_inside());
    if (DfpChain* chain = chain_of(&psum); chain != nullptr) {
      if (starts) psum = 0, *chain = {};
      record_.chain_overflows += mac_.add_to_chain(*chain, psum, mac_.multiply(x, w)) ? 1 : 0;
    } else {
      psum = mac_.accumulate(starts ? 0 : psum, mac_.multiply(x, w));
    }
    const int gated = mac_.gated(x, &w, 1);
    gated_ += {gated, starts ? 0 : gated};
  }
}

template void Array::run<Array::Logging::kOff>(int);
template void Array::run<Array::Logging::kOn>(int);

}  // namespace orrery
