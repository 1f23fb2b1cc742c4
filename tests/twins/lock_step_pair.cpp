#include "tests/twins/lock_step_pair.h"

#include <fmt/format.h>

#include <algorithm>

#include "arch/mac/all.h"
#include "sim/machine/lock_step.h"
#include "sim/rtl/lock_step_compare.h"
#include "sim/rtl/lock_step_driver.h"
#include "workloads/input/input_error.h"

namespace orrery::test {
namespace {

constexpr PeWork kWorks[]{PeWork::kMultiply, PeWork::kMax, PeWork::kSum};

class Pair {
 public:
  Pair(const LockStepCase& c, const BothTensors& tensors, LockStepRtl& rtl)
      : c_(c), work_(kWorks[static_cast<std::size_t>(c.work)]), tensors_(tensors), rtl_(rtl) {}

  PairOutcome play() {
    for (const PlainPass& pass : c_.passes) {
      passes_.push_back(
          compile_lock_step(c_.layer, c_.machine, c_.mapping, pass.box, tensors_.layout));
      plans_.push_back(plan_lock_step(passes_.back(), work_, c_.machine, {}, PlanFor::kDrive));
    }
    try {
      play_cpp();
      play_rtl();
    } catch (const InputError& error) {
      out_.refused = error.what();
      return out_;
    } catch (const DeadlockError& error) {
      out_.refused = "never ends";
      return out_;
    }
    compare();
    return out_;
  }

 private:
  PassTiles tiles(std::size_t pass, std::vector<std::int32_t>& psum) const {
    const Box& box = c_.passes[pass].box;
    const auto from = [&](Tensor t) {
      const Coordinates at = origin(c_.layer, t, box);
      std::int64_t words = 0;
      for (std::size_t axis = 0; axis < kAxes; ++axis)
        words += at[axis] * tensors_.layout[index(t)].stride[axis];
      return static_cast<std::size_t>(words);
    };
    const std::size_t ifmap = from(Tensor::kIfmap);
    return {.ifmap = &tensors_.ifmap[ifmap],
            .padding = tensors_.made.empty() ? nullptr : &tensors_.made[ifmap],
            .filter = &tensors_.filter[from(Tensor::kFilter)],
            .psum = &psum[from(Tensor::kPsum)],
            .read_psums = c_.passes[pass].read_psums};
  }

  void play_cpp() {
    psum_ = tensors_.psum;
    LockStepArray array(c_.machine);
    array.log(&log_);
    PassTimes before{};
    for (std::size_t i = 0; i < plans_.size(); ++i) {
      std::int64_t begin = std::max(before.handed, c_.passes[i].from), fill_begin = begin;
      if (array.shadows(plans_[i])) {
        fill_begin = std::max({before.begin, before.filled, c_.passes[i].from});
        begin = std::max(begin, fill_begin + array.fill_cycles(plans_[i]));
      }
      before = array.play(plans_[i], work_, c_.machine.registers(c_.layer), tiles(i, psum_),
                          fill_begin, begin);
    }
    record_ = array.take_record(before.done);
    out_.cycles = before.done;
  }

  void play_rtl() {
    rtl_psum_ = tensors_.psum;
    LockStepDriver driver(c_.machine, c_.machine.registers(c_.layer), work_, rtl_);
    for (std::size_t i = 0; i < plans_.size(); ++i)
      driver.add(passes_[i], plans_[i], tiles(i, rtl_psum_), c_.passes[i].from);
    while (!driver.done()) driver.cycle();
    for (std::size_t i = 0; i < plans_.size(); ++i) rtl_log_.passes.push_back(driver.log(i));
    rtl_record_ = driver.take_record();
  }

  void compare() {
    out_.passes = plans_.size();
    for (const auto& pass : log_.passes) out_.psums += pass.psums.size();
    out_.difference = first_difference(log_, rtl_log_);
    if (out_.difference.empty()) out_.difference = first_difference(record_, rtl_record_);
    if (out_.difference.empty() && psum_ != rtl_psum_) out_.difference = "tiles differ";
  }

  const LockStepCase& c_;
  const PeWork work_;
  const BothTensors& tensors_;
  LockStepRtl& rtl_;
  std::vector<LockStepPass> passes_;
  std::vector<LockStepPlan> plans_;
  std::vector<std::int32_t> psum_, rtl_psum_;
  LockStepLog log_, rtl_log_;
  PassRecord record_, rtl_record_;
  PairOutcome out_;
};

}  // namespace

PairOutcome play_pair(const LockStepCase& c, const BothTensors& tensors, LockStepRtl& rtl) {
  return Pair(c, tensors, rtl).play();
}

}  // namespace orrery::test
