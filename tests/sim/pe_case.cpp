#include "tests/sim/pe_case.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dataflows/pass/pass.h"
#include "sim/schedule/walk.h"
#include "tests/sim/array_case.h"
#include "tests/sim/random_words.h"
#include "tests/workloads/random_layer.h"

namespace orrery::test {
namespace {

constexpr std::uint64_t kDraws = 4;  // cases of a seed

// The machine's own depths are those of its buses; a PE alone may have any that fit the program.
void randomize(PeSetup& s, Rng& rng) {
  s.ifmap_packet_words = rng.in(1, 4);
  s.filter_packet_words = rng.in(1, 4);
  s.packet_psums = rng.in(1, 4);
  s.pe.ifmap_spad_words = s.program.ifmap_live + rng.in(0, 6);
  s.pe.filter_spad_words = s.program.filter_live + rng.in(0, 6);
  s.pe.psum_spad_words = (s.program.window_psums > 1 ? s.program.window_psums : 0) + rng.in(0, 2);
  s.pe.ifmap_fifo_words = s.ifmap_packet_words * rng.in(1, 3) + rng.in(0, 2);
  s.pe.filter_fifo_packets = rng.in(1, 4);
  s.pe.psum_in_fifo_packets = rng.in(1, 4);
  s.pe.psum_out_fifo_packets = rng.in(1, 4);
  s.pe.pipeline_stages = rng.in(1, 10) == 1 ? 32 : rng.in(1, 6);
  s.pe.adders = rng.in(1, 2);
  s.takes_psums = rng.in(0, 2) > 0;
}

// Now and then a port that never makes the PE wait, else one of any speed.
int random_percent(Rng& rng) { return rng.in(0, 2) == 0 ? 100 : rng.in(5, 100); }

}  // namespace

std::vector<PeCase> random_pe_cases(std::uint64_t seed) {
  const Case c = random_case(seed);
  Walk walk(c.layer, c.mapping, c.machine);
  Step step;
  if (!walk.next(step)) return {};
  std::array<TileLayout, kTensors> layout;
  for (const Tensor t : kAllTensors) layout[index(t)] = tile_layout(c.layer, step.pass, t);
  const Pass pass = compile_pass(c.layer, c.machine, c.mapping, step.pass, layout);
  std::vector<PeCase> cases;
  Rng rng(seed);
  for (std::uint64_t k = 0; k < kDraws; ++k) {
    const int program = rng.in(0, static_cast<int>(pass.programs.size()) - 1);
    PeCase one{.seed = seed * kDraws + k,
               .setup = pe_setup(c.machine, c.machine.arithmetic(c.layer),
                                 pass.programs[static_cast<std::size_t>(program)]),
               .ifmap = random_percent(rng),
               .filter = random_percent(rng),
               .psum_in = random_percent(rng),
               .psum_out = random_percent(rng)};
    randomize(one.setup, rng);
    cases.push_back(one);
  }
  return cases;
}

PeStreams random_streams(const PeCase& c) {
  Rng rng(c.seed);
  const PassProgram& p = c.setup.program;
  // With all bits in use almost every psum of 16 bits would be at one of its ends.
  const int bits = rng.in(4, 16);
  return {.ifmap = random_words<std::int16_t>(p.ifmap_words, bits, 30, rng),
          .filter = random_words<std::int16_t>(p.filter_words, bits, 10, rng),
          .psum = random_words<std::int32_t>(c.setup.takes_psums ? p.windows * p.window_psums : 0,
                                             std::min(c.setup.arithmetic.psum_bits, bits + 10), 10,
                                             rng)};
}

namespace {

std::string to_string(const PassProgram& p) {
  std::vector<std::string> counters;
  for (int i = 0; i < p.counters; ++i) {
    const Counter& c = p.counter[static_cast<std::size_t>(i)];
    counters.push_back(fmt::format("{{{}, {}, {}, {}, {}}}", c.bound, c.ifmap_stride,
                                   c.filter_stride, c.psum_stride, c.reduction));
  }
  return fmt::format(
      "{{.counter = {{Counter{}}}, .counters = {}, .window = {}, .ifmap_words = {}, "
      ".filter_words = {}, .window_psums = {}, .windows = {}, .ifmap_live = {}, .filter_live = "
      "{}}}",
      fmt::join(counters, ", "), p.counters, p.window, p.ifmap_words, p.filter_words,
      p.window_psums, p.windows, p.ifmap_live, p.filter_live);
}

}  // namespace

std::string to_string(const PeCase& c) {
  const PeSetup& s = c.setup;
  const Pe& pe = s.pe;
  const Arithmetic& a = s.arithmetic;
  return fmt::format(
      "PeCase{{.seed = {}, .setup = {{.pe = {{.ifmap_spad_words = {}, .filter_spad_words = {}, "
      ".psum_spad_words = {}, .ifmap_fifo_words = {}, .filter_fifo_packets = {}, "
      ".psum_in_fifo_packets = {}, .psum_out_fifo_packets = {}, .pipeline_stages = {}, "
      ".adders = {}}}, .ifmap_packet_words = {}, .filter_packet_words = {}, .packet_psums = {}, "
      ".program = {}, .takes_psums = {}, .arithmetic = {{{}, {}, {}, {}}}, .gates = {}}}, "
      ".ifmap = {}, .filter = {}, .psum_in = {}, .psum_out = {}}}",
      c.seed, pe.ifmap_spad_words, pe.filter_spad_words, pe.psum_spad_words, pe.ifmap_fifo_words,
      pe.filter_fifo_packets, pe.psum_in_fifo_packets, pe.psum_out_fifo_packets, pe.pipeline_stages,
      pe.adders, s.ifmap_packet_words, s.filter_packet_words, s.packet_psums, to_string(s.program),
      s.takes_psums, a.product_shift, a.product_bits, a.psum_bits,
      a.overflow == Overflow::kWrap ? "Overflow::kWrap" : "Overflow::kSaturate", s.gates, c.ifmap,
      c.filter, c.psum_in, c.psum_out);
}

}  // namespace orrery::test
