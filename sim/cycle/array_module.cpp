#include "sim/cycle/array_module.h"

#include <algorithm>
#include <stdexcept>

namespace orrery {

ArrayModule::ArrayModule(const sc_core::sc_module_name& name) : sc_module(name) {
  SC_HAS_PROCESS(ArrayModule);
  SC_THREAD(fill);
  SC_THREAD(run);
  SC_THREAD(drain);
}

void ArrayModule::configure(Job& job) {
  job_ = &job;
  passes_.clear();
  over_ = 0;
  array_.reset();
  lock_step_.reset();
  if (job.machine.array.pace == Pace::kLockStep) {
    lock_step_.emplace(job.machine);
    lock_step_->lose(job.options.lost);
  } else {
    array_.emplace(job.machine);
    array_->lose(job.options.lost);
  }
  clocked_.reset();
  if (job.options.array) clocked_ = job.options.array(job.machine, job.layer);
}

void ArrayModule::fill() {
  while (true) {
    const PassPtr order = orders->read();
    if (given_up()) {
      leave(*order);
      continue;
    }
    try {
      clocked_ ? give(*order) : move_shadow_filters(*order);
    } catch (const std::runtime_error& error) {
      give_up(*order, error.what());
      continue;
    }
    filled_.write(order);
    // The shadow registers are free again when the pass has taken them over, and the filter bus
    // when it has what it did not take from there.
    if (!order->began.open) wait(order->began.opened);
    if (!order->filled.open) wait(order->filled.opened);
  }
}

void ArrayModule::run() {
  while (true) {
    const PassPtr order = filled_.read();
    order->began.release();
    if (given_up()) {
      leave(*order);
      continue;
    }
    try {
      if (clocked_)
        play_clocked(order);
      else
        lock_step_ ? play_in_lock_step(order) : play(order);
    } catch (const std::runtime_error& error) {
      give_up(*order, error.what());
    }
  }
}

void ArrayModule::drain() {
  while (true) {
    if (draining_.empty()) wait(drains_);
    const Draining next = draining_.front();
    try {
      clocked_ ? wait_for(*next.order, &PassTimes::done) : let_pass_until(next.done);
      draining_.pop_front();
      finish(*next.order);
    } catch (const std::runtime_error& error) {  // of a clocked array
      draining_.pop_front();
      give_up(*next.order, error.what());
    }
  }
}

void ArrayModule::move_shadow_filters(PassOrder& order) {
  const LockStepPlan& plan = compiled(order.step.pass).plan;
  if (!lock_step_ || !lock_step_->shadows(plan)) return;
  order.fill_begin = job_->core_cycle();
  let_pass_until(order.fill_begin + lock_step_->fill_cycles(plan));
  order.filled.release();
}

// A pass that cannot be played: those who wait for it go on, and find the reason in the job.
void ArrayModule::give_up(PassOrder& order, const std::string& why) {
  job_->failure = why;
  leave(order);
}

// A pass that is not played.
void ArrayModule::leave(PassOrder& order) {
  --job_->passes_under_way;
  order.filled.release();
  order.done.release();
}

void ArrayModule::play(const PassPtr& order) {
  const ArrayPass& pass = compiled(order->step.pass);
  const std::int64_t begin = job_->core_cycle();
  const std::int64_t overlap = std::max<std::int64_t>(0, over_ - begin);
  charge_overlap(overlap);
  array_->start(pass.independent, job_->machine.registers(job_->layer), tiles(*order), overlap);
  array_->play_fill();
  let_pass_until(begin + array_->record().filled_cycle);
  order->filled.release();
  array_->play();
  note(array_->record());
  over_ = begin + array_->record().cycles;
  pes_ = pass.pes;
  draining_.push_back({order, over_});
  drains_.notify();
  let_pass_until(begin + array_->record().handed_cycle);
}

// Cycles of the pass before, noted as its own, in which its PEs are done and the next one begins.
void ArrayModule::charge_overlap(std::int64_t cycles) {
  LayerResult& result = job_->result;
  result.pass_cycles -= static_cast<std::uint64_t>(cycles);
  result.pe_cycles[static_cast<std::size_t>(PeState::kDone)] -=
      static_cast<std::uint64_t>(cycles * pes_);
}

void ArrayModule::play_in_lock_step(const PassPtr& order) {
  const LockStepPlan& plan = compiled(order->step.pass).plan;
  const PassTimes times =
      lock_step_->play(plan, work_of(job_->layer), job_->machine.registers(job_->layer),
                       tiles(*order), order->fill_begin, job_->core_cycle());
  if (!order->filled.open) {
    let_pass_until(times.filled);
    order->filled.release();
  }
  draining_.push_back({order, times.done});
  drains_.notify();
  let_pass_until(times.handed);
}

void ArrayModule::finish(PassOrder& order) {
  if (lock_step_ && !clocked_) note(lock_step_->take_record(job_->core_cycle()));
  const int active = compiled(order.step.pass).pes;
  LayerResult& result = job_->result;
  ++result.passes;
  result.active_pes = std::max(result.active_pes, active);
  result.active_pes_mean += active;
  job_->array_idle_since = job_->core_cycle();
  --job_->passes_under_way;
  if (clocked_ && job_->passes_under_way == 0) note(clocked_->take_record());
  order.done.release();
}

// A clocked array takes a pass as soon as it is there. Its filters may move meanwhile.
void ArrayModule::give(PassOrder& order) {
  const std::int64_t now = order.fill_begin = job_->core_cycle();
  const ArrayPass& pass = compiled(order.step.pass);
  clocked_->play_until(now);
  clocked_->give(pass, tiles(order), now);
  if (!lock_step_ || !lock_step_->shadows(pass.plan)) return;
  wait_for(order, &PassTimes::filled, job_->machine.noc.filter.latency_cycles);
  order.filled.release();
}

void ArrayModule::play_clocked(const PassPtr& order) {
  if (!order->filled.open) {
    wait_for(*order, &PassTimes::filled);
    order->filled.release();
  }
  draining_.push_back({order});
  drains_.notify();
  try {
    wait_for(*order, &PassTimes::handed);
  } catch (const std::runtime_error& error) {
    job_->failure = error.what();  // drain() gives up the pass
  }
}

// Lets time pass until so many cycles after the pass has come so far.
void ArrayModule::wait_for(const PassOrder& order, std::int64_t PassTimes::*what,
                           std::int64_t after) {
  const auto pass = static_cast<std::size_t>(order.number - 1);
  while (true) {
    if (given_up()) throw DeadlockError(job_->failure);
    const std::int64_t now = job_->core_cycle();
    clocked_->play_until(now);
    const std::int64_t at = clocked_->times(pass).*what;
    if (at != ClockedArray::kUnknown && at + after <= now) return;
    let_pass_until(at == ClockedArray::kUnknown ? now + 1 : at + after);
  }
}

void ArrayModule::let_pass_until(std::int64_t cycle) {
  const std::int64_t cycles = cycle - job_->core_cycle();
  if (cycles > 0) wait(ticks(cycles * job_->clocks.core.period));
}

const ArrayPass& ArrayModule::compiled(const Box& pass) {
  std::array<int, kDims> size;
  for (const Dim d : kAllDims) size[index(d)] = pass[d].size();
  const auto [it, fresh] = passes_.try_emplace(size);
  ArrayPass& out = it->second;
  if (!fresh) return out;
  if (lock_step_) {
    out.lock_step =
        compile_lock_step(job_->layer, job_->machine, job_->mapping, pass, job_->layout);
    out.plan = plan_lock_step(out.lock_step, work_of(job_->layer), job_->machine,
                              job_->options.lost, clocked_ ? PlanFor::kDrive : PlanFor::kValues);
    out.pes = out.plan.pes;
  } else {
    out.independent = compile_pass(job_->layer, job_->machine, job_->mapping, pass, job_->layout);
    out.pes = static_cast<int>(out.independent.pes.size());
  }
  return out;
}

PassTiles ArrayModule::tiles(const PassOrder& order) {
  const Step& step = order.step;
  const auto offset = [&](Tensor t) {
    const Coordinates from = origin(job_->layer, t, step.pass);
    const Coordinates tile = origin(job_->layer, t, step.tile[index(t)]);
    std::int64_t at = 0;
    for (std::size_t a = 0; a < kAxes; ++a)
      at += (from[a] - tile[a]) * job_->layout[index(t)].stride[a];
    return at;
  };
  Glb& glb = job_->glb;
  const auto buffer = [&](Tensor t) { return order.buffer[index(t)]; };
  const int ifmap = buffer(Tensor::kIfmap);
  return {.ifmap = glb.words(Tensor::kIfmap, ifmap).data() + offset(Tensor::kIfmap),
          .padding = job_->machine.padding == Padding::kGenerated
                         ? glb.padding(ifmap).data() + offset(Tensor::kIfmap)
                         : nullptr,
          .filter =
              glb.words(Tensor::kFilter, buffer(Tensor::kFilter)).data() + offset(Tensor::kFilter),
          .psum = glb.psums(buffer(Tensor::kPsum)).data() + offset(Tensor::kPsum),
          .read_psums = reads_psums(step, job_->machine)};
}

void ArrayModule::note(const PassRecord& record) {
  LayerResult& result = job_->result;
  result.pass_cycles += static_cast<std::uint64_t>(record.cycles);
  result.steps += static_cast<std::uint64_t>(record.steps);
  for (std::size_t i = 0; i < result.pe_cycles.size(); ++i)
    result.pe_cycles[i] += record.pe_cycles[i];
  for (std::size_t i = 0; i < result.before_mac.size(); ++i)
    result.before_mac[i] += record.before_mac[i];
  result.counts += record.counts;
  result.chain_overflows += record.chain_overflows;
}

}  // namespace orrery
