// One PE alone, served as the buses of an array of one PE serve theirs, against that array.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <string>

#include "sim/machine/pe_alone.h"
#include "sim/random/array_case.h"
#include "sim/random/conv.h"
#include "sim/random/words.h"
#include "sim/schedule/walk.h"
#include "tests/sim/both.h"

namespace orrery {
namespace {

using test::PlainTiles;

// A pass in which nothing has moved for so long never ends.
constexpr std::int64_t kPatience = 200;

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

struct Outcome {
  bool ends = false;
  std::int64_t cycles = 0;
  std::array<std::uint64_t, kPeStateNames.size()> pe_cycles{};
  std::uint64_t gated = 0, merged = 0, ifmap_fills = 0, filter_fills = 0;
  std::vector<std::int32_t> psum;
  bool operator==(const Outcome&) const = default;
};

// A bus to the PE: packets in the order of a stream. One that has been sent has its entry of the
// FIFO, and is offered `latency` cycles later.
template <class Word>
class Feed {
 public:
  Feed(const Stream& stream, const std::vector<Word>& tile, const Bus& bus, int depth)
      : stream_(stream), tile_(tile), latency_(bus.latency_cycles), depth_(depth) {}

  void stop() { next_ = stream_.packets(); }
  void send(std::int64_t now, int packets_in_fifo) {
    if (next_ == stream_.packets() ||
        packets_in_fifo + static_cast<int>(under_way_.size()) >= depth_)
      return;
    std::vector<Word> words;
    for (auto k = stream_.first[at(next_)]; k < stream_.first[at(next_ + 1)]; ++k)
      words.push_back(tile_[at(stream_.address[at(k)])]);
    under_way_.push_back({now + latency_, words});
    ++next_;
  }
  std::span<const Word> offer(std::int64_t now) const {
    if (under_way_.empty() || under_way_.front().due != now) return {};
    return under_way_.front().words;
  }
  void landed() { under_way_.pop_front(); }

 private:
  struct Packet {
    std::int64_t due;
    std::vector<Word> words;
  };
  const Stream& stream_;
  const std::vector<Word>& tile_;
  int latency_, depth_;
  std::int32_t next_ = 0;
  std::deque<Packet> under_way_;
};

// The GLB and the buses around the PE.
class OnePeArray {
 public:
  OnePeArray(const Machine& machine, const Pass& pass, const PeSetup& setup, PlainTiles& tiles)
      : machine_(machine),
        pass_(pass),
        tiles_(tiles),
        pe_(setup),
        ifmap_(pass.ifmap, tiles.ifmap, machine.noc.ifmap,
               setup.pe.ifmap_fifo_words / setup.ifmap_packet_words),
        filter_(pass.filter, tiles.filter, machine.noc.filter, setup.pe.filter_fifo_packets),
        psum_in_(pass.psum_in, tiles.psum, machine.noc.psum_in, setup.pe.psum_in_fifo_packets) {
    if (!tiles.read_psums) psum_in_.stop();
    const int words = setup.packet_psums * machine.words_per_psum();
    const auto cycles = [&](int width) { return (words + width - 1) / width; };
    out_cycles_ = std::max(cycles(machine.noc.psum_out.words_per_cycle),
                           cycles(machine.store_of(Tensor::kPsum).write_words_per_cycle));
  }

  Outcome play() {
    for (std::int64_t now = 0, moved = 0; now - moved <= kPatience; ++now) {
      if (clock(now)) moved = now;
      if (collected_ < pass_.psum_out.packets()) continue;
      outcome_.ends = true;
      outcome_.cycles = now + out_cycles_ + machine_.noc.psum_out.latency_cycles;
      outcome_.pe_cycles[at(static_cast<int>(PeState::kDone))] += at(outcome_.cycles - now - 1);
      break;
    }
    outcome_.psum = tiles_.psum;
    return outcome_;
  }

 private:
  // Returns whether anything moved.
  bool clock(std::int64_t now) {
    const PeRegisters before = pe_.registers();
    PeInputs in{.takes_psum_out = now >= out_free_};
    const bool writes = now < out_free_ || before.psum_out_ready > 0;
    if (!writes || !machine_.store_of(Tensor::kPsum).shared_port)
      psum_in_.send(now, before.psum_in_packets);
    ifmap_.send(now, before.ifmap.fifo_packets);
    filter_.send(now, before.filter.fifo_packets);
    in.ifmap = ifmap_.offer(now);
    in.filter = filter_.offer(now);
    in.psum = psum_in_.offer(now);
    const PeOutputs out = pe_.step(in);
    EXPECT_EQ(out.took_ifmap, !in.ifmap.empty());
    EXPECT_EQ(out.took_filter, !in.filter.empty());
    EXPECT_EQ(out.took_psum, !in.psum.empty());
    if (out.took_ifmap) ifmap_.landed();
    if (out.took_filter) filter_.landed();
    if (out.took_psum) psum_in_.landed();
    if (in.takes_psum_out && !out.psum_out.empty()) collect(now, out.psum_out);
    count(out, before);
    return before != pe_.registers();
  }

  void collect(std::int64_t now, std::span<const std::int32_t> packet) {
    const auto first = pass_.psum_out.first[at(collected_)];
    for (std::size_t k = 0; k < packet.size(); ++k)
      tiles_.psum[at(pass_.psum_out.address[at(first) + k])] = packet[k];
    ++collected_;
    out_free_ = now + out_cycles_;
  }

  void count(const PeOutputs& out, const PeRegisters& before) {
    ++outcome_.pe_cycles[at(static_cast<int>(out.state))];
    outcome_.gated += out.gated ? 1 : 0;
    outcome_.merged += out.merged ? 1 : 0;
    outcome_.ifmap_fills += at(pe_.registers().ifmap.loaded - before.ifmap.loaded);
    outcome_.filter_fills += at(pe_.registers().filter.loaded - before.filter.loaded);
  }

  const Machine& machine_;
  const Pass& pass_;
  PlainTiles& tiles_;
  PeAlone pe_;
  Feed<std::int16_t> ifmap_, filter_;
  Feed<std::int32_t> psum_in_;
  int out_cycles_ = 1;
  std::int64_t out_free_ = 0;  // first cycle in which the psum-out bus is free
  std::int32_t collected_ = 0;
  Outcome outcome_;
};

Outcome play_array(const Machine& machine, const Arithmetic& arithmetic, const Pass& pass,
                   PlainTiles& tiles) {
  Array array(machine);
  const auto record = test::play_array(array, arithmetic, pass, tiles, 1'000'000);
  Outcome o;
  o.psum = tiles.psum;
  if (!record) return o;
  const Counts& counts = record->counts;
  o.ends = true;
  o.cycles = record->cycles;
  o.pe_cycles = record->pe_cycles;
  o.gated = counts[Action::mac_none_gate];
  o.merged = counts[Action::adder_none_merge];
  o.ifmap_fills = counts[Action::spad_ifmap_fill];
  o.filter_fills = counts[Action::spad_filter_fill];
  return o;
}

// The case with its array shrunk to one PE: what was spread over the array turns in time. Says
// whether the mapping still fits.
bool shrink(ArrayCase& c) {
  c.machine.array.rows = c.machine.array.cols = 1;
  c.machine.array.psum_route = PsumRoute::kColumn;
  c.machine.levels[0].stores[0].accumulates = false;
  for (Loop& loop : c.mapping.nest) {
    if (loop.place == Place::kRows || loop.place == Place::kCols) loop.place = Place::kGlb;
  }
  return check(c.mapping, c.layer, c.machine).empty();
}

using Layouts = std::array<TileLayout, kTensors>;

PlainTiles random_tiles(const Machine& machine, const Layouts& layout, Rng& rng) {
  const auto size = [&](Tensor t) { return layout[index(t)].size(); };
  const Numbers& n = machine.numbers;
  return {.ifmap = random_words<std::int16_t>(size(Tensor::kIfmap), n.operand_bits, 30, rng),
          .padding = {},
          .filter = random_words<std::int16_t>(size(Tensor::kFilter), n.operand_bits, 10, rng),
          .psum = random_words<std::int32_t>(size(Tensor::kPsum), n.psum_bits, 10, rng),
          .read_psums = rng.in(0, 1) == 1};
}

// Plays the pass of a step both ways; returns what the array made of it.
Outcome play_both(const ArrayCase& c, const Step& step, Rng& rng) {
  Layouts layout;
  for (const Tensor t : kAllTensors) layout[index(t)] = tile_layout(c.layer, step.pass, t);
  const Pass pass = compile_pass(c.layer, c.machine, c.mapping, step.pass, layout);
  PlainTiles tiles = random_tiles(c.machine, layout, rng), own = tiles;
  const Arithmetic arithmetic = c.machine.arithmetic(c.layer);
  PeSetup setup = pe_setup(c.machine, c.machine.registers(c.layer), pass.programs[0]);
  setup.takes_psums = tiles.read_psums;
  Outcome array = play_array(c.machine, arithmetic, pass, tiles);
  const Outcome alone = OnePeArray(c.machine, pass, setup, own).play();
  EXPECT_EQ(alone.ends, array.ends);
  if (!alone.ends || !array.ends) return array;
  EXPECT_EQ(alone.cycles, array.cycles);
  for (std::size_t i = 0; i < kPeStateNames.size(); ++i)
    EXPECT_EQ(alone.pe_cycles[i], array.pe_cycles[i]) << kPeStateNames[i];
  EXPECT_TRUE(alone == array) << "counts or psums differ";
  return array;
}

std::uint64_t cases() {
  const char* all = std::getenv("ORRERY_ALL");
  return all != nullptr && std::string(all) == "1" ? 20'000 : 1'000;
}

TEST(PeAlone, EqualsAnArrayOfOnePeInTheFirstPassOfRandomCases) {
  std::int64_t cycles = 0, passes = 0;
  for (std::uint64_t seed = 1; seed <= cases(); ++seed) {
    ArrayCase c = random_array_case(seed);
    if (!shrink(c)) continue;
    Rng rng(seed);
    Walk walk(c.layer, c.mapping, c.machine);
    Step step;
    ASSERT_TRUE(walk.next(step));
    const Outcome outcome = play_both(c, step, rng);
    ASSERT_FALSE(HasFailure()) << to_string(c);
    cycles += outcome.cycles;
    passes += outcome.ends ? 1 : 0;
  }
  EXPECT_GT(passes, static_cast<std::int64_t>(cases() / 2));
  RecordProperty("passes", std::to_string(passes));
  RecordProperty("cycles", std::to_string(cycles));
}

}  // namespace
}  // namespace orrery
