// One PE of the array: its counters, its spads and FIFOs, and the rule by which it issues.
//
//            ifmap bus        filter bus         psum bus / PE below
//               |                 |                     |
//          [ifmap FIFO]     [filter FIFO]         [psum-in FIFO]
//               | 1/cycle         | 1/cycle             |
//          [ifmap spad]     [filter spad]               |
//               |                 |                     |
//               +----> multiplier <                     |
//                          |                            |
//                        adder  <--- mux ---------------+
//                          |
//                     [psum spad] --> [psum-out FIFO] --> psum bus / PE above
//
// Timing. One operation issues a cycle: a MAC, or (one adder) the merge of one psum of a finished
// window with an incoming psum. A MAC needs both its words in the spads since the cycle before; a
// merge needs its incoming psum in the FIFO since the cycle before, and room in the psum-out FIFO
// for its packet. The adder forwards, so psums never wait for the pipeline; a merged psum is in the
// psum-out FIFO `pipeline_stages` cycles after it issued. With two adders the merge rides along
// with the last MAC of its psum and takes no slot.
//
// An entry of the psum-out FIFO is set aside when the first psum of its packet issues. With one
// adder a psum that meets no incoming one takes a slot too. Needs are looked at in the order ifmap,
// filter, psum in, psum out.
//
// A PE issues in bursts: steps of the innermost counter that need nothing new. A burst is worked
// out when it starts; what it frees is freed, and what it makes is seen, on the cycles on which the
// hardware would.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "sim/machine/stepper.h"
#include "sim/result/result.h"

namespace orrery {

// One of the two operand paths of a PE: a FIFO that fills a ring-shaped spad, a word a cycle.
struct OperandPath {
  int spad_words = 0;
  int fifo_packets = 0;  // depth
  int packet_words = 1;
  int total = 0;      // words of the pass's stream
  int taken = 0;      // FIFO entries in use, those of packets under way included
  int head_left = 0;  // words of the FIFO's head packet that are not in the spad
  int sent = 0;       // words that the bus has sent
  int arrived = 0;    // words in the FIFO or beyond
  int loaded = 0;     // words in the spad or beyond
  int freed = 0;      // words that no step can reach again

  void start(int words) {
    total = words;
    taken = sent = arrived = loaded = freed = 0;
    head_left = std::min(packet_words, total);
  }
  bool has_room() const { return taken < fifo_packets; }
  bool can_load() const { return loaded < arrived && loaded - freed < spad_words; }
  // Moves a word from the FIFO to the spad; its packet's entry is free when the last word has
  // moved.
  void load() {
    ++loaded;
    if (--head_left > 0) return;
    --taken;
    head_left = std::min(packet_words, total - loaded);
  }
};

// Psums on their way in or out: packets of up to `packet_psums`, none across the end of a window.
struct PsumFifo {
  int depth = 0;  // packets
  int packet_psums = 1;
  int taken = 0;   // packets: entries in use, those set aside included
  int ready = 0;   // packets complete
  int sent = 0;    // psums on their way here, or here, or gone
  int pushed = 0;  // psums here, or gone
  int popped = 0;  // psums gone

  void start() { taken = ready = sent = pushed = popped = 0; }
  bool has_room() const { return taken < depth; }
};

enum class PePhase : std::uint8_t { kMac, kMerge, kDone };

struct PeCore {
  Stepper steps;
  PePhase phase = PePhase::kMac;
  bool takes_psums = false;  // from a bus or a PE, to merge its own with
  bool waiting = false;
  PeState state = PeState::kWaitIfmap;  // what it waits for
  int burst = 0;                        // operations under way
  int merging = 0;                      // psums that leave in this burst
  int merge_at = 0;                     // next psum of the window to leave
  std::int64_t since = 0;               // cycle in which it began to wait, or was done
  OperandPath ifmap, filter;
  PsumFifo psum_in, psum_out;

  void start(const StepTable& table) {
    steps.start(table);
    phase = PePhase::kMac;
    waiting = false;
    burst = merging = merge_at = 0;
    since = 0;
    ifmap.start(table.program->ifmap_words);
    filter.start(table.program->filter_words);
    psum_in.start();
    psum_out.start();
  }
  // Psums that can be merged from psum `psum` of the window on without passing the end of a packet.
  int psums_to_packet_end(int psum) const {
    const int packet = psum_in.packet_psums;
    return std::min(packet - psum % packet, steps.program().window_psums - psum);
  }
};

// Steps of the innermost counter, at most `most`, whose words of one operand are in the spad.
inline int steps_in_spad(const OperandPath& path, int at, int stride, int most) {
  const int words = path.loaded - at;
  if (words <= 0) return 0;
  if (stride == 0) return most;
  // While words are still to come, the slot of each dead word counts: one step at a time.
  if (path.loaded < path.total) return 1;
  return std::min(most, stride == 1 ? words : (words + stride - 1) / stride);
}

}  // namespace orrery
