#include "sim/rtl/trial.h"

#include <algorithm>
#include <array>

#include "arch/mac/all.h"
#include "dataflows/pass/pass.h"
#include "sim/random/words.h"
#include "sim/schedule/walk.h"
#include "sim/twin/pe_bits.h"

namespace orrery {
namespace {

// Zero words of each tensor, in percent.
constexpr std::array<int, kTensors> kZeros{30, 10, 10};

bool give_mac(Machine& m, Layer& layer, const std::string& mac, std::uint64_t seed) {
  const MacTraits& traits = find_mac(mac)->traits;
  if (m.mac != mac) {
    const bool ordered = m.array.psum_route == PsumRoute::kInPlace ||
                         m.array.psum_route == PsumRoute::kSpill ||
                         (m.array.psum_route == PsumRoute::kColumn && !m.accumulates_at_store());
    const bool is_drawn = mac == "mac_int16" || mac == "mac_zero_gated" || mac == "mac_int8";
    if (is_drawn || m.mac == "mac_int8" || m.numbers.psum_bits != 32) return false;
    if (traits.singles && (!ordered || m.numbers.overflow != Overflow::kWrap)) return false;
    m.mac = mac;
    m.mac_options.chain = 1 + static_cast<int>(seed % 6);
    m.mac_options.organisation =
        seed % 2 == 0 ? LutOrganisation::kProductTable : LutOrganisation::kSharedTable;
    layer.formats.ifmap = m.widths().ifmap;
    layer.formats.filter = m.widths().filter;
  }
  m.pe.pipeline_stages += least_pipeline_stages(mac) - 1;
  return true;
}

// Marks the words of a layer's ifmap, laid out whole, that are padding.
std::vector<std::uint8_t> padding_of(const Layer& layer, const TileLayout& layout) {
  std::vector<std::uint8_t> made(static_cast<std::size_t>(layout.size()));
  for (std::size_t at = 0; at < made.size(); ++at) {
    const auto word = static_cast<std::int64_t>(at);
    const auto axis = [&](std::size_t i) {
      return static_cast<int>(word / layout.stride[i] % layout.extent[i]);
    };
    const int row = axis(kAxes - 2) - layer.pad_top, col = axis(kAxes - 1) - layer.pad_left;
    made[at] = row < 0 || row >= layer.ifmap_rows || col < 0 || col >= layer.ifmap_cols ? 1 : 0;
  }
  return made;
}

std::size_t place_of(const Layer& layer, Tensor t, const TileLayout& layout, const Box& box) {
  const Coordinates at = origin(layer, t, box);
  std::int64_t words = 0;
  for (std::size_t axis = 0; axis < kAxes; ++axis) words += at[axis] * layout.stride[axis];
  return static_cast<std::size_t>(words);
}

}  // namespace

RtlShape small_shape(const std::string& mac) {
  return {.mac = mac,
          .rows = 4,
          .cols = 5,
          .ifmap_spad = 12,
          .filter_spad = 24,
          .psum_spad = 8,
          .fifo_packets = 4,
          .ifmap_packet_words = 4,
          .filter_packet_words = 4,
          .packet_psums = 6,
          .latency = 3};
}

LockStepRtlSize small_size(const std::string& mac, bool systolic) {
  LockStepRtlSize size;
  size.mac = mac;
  size.systolic = systolic;
  size.rows = size.cols = 5;
  return size;
}

bool give_mac(ArrayCase& c, const std::string& mac) {
  return give_mac(c.machine, c.layer, mac, c.seed);
}
bool give_mac(LockStepCase& c, const std::string& mac) {
  const bool pools = c.work != PeWork::kMultiply;
  if (pools && c.machine.mac != mac) return false;
  return give_mac(c.machine, c.layer, mac, c.seed);
}

ArrayTrial trial_of(const ArrayCase& c, std::size_t most) {
  Rng rng(c.seed);
  ArrayTrial trial;
  trial.machine = c.machine;
  trial.registers = c.machine.registers(c.layer);
  const Numbers& n = c.machine.numbers;
  Walk walk(c.layer, c.mapping, c.machine);
  for (Step step; trial.passes.size() < most && walk.next(step);) {
    std::array<TileLayout, kTensors> layout;
    for (const Tensor t : kAllTensors) layout[index(t)] = tile_layout(c.layer, step.pass, t);
    trial.compiled.push_back(std::make_unique<const Pass>(
        compile_pass(c.layer, c.machine, c.mapping, step.pass, layout)));
    PassCase& pass = trial.passes.emplace_back();
    pass.pass = trial.compiled.back().get();
    pass.ifmap = random_words<std::int16_t>(layout[0].size(), n.operand_bits, kZeros[0], rng);
    pass.filter = random_words<std::int16_t>(layout[1].size(), n.operand_bits, kZeros[1], rng);
    pass.psum = random_words<std::int32_t>(layout[2].size(), n.psum_bits, kZeros[2], rng);
    pass.read_psums = !step.starts_psums || c.machine.first_psum == FirstPsum::kRead;
    if (c.machine.padding == Padding::kStored) continue;
    for (const std::int16_t word : pass.ifmap)
      pass.padding.push_back(word == 0 && rng.chance(50) ? 1 : 0);
  }
  return trial;
}

LockStepTrial trial_of(const LockStepCase& c) {
  Rng rng(c.seed);
  const Numbers& n = c.machine.numbers;
  std::array<TileLayout, kTensors> layout;
  for (const Tensor t : kAllTensors) layout[index(t)] = tile_layout(c.layer, c.layer.box(), t);
  LockStepTrial trial;
  trial.ifmap = random_words<std::int16_t>(layout[0].size(), n.operand_bits, kZeros[0], rng);
  trial.filter = random_words<std::int16_t>(layout[1].size(), n.operand_bits, kZeros[1], rng);
  if (c.machine.padding == Padding::kGenerated) {
    trial.padding = padding_of(c.layer, layout[0]);
    for (std::size_t i = 0; i < trial.padding.size(); ++i) {
      if (trial.padding[i] != 0) trial.ifmap[i] = 0;
    }
  }
  LockStepSequence& sequence = trial.sequence;
  sequence.machine = &c.machine;
  sequence.registers = c.machine.registers(c.layer);
  sequence.work = c.work;
  sequence.psum = random_words<std::int32_t>(layout[2].size(), n.psum_bits, kZeros[2], rng);
  for (const LockStepCasePass& from : c.passes) {
    trial.compiled.push_back(compile_lock_step(c.layer, c.machine, c.mapping, from.box, layout));
    trial.plans.push_back(
        plan_lock_step(trial.compiled.back(), c.work, c.machine, {}, PlanFor::kDrive));
    const auto place = [&](Tensor t) { return place_of(c.layer, t, layout[index(t)], from.box); };
    const std::size_t ifmap = place(Tensor::kIfmap);
    sequence.passes.push_back(
        {.pass = &trial.compiled.back(),
         .plan = &trial.plans.back(),
         .tiles = {.ifmap = &trial.ifmap[ifmap],
                   .padding = trial.padding.empty() ? nullptr : &trial.padding[ifmap],
                   .filter = &trial.filter[place(Tensor::kFilter)],
                   .psum = nullptr,
                   .read_psums = from.read_psums},
         .psum_from = place(Tensor::kPsum),
         .from = from.from});
  }
  return trial;
}

}  // namespace orrery
