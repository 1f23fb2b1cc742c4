#include "sim/rtl/engine.h"

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "sim/machine/dram_map.h"
#include "sim/rtl/lock_step_driver.h"
#include "sim/rtl/rtl_array.h"
#include "sim/schedule/walk.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

void add(PassRecord& to, const PassRecord& record) {
  to.cycles += record.cycles;
  for (std::size_t i = 0; i < to.pe_cycles.size(); ++i) to.pe_cycles[i] += record.pe_cycles[i];
  for (std::size_t i = 0; i < to.before_mac.size(); ++i) to.before_mac[i] += record.before_mac[i];
  to.counts += record.counts;
}

using SharedPlugin = std::shared_ptr<const RtlPlugin>;

// PEs of their own pace. The clock that is settled stands for the cycle before the one that comes
// next: it tells whether a pass can begin then, and has its edge when it is known whether one does.
class ClockedPes : public ClockedArray {
 public:
  ClockedPes(const Machine& machine, const MacRegisters& registers, SharedPlugin plugin)
      : machine_(machine),
        shape_(roomy_shape_of(machine)),
        plugin_(std::move(plugin)),
        module_(plugin_->make()),
        rtl_(machine, registers, shape_, *module_) {
    rtl_.settle();
  }

  void give(const ArrayPass& pass, const PassTiles& tiles, std::int64_t) override {
    auto plan = plans_.find(&pass.independent);
    if (plan == plans_.end())
      plan = plans_.emplace(&pass.independent, plan_rtl_pass(machine_, shape_, pass.independent))
                 .first;
    rtl_.start(plan->second, tiles);
    passes_.push_back({{kUnknown, kUnknown, kUnknown, kUnknown}, pass.pes});
  }

  void play_until(std::int64_t cycle) override {
    while (settled_ + 1 < cycle) {
      const bool idle = rtl_.idle();
      rtl_.clock();
      settled_ = idle ? cycle - 1 : settled_ + 1;  // clocks of an idle array are all alike
      if (const RtlPlayedPass* latest = rtl_.latest_pass();
          latest != nullptr && passes_[number(*latest)].times.begin == kUnknown)
        passes_[number(*latest)].times.begin = settled_;
      settle();
      rtl_.check_moves();
    }
  }

  PassTimes times(std::size_t pass) const override { return passes_[pass].times; }
  PassRecord take_record() override { return std::exchange(record_, {}); }

 private:
  struct Given {
    PassTimes times;
    int pes = 0;
  };

  static std::size_t number(const RtlPlayedPass& pass) {
    return static_cast<std::size_t>(pass.number);
  }

  void settle() {
    rtl_.settle();
    if (const auto record = rtl_.take_record()) end(*record);
    const RtlPlayedPass* latest = rtl_.latest_pass();
    if (latest != nullptr) note(passes_[number(*latest)].times, latest->record);
  }

  static void note(PassTimes& times, const PassRecord& record) {
    if (record.filled_cycle > 0) times.filled = times.begin + record.filled_cycle;
    if (record.handed_cycle > 0) times.handed = times.begin + record.handed_cycle;
  }

  // Cycles in which the next pass is under way are its own.
  void end(const PassRecord& record) {
    const Given& over = passes_[over_];
    PassTimes& times = passes_[over_++].times;
    note(times, record);
    times.done = times.begin + record.cycles;
    add(record_, record);
    if (over_ == passes_.size() || passes_[over_].times.begin == kUnknown) return;
    const std::int64_t overlap = times.done - passes_[over_].times.begin;
    record_.cycles -= overlap;
    record_.pe_cycles[static_cast<std::size_t>(PeState::kDone)] -=
        static_cast<std::uint64_t>(overlap * over.pes);
  }

  const Machine& machine_;
  const RtlShape shape_;
  const SharedPlugin plugin_;
  const std::unique_ptr<RtlModule> module_;
  RtlArray rtl_;
  std::int64_t settled_ = -1;  // cycle
  std::map<const Pass*, RtlPass> plans_;
  std::vector<Given> passes_;
  std::size_t over_ = 0;
  PassRecord record_;
};

// PEs in lock step. A cycle is played when the next one comes; of that one only a look is taken.
class ClockedLockStep : public ClockedArray {
 public:
  ClockedLockStep(const Machine& machine, const MacRegisters& registers, PeWork work,
                  SharedPlugin plugin)
      : plugin_(std::move(plugin)),
        rtl_(plugin_->make(), size_of(machine)),
        driver_(machine, registers, work, rtl_) {}

  void give(const ArrayPass& pass, const PassTiles& tiles, std::int64_t from) override {
    driver_.add(pass.lock_step, pass.plan, tiles, from);
  }

  void play_until(std::int64_t cycle) override {
    if (driver_.now() >= cycle) return;
    while (driver_.now() < cycle) {
      if (driver_.rests())
        driver_.skip_to(cycle);
      else
        driver_.cycle();
    }
    driver_.look_ahead();
  }

  PassTimes times(std::size_t pass) const override { return driver_.times(pass); }
  PassRecord take_record() override { return driver_.take_record(); }

 private:
  const SharedPlugin plugin_;
  LockStepRtl rtl_;
  LockStepDriver driver_;
};

bool in_lock_step(const Machine& machine) { return machine.array.pace == Pace::kLockStep; }

std::string why_not_machine(const Machine& machine) {
  return in_lock_step(machine) ? why_not(machine, size_of(machine))
                               : why_not_rtl(machine, shape_of(machine));
}

std::string why_not_pass(const Machine& machine, const Layer& layer, const Mapping& mapping,
                         const std::array<TileLayout, kTensors>& layout, const Box& box) {
  try {
    if (in_lock_step(machine)) {
      const LockStepPass pass = compile_lock_step(layer, machine, mapping, box, layout);
      const LockStepPlan plan = plan_lock_step(pass, work_of(layer), machine, {}, PlanFor::kDrive);
      return why_not(pass, plan, machine, size_of(machine));
    }
    plan_rtl_pass(machine, roomy_shape_of(machine),
                  compile_pass(layer, machine, mapping, box, layout));
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

}  // namespace

MakeClockedArray rtl_arrays(const RtlPlaces& places, void (*say)(const std::string&)) {
  // Loaded once: an array that is unloaded and loaded again starts anew, but gains nothing.
  auto plugins = std::make_shared<std::map<std::filesystem::path, SharedPlugin>>();
  return [=](const Machine& machine, const Layer& layer) -> std::unique_ptr<ClockedArray> {
    if (const std::string why = why_not_machine(machine); !why.empty()) throw InputError(why);
    const RtlBuild build =
        in_lock_step(machine) ? build_of(size_of(machine)) : build_of(roomy_shape_of(machine));
    const std::filesystem::path file = built_plugin(build, RtlExtras::kNone, places, say);
    SharedPlugin& plugin = (*plugins)[file];
    if (plugin == nullptr) plugin = std::make_shared<const RtlPlugin>(file);
    const MacRegisters registers = machine.registers(layer);
    if (in_lock_step(machine))
      return std::make_unique<ClockedLockStep>(machine, registers, work_of(layer), plugin);
    return std::make_unique<ClockedPes>(machine, registers, plugin);
  };
}

std::string why_not_in_rtl(const Machine& machine, const Layer& layer, const Mapping& mapping) {
  if (mapping.nest.empty()) return {};  // not on the array
  if (std::string why = why_not_machine(machine); !why.empty()) return why;
  const std::array<TileLayout, kTensors> layout = largest_tiles(layer, machine, mapping);
  std::set<std::vector<int>> known;
  Walk walk(layer, mapping, machine);
  for (Step step; walk.next(step);) {
    std::vector<int> size;
    for (const Range& range : step.pass.range) size.push_back(range.size());
    if (!known.insert(size).second) continue;
    std::string why = why_not_pass(machine, layer, mapping, layout, step.pass);
    if (!why.empty()) return why;
  }
  return {};
}

}  // namespace orrery
