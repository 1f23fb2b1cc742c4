#include "tests/sim/pe_case.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dataflows/pass/pass.h"
#include "sim/random/array_case.h"
#include "sim/random/conv.h"
#include "sim/random/words.h"
#include "sim/schedule/walk.h"

namespace orrery::test {
namespace {

constexpr std::uint64_t kDraws = 4;  // cases of a seed

// The machine's own depths are those of its buses; a PE alone may have any that fit its programs.
void randomize(PeCase& c, Rng& rng) {
  PeSetup& s = c.setup;
  int ifmap_live = 0, filter_live = 0, psums = 0;
  for (int pass = 0; pass < c.passes(); ++pass) {
    const PassProgram p = c.work(pass).program;
    ifmap_live = std::max(ifmap_live, p.ifmap_live);
    filter_live = std::max(filter_live, p.filter_live);
    if (p.window_psums > 1) psums = std::max(psums, p.window_psums);
  }
  s.ifmap_packet_words = rng.in(1, 4);
  s.filter_packet_words = rng.in(1, 4);
  s.packet_psums = rng.in(1, 4);
  s.pe.ifmap_spad_words = ifmap_live + rng.in(0, 6);
  s.pe.filter_spad_words = filter_live + rng.in(0, 6);
  s.pe.psum_spad_words = psums + rng.in(0, 2);
  s.pe.ifmap_fifo_words = s.ifmap_packet_words * rng.in(1, 3) + rng.in(0, 2);
  s.pe.filter_fifo_packets = rng.in(1, 4);
  s.pe.psum_in_fifo_packets = rng.in(1, 4);
  s.pe.psum_out_fifo_packets = rng.in(1, 4);
  s.pe.pipeline_stages = rng.in(1, 10) == 1 ? 32 : rng.in(1, 6);
  s.pe.adders = rng.in(1, 2);
  s.takes_psums = rng.in(0, 2) > 0;
  if (find_mac(s.mac)->traits.ifmap.zero_point && rng.in(0, 2) == 0)
    s.registers.ifmap_zero = rng.in(-128, 127);
}

// Now and then a port that never makes the PE wait, else one of any speed.
int random_percent(Rng& rng) { return rng.in(0, 2) == 0 ? 100 : rng.in(5, 100); }

}  // namespace

std::vector<PeCase> random_pe_cases(std::uint64_t seed) {
  const ArrayCase c = random_array_case(seed);
  Walk walk(c.layer, c.mapping, c.machine);
  Step step;
  if (!walk.next(step)) return {};
  std::array<TileLayout, kTensors> layout;
  for (const Tensor t : kAllTensors) layout[index(t)] = tile_layout(c.layer, step.pass, t);
  const Pass pass = compile_pass(c.layer, c.machine, c.mapping, step.pass, layout);
  std::vector<PeCase> cases;
  Rng rng(seed);
  const auto draw = [&] {
    const int program = rng.in(0, static_cast<int>(pass.programs.size()) - 1);
    return pass.programs[static_cast<std::size_t>(program)];
  };
  for (std::uint64_t k = 0; k < kDraws; ++k) {
    PeCase one{.seed = seed * kDraws + k,
               .setup = pe_setup(c.machine, c.machine.registers(c.layer), draw()),
               .ifmap = random_percent(rng),
               .filter = random_percent(rng),
               .psum_in = random_percent(rng),
               .psum_out = random_percent(rng),
               .hold = rng.in(0, 3) == 0 ? rng.in(1, 90) : 0};
    const int later = std::max(0, rng.in(-2, 2));
    for (int i = 0; i < later; ++i) one.later.push_back({draw(), rng.in(0, 2) > 0});
    randomize(one, rng);
    cases.push_back(one);
  }
  return cases;
}

std::vector<PeStreams> random_streams(const PeCase& c) {
  Rng rng(c.seed);
  // With all bits in use almost every psum of 16 bits would be at one of its ends.
  const int bits = rng.in(4, c.setup.registers.ifmap_zero != 0 ? 8 : 16);
  const int psum_bits = std::min(c.setup.registers.arithmetic.psum_bits, bits + 10);
  std::vector<PeStreams> streams;
  for (int pass = 0; pass < c.passes(); ++pass) {
    const PeWork work = c.work(pass);
    const PassProgram& p = work.program;
    PeStreams s{.ifmap = random_words<std::int16_t>(p.ifmap_words, bits, 30, rng),
                .filter = random_words<std::int16_t>(p.filter_words, bits, 10, rng),
                .psum = random_words<std::int32_t>(
                    work.takes_psums ? p.windows * p.window_psums : 0, psum_bits, 10, rng)};
    for (std::int16_t& x : s.ifmap)
      if (x == 0) x = static_cast<std::int16_t>(c.setup.registers.ifmap_zero);
    streams.push_back(std::move(s));
  }
  return streams;
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

std::string to_string(const MacRegisters& r) {
  const Arithmetic& a = r.arithmetic;
  return fmt::format(
      "{{.arithmetic = {{{}, {}, {}, {}, .chain = {}}}, .ifmap = {{Coding({}), {}}}, .filter = "
      "{{Coding({}), {}}}, .ifmap_zero = {}, .filter_zero = {}, .lut = LutOrganisation({})}}",
      a.product_shift, a.product_bits, a.psum_bits,
      a.overflow == Overflow::kWrap ? "Overflow::kWrap" : "Overflow::kSaturate", a.chain,
      static_cast<int>(r.ifmap.coding), r.ifmap.bits, static_cast<int>(r.filter.coding),
      r.filter.bits, r.ifmap_zero, r.filter_zero, static_cast<int>(r.lut));
}

}  // namespace

std::string to_string(const PeCase& c) {
  const PeSetup& s = c.setup;
  const Pe& pe = s.pe;
  std::vector<std::string> later;
  for (const PeWork& work : c.later)
    later.push_back(fmt::format("{{{}, {}}}", to_string(work.program), work.takes_psums));
  return fmt::format(
      "PeCase{{.seed = {}, .setup = {{.pe = {{.ifmap_spad_words = {}, .filter_spad_words = {}, "
      ".psum_spad_words = {}, .ifmap_fifo_words = {}, .filter_fifo_packets = {}, "
      ".psum_in_fifo_packets = {}, .psum_out_fifo_packets = {}, .pipeline_stages = {}, "
      ".adders = {}}}, .ifmap_packet_words = {}, .filter_packet_words = {}, .packet_psums = {}, "
      ".program = {}, .takes_psums = {}, .mac = \"{}\", .registers = {}}}, .later = {{{}}}, "
      ".ifmap = {}, .filter = {}, .psum_in = {}, .psum_out = {}, .hold = {}}}",
      c.seed, pe.ifmap_spad_words, pe.filter_spad_words, pe.psum_spad_words, pe.ifmap_fifo_words,
      pe.filter_fifo_packets, pe.psum_in_fifo_packets, pe.psum_out_fifo_packets, pe.pipeline_stages,
      pe.adders, s.ifmap_packet_words, s.filter_packet_words, s.packet_psums, to_string(s.program),
      s.takes_psums, s.mac, to_string(s.registers), fmt::join(later, ", "), c.ifmap, c.filter,
      c.psum_in, c.psum_out, c.hold);
}

}  // namespace orrery::test
