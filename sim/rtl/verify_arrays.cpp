#include "sim/rtl/verify_arrays.h"

#include <fmt/format.h>

#include <chrono>
#include <map>
#include <mutex>
#include <tuple>

#include "sim/rtl/trial.h"
#include "sim/twin/parallel.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

constexpr std::size_t kMostPasses = 4;  // of a case

// What a case came to.
struct Outcome {
  bool refused = false, deadlock = false;
  std::uint64_t passes = 0, psums = 0;
  std::int64_t cycles = 0;
  std::string difference{};
};

// An array in C++ and in RTL.
class Pair {
 public:
  Pair() = default;
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
  virtual ~Pair() = default;
  // The case of a seed; nothing where it has another datapath or array. Waves go to a folder.
  virtual std::optional<Outcome> play(std::uint64_t seed, const std::filesystem::path& waves) = 0;
  // The case, to be pasted.
  virtual std::string text(std::uint64_t seed) const = 0;
  virtual void write_coverage(const char* file) = 0;
};

class IndependentPair : public Pair {
 public:
  IndependentPair(const std::string& mac, const RtlPlugin& plugin)
      : shape_(small_shape(mac)), module_(plugin.make()) {}

  std::optional<Outcome> play(std::uint64_t seed, const std::filesystem::path& waves) override {
    ArrayCase c = random_array_case(seed);
    if (!give_mac(c, shape_.mac)) return std::nullopt;
    if (!why_not_rtl(c.machine, shape_).empty()) return Outcome{.refused = true};
    const ArrayTrial trial = trial_of(c, kMostPasses);
    try {
      const ArrayComparison seen =
          compare_arrays(c.machine, trial.registers, shape_, *module_, trial.passes, waves);
      return Outcome{.refused = false,
                     .deadlock = seen.deadlock,
                     .passes = trial.passes.size(),
                     .psums = static_cast<std::uint64_t>(seen.psums),
                     .cycles = seen.cycles,
                     .difference = seen.difference ? to_string(*seen.difference) : ""};
    } catch (const InputError&) {
      return Outcome{.refused = true};
    }
  }
  std::string text(std::uint64_t seed) const override {
    ArrayCase c = random_array_case(seed);
    give_mac(c, shape_.mac);
    return to_string(c);
  }
  void write_coverage(const char* file) override { module_->write_coverage(file); }

 private:
  const RtlShape shape_;
  std::unique_ptr<RtlModule> module_;
};

class LockStepPair : public Pair {
 public:
  LockStepPair(const std::string& mac, bool systolic, const RtlPlugin& plugin)
      : size_(small_size(mac, systolic)), rtl_(plugin.make(), size_) {}

  std::optional<Outcome> play(std::uint64_t seed, const std::filesystem::path& waves) override {
    LockStepCase c = random_lock_step_case(seed);
    const bool systolic = c.machine.array.delivery == Delivery::kSystolic;
    if (systolic != size_.systolic || !give_mac(c, size_.mac)) return std::nullopt;
    const LockStepTrial trial = trial_of(c);
    try {
      const LockStepComparison seen = compare_lock_step(trial.sequence, rtl_, waves);
      return Outcome{.refused = false,
                     .deadlock = false,
                     .passes = c.passes.size(),
                     .psums = seen.psums,
                     .cycles = seen.cycles,
                     .difference = seen.difference ? to_string(*seen.difference) : ""};
    } catch (const InputError&) {
    } catch (const DeadlockError&) {  // in C++, which has no lock step with what never ends
    }
    return Outcome{.refused = true};
  }
  std::string text(std::uint64_t seed) const override {
    LockStepCase c = random_lock_step_case(seed);
    give_mac(c, size_.mac);
    return to_string(c);
  }
  void write_coverage(const char* file) override { rtl_.write_coverage(file); }

 private:
  const LockStepRtlSize size_;
  LockStepRtl rtl_;
};

RtlBuild build_of(ArrayKind kind, const std::string& mac) {
  if (kind == ArrayKind::kIndependent) return build_of(small_shape(mac));
  return build_of(small_size(mac, kind == ArrayKind::kSystolic));
}

std::unique_ptr<Pair> make_pair(ArrayKind kind, const std::string& mac, const RtlPlugin& plugin) {
  if (kind == ArrayKind::kIndependent) return std::make_unique<IndependentPair>(mac, plugin);
  return std::make_unique<LockStepPair>(mac, kind == ArrayKind::kSystolic, plugin);
}

void add(ArrayReport& report, const Outcome& outcome) {
  if (outcome.refused) {
    ++report.refused;
    return;
  }
  ++report.cases;
  report.deadlocks += outcome.deadlock ? 1 : 0;
  report.passes += outcome.passes;
  report.psums += outcome.psums;
  report.cycles += outcome.cycles;
}

// Points of all arrays, by where they stand.
class CoverageSum {
 public:
  void add(const std::vector<CoverPoint>& points) {
    const std::lock_guard lock(mutex_);
    for (const CoverPoint& p : points) {
      const auto [at, is_new] = points_.try_emplace(std::tuple(p.kind, p.file, p.line, p.where), p);
      if (!is_new) at->second.count += p.count;
    }
  }
  std::vector<CoverPoint> points() const {
    std::vector<CoverPoint> all;
    for (const auto& [at, point] : points_) all.push_back(point);
    return all;
  }

 private:
  std::mutex mutex_;
  std::map<std::tuple<CoverPoint::Kind, std::string, int, std::string>, CoverPoint> points_;
};

// Properties are those of PEs on their own and their NoC.
RtlExtras extras_of(const VerifyArraysOptions& options, ArrayKind kind) {
  if (options.coverage) return RtlExtras::kCoverage;
  return kind == ArrayKind::kIndependent ? RtlExtras::kProperties : RtlExtras::kNone;
}

void play_array(const VerifyArraysOptions& options, CoverageSum& sum,
                const std::function<void(double)>& progress, ArrayReport& report) {
  const RtlBuild build = build_of(report.kind, report.mac);
  const RtlPlugin plugin(
      built_plugin(build, extras_of(options, report.kind), options.places, options.say));
  const auto pair = make_pair(report.kind, report.mac, plugin);
  const auto start = std::chrono::steady_clock::now();
  for (std::uint64_t seed = options.seed; report.cases < options.cases; ++seed) {
    const std::optional<Outcome> outcome = pair->play(seed, {});
    if (!outcome) continue;
    add(report, *outcome);
    progress(static_cast<double>(report.cases) / static_cast<double>(options.cases));
    if (outcome->difference.empty()) continue;
    report.first_difference = outcome->difference + '\n' + pair->text(seed);
    report.waves =
        options.waves /
        fmt::format("{}-{}", kArrayKindNames[static_cast<std::size_t>(report.kind)], report.mac);
    std::filesystem::create_directories(report.waves);
    const RtlPlugin traced(built_plugin(build, RtlExtras::kWaves, options.places, options.say));
    make_pair(report.kind, report.mac, traced)->play(seed, report.waves);
    break;
  }
  if (options.coverage)
    sum.add(read_coverage([&](const char* file) { pair->write_coverage(file); }));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  report.seconds = took.count();
}

}  // namespace

ArraysReport verify_arrays(const VerifyArraysOptions& options) {
  ArraysReport report;
  report.counted = options.coverage;
  for (const std::string& mac : options.macs) {
    for (const ArrayKind kind :
         {ArrayKind::kIndependent, ArrayKind::kLockStep, ArrayKind::kSystolic}) {
      ArrayReport& array = report.arrays.emplace_back();
      array.kind = kind;
      array.mac = mac;
    }
  }
  CoverageSum sum;
  Shares shares(report.arrays.size(), options.progress);
  in_parallel(report.arrays.size(), [&](std::size_t i) {
    play_array(
        options, sum, [&](double share) { shares.tell(i, share); }, report.arrays[i]);
  });
  report.lines = coverage_of(sum.points(), CoverPoint::Kind::kLine);
  report.toggles = coverage_of(sum.points(), CoverPoint::Kind::kToggle);
  return report;
}

}  // namespace orrery
