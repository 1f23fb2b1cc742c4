#include "tests/fast/lock_step_sequence.h"

#include <fmt/format.h>

#include "tests/sim/both_lock_step.h"

namespace orrery::test {
namespace {

constexpr std::size_t kMostKinds = 3;

std::int64_t offset(const Layer& layer, const TileLayout& layout, Tensor t, const Box& pass) {
  const Coordinates from = origin(layer, t, pass);
  std::int64_t at = 0;
  for (std::size_t axis = 0; axis < kAxes; ++axis) at += from[axis] * layout.stride[axis];
  return at;
}

PeWork work_of(const LockStepCase& c) {
  constexpr std::array kWorks{PeWork::kMultiply, PeWork::kMax, PeWork::kSum};
  return kWorks[static_cast<std::size_t>(c.work)];
}

}  // namespace

LockStepCase ungated_case(std::uint64_t seed) {
  LockStepCase c = random_lock_step_case(seed);
  if (c.machine.mac == "mac_zero_gated") c.machine.mac = "mac_int16";
  if (c.work == PlainWork::kMultiply) return c;
  c.layer.kind = LayerKind::kPool;
  c.layer.pool.kind = c.work == PlainWork::kMax ? PoolKind::kMax : PoolKind::kAverage;
  return c;
}

std::int64_t random_gap(Rng& rng) {
  constexpr std::array kMost{0, 3, 40};
  return rng.in(0, kMost[static_cast<std::size_t>(rng.in(0, 2))]);
}

std::vector<GappedPass> random_sequence(const LockStepCase& c, int count, Rng& rng) {
  std::vector<Step> steps;
  Walk walk(c.layer, c.mapping, c.machine);
  for (Step step; walk.next(step);) steps.push_back(step);
  const auto any = [&](std::size_t n) {
    return static_cast<std::size_t>(rng.in(0, static_cast<int>(n) - 1));
  };
  std::vector<Step> few;
  for (std::size_t i = 0; i < kMostKinds; ++i) few.push_back(steps[any(steps.size())]);
  std::vector<GappedPass> out;
  while (--count >= 0) out.push_back({few[any(few.size())], random_gap(rng), random_gap(rng)});
  return out;
}

ArrayPlayer::ArrayPlayer(const LockStepCase& c, PlanFor what)
    : case_(c), what_(what), array_(c.machine) {
  BothTensors tensors = make_tensors(c, [](Tensor) { return 1; });
  layout_ = tensors.layout;
  ifmap_ = std::move(tensors.ifmap);
  filter_ = std::move(tensors.filter);
  padding_ = std::move(tensors.made);
  psum_ = std::move(tensors.psum);
}

const LockStepPlan& ArrayPlayer::plan(const Step& step) {
  std::array<int, kDims> size;
  for (const Dim d : kAllDims) size[index(d)] = step.pass[d].size();
  const auto [it, fresh] = plans_.try_emplace(size);
  const LockStepCase& c = case_;
  if (fresh) {
    it->second =
        plan_lock_step(compile_lock_step(c.layer, c.machine, c.mapping, step.pass, layout_),
                       work_of(c), c.machine, {}, what_);
  }
  return it->second;
}

PassTimes ArrayPlayer::play(const Step& step, std::int64_t fill_begin, std::int64_t begin) {
  const auto from = [&](Tensor t) { return offset(case_.layer, layout_[index(t)], t, step.pass); };
  PassTiles tiles;
  tiles.read_psums = !step.starts_psums || case_.machine.first_psum == FirstPsum::kRead;
  if (!padding_.empty()) tiles.padding = padding_.data() + from(Tensor::kIfmap);
  if (what_ == PlanFor::kValues) {
    tiles.ifmap = ifmap_.data() + from(Tensor::kIfmap);
    tiles.filter = filter_.data() + from(Tensor::kFilter);
    tiles.psum = psum_.data() + from(Tensor::kPsum);
  }
  return array_.play(plan(step), work_of(case_), case_.machine.registers(case_.layer), tiles,
                     fill_begin, begin);
}

void ArrayPlayer::finish(std::int64_t now) {
  const PassRecord part = array_.take_record(now);
  record_.cycles += part.cycles;
  record_.steps += part.steps;
  for (std::size_t i = 0; i < part.pe_cycles.size(); ++i) record_.pe_cycles[i] += part.pe_cycles[i];
  for (std::size_t i = 0; i < part.before_mac.size(); ++i)
    record_.before_mac[i] += part.before_mac[i];
  record_.counts += part.counts;
}

PassRecord minus(const PassRecord& later, const PassRecord& earlier) {
  PassRecord out = later;
  out.cycles -= earlier.cycles;
  out.steps -= earlier.steps;
  for (std::size_t i = 0; i < out.pe_cycles.size(); ++i) out.pe_cycles[i] -= earlier.pe_cycles[i];
  for (std::size_t i = 0; i < out.before_mac.size(); ++i)
    out.before_mac[i] -= earlier.before_mac[i];
  for (std::size_t i = 0; i < out.counts.value.size(); ++i)
    out.counts.value[i] -= earlier.counts.value[i];
  return out;
}

std::string difference(const PassRecord& a, const PassRecord& b) {
  std::string out;
  const auto compare = [&](const auto& what, auto x, auto y) {
    if (x != y) out += fmt::format("{}: {}, not {}\n", what, x, y);
  };
  compare("cycles", a.cycles, b.cycles);
  compare("steps", a.steps, b.steps);
  for (std::size_t i = 0; i < kPeStateNames.size(); ++i)
    compare(kPeStateNames[i], a.pe_cycles[i], b.pe_cycles[i]);
  for (std::size_t i = 0; i < kBeforeMacNames.size(); ++i)
    compare(kBeforeMacNames[i], a.before_mac[i], b.before_mac[i]);
  for (std::size_t i = 0; i < kActions.size(); ++i) {
    const ActionName& name = kActions[i];
    compare(fmt::format("{} {} {}", name.structure, name.tensor, name.action), a.counts.value[i],
            b.counts.value[i]);
  }
  return out;
}

std::string difference(const Playback& a, const Playback& b) {
  if (a.ends != b.ends) return "one of the two never ends\n";
  if (!a.ends) return {};
  std::string out;
  for (std::size_t i = 0; i < a.times.size(); ++i) {
    const PassTimes &x = a.times[i], &y = b.times[i];
    if (x == y) continue;
    out += fmt::format("pass {}: {} {} {} {}, not {} {} {} {}\n", i, x.begin, x.filled, x.handed,
                       x.done, y.begin, y.filled, y.handed, y.done);
  }
  return out + difference(a.record, b.record);
}

}  // namespace orrery::test
