#include "sim/cycle/lane_module.h"

#include <optional>
#include <systemc>

#include "sim/sparse/lane_steps.h"

namespace orrery {
namespace {

// One clocked process for all lanes.
class LaneModule : public sc_core::sc_module {
 public:
  sc_core::sc_in<bool> clock;

  explicit LaneModule(const sc_core::sc_module_name& name) : sc_module(name) {
    SC_HAS_PROCESS(LaneModule);
    SC_METHOD(step);
    sensitive << clock.pos();
    dont_initialize();
  }

  void begin(const LaneRules& rules, LaneWork& work) {
    steps_.emplace(rules, work);
    over_ = false;
    find_round();
  }
  bool over() const { return over_; }
  const LaneTimes& times() const { return steps_->times(); }

 private:
  void step() {
    if (over_) return;
    steps_->step();
    find_round();
  }

  // Rounds without items take no time.
  void find_round() {
    while (!over_ && !steps_->in_round()) over_ = !steps_->next_round();
  }

  std::optional<LaneSteps> steps_;
  bool over_ = true;
};

class Bench : public sc_core::sc_module {
 public:
  explicit Bench(const sc_core::sc_module_name& name) : sc_module(name) { lanes_.clock(clock_); }
  LaneTimes play(const LaneRules& rules, LaneWork& work) {
    lanes_.begin(rules, work);
    while (!lanes_.over()) sc_core::sc_start(chunk_);
    return lanes_.times();
  }

 private:
  const sc_core::sc_time chunk_{1024, sc_core::SC_NS};
  sc_core::sc_clock clock_{"clock", sc_core::sc_time(1, sc_core::SC_NS)};
  LaneModule lanes_{"lanes"};
};

}  // namespace

LaneTimes play_lanes_on_clocks(const LaneRules& rules, LaneWork& work) {
  static Bench bench("lane_bench");
  return bench.play(rules, work);
}

}  // namespace orrery
