#include "sim/activity/pe_streams.h"

#include <algorithm>
#include <stdexcept>

#include "sim/machine/dram_map.h"
#include "sim/schedule/walk.h"
#include "workloads/format/pack.h"

namespace orrery {
namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

// The tile of `t` as the GLB holds it, from the origin of the pass on.
std::vector<std::int16_t> tile(const Layer& layer, const Machine& machine, const Step& step,
                               Tensor t, const TileLayout& layout,
                               const std::vector<std::int16_t>& tensor) {
  std::vector<std::int16_t> words(at(layout.size()), t == Tensor::kIfmap ? padding_word(layer) : 0);
  const Box& box = step.tile[index(t)];
  for (const Run& run :
       tile_runs(layer, machine, box, t, layout, row_major_place(layer, machine, t)))
    std::copy_n(tensor.begin() + run.dram, run.size, words.begin() + run.glb);
  const Coordinates pass = origin(layer, t, step.pass), from = origin(layer, t, box);
  std::int64_t offset = 0;
  for (std::size_t a = 0; a < kAxes; ++a) offset += (pass[a] - from[a]) * layout.stride[a];
  words.erase(words.begin(), words.begin() + offset);
  return words;
}

// The packets of a stream, each to all PEs of its group; `word(address)` is a word of it.
template <class Word, class WordOf>
void deal(const Stream& stream, std::vector<Word> PeStreams::*packets, std::vector<PeStreams>& pes,
          WordOf word) {
  for (std::int32_t k = 0; k < stream.packets(); ++k) {
    Word packet;
    for (auto i = stream.first[at(k)]; i < stream.first[at(k + 1)]; ++i)
      packet.push_back(word(stream.address[at(i)]));
    const std::int32_t group = stream.group[at(k)];
    for (auto m = stream.first_member[at(group)]; m < stream.first_member[at(group + 1)]; ++m)
      (pes[at(stream.member[at(m)])].*packets).push_back(packet);
  }
}

// Plays a PE that never waits for a bus, for what it makes.
void play(const PeSetup& setup, PeStreams& streams) {
  PeAlone pe(setup);
  std::size_t ifmap = 0, filter = 0, psum = 0;
  while (!pe.done() || pe.registers().psum_out_packets > 0) {
    PeInputs in{.takes_psum_out = true};
    if (ifmap < streams.ifmap.size()) in.ifmap = streams.ifmap[ifmap];
    if (filter < streams.filter.size()) in.filter = streams.filter[filter];
    if (psum < streams.psum_in.size()) in.psum = streams.psum_in[psum];
    const PeOutputs out = pe.step(in);
    ifmap += out.took_ifmap ? 1 : 0;
    filter += out.took_filter ? 1 : 0;
    psum += out.took_psum ? 1 : 0;
    if (!out.psum_out.empty())
      streams.psum_out.emplace_back(out.psum_out.begin(), out.psum_out.end());
  }
}

Step find_step(const Layer& layer, const Machine& machine, const Mapping& mapping,
               std::int64_t number) {
  Walk walk(layer, mapping, machine);
  for (Step step; walk.next(step);) {
    if (step.starts_psums && number-- == 0) return step;
  }
  throw std::out_of_range("a layer has not so many passes");
}

}  // namespace

std::int64_t starting_passes(const Layer& layer, const Machine& machine, const Mapping& mapping) {
  Walk walk(layer, mapping, machine);
  std::int64_t passes = 0;
  for (Step step; walk.next(step);) passes += step.starts_psums ? 1 : 0;
  return passes;
}

std::vector<PeStreams> pe_streams(const Layer& layer, const Machine& machine,
                                  const Mapping& mapping, const Operands& in, std::int64_t number) {
  const Step step = find_step(layer, machine, mapping, number);
  const auto layout = largest_tiles(layer, machine, mapping);
  const Pass pass = compile_pass(layer, machine, mapping, step.pass, layout);
  const auto ifmap =
      tile(layer, machine, step, Tensor::kIfmap, layout[0], dram_ifmap(layer, machine, in.ifmap));
  const auto filter = tile(layer, machine, step, Tensor::kFilter, layout[1], in.filter.data);
  std::vector<PeStreams> pes(pass.pes.size());
  deal(pass.ifmap, &PeStreams::ifmap, pes, [&](std::int32_t i) { return ifmap[at(i)]; });
  deal(pass.filter, &PeStreams::filter, pes, [&](std::int32_t i) { return filter[at(i)]; });
  const bool reads = reads_psums(step, machine);
  if (reads) deal(pass.psum_in, &PeStreams::psum_in, pes, [](std::int32_t) { return 0; });
  // Chains climb: PEs of later rows come first.
  for (std::size_t i = pes.size(); i-- > 0;) {
    const PeRole& role = pass.pes[i];
    pes[i].program = pass.programs[at(role.program)];
    pes[i].takes_psums =
        role.psum_source == PsumSource::kBelow || (role.psum_source == PsumSource::kNoc && reads);
    PeSetup setup = pe_setup(machine, machine.registers(layer), pes[i].program);
    setup.takes_psums = pes[i].takes_psums;
    play(setup, pes[i]);
    if (role.psum_sink == PsumSink::kAbove) pes[at(role.above)].psum_in = pes[i].psum_out;
  }
  return pes;
}

}  // namespace orrery
