#include "tests/twins/random_fabric.h"

#include <algorithm>

#include "sim/random/array_case.h"
#include "sim/random/words.h"
#include "sim/twin/pe_bits.h"
#include "tests/twins/random_programs.h"

namespace orrery::test {
namespace {

Machine random_machine(const RtlShape& shape, Rng& rng) {
  Machine m = roomy_machine();
  m.mac = shape.mac;
  const std::array widths{32, rng.in(8, 10), rng.in(8, 32)};
  m.numbers.product_bits = m.numbers.psum_bits = widths.at(static_cast<std::size_t>(rng.in(0, 2)));
  const int psum_words = m.words_per_psum();
  m.numbers.overflow = rng.in(0, 1) == 0 ? Overflow::kWrap : Overflow::kSaturate;
  m.array.rows = shape.rows, m.array.cols = shape.cols;
  m.array.pipelined = rng.in(0, 1) == 1;
  m.noc.ifmap = {{rng.in(1, shape.ifmap_packet_words), rng.in(0, shape.latency)}};
  m.noc.filter = {{rng.in(1, shape.filter_packet_words), rng.in(0, shape.latency)}};
  m.noc.psum_in = {{psum_words * rng.in(1, shape.packet_psums), rng.in(0, shape.latency)}};
  m.noc.psum_out = {{psum_words * rng.in(1, 3), rng.in(0, shape.latency)}};
  m.noc.psum_link = {psum_words * rng.in(1, 3), rng.in(0, shape.latency)};
  m.pe = {.ifmap_spad_words = kLiveWords + rng.in(0, 3),
          .filter_spad_words = kLiveWords + rng.in(0, 3),
          .psum_spad_words = shape.psum_spad,
          .ifmap_fifo_words = m.noc.ifmap.words_per_cycle * rng.in(1, shape.fifo_packets),
          .filter_fifo_packets = rng.in(1, shape.fifo_packets),
          .psum_in_fifo_packets = rng.in(1, shape.fifo_packets),
          .psum_out_fifo_packets = rng.in(1, shape.fifo_packets),
          .pipeline_stages = rng.in(3, 6),
          .adders = rng.in(1, 2)};
  return m;
}

// PEs that get the same words.
struct Group {
  std::vector<std::int32_t> pes;
  std::int32_t words = 0;
};

// One packet of each group in turn; none goes beyond a multiple of `cut` words.
Stream stream_of(const std::vector<Group>& groups, int packet, int cut) {
  Stream s;
  std::vector<std::int32_t> base, sent(groups.size(), 0);
  std::int32_t all = 0;
  for (const Group& group : groups) {
    base.push_back(all);
    all += group.words;
    s.member.insert(s.member.end(), group.pes.begin(), group.pes.end());
    s.first_member.push_back(static_cast<std::int32_t>(s.member.size()));
  }
  while (static_cast<std::int32_t>(s.address.size()) < all) {
    for (std::size_t g = 0; g < groups.size(); ++g) {
      const int words = std::min({packet, groups[g].words - sent[g], cut - sent[g] % cut});
      if (words == 0) continue;
      for (int k = 0; k < words; ++k) s.address.push_back(base[g] + sent[g]++);
      s.first.push_back(static_cast<std::int32_t>(s.address.size()));
      s.group.push_back(static_cast<std::int32_t>(g));
    }
  }
  return s;
}

// The PEs by themselves, by row, by column, or all together.
std::vector<Group> groups_of(const Pass& pass, int words, Rng& rng) {
  const int kind = rng.in(0, 3);
  std::vector<std::pair<int, Group>> found;
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(pass.pes.size()); ++i) {
    const PeRole& pe = pass.pes[static_cast<std::size_t>(i)];
    const int key =
        std::array{static_cast<int>(i), pe.row, pe.col, 0}.at(static_cast<std::size_t>(kind));
    const auto at = std::ranges::find(found, key, [](const auto& group) { return group.first; });
    if (at == found.end())
      found.push_back({key, {{i}, words}});
    else
      at->second.pes.push_back(i);
  }
  std::vector<Group> groups;
  for (auto& [key, group] : found) groups.push_back(std::move(group));
  return groups;
}

// Of a pass: some of the PEs, or all of them.
enum class Where : std::uint8_t { kAnywhere, kEverywhere };

// A rectangle of the array; columns hand psums up, or are summed on the bus, or neither.
void place_pes(Pass& pass, const RtlShape& shape, Where where, Rng& rng) {
  const int rows = where == Where::kEverywhere ? shape.rows : rng.in(1, shape.rows);
  const int cols = where == Where::kEverywhere ? shape.cols : rng.in(1, shape.cols);
  const int top = rng.in(0, shape.rows - rows), left = rng.in(0, shape.cols - cols);
  const bool chains = rng.in(0, 1) == 1;
  const PsumSource first = rng.in(0, 2) > 0 ? PsumSource::kNoc : PsumSource::kNone;
  for (int row = 0; row < rows; ++row) {
    for (int col = 0; col < cols; ++col) {
      PeRole pe{.row = top + row, .col = left + col, .psum_source = first};
      if (chains && row + 1 < rows) pe.psum_source = PsumSource::kBelow;
      if (chains && row > 0) {
        pe.psum_sink = PsumSink::kAbove;
        pe.above = (row - 1) * cols + col;
      }
      pass.pes.push_back(pe);
    }
  }
}

void route_psums(Pass& pass, const PassProgram& program, Rng& rng) {
  const auto psums = static_cast<std::int32_t>(program.windows * program.window_psums);
  const bool summed = rng.in(0, 1) == 1;
  std::vector<Group> entering, leaving;
  std::vector<int> columns;  // of `leaving`
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(pass.pes.size()); ++i) {
    const PeRole& pe = pass.pes[static_cast<std::size_t>(i)];
    if (pe.psum_source == PsumSource::kNoc) entering.push_back({{i}, psums});
    if (pe.psum_sink != PsumSink::kNoc) continue;
    const auto column = std::ranges::find(columns, pe.col);
    if (summed && column != columns.end()) {
      leaving[static_cast<std::size_t>(column - columns.begin())].pes.push_back(i);
      continue;
    }
    columns.push_back(pe.col);
    leaving.push_back({{i}, psums});
  }
  pass.psum_in = stream_of(entering, pass.psums_per_packet, program.window_psums);
  pass.psum_out = stream_of(leaving, pass.psums_per_packet, program.window_psums);
}

Pass pass_of(const PassProgram& program, const Machine& machine, const RtlShape& shape, Where where,
             Rng& rng) {
  Pass pass;
  pass.psums_per_packet = packet_psums(machine);
  pass.programs = {program};
  place_pes(pass, shape, where, rng);
  const auto stream = [&](Tensor t, int length) {
    return stream_of(groups_of(pass, length, rng), packet_words(machine, t), length);
  };
  pass.ifmap = stream(Tensor::kIfmap, program.ifmap_words);
  pass.filter = stream(Tensor::kFilter, program.filter_words);
  route_psums(pass, program, rng);
  return pass;
}

PassCase random_tiles(const Pass& pass, int psum_bits, Rng& rng) {
  const auto length = [](const Stream& s) { return static_cast<int>(s.address.size()); };
  return {.pass = &pass,
          .ifmap = random_words<std::int16_t>(length(pass.ifmap), 16, 30, rng),
          .padding = {},
          .filter = random_words<std::int16_t>(length(pass.filter), 16, 10, rng),
          .psum = random_words<std::int32_t>(std::max(length(pass.psum_in), length(pass.psum_out)),
                                             psum_bits, 10, rng),
          .read_psums = true};
}

// Up to so many passes, each of a program that is drawn.
template <class Draw>
ArrayTrial fabric(const RtlShape& shape, int passes, Where where, Draw draw, Rng& rng) {
  ArrayTrial play{
      .machine = random_machine(shape, rng), .registers = {}, .compiled = {}, .passes = {}};
  Layer layer;
  layer.operand_bits = play.machine.numbers.operand_bits;
  play.registers = play.machine.registers(layer);
  play.registers.ifmap = play.machine.widths().ifmap;
  play.registers.filter = play.machine.widths().filter;
  for (int i = 0; i < passes; ++i)
    play.compiled.push_back(
        std::make_unique<const Pass>(pass_of(draw(), play.machine, shape, where, rng)));
  for (const auto& pass : play.compiled)
    play.passes.push_back(random_tiles(*pass, play.machine.numbers.psum_bits, rng));
  return play;
}

}  // namespace

ArrayTrial random_fabric(std::uint64_t seed, const RtlShape& shape, int steps) {
  Rng rng(seed);
  const ProgramLimits limits{.steps = steps, .gaps_up_to = 0, .window_psums = shape.psum_spad};
  const auto draw = [&] { return random_program(rng, limits); };
  return fabric(shape, steps > 3 ? 1 : rng.in(1, 3), Where::kAnywhere, draw, rng);
}

ArrayTrial long_fabric(std::uint64_t seed, const RtlShape& shape) {
  Rng rng(seed);
  const int counter = static_cast<int>(seed % PassProgram::kMaxCounters);
  switch (seed / PassProgram::kMaxCounters % 3) {
    case 0:
      return fabric(
          shape, 1, Where::kEverywhere, [&] { return long_sum(counter); }, rng);
    case 1:
      return fabric(
          shape, 1, Where::kEverywhere, [&] { return dense_sum(rng); }, rng);
    default:
      return fabric(
          shape, 2, Where::kEverywhere, [&] { return long_windows(counter, 16384 >> counter); },
          rng);
  }
}

}  // namespace orrery::test
