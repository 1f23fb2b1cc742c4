// The Verilated array with the GLB side around it: streams, addresses and ports in C++, everything
// from the buses on in RTL, a clock a step.
//
// A pass is given to start(), and begins as soon as the array can take it: the cycle after the one
// before is over, or, where passes are pipelined, after its last operation. Psums, cycles and
// counts are those that the RTL shows at its ports; nothing is looked up in the pass but what the
// GLB sends, where psums go, and which PEs are mapped.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "sim/machine/array.h"
#include "sim/rtl/module.h"
#include "sim/rtl/registers.h"

namespace orrery {

// What an RTL array did in one cycle.
struct RtlCycle {
  // The latest pass: its number, from 0 on, and its cycle; -1 where none has begun, or all are
  // over.
  int pass = -1;
  Cycle cycle = 0;
  std::span<const PeState> states;      // of its PEs
  std::array<bool, kTensors> sends{};   // a packet leaves the GLB on this bus
  std::span<const std::uint8_t> hops;   // of its PEs: a packet leaves for the PE above
  int psum_pass = -1;                   // the earliest pass that is not over
  bool collects = false;                // a packet of that pass leaves on the psum-out bus:
  std::span<const std::int32_t> psums;  // before anything is added in its store
  bool starts = false;                  // the next cycle is a pass's first
  bool over = false;                    // the earliest pass is over after this cycle
  bool moved = false;                   // anything happened at all
};

// A pass that waits, or is under way, as the GLB side sees it.
struct RtlPlayedPass {
  const RtlPass* rtl = nullptr;
  const Pass* pass = nullptr;
  PassTiles tiles;
  int number = 0;
  std::int64_t begin = 0;                     // clock
  std::array<std::int32_t, kTensors> next{};  // packets of the buses to the PEs
  std::int32_t collected = 0;
  std::vector<std::int64_t> macs;  // of each PE: issued so far
  std::vector<int> products;       // of each PE: of the chain that has not ended
  PassRecord record;
};

class RtlArray {
 public:
  // `module` is a pe_array of this shape, which is reset. Throws InputError where the shape does
  // not do for the machine.
  RtlArray(const Machine& machine, const MacRegisters& registers, const RtlShape& shape,
           RtlModule& module);

  // The next pass; what it points to must outlive it. Only while none waits.
  void start(const RtlPass& pass, const PassTiles& tiles);
  bool waits() const { return next_.has_value(); }
  // One clock. What it points to holds until the next one.
  const RtlCycle& step();
  // The same in two parts. settle(): all that happens in this clock, but whether the next one is
  // the first of a pass that waits, or that is given before clock().
  const RtlCycle& settle();
  void clock();
  // Throws DeadlockError where nothing moves any more, and a pass is under way.
  void check_moves() const;
  // No pass waits or is under way.
  bool idle() const { return !next_ && alive_.empty(); }
  // Of the passes that are over, the earliest that was not asked for yet.
  std::optional<PassRecord> take_record();
  // The pass that began last, if it is not over; null: none.
  const RtlPlayedPass* latest_pass() const { return alive_.empty() ? nullptr : &alive_.back(); }
  // Clocks until all is idle. Throws DeadlockError where nothing moves any more.
  void play();
  // Clocks since the reset, and the point in time of a wave at which one begins.
  std::int64_t now() const { return now_; }
  static std::int64_t wave_time(std::int64_t clock) { return kResetPoints + 2 * clock; }

 private:
  using Playing = RtlPlayedPass;
  static constexpr std::int64_t kResetPoints = 5;  // of the wave

  // A bus to the PEs, by the ports that it has.
  struct BusPorts {
    void *valid, *y, *x, *words, *data;
    const void *ready, *takes;
    int offered_pass = -1;  // what the ports show
    std::int32_t offered = -1;
  };

  void* port(const std::string& name);
  BusPorts bus_ports(const std::string& bus);
  void set(const char* port, const PortWords& words);
  void reset();
  void set_clock(int level);
  void drive();
  void offer(Tensor t, Playing* from);
  void offer_collect();
  template <class Word>
  void put_data(const BusPorts& bus, const Word* tile, std::span<const std::int32_t> address);
  void observe();
  void count_structures(Playing& now, std::size_t pe, bool starts);
  void observe_sends(Tensor t, Playing* from);
  void observe_collect();
  void observe_pes();
  void observe_hops();
  void store_psums(Playing& from, std::span<const std::int32_t> address, bool adds);
  void start_next();
  void finish();
  Playing* latest() { return alive_.empty() ? nullptr : &alive_.back(); }
  Playing* earliest() { return alive_.empty() ? nullptr : &alive_.front(); }

  const Machine& machine_;
  const RtlShape shape_;
  RtlModule& module_;
  const MacUnit mac_;
  const bool shared_psum_port_, store_adds_, reads_tables_, builds_tables_, has_chains_,
      has_psum_spad_;
  const std::uint64_t words_per_psum_;
  void *clk_, *next_valid_, *collect_valid_, *collect_y_, *collect_x_;
  const std::uint8_t *status_, *hop_psums_, *taken_, *busy_, *start_, *handed_, *done_;
  const void *starts_, *hops_, *collect_takes_, *collect_data_;
  const std::uint8_t* collect_words_;
  std::array<BusPorts, kTensors> buses_;

  std::int64_t now_ = 0, moved_ = 0;  // clocks: of them all; the last in which anything moved
  int passes_ = 0;
  std::optional<Playing> next_;
  std::deque<Playing> alive_;  // in the order in which they began
  std::deque<PassRecord> records_;
  RtlCycle cycle_;
  std::vector<PeState> states_;
  std::vector<std::uint8_t> hopping_;
  std::vector<std::int32_t> psums_;
};

}  // namespace orrery
