#include "tests/twins/lock_step_pair.h"

#include <deque>
#include <iostream>
#include <map>

#include "workloads/input/input_error.h"

namespace orrery::test {
namespace {

constexpr PeWork kWorks[]{PeWork::kMultiply, PeWork::kMax, PeWork::kSum};

PassTiles tiles(const LockStepCase& c, const BothTensors& tensors, std::size_t pass,
                std::size_t& psum_from) {
  const auto from = [&](Tensor t) {
    const Coordinates at = origin(c.layer, t, c.passes[pass].box);
    std::int64_t words = 0;
    for (std::size_t axis = 0; axis < kAxes; ++axis)
      words += at[axis] * tensors.layout[index(t)].stride[axis];
    return static_cast<std::size_t>(words);
  };
  psum_from = from(Tensor::kPsum);
  const std::size_t ifmap = from(Tensor::kIfmap);
  return {.ifmap = &tensors.ifmap[ifmap],
          .padding = tensors.made.empty() ? nullptr : &tensors.made[ifmap],
          .filter = &tensors.filter[from(Tensor::kFilter)],
          .psum = nullptr,
          .read_psums = c.passes[pass].read_psums};
}

void say(const std::string& sentence) { std::cerr << sentence << '\n'; }

const RtlPlaces kPlaces{ORRERY_SOURCE_DIR, ORRERY_ARRAYS_DIR};

}  // namespace

std::unique_ptr<RtlModule> make_module(const LockStepRtlSize& size, RtlExtras extras) {
  static std::map<std::pair<std::vector<std::string>, RtlExtras>, RtlPlugin> plugins;
  const RtlBuild build = build_of(size);
  const auto key = std::pair(build.parameters, extras);
  auto known = plugins.find(key);
  if (known == plugins.end())
    known = plugins.try_emplace(key, built_plugin(build, extras, kPlaces, say)).first;
  return known->second.make();
}

PairOutcome play_pair(const LockStepCase& c, const BothTensors& tensors, LockStepRtl& rtl,
                      const std::filesystem::path& waves) {
  const PeWork work = kWorks[static_cast<std::size_t>(c.work)];
  std::deque<LockStepPass> passes;
  std::deque<LockStepPlan> plans;
  LockStepSequence sequence{.machine = &c.machine,
                            .registers = c.machine.registers(c.layer),
                            .work = work,
                            .passes = {},
                            .psum = tensors.psum};
  for (std::size_t i = 0; i < c.passes.size(); ++i) {
    passes.push_back(
        compile_lock_step(c.layer, c.machine, c.mapping, c.passes[i].box, tensors.layout));
    plans.push_back(plan_lock_step(passes.back(), work, c.machine, {}, PlanFor::kDrive));
    LockStepPassCase& pass = sequence.passes.emplace_back();
    pass.pass = &passes.back();
    pass.plan = &plans.back();
    pass.tiles = tiles(c, tensors, i, pass.psum_from);
    pass.from = c.passes[i].from;
  }
  PairOutcome out;
  try {
    out.compared = compare_lock_step(sequence, rtl, waves);
  } catch (const InputError& error) {
    out.refused = error.what();
  } catch (const DeadlockError& error) {
    out.refused = "never ends";
  }
  return out;
}

}  // namespace orrery::test
