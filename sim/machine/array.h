// The PE array and its NoC, played cycle by cycle: buses from and to the GLB, links between PEs,
// PEs on their own.
//
// A cycle. Everything decides on the state at its start; what moves is seen in the next cycle.
//   1. PEs whose burst has ended free what it used, and issue again; PEs that waited look again.
//   2. The psum-out bus takes the next packet in its order from its PE, if it is ready; from an
//   adder tree, if all PEs of the tree have theirs ready.
//   3. Links hand a ready packet to the PE above, if it has room.
//   4. The psum-in, ifmap and filter buses each send their next packet, if every PE of its group
//   has room.
//   5. Each operand path moves a word from its FIFO to its spad, if there is room.
//
// Transfers. A psum packet holds its bus or link as long as a full one does, even if it carries
// fewer psums. A packet has an entry of the FIFO that it goes to from the cycle in which it is
// sent, and leaves the FIFO that it comes from in the first cycle of its transfer. Latency counts
// from the last cycle of a transfer. A shared psum port is taken in the cycles of a transfer on the
// psum-out bus, whatever its latency. A pass ends when the last packet's transfer and latency are
// over.
//
// Psums. PEs of one ofmap hand theirs up a column, or an adder tree sums them on the way to the
// bus, or each sends its own. A store that accumulates reads the old psums that it holds, adds what
// arrives and writes the sum, as long as the packet holds the bus; a first packet of psums that are
// not to be read is written alone, in the same time. Additions on one psum may follow each other
// packet by packet.
//
// PEs that are in a burst or wait for something cost nothing: a timing wheel and the arrival of
// what they wait for wake them; a span in which nothing can move is jumped.
#pragma once

#include <array>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "arch/counts/counts.h"
#include "dataflows/pass/pass.h"
#include "sim/machine/mac_burst.h"
#include "sim/machine/pe.h"
#include "sim/machine/wheel.h"
#include "sim/result/result.h"

namespace orrery {

// Where a pass finds its tiles in the GLB: pointers to the origin of the pass.
struct PassTiles {
  const std::int16_t* ifmap = nullptr;
  const std::uint8_t* padding =
      nullptr;  // beside ifmap: 1 where a zero is made at the NoC, not read; null: nowhere
  const std::int16_t* filter = nullptr;
  std::int32_t* psum = nullptr;
  // Old psums are read, by the array or by the store that adds to them; false: psums start from
  // zero.
  bool read_psums = true;
};

// A word that the NoC loses on its way to one PE, which takes the stale content of its spad
// instead. For tests.
struct LostWord {
  Tensor tensor = Tensor::kIfmap;  // of which bus
  int packet = -1;                 // -1: none
  int pe = 0;
};

struct PassRecord {
  std::int64_t cycles = 0;  // from the first to the one in which the last psum reaches the GLB
  std::int64_t steps = 0;   // cycles in which PEs in lock step take a step
  std::int64_t filled_cycle = 0;  // cycles after which the last filter word had left the GLB
  std::array<std::uint64_t, kPeStateNames.size()> pe_cycles{};
  Counts counts;
};

// A pass in which nothing can ever move again. Whether FIFOs are deep enough for a mapping shows
// only when it is played.
class DeadlockError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Array {
 public:
  // Throws InputError where a latency exceeds what the wheel can hold.
  explicit Array(const Machine& machine);

  // Sets up a pass; `pass` and the tiles must outlive it.
  void start(const Pass& pass, const Arithmetic& arithmetic, const PassTiles& tiles);
  // Plays until the last filter word has left the GLB, or until the end.
  void play_fill();
  void play();
  const PassRecord& record() const { return record_; }
  void lose(const LostWord& word) { lost_ = word; }

  // One cycle (or one jump over a span in which nothing moves). Throws DeadlockError.
  void step();
  bool done() const { return done_; }
  std::int64_t cycle() const { return now_; }

 private:
  // A bus that sends the packets of a stream in order.
  struct Sender {
    const Stream* stream = nullptr;
    std::int32_t next = 0;  // packet
    int blocked_by = -1;    // the PE without room that holds up the next packet; -1: none known
    int latency = 0;
    int in_flight = 0;
    std::array<std::int32_t, Wheel::kSlots>
        landing{};  // packet that lands in a cycle, by cycle modulo the slots; -1: none

    void start(const Stream& s, const Bus& bus);
    bool finished() const { return next == stream->packets(); }
  };

  // Psums that reach their store: added to those before, or put in their place.
  enum class Arrival : std::uint8_t { kPut, kAdded };

  // PEs (array.cpp)
  void start_pe(std::size_t i);
  void advance(bool moved);
  void close();
  void wake(int i);
  void end_burst(PeCore& pe, int i);
  void end_merge(PeCore& pe, int i);
  void free_operands(PeCore& pe, int i);
  void wait_for(PeCore& pe, PeState need);
  void stop_waiting(PeCore& pe);
  bool psums_can_move(PeCore& pe, int psum);
  void issue_macs(PeCore& pe, int i);
  void issue_merges(PeCore& pe, int i);
  void merge(PeCore& pe, int i, int psum, int n);
  void run_macs(PeCore& pe, int i, int n);

  // NoC (array_noc.cpp); the bools say whether anything moved
  bool collect();
  void take_packet(int i, const std::int32_t* address, int n, Arrival arrival);
  void hop_psums();
  void land_hop(int from);
  bool land_due(Sender& sender, Tensor t);
  bool send(Sender& sender, Tensor t);
  bool group_has_room(Sender& sender, Tensor t) const;
  void deliver(const Sender& sender, Tensor t, int i);
  void count_packet(const Sender& sender, Tensor t, std::uint64_t takers);
  void land(const Sender& sender, Tensor t, std::int32_t packet);
  bool load_spads();
  void load_spad(int i, OperandPath& path, PeMask& loading, Sender& bus, PeState need);
  void look_again(int i, PeState need);

  std::int16_t* ifmap_ring(int i) {
    return &ifmap_ring_[static_cast<std::size_t>(i) << ifmap_bits_];
  }
  std::int16_t* filter_ring(int i) {
    return &filter_ring_[static_cast<std::size_t>(i) << filter_bits_];
  }
  std::int32_t* psums(int i) { return &psum_spad_[static_cast<std::size_t>(i * psum_spad_words_)]; }
  std::int32_t& fifo_slot(std::vector<std::int32_t>& fifo, int i, int psum) {
    return fifo[(static_cast<std::size_t>(i) << fifo_bits_) +
                (static_cast<std::size_t>(psum) & ((std::size_t{1} << fifo_bits_) - 1))];
  }

  const Machine& machine_;
  // Of the machine, looked up once: by the name of a tensor.
  const int words_per_psum_, ifmap_packet_, filter_packet_;
  const bool shared_psum_port_, store_adds_;
  const Pass* pass_ = nullptr;
  MacUnit mac_;
  PassTiles tiles_;
  LostWord lost_;
  PassRecord record_;

  std::vector<PeCore> pes_;
  std::vector<StepTable> tables_;        // of the pass's programs
  std::vector<int> below_;               // the PE that hands its psums to this one, or -1
  std::vector<std::int64_t> link_free_;  // cycle in which a PE's upward link is free again
  // Rings are powers of two, so that a stream position finds its slot by a mask.
  int ifmap_bits_ = 0, filter_bits_ = 0, fifo_bits_ = 0;
  int psum_spad_words_;
  int collect_cycles_ = 1, link_cycles_ = 1;  // of a full psum packet
  std::vector<std::int16_t> ifmap_ring_, filter_ring_;
  std::vector<std::int32_t> psum_spad_, psum_in_, psum_out_;

  Wheel wakes_, packets_ready_, hops_;
  PeMask links_, load_ifmap_, load_filter_, arming_ifmap_, arming_filter_;
  Sender ifmap_bus_, filter_bus_, psum_bus_;
  std::int32_t collected_ = 0;     // packets that have left on the psum-out bus
  std::size_t ready_members_ = 0;  // PEs of the next packet known to have it ready
  int awaited_ = -1;               // the first one that was not; -1: none known
  int collect_busy_ = 0;
  // Operations so far; the record gets them at the end of the pass.
  std::uint64_t gated_ = 0, started_ = 0, updated_ = 0, drained_ = 0, merged_ = 0;
  std::int64_t now_ = 0;
  bool done_ = false;
  bool filled_ = false;
};

}  // namespace orrery
