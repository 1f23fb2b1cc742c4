#include "tests/twins/array_twin_case.h"

#include "sim/schedule/walk.h"
#include "tests/sim/random_words.h"
#include "tests/workloads/random_layer.h"

namespace orrery::test {

MacRegisters registers_of(const Case& c) {
  MacRegisters registers = c.machine.registers(c.layer);
  registers.ifmap = c.machine.widths().ifmap;
  registers.filter = c.machine.widths().filter;
  return registers;
}

namespace {

PassCase random_pass(const Case& c, const Step& step, const Pass& pass,
                     const std::array<TileLayout, kTensors>& layout, Rng& rng) {
  const Numbers& n = c.machine.numbers;
  const auto words = [&](Tensor t) { return layout[index(t)].size(); };
  PassCase given{
      .pass = &pass,
      .ifmap = random_words<std::int16_t>(words(Tensor::kIfmap), n.operand_bits, 30, rng),
      .padding = {},
      .filter = random_words<std::int16_t>(words(Tensor::kFilter), n.operand_bits, 10, rng),
      .psum = random_words<std::int32_t>(words(Tensor::kPsum), n.psum_bits, 10, rng),
      .read_psums = !step.starts_psums || c.machine.first_psum == FirstPsum::kRead};
  if (c.machine.padding == Padding::kStored) return given;
  for (const std::int16_t word : given.ifmap)
    given.padding.push_back(word == 0 && rng.in(0, 1) == 1 ? 1 : 0);
  return given;
}

}  // namespace

CasePasses passes_of(const Case& c, std::size_t most) {
  Rng rng(c.seed);
  CasePasses out;
  std::vector<Step> steps;
  Walk walk(c.layer, c.mapping, c.machine);
  for (Step step; steps.size() < most && walk.next(step);) steps.push_back(step);
  std::vector<std::array<TileLayout, kTensors>> layouts(steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    for (const Tensor t : kAllTensors)
      layouts[i][index(t)] = tile_layout(c.layer, steps[i].pass, t);
    out.compiled.push_back(compile_pass(c.layer, c.machine, c.mapping, steps[i].pass, layouts[i]));
  }
  for (std::size_t i = 0; i < steps.size(); ++i)
    out.passes.push_back(random_pass(c, steps[i], out.compiled[i], layouts[i], rng));
  return out;
}

}  // namespace orrery::test
