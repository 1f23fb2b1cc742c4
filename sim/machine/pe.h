// The state of one PE of the array: how far it is, and in which cycles what it still needs, or
// others still need of it, comes about.
//
//      ifmap bus        filter bus     psum-in bus, or the PE below
//          |                |                |
//      [ FIFO ]         [ FIFO ]         [ FIFO ]
//          |                |                |
//      ( spad )         ( spad )             |
//          |                |                |
//          +-----> MAC <----+                |
//                   |                        |
//               ( psum spad ) ---- merge ----+
//                                    |
//                                 [ FIFO ]
//                                    |
//                       psum-out bus, or the PE above
//
// Spads and FIFOs are rings over the PE's streams (see PassProgram). Time is kept with what moves,
// not with the PE: of each word the cycle in which it is loaded, of each packet the cycles in which
// it comes and goes. A PE is played ahead as far as these cycles are known.
#pragma once

#include <algorithm>
#include <cstdint>

#include "sim/machine/run_table.h"
#include "sim/result/result.h"

namespace orrery {

using Cycle = std::int64_t;  // of the pass

// One of the two operand paths of a PE: a FIFO that fills a ring-shaped spad, a word a cycle.
struct OperandPath {
  // In words: the pass's stream, the spad, and a full FIFO but for its last packet.
  std::int32_t total = 0, spad_words = 0, backlog = 0;
  std::uint32_t mask = 0;   // of the rings: words of spad and FIFO, up to a power of two
  std::int32_t sent = 0;    // words that the bus has sent
  std::int32_t loaded = 0;  // words whose cycle of loading is known
  std::int32_t freed = 0;   // words that no step can reach again
  Cycle last_load = -1;     // of the words so far
  std::int16_t* words = nullptr;
  Cycle* loads =
      nullptr;  // of a word: the cycle in which it is loaded; until then: can be at first
  Cycle* frees = nullptr;  // of a freed word: the first cycle in which its slot is free

  // `times` has a ring for loads and, if the stream may be longer than the spad, one for frees.
  void use(std::int16_t* ring, Cycle* times, std::size_t size) {
    words = ring;
    loads = times;
    frees = times + size;
    mask = static_cast<std::uint32_t>(size - 1);
  }
  void start(std::int32_t stream) {
    total = stream;
    sent = loaded = freed = 0;
    last_load = -1;
  }
  // A stream that is longer than the spad uses slots again.
  bool slides() const { return total > spad_words; }
  std::size_t slot(std::int32_t word) const { return static_cast<std::uint32_t>(word) & mask; }
  // A packet has its entry in the FIFO from the cycle in which it is sent to that in which its last
  // word is loaded. Whether it is known from when on there is one for the next packet, and when.
  bool room_is_known() const { return loaded >= sent - backlog; }
  Cycle room() const {
    const std::int32_t last = sent - backlog - 1;
    return last < 0 ? 0 : loads[slot(last)] + 1;
  }
  // `n` words land, together.
  void land(std::int32_t n, Cycle landed) {
    if (loaded < sent || sent + n > spad_words) {
      while (n-- > 0) loads[slot(sent++)] = landed;
      return load();
    }
    Cycle cycle = std::max(last_load + 1, landed);
    while (n-- > 0) loads[slot(sent++)] = cycle++;
    loaded = sent;
    last_load = cycle - 1;
  }
  // A word is loaded once it is in the FIFO, the one before it is loaded, and its slot is free.
  void load() {
    while (loaded < sent && (loaded < spad_words || loaded - spad_words < freed)) {
      Cycle cycle = std::max(last_load + 1, loads[slot(loaded)]);
      if (loaded >= spad_words) cycle = std::max(cycle, frees[slot(loaded - spad_words)]);
      loads[slot(loaded)] = last_load = cycle;
      ++loaded;
    }
  }
  // Words below `dead` are free from `cycle` on.
  void note_free(std::int32_t dead, Cycle cycle) {
    while (freed < dead) frees[slot(freed++)] = cycle;
  }
  // Loads what the free slots let; returns whether there was anything.
  bool load_more() {
    const std::int32_t before = loaded;
    load();
    return loaded != before;
  }
  // Both.
  bool free(std::int32_t dead, Cycle cycle) {
    if (dead <= freed) return false;
    note_free(dead, cycle);
    return load_more();
  }
  // First cycle in which a step can use `word`, one of those loaded.
  Cycle ready(std::int32_t word) const { return loads[slot(word)] + 1; }
  // Of `most` steps from word `at` on, those whose words are loaded in known cycles.
  int steps_known(std::int32_t at, int stride, int most) const {
    const int ahead = loaded - at;
    if (ahead <= 0) return 0;
    if (stride == 0) return most;
    return std::min(most, stride == 1 ? ahead : (ahead + stride - 1) / stride);
  }
};

// A packet of psums that comes in, meets the PE's own, and leaves.
struct PacketTimes {
  Cycle landed = 0;  // first cycle in which it can be read
  Cycle freed = 0;   // first cycle in which its entry in the psum-in FIFO is free
  Cycle ready = 0;   // first cycle in which it can leave
  Cycle left = 0;    // in which it leaves
};

enum class PePhase : std::uint8_t { kMac, kMerge, kDone };

struct PeCore {
  const RunTable* table = nullptr;
  Cycle time = 0;                    // first cycle in which it can issue again
  const MacRun* run = nullptr;       // of the table
  const MacRun* last_run = nullptr;  // of the table
  std::int32_t run_step = 0;         // of the run
  // What the counters outside the block say: where it begins, which words later blocks reach, and
  // whether its visit is the first, or the last, of its psums.
  std::int32_t ifmap_base = 0, filter_base = 0, psum_base = 0;
  std::int32_t ifmap_floor = 0, filter_floor = 0;
  bool first_visit = true, last_visit = true;
  PePhase phase = PePhase::kMac;
  bool takes_psums = false;  // from a bus or a PE, to merge its own with
  bool began = false;        // its first MAC has issued
  bool exhausted = false;    // no step is left
  bool blocked = false;      // until more is known of what it waits for:
  PeState awaits = PeState::kWaitIfmap;
  OperandPath ifmap, filter;

  // Packets of psums that have come in, been merged, and left, as far as it is known when.
  std::int32_t landed = 0, merged = 0, left = 0;
  std::int32_t merge_at = 0;      // next psum of the window to leave
  std::int32_t packet_psums = 0;  // of the packet that is being merged, so far
  std::uint32_t packet_mask = 0;  // of the rings of packets, a power of two
  PacketTimes* packets = nullptr;
  std::int32_t* psum_in = nullptr;
  std::int32_t* psum_out = nullptr;
  std::int32_t* psums = nullptr;  // the spad
  Cycle link_free = 0;            // first cycle in which its upward link is free
  Stepper outer;

  void start(const RunTable& t) {
    table = &t;
    time = link_free = 0;
    phase = PePhase::kMac;
    blocked = began = exhausted = false;
    ifmap.start(t.program().ifmap_words);
    filter.start(t.program().filter_words);
    landed = merged = left = merge_at = packet_psums = 0;
    outer.start(t.outer());
    enter_block();
  }
  PacketTimes& packet(std::int32_t k) const {
    return packets[static_cast<std::uint32_t>(k) & packet_mask];
  }
  void block(PeState need) {
    blocked = true;
    awaits = need;
  }
  bool awaits_more(PeState need) const { return blocked && awaits == need; }
  // Words that no step after the present run reaches.
  std::int32_t ifmap_dead() const {
    return run == last_run ? ifmap_floor : std::min(ifmap_base + run->ifmap_dead, ifmap_floor);
  }
  std::int32_t filter_dead() const {
    return run == last_run ? filter_floor : std::min(filter_base + run->filter_dead, filter_floor);
  }
  // Goes on to the next run; returns true at the end of a window.
  bool next_run() {
    run_step = 0;
    if (run != last_run) return (run++)->ends_window;
    const bool window_ends = outer.advance(1);
    exhausted = outer.exhausted();
    if (!exhausted) enter_block();
    return window_ends;
  }

 private:
  void enter_block() {
    run = table->runs().data();
    last_run = run + table->runs().size() - 1;
    run_step = 0;
    ifmap_base = outer.ifmap_at();
    filter_base = outer.filter_at();
    psum_base = outer.psum_at();
    first_visit = outer.fresh();
    last_visit = outer.finishing();
    Stepper later = outer;
    later.advance(1);
    ifmap_floor = later.dead_ifmap(table->program().ifmap_words);
    filter_floor = later.dead_filter(table->program().filter_words);
  }
};

}  // namespace orrery
