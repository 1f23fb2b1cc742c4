#include "sim/fast/array_times.h"

#include "sim/fast/independent_times.h"
#include "sim/fast/lock_step_times.h"

namespace orrery {
namespace {

class LockStep : public ArrayTimes {
 public:
  LockStep(const Machine& machine, const Layer& layer, const Mapping& mapping)
      : times_(machine, layer, mapping) {}
  int sort(const Step& step) override { return times_.id(step); }
  int pes(int sort) const override { return times_.pes(sort); }
  bool shadows(int sort) const override { return times_.shadows(sort); }
  std::int64_t fill_cycles(int sort) const override { return times_.fill_cycles(sort); }
  PassTimes play(int sort, std::int64_t fill_begin, std::int64_t begin) override {
    return times_.play(sort, fill_begin, begin);
  }
  void finish(std::int64_t now) override { times_.finish(now); }
  const PassRecord& totals() const override { return times_.record(); }
  void append_state(std::vector<std::int64_t>& to, std::int64_t now) const override {
    times_.append_state(to, now, now);
  }
  void shift(std::int64_t cycles) override { times_.shift(cycles); }

 private:
  LockStepTimes times_;
};

}  // namespace

std::unique_ptr<ArrayTimes> array_times(const Machine& machine, const Layer& layer,
                                        const Mapping& mapping, PassMemory* memory) {
  if (machine.array.pace == Pace::kLockStep)
    return std::make_unique<LockStep>(machine, layer, mapping);
  return std::make_unique<IndependentTimes>(machine, layer, mapping, memory);
}

void add(PassRecord& sum, const PassRecord& record, std::int64_t times) {
  sum.cycles += record.cycles * times;
  sum.steps += record.steps * times;
  const auto add_all = [times](auto& to, const auto& from) {
    for (std::size_t i = 0; i < to.size(); ++i)
      to[i] += from[i] * static_cast<std::uint64_t>(times);
  };
  add_all(sum.pe_cycles, record.pe_cycles);
  add_all(sum.before_mac, record.before_mac);
  add_all(sum.counts.value, record.counts.value);
}

PassRecord difference(const PassRecord& later, const PassRecord& earlier) {
  PassRecord out = later;
  add(out, earlier, -1);
  return out;
}

}  // namespace orrery
