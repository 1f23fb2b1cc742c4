// Repetitions in a pass that is played without values.
//
// Every bus reads a tape, its packets, and every PE one, its runs. What a step does follows from
// the state of the array, relative to a cycle and to the places on the tapes, and from what the
// tapes say from there on. So if the state after a step is that after an earlier one, and each tape
// goes on as it did there, the array does again what it did in between, later by the same
// cycles each time. Such repetitions are not played: places and times are moved on, and counts
// added, as often as the tapes go on alike.
//
// A time is the same as any other that is so early that no later one depends on it: later ones are
// maxima with something that comes no earlier than the cut.
#include <algorithm>
#include <limits>

#include "sim/machine/array.h"

namespace orrery {
namespace {

// Numbers in the cuts that are kept, 8 MB; beyond them all but the last are forgotten.
constexpr std::size_t kMostNumbers = std::size_t{1} << 20;

// A tape at two cuts: it is at `from`, and then at `to`. What was done in between can be done again
// as often as entry x + by() is as entry x for all x from `from` on; each time reads from the place
// where it begins up to that where it ends.
struct Tape {
  std::int32_t from, to;
  std::int32_t by() const { return to - from; }
  // The end of the entries that must be alike for `times`; `most` is no larger.
  std::int32_t end_of(int times, std::int32_t most) const {
    return static_cast<std::int32_t>(
        std::min<std::int64_t>(most, to + (std::int64_t{times} - 1) * by() + 1));
  }
  // How often, where entry `differs` is the first that is not alike.
  int times(std::int32_t differs) const {
    return to >= differs ? 0 : (differs - 1 - to) / by() + 1;
  }
};

std::int32_t packet_words(const Stream& s, std::int32_t k) {
  const auto at = static_cast<std::size_t>(k);
  return s.first[at + 1] - s.first[at];
}

// At most `times`, as often as the packets allow. `added`: the store adds what comes again.
int repetitions_of(const Stream& s, const Tape& tape, bool added, int times) {
  const std::int32_t by = tape.by();
  if (by == 0 || times == 0) return times;
  const std::int32_t end = tape.end_of(times, s.packets() - by);
  std::int32_t k = tape.from;
  while (k < end &&
         s.group[static_cast<std::size_t>(k)] == s.group[static_cast<std::size_t>(k + by)] &&
         packet_words(s, k) == packet_words(s, k + by) &&
         (!added || s.repeats(k) == s.repeats(k + by))) {
    ++k;
  }
  return std::min(times, tape.times(k));
}

// A stretch of runs of a program, each as the one `by` runs later but for places in the streams.
struct AlikeRuns {
  const RunTable* table;
  std::int32_t by, ifmap, filter;
  std::int32_t from = 0, differs = 0;

  bool is_of(const AlikeRuns& o) const {
    return table == o.table && by == o.by && ifmap == o.ifmap && filter == o.filter;
  }
  bool alike(const MacRun& a, const MacRun& b) const {
    return a.ifmap + ifmap == b.ifmap && a.last_ifmap + ifmap == b.last_ifmap &&
           a.ifmap_dead + ifmap == b.ifmap_dead && a.filter + filter == b.filter &&
           a.last_filter + filter == b.last_filter && a.filter_dead + filter == b.filter_dead &&
           a.psum == b.psum && a.steps == b.steps && a.fresh == b.fresh && a.leaves == b.leaves &&
           a.ends_window == b.ends_window;
  }
  // The first run from `first` on that is not alike; the last one is like no other. PEs that run
  // the same program stand near each other, so what is found is kept in `known`.
  std::int32_t differs_from(std::int32_t first, std::vector<AlikeRuns>& known) {
    for (const AlikeRuns& k : known) {
      if (k.is_of(*this) && k.from <= first && first <= k.differs) return k.differs;
    }
    const std::vector<MacRun>& runs = table->runs();
    const auto end = static_cast<std::int32_t>(runs.size()) - 1 - by;
    from = differs = first;
    while (differs < end && alike(runs[static_cast<std::size_t>(differs)],
                                  runs[static_cast<std::size_t>(differs + by)])) {
      ++differs;
    }
    known.push_back(*this);
    return differs;
  }
};

// Moves what a ring holds `by` places on, and times in it.
template <class T, class Shift>
void move_on(T* ring, std::uint32_t mask, std::int64_t by, Shift shift) {
  const std::int64_t size = std::int64_t{mask} + 1;
  std::rotate(ring, ring + (size - by % size) % size, ring + size);
  std::for_each(ring, ring + size, shift);
}

void move_on(OperandPath& path, std::int32_t words, Cycle cycles) {
  if (words == 0) return;  // its times do not matter any more
  path.sent += words;
  path.loaded += words;
  path.last_load += cycles;
  const auto later = [&](Cycle& t) { t += cycles; };
  move_on(path.loads, path.mask, words, later);
  if (!path.slides()) return;
  path.freed += words;
  move_on(path.frees, path.mask, words, later);
}

// `move`: as the places of a PE in a cut.
void move_on(PeCore& pe, const std::int32_t* move, Cycle cycles) {
  pe.time += cycles;
  pe.run += move[0];
  move_on(pe.ifmap, move[1], cycles);
  move_on(pe.filter, move[2], cycles);
  pe.merged += move[3];
  pe.left += move[3];
  if (pe.takes_psums) pe.landed += move[3];
  pe.link_free += cycles;
  move_on(pe.packets, pe.packet_mask, move[3], [&](PacketTimes& t) {
    t.landed += cycles;
    t.freed += cycles;
    t.ready += cycles;
    t.left += cycles;
  });
}

}  // namespace

// Counters outside the block of a run table are not on the tape.
bool Array::may_repeat() const {
  return !has_values_ && std::ranges::all_of(tables_, [](const RunTable& table) {
    return table.outer().program->macs() == 1;
  });
}

void Array::fold() {
  const Cycle time = earliest();
  if (time == 0) return;  // a PE has not begun
  if (cuts_known_ > 1 && cuts_known_ * cuts_[cuts_known_ - 1].state.size() > kMostNumbers) {
    std::swap(cuts_[0], cuts_[cuts_known_ - 1]);
    cuts_known_ = 1;
  }
  if (cuts_known_ == cuts_.size()) cuts_.emplace_back();
  Cut& now = cuts_[cuts_known_];
  write_cut(now, time);
  ++cuts_known_;
  while (repeat()) {
  }
}

// Skips the longest repetition of what was done between an earlier cut of the same state and the
// last one, if there is any.
bool Array::repeat() {
  const Cut& now = cuts_[cuts_known_ - 1];
  std::size_t from = 0;
  int times = 0;
  Cycle longest = 0;
  for (std::size_t i = 0; i + 1 < cuts_known_; ++i) {
    const Cycle cycles = now.time - cuts_[i].time;
    if (cycles <= 0 || cuts_[i].state != now.state) continue;
    const int n = repetitions(cuts_[i], now);
    if (n * cycles <= longest) continue;
    longest = n * cycles;
    from = i;
    times = n;
  }
  if (times == 0) return false;
  skip(Stretch(cuts_[from], now, times), from);
  return true;
}

// What comes next comes no earlier: a bus that is blocked waits for a PE, and PEs for each other or
// for a bus that is not.
Cycle Array::earliest() const {
  Cycle cycle = std::numeric_limits<Cycle>::max();
  for (const PeCore& pe : pes_) {
    if (pe.phase != PePhase::kDone) cycle = std::min(cycle, pe.time);
  }
  for (const Sender* bus : {&ifmap_bus_, &filter_bus_, &psum_bus_}) {
    if (!bus->finished() && bus->blocked_by < 0) cycle = std::min(cycle, bus->free);
  }
  return cycle;
}

void Array::write_cut(Cut& cut, Cycle time) const {
  cut.time = time;
  cut.record = record_;
  cut.state.clear();
  cut.places.clear();
  // No time is added to by more than a transfer on the psum-out bus before it is compared.
  CutWriter out(cut, collect_cycles_ + 2);
  for (const Sender* bus : {&ifmap_bus_, &filter_bus_, &psum_bus_}) write_bus(out, *bus);
  out.place(collected_);
  out.put(static_cast<std::int64_t>(ready_members_));
  for (const Cycle t : {members_ready_, collect_free_, psums_from_}) out.time(t);
  out.times(static_cast<std::int32_t>(collects_over_), static_cast<std::int32_t>(collects_.size()),
            [&](std::int32_t k) { return collects_[static_cast<std::size_t>(k)]; });
  for (const std::uint64_t word : ready_.words()) out.put(static_cast<std::int64_t>(word));
  for (const PeCore& pe : pes_) write_pe(out, pe);
}

void Array::write_bus(CutWriter& out, const Sender& bus) const {
  out.place(bus.next);
  out.put(bus.finished() ? 1 : 0);
  if (bus.finished()) return;
  out.put(bus.looked_at);
  out.put(bus.blocked_by);
  out.time(bus.free);
  out.time(bus.room);
}

void Array::write_pe(CutWriter& out, const PeCore& pe) const {
  out.place(pe.run - pe.table->runs().data());
  out.place(pe.ifmap.sent);
  out.place(pe.filter.sent);
  out.place(pe.merged);
  out.put(static_cast<std::int64_t>(pe.phase));
  write_packets(out, pe);
  if (pe.phase == PePhase::kDone) return;
  out.put((pe.blocked ? static_cast<std::int64_t>(pe.awaits) + 1 : 0) * 2 + (pe.began ? 1 : 0));
  out.put(pe.run_step);
  out.put(pe.merge_at);
  out.put(pe.packet_psums);
  out.time(pe.time);
  write_path(out, pe.ifmap);
  write_path(out, pe.filter);
}

// Of places near the begin of a stream, how far they are: there, slots and entries are free that
// were never used.
void Array::write_path(CutWriter& out, const OperandPath& path) const {
  out.put(path.sent - path.loaded);
  out.put(path.loaded - path.freed);
  out.put(std::min(path.loaded, path.spad_words));
  out.put(std::min(path.sent, path.backlog + 1));
  out.time(path.last_load);
  for (std::int32_t k = path.loaded; k < path.sent; ++k) out.time(path.loads[path.slot(k)]);
  const std::int32_t in_use = std::min(path.freed, path.sent - path.backlog - 1);
  out.times(std::max(0, in_use), path.loaded,
            [&](std::int32_t k) { return path.loads[path.slot(k)]; });
  out.times(std::max(0, path.loaded - path.spad_words), path.freed,
            [&](std::int32_t k) { return path.frees[path.slot(k)]; });
}

void Array::write_packets(CutWriter& out, const PeCore& pe) const {
  out.put(pe.landed - pe.merged);
  out.put(pe.left - pe.merged);
  out.put(std::min(pe.merged, std::max(psum_in_packets_, psum_out_packets_)));
  out.put(std::min(pe.landed, psum_in_packets_));
  out.put(std::min(pe.left, psum_in_packets_));
  out.time(pe.link_free);
  const auto times = [&](std::int32_t first, std::int32_t last, Cycle PacketTimes::*t) {
    for (std::int32_t k = std::max(0, first); k < last; ++k) out.time(pe.packet(k).*t);
  };
  times(pe.merged, pe.landed, &PacketTimes::landed);
  if (pe.takes_psums) times(pe.landed - psum_in_packets_, pe.merged, &PacketTimes::freed);
  times(pe.left, pe.merged, &PacketTimes::ready);
  times(pe.merged - psum_out_packets_, pe.left, &PacketTimes::left);
}

// How often all tapes let the array do again what it did between two cuts of the same state.
int Array::repetitions(const Cut& from, const Cut& to) const {
  int times = std::numeric_limits<int>::max();
  std::vector<AlikeRuns> known;
  const std::int32_t *a = from.places.data() + Cut::kBuses, *b = to.places.data() + Cut::kBuses;
  for (const PeCore& pe : pes_) {
    const Tape tape{a[0], b[0]};
    if (tape.by() != 0) {
      AlikeRuns runs{
          .table = pe.table, .by = tape.by(), .ifmap = b[1] - a[1], .filter = b[2] - a[2]};
      times = std::min(times, tape.times(runs.differs_from(tape.from, known)));
    }
    a += Cut::kPerPe, b += Cut::kPerPe;
  }
  const Stream* const streams[] = {&pass_->ifmap, &pass_->filter, &pass_->psum_in,
                                   &pass_->psum_out};
  for (std::size_t i = 0; i < Cut::kBuses; ++i) {
    const bool added = store_adds_ && streams[i] == &pass_->psum_out;
    times = repetitions_of(*streams[i], {from.places[i], to.places[i]}, added, times);
  }
  return times;
}

// The cuts after `from` come about again in the last repetition.
void Array::skip(const Stretch& stretch, std::size_t from) {
  skipped_ += stretch.cycles;
  stretch.add_to(record_);
  for (std::size_t i = from + 1; i < cuts_known_; ++i) stretch.add_to(cuts_[i]);
  const std::int32_t* move = stretch.places.data();
  for (Sender* bus : {&ifmap_bus_, &filter_bus_, &psum_bus_}) {
    if (*move != 0) {
      bus->next += *move;
      bus->free += stretch.cycles;
      bus->room += stretch.cycles;
    }
    ++move;
  }
  collected_ += *move++;
  members_ready_ += stretch.cycles;
  collect_free_ += stretch.cycles;
  for (std::size_t k = collects_over_; k < collects_.size(); ++k) collects_[k] += stretch.cycles;
  for (PeCore& pe : pes_) {
    if (pe.phase != PePhase::kDone) move_on(pe, move, stretch.cycles);
    move += Cut::kPerPe;
  }
}

}  // namespace orrery
