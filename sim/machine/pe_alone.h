// One PE by itself, a clock a step: the timing rules of docs/model.md, and the model that the
// RTL PE is compared with, cycle by cycle.
//
// Each step decides on the state at its start. What arrives or moves in a step is seen in the next.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <span>
#include <string_view>
#include <vector>

#include "arch/machine/machine.h"
#include "dataflows/pass/pass_program.h"
#include "sim/machine/mac_unit.h"
#include "sim/machine/packet_fifo.h"
#include "sim/result/result.h"

namespace orrery {

// What a PE is built with, and what it is told before a pass.
struct PeSetup {
  // Depths, spads, pipeline and adders. The spads hold what the program needs together:
  // ifmap_live and filter_live words, and window_psums psums (a psum that passes has a register).
  Pe pe;
  int ifmap_packet_words = 1;  // of a full packet, at most pe.ifmap_fifo_words
  int filter_packet_words = 1;
  int packet_psums = 1;  // on every psum port
  PassProgram program;
  bool takes_psums = false;                // merges its psums with incoming ones
  std::string_view mac = MacInt16::kName;  // a datapath in which every MAC has its slot
  MacRegisters registers;
};

// The setup of a PE of `machine` that takes no psums; std::logic_error if its MAC skips zeros.
PeSetup pe_setup(const Machine& machine, const MacRegisters& registers, const PassProgram& program);

// Ports in one cycle. A packet is offered as a whole, and only while its stream is not over (and,
// of psums, if the PE takes them). It is full, but for the last of an operand's stream and of a
// window's psums.
struct PeInputs {
  std::span<const std::int16_t> ifmap{}, filter{};  // empty: nothing is offered
  std::span<const std::int32_t> psum{};
  bool takes_psum_out = false;  // the packet of psum_out leaves, if there is one
  bool hold_psums = false;  // psums of an earlier pass are on their way: none is merged or leaves
};

struct PeOutputs {
  // Whether the FIFO had a free entry at the start of the cycle, and so accepts a packet; whether
  // there was one.
  bool ifmap_ready = false, filter_ready = false, psum_ready = false;
  bool took_ifmap = false, took_filter = false, took_psum = false;
  // The packet at the head of the psum-out FIFO at the start of the cycle, if complete; else empty.
  // Valid until the next step.
  std::span<const std::int32_t> psum_out;
  PeState state = PeState::kDone;
  bool starts = false;                             // the cycle's MAC is its psum's first
  bool finishes = false;                           // the cycle's operation is the pass's last
  bool gated = false;                              // the cycle's MAC was kept quiet
  bool merged = false;                             // an incoming psum met one of the PE's own
  bool loads_ifmap = false, loads_filter = false;  // a word moved from the FIFO to the spad
};

// An operand's way in. Words are counted from the start of the pass.
struct PeOperandRegisters {
  int fifo_packets = 0;  // entries in use
  int arrived = 0;       // words in the FIFO or beyond
  int loaded = 0;        // words in the spad or beyond
  int freed = 0;         // words that no step can reach again
  bool operator==(const PeOperandRegisters&) const = default;
};

// What a PE knows at the start of a cycle, but for the contents of spads and FIFOs.
struct PeRegisters {
  enum class Phase : std::uint8_t { kMac, kMerge, kDone };
  Phase phase = Phase::kMac;  // with two adders merges ride along, and there is no kMerge
  // Of the next MAC, outermost counter first; all zero again after the last.
  std::array<int, PassProgram::kMaxCounters> step{};
  bool exhausted = false;  // no MAC is left
  int merge_at = 0;        // in kMerge: the psum of the window that leaves next; else 0
  PeOperandRegisters ifmap, filter;
  int psum_in_packets = 0;   // entries of the psum-in FIFO in use
  int psum_out_packets = 0;  // those of the psum-out FIFO, set aside or complete
  int psum_out_ready = 0;    // complete
  bool operator==(const PeRegisters&) const = default;
};

class PeAlone {
 public:
  // Throws std::logic_error where psums have chains and a window has more than one psum.
  explicit PeAlone(const PeSetup& setup);

  // The next step is the first of another pass. The PE is done, and has loaded all its operands
  // (std::logic_error); psums that are on their way, or not yet taken, stay.
  void start(const PassProgram& program, bool takes_psums);

  // One clock. Throws std::logic_error where a packet is offered that cannot be the stream's next.
  PeOutputs step(const PeInputs& in);

  const PeRegisters& registers() const { return now_; }
  bool done() const { return now_.phase == PeRegisters::Phase::kDone; }
  // Word k of a stream sits in slot k modulo the size; slots of freed words keep what they held.
  std::span<const std::int16_t> ifmap_spad() const { return ifmap_.spad; }
  std::span<const std::int16_t> filter_spad() const { return filter_.spad; }
  std::span<const std::int32_t> psum_spad() const { return psum_spad_; }

 private:
  // An operand's FIFO and the ring-shaped spad that it fills, a word a cycle.
  struct Operand {
    PacketFifo<std::int16_t> fifo;
    PacketFifo<std::int16_t>::Place write{}, read{};
    std::vector<std::int16_t> spad;
    int total = 0;  // words of the stream
    int Counter::*stride = nullptr;

    std::int16_t& slot(int word) { return spad[static_cast<std::size_t>(word) % spad.size()]; }
    void check(std::span<const std::int16_t> packet, const PeOperandRegisters& r) const;
    bool can_load(const PeOperandRegisters& r) const;
    void load(PeOperandRegisters& r);
    void put(std::span<const std::int16_t> packet, PeOperandRegisters& r);
  };

  const Counter& counter(int i) const {
    return setup_.program.counter[static_cast<std::size_t>(i)];
  }
  int position(int Counter::*stride) const;
  int lowest_reachable(const Operand& operand) const;
  bool starts_psum() const;
  bool psum_leaves() const;
  bool begins_packet() const { return left_ % setup_.packet_psums == 0; }
  PeState decide(bool hold_psums) const;
  void issue(PeOutputs& out);
  void issue_mac(PeOutputs& out);
  void issue_merge(PeOutputs& out);
  void leave(int psum, PeOutputs& out);
  int advance_counters();
  void set_up();

  PeSetup setup_;
  PeRegisters now_;
  Operand ifmap_, filter_;
  std::vector<std::int32_t> psum_spad_;
  PacketFifo<std::int32_t> psum_in_;
  PacketFifo<std::int32_t>::Place in_write_, in_read_;
  // A psum is written when it issues; its packet is complete when its last one has passed the
  // pipeline.
  std::deque<std::vector<std::int32_t>> psum_out_;
  std::vector<std::int32_t> head_;  // of psum_out_, as the last step showed it
  int left_ = 0;                    // psums of the window that have left
  std::uint32_t pipeline_ = 0;      // bit k: the last psum of a packet issued k cycles ago
  std::int64_t psums_to_come_ = 0;
  MacUnit mac_;
  DfpChain chain_;
};

}  // namespace orrery
