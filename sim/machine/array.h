// The PE array and its NoC: buses from and to the GLB, links between PEs, PEs on their own.
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
// Time. No unit of the array chooses by the clock between two things to do: buses, links and PEs
// serve in orders of their own, and each thing happens as soon as what it needs has happened. So
// its cycle is the latest of a few others', and the array is played unit by unit, each as far as
// the cycles of what it needs are known, not cycle by cycle. Only psum reads at a shared port must
// know which writes come before them: they wait until nothing else can be played, since all that is
// still open then comes after them.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <stdexcept>
#include <vector>

#include "dataflows/pass/pass.h"
#include "sim/machine/array_cut.h"
#include "sim/machine/array_log.h"
#include "sim/machine/mac_unit.h"
#include "sim/machine/mask.h"
#include "sim/machine/pass_record.h"
#include "sim/machine/pe.h"

namespace orrery {

// Where a pass finds its tiles in the GLB: pointers to the origin of the pass. Without ifmap there
// is no filter and no psum either: the pass is played without values. Times and counts are those of
// a pass in which no operand is zero.
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

// A pass in which nothing can ever move again. Whether FIFOs are deep enough for a mapping shows
// only when it is played.
class DeadlockError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Array {
 public:
  explicit Array(const Machine& machine);

  // Sets up a pass; `pass` and the tiles must outlive it. `psums_from`: the cycle, counted from the
  // begin of this pass, in which the pass before is over, where it is not over before. Up to then
  // pipelines, psum FIFOs, links and buses are its own: no psum comes in or is merged.
  void start(const Pass& pass, const MacRegisters& registers, const PassTiles& tiles,
             Cycle psums_from = 0);
  // Plays until the last filter word has left the GLB, or until the end.
  void play_fill();
  void play();
  const PassRecord& record() const { return record_; }
  // Cycles of the pass that were not played, since they repeat earlier ones. None with values.
  Cycle skipped() const { return skipped_; }
  void lose(const LostWord& word) { lost_ = word; }
  // Passes started from here on are written into `log`, none skipped; null: no longer.
  void log_to(ArrayLog* log) { log_ = log; }

  // Plays each unit once, as far as it goes. Throws DeadlockError.
  void step();
  bool done() const { return done_; }
  // First cycle in which the psum-out bus is free again.
  Cycle cycle() const { return collect_free_; }

 private:
  // A bus that sends the packets of a stream in order.
  struct Sender {
    const Stream* stream = nullptr;
    Cycle free = 0;              // first cycle in which the bus is free
    Cycle room = 0;              // first cycle in which those looked at have room
    std::int32_t next = 0;       // packet
    std::int32_t looked_at = 0;  // PEs of its group whose room is known
    int blocked_by = -1;         // the PE after those; -1: none known
    int latency = 0;

    void start(const Stream& s, const Bus& bus);
    bool finished() const { return next == stream->packets(); }
    void look_again_at(int pe) {
      if (blocked_by == pe) blocked_by = -1;
    }
    // Looks at the PEs of the next packet's group; `know(pe, cycle)` says whether it is known when
    // a PE has room, and if so makes `cycle` no earlier. Returns whether it is known of all.
    template <class Know>
    bool find_room(Know know);
    // The next packet leaves in cycle `when`.
    void sent(Cycle when);
  };

  // Of an operand, in one PE: words, and cycles that go with them.
  struct OperandRings {
    std::size_t words = 0, times = 0;
    bool operator==(const OperandRings&) const = default;
  };
  // Psums that reach their store: added to those before, or put in their place.
  enum class Arrival : std::uint8_t { kPut, kAdded };
  // Whether what is done is written down. Told at compile time, so that it costs those that do not
  // nothing.
  enum class Logging : std::uint8_t { kOff, kOn };
  // Places in the streams of a PE, of a psum in the window.
  struct StreamPlaces {
    std::int32_t ifmap, filter, psum;
  };

  // The pass (array.cpp)
  void set_up(std::size_t pes);
  OperandRings rings(int spad, int fifo, int PassProgram::*stream) const;
  void start_pe(std::size_t i);
  template <Logging kLogging>
  void play_units();
  [[noreturn]] void report_deadlock() const;
  void close();
  void count_pe(const PeCore& pe, const PeRole& role);
  void count_structures(const PassProgram& program);

  // PEs (array_pe.cpp)
  template <Logging kLogging>
  void run(int i);
  template <Logging kLogging>
  Cycle wait(const PeCore& pe, Cycle now, Cycle when, PeState need);
  bool issue_together(PeCore& pe, int i);
  template <Logging kLogging>
  void issue_macs(PeCore& pe, int i);
  template <Logging kLogging>
  void issue_some_macs(PeCore& pe, int i);
  template <Logging kLogging>
  void wait_for_words(PeCore& pe, const StreamPlaces& at, int n);
  void end_run(PeCore& pe, int i);
  bool psums_are_known(PeCore& pe) const;
  template <Logging kLogging>
  Cycle wait_for_psums(const PeCore& pe, Cycle time);
  template <Logging kLogging>
  void issue_merges(PeCore& pe, int i);
  template <Logging kLogging>
  void merge(PeCore& pe, int i, int psum, int n);
  void merge_values(PeCore& pe, int psum, int n);
  void end_chains(std::int32_t* psum, int n);
  void multiply(PeCore& pe, const StreamPlaces& at, int n, bool fresh);
  void multiply_one_by_one(PeCore& pe, const StreamPlaces& at, int n, bool fresh);
  void play_burst();
  DfpChain* chain_of(const std::int32_t* psum) {
    return chains_.empty() ? nullptr : &chains_[static_cast<std::size_t>(psum - psum_spad_.data())];
  }
  void count_macs();

  // Repetitions (array_fold.cpp)
  bool may_repeat() const;
  void fold();
  Cycle earliest() const;
  void write_cut(Cut& cut, Cycle time) const;
  void write_bus(CutWriter& out, const Sender& bus) const;
  void write_pe(CutWriter& out, const PeCore& pe) const;
  void write_path(CutWriter& out, const OperandPath& path) const;
  void write_packets(CutWriter& out, const PeCore& pe) const;
  int repetitions(const Cut& from, const Cut& to) const;
  bool repeat();
  void skip(const Stretch& stretch, std::size_t from);

  // NoC (array_noc.cpp); the bools say whether anything moved
  template <Logging kLogging>
  bool collect();
  template <Logging kLogging>
  bool collect_packet();
  void log_packet(Cycle when, std::span<const std::int32_t> group, std::size_t psums);
  void take_packet(PeCore& pe, int i, std::span<const std::int32_t> address, Arrival arrival);
  template <Logging kLogging>
  void hop_psums(int from, int to);
  template <Logging kLogging>
  bool send_psums();
  template <Logging kLogging>
  bool send_psum_packet();
  Cycle port_free_from(Cycle when);
  bool room_for_psums(int i, Cycle& when);
  template <Logging kLogging>
  bool send_operands(Sender& bus, OperandPath PeCore::*path, Tensor t);
  void deliver(OperandPath& path, std::span<const std::int32_t> address, const std::int16_t* tile,
               Cycle landed);
  void count_packet(const Sender& bus, Tensor t);
  bool loses(const Sender& bus, Tensor t, int i) const {
    return lost_.packet == bus.next && lost_.pe == i && lost_.tensor == t;
  }
  // Where the psums of packet k lie in the PE's rings.
  std::size_t packet_slot(const PeCore& pe, std::int32_t k) const {
    return (static_cast<std::uint32_t>(k) & pe.packet_mask) *
           static_cast<std::size_t>(psums_per_packet_);
  }
  PeCore& pe(std::int32_t i) { return pes_[static_cast<std::size_t>(i)]; }
  void continue_if_awaits(PeCore& pe, int i, PeState need) {
    if (pe.awaits_more(need)) ready_.set(i);
  }

  const Machine& machine_;
  // Of the machine, looked up once: by the name of a tensor.
  const int words_per_psum_, ifmap_packet_, filter_packet_;
  const bool shared_psum_port_, store_adds_;
  const int psum_spad_words_, psum_in_packets_, psum_out_packets_;
  int psums_per_packet_ = 1;
  Cycle collect_cycles_ = 1, link_cycles_ = 1;  // of a full psum packet
  const Pass* pass_ = nullptr;
  MacUnit mac_;
  PassTiles tiles_;
  bool has_values_ = true, may_repeat_ = false;
  Cycle psums_from_ = 0;
  LostWord lost_;
  PassRecord record_;

  std::vector<PeCore> pes_;
  std::vector<PassProgram> programs_;  // of the pass
  std::deque<RunTable> tables_;        // of its programs
  std::vector<int> below_, above_;     // the PE that a PE has its psums from, or hands them to; -1
  // Rings of all PEs, each a power of two, so that a stream position finds its slot by a mask.
  OperandRings ifmap_rings_, filter_rings_;
  std::vector<std::int16_t> ifmap_words_, filter_words_;
  std::vector<Cycle> ifmap_times_, filter_times_;
  std::vector<PacketTimes> packet_times_;
  std::vector<std::int32_t> psum_spad_, psum_in_, psum_out_;
  std::vector<DfpChain> chains_;  // beside psum_spad_; none where psums are integers

  MacBurst burst_;  // MACs that have issued; their psums are not up to date
  PeMask ready_;    // PEs that may be able to go on
  Sender ifmap_bus_, filter_bus_, psum_bus_;
  std::int32_t collected_ = 0;     // packets that have left on the psum-out bus
  std::size_t ready_members_ = 0;  // PEs of the next packet known to have it ready
  Cycle members_ready_ = 0;        // first cycle in which all of them have
  Cycle collect_free_ = 0;         // first cycle in which the psum-out bus is free
  // Where a port is shared: cycles in which packets left, and those over before the next psum read.
  std::vector<Cycle> collects_;
  std::size_t collects_over_ = 0;
  // Of a pass that may repeat itself; those beyond the known ones are kept for their memory.
  std::vector<Cut> cuts_;
  std::size_t cuts_known_ = 0;
  Cycle skipped_ = 0;
  GatedMacs gated_;
  bool done_ = false;
  bool filled_ = false;
  ArrayLog* log_ = nullptr;
};

}  // namespace orrery
