#include "tests/twins/pe_twin_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "sim/twin/pe_bits.h"
#include "sim/twin/stimulus.h"
#include "tests/twins/random_programs.h"

namespace orrery::test {
namespace {

// The model beside which the module is played: its psums are ahead of the module's.
class PeAhead : public PeAlone {
 public:
  using PeAlone::PeAlone;
  static std::span<const std::int32_t> psum_spad() { return {}; }
};

// A setting of the datapath with random widths, one of those that `orrery verify` plays.
MacRegisters random_registers(const Mac& mac, Rng& rng, std::uint64_t seed) {
  const std::vector<Sweep> all = sweeps(mac, 1'000'000);
  while (true) {
    const Sweep& sweep = all[static_cast<std::size_t>(rng.in(0, static_cast<int>(all.size()) - 1))];
    MacRegisters r = stretch(mac, sweep, seed % 64, seed).registers;
    if (mac.cycles(r) > 1) continue;
    if (mac.traits.singles) r.arithmetic.chain = rng.in(1, 6);
    return r;
  }
}

// Of operands whose sums have more digits than a single, so that it matters where a chain ends.
void set_long_chains(MacRegisters& registers, Rng& rng) {
  registers.ifmap.bits = registers.filter.bits = 16;
  registers.arithmetic.chain = rng.in(1, 65535 >> rng.in(0, 12));
}

bool fits(const PeCase& c, const PeMaxima& most) {
  const PeSetup& s = c.setup;
  const auto packets = {s.pe.ifmap_fifo_words / s.ifmap_packet_words, s.pe.filter_fifo_packets,
                        s.pe.psum_in_fifo_packets, s.pe.psum_out_fifo_packets};
  const auto words = {s.ifmap_packet_words, s.filter_packet_words, s.packet_psums};
  for (int pass = 0; pass < c.passes(); ++pass) {
    const bool chains = s.registers.arithmetic.chain > 0;
    if (c.work(pass).program.window_psums > (chains ? 1 : most.psum_spad)) return false;
  }
  return s.pe.ifmap_spad_words <= most.ifmap_spad && s.pe.filter_spad_words <= most.filter_spad &&
         std::max(packets) <= most.fifo_packets && std::max(words) <= most.packet_words;
}

}  // namespace

std::vector<PeCase> pe_twin_cases(const PeModule& module, std::uint64_t seed) {
  const Mac& mac = *find_mac(module.mac);
  std::vector<PeCase> cases;
  for (PeCase c : random_pe_cases(seed)) {
    Rng rng(c.seed);
    c.setup.mac = mac.name;
    c.setup.registers = random_registers(mac, rng, c.seed);
    c.setup.pe.pipeline_stages =
        std::max(c.setup.pe.pipeline_stages, least_pipeline_stages(mac.name));
    if (fits(c, module.maxima)) cases.push_back(std::move(c));
  }
  return cases;
}

std::vector<PeCase> pe_long_cases(const PeModule& module) {
  const Mac& mac = *find_mac(module.mac);
  std::vector<PeCase> cases;
  const auto add = [&](const PassProgram& program, int spad_words) {
    PeCase c;
    c.seed = cases.size();
    Rng rng(c.seed);
    c.setup.mac = mac.name;
    c.setup.registers = random_registers(mac, rng, c.seed);
    if (mac.traits.singles) set_long_chains(c.setup.registers, rng);
    c.setup.program = program;
    c.setup.pe = {.ifmap_spad_words = spad_words,
                  .filter_spad_words = spad_words,
                  .ifmap_fifo_words = 2,
                  .filter_fifo_packets = 2,
                  .psum_in_fifo_packets = 1,
                  .psum_out_fifo_packets = 1,
                  .pipeline_stages = least_pipeline_stages(mac.name)};
    c.setup.takes_psums = true;
    cases.push_back(std::move(c));
  };
  Rng rng(1);
  for (int i = 0; i < PassProgram::kMaxCounters; ++i) {
    add(random_program(rng, {}), kLiveWords);
    add(sliding_sum(rng, i, 65535 >> rng.in(0, 5)), kLiveWords);
    add(long_sum(i), 1);
    for (int k = 0; k < 4; ++k) add(far_steps(rng, i), 1);
  }
  return cases;
}

std::vector<PeStreams> pe_twin_streams(const PeCase& c) {
  const Mac& mac = *find_mac(c.setup.mac);
  Rng rng(c.seed);
  std::vector<PeStreams> streams;
  for (int pass = 0; pass < c.passes(); ++pass) {
    const PeWork work = c.work(pass);
    Stretch s{.mac = &mac, .registers = c.setup.registers, .pairs = 1U << 30};
    s.seed = c.seed * 8 + static_cast<std::uint64_t>(pass);
    s.zeros = static_cast<unsigned>(rng.in(0, 8));
    std::uint64_t drawn = 0;
    PeStreams words;
    for (int i = 0; i < work.program.ifmap_words; ++i)
      words.ifmap.push_back(operand_pair(s, drawn++).ifmap);
    for (int i = 0; i < work.program.filter_words; ++i)
      words.filter.push_back(operand_pair(s, drawn++).filter);
    const std::int64_t psums =
        work.takes_psums ? work.program.windows * work.program.window_psums : 0;
    for (std::int64_t i = 0; i < psums; ++i) {
      const std::int32_t psum = operand_pair(s, drawn++).psum;
      // Singles of any bits have sums that overflow; those of an array do not.
      words.psum.push_back(
          mac.traits.singles ? std::bit_cast<std::int32_t>(static_cast<float>(psum)) : psum);
    }
    streams.push_back(std::move(words));
  }
  return streams;
}

PePlay play_pe_case(const PeCase& c, const std::vector<PeStreams>& streams, PeTwin& module,
                    PeStateCycles& spent) {
  module.begin(c.setup);
  PeAhead alone(c.setup);
  return play_both(c, streams, alone, module, spent);
}

PeTwinVerdict play_pe_twin(const PeModule& module, int fault, std::int64_t cycles,
                           const std::string& wave) {
  PeTwinVerdict verdict;
  const auto twin = module.make(fault);
  PeStateCycles spent{};
  const auto play = [&](const PeCase& c, PeTwin& pe) {
    return play_pe_case(c, pe_twin_streams(c), pe, spent);
  };
  const auto differs = [&](const PeCase& c) {
    const PePlay played = play(c, *twin);
    verdict.cycles += played.cycles;
    if (played.difference.empty()) return false;
    verdict.difference = fmt::format("{}: cycle {}: model and module: {}\n{}", module.mac,
                                     played.cycles, played.difference, to_string(c));
    if (wave.empty()) return true;
    const auto again = module.make(fault);
    again->trace(wave);
    play(c, *again);
    return true;
  };
  for (std::uint64_t seed = 1; verdict.cycles < cycles; ++seed) {
    if (std::ranges::any_of(pe_twin_cases(module, seed), differs)) return verdict;
  }
  verdict.spent = spent;
  if (std::ranges::any_of(pe_long_cases(module), differs)) return verdict;
  return verdict;
}

}  // namespace orrery::test
