#include "sim/rtl/lock_step_driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "arch/mac/all.h"
#include "sim/machine/array.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

// Nothing that an array does takes longer: a bus that sends an item, or an item of psums that
// leaves.
constexpr std::int64_t kPatience = 1 << 16;
// After so many cycles no word that nobody takes is on its way any more.
constexpr std::int64_t kRest = 512;

}  // namespace

LockStepDriver::LockStepDriver(const Machine& machine, const MacRegisters& registers, PeWork work,
                               LockStepRtl& rtl)
    : machine_(machine),
      registers_(registers),
      work_(work),
      rtl_(rtl),
      mac_(machine.mac, registers),
      systolic_(machine.array.delivery == Delivery::kSystolic),
      shifts_in_(systolic_ && machine.array.psum_route == PsumRoute::kColumn),
      takes_psums_(!machine.accumulates_at_store()),
      psum_words_(machine.words_per_psum()),
      psum_in_width_(std::min(machine.noc.psum_in.words_per_cycle,
                              machine.store_of(Tensor::kPsum).read_words_per_cycle)),
      in_(rtl.size()),
      last_item_(rtl.size().pes(), -1),
      products_(rtl.size().pes()) {
  if (const std::string why = why_not(machine, rtl.size()); !why.empty()) throw InputError(why);
  in_.cfg = lock_step_cfg(machine, registers, work);
  rtl_.settle(in_);
  rtl_.clock();
  in_.reset = false;
}

void LockStepDriver::add(const LockStepPass& pass, const LockStepPlan& plan, const PassTiles& tiles,
                         std::int64_t from) {
  const LockStepLoad& load = loaded(pass, plan, tiles.read_psums);
  auto& to = *passes_.emplace_back(std::make_unique<Pass>());
  to.plan = &plan;
  to.load = &load;
  to.tiles = tiles;
  to.from = from;
  to.shadows = machine_.array.shadow_filters && plan.filters_fit && !plan.items[1].empty();
  LockStepLog::Pass& times = to.times;  // none has come yet
  times.fill_begin = times.begin = times.filled = times.handed = times.done = -1;
}

// Passes of one plan are alike.
const LockStepLoad& LockStepDriver::loaded(const LockStepPass& pass, const LockStepPlan& plan,
                                           bool reads_psums) {
  const auto key = std::pair(&plan, reads_psums);
  if (const auto known = loads_.find(key); known != loads_.end()) return known->second;
  if (const std::string why = why_not(pass, plan, machine_, rtl_.size()); !why.empty())
    throw InputError(why);
  return loads_.emplace(key, load_lock_step(pass, plan, machine_, reads_psums, rtl_.size()))
      .first->second;
}

PassTimes LockStepDriver::times(std::size_t pass) const {
  const Pass& of = *passes_[pass];
  PassTimes times{.begin = -1, .filled = -1, .handed = of.times.handed, .done = of.times.done};
  if (pass < begun_) times.begin = of.times.begin;
  if (pass < filling_ && filters_sent(of)) times.filled = of.times.filled;
  if (pass + 1 == begun_ && last_step_ == now_) times.handed = now_;
  return times;
}

void LockStepDriver::look_ahead() {
  if (begun_ == 0 || !machine_.array.pipelined) return;
  in_.clear();
  ask_for_room();
  if (rtl_.settle(in_).last) last_step_ = now_;
}

bool LockStepDriver::rests() const {
  if (left_ != passes_.size()) return false;
  return passes_.empty() || now_ - passes_.back()->times.done > kRest;
}

void LockStepDriver::skip_to(std::int64_t cycle) { now_ = last_event_ = cycle; }

// Cycles are counted in the order of the array's rules: what a cycle begins with, its step, what
// leaves, what is sent.
void LockStepDriver::cycle() {
  in_.clear();
  open_next();
  ask_for_room();
  const LockStepOutputs& before = rtl_.settle(in_);
  const std::array<bool, 2> room = before.room;
  const bool source_ready = before.source_ready, psum_in_room = before.psum_in_room;
  charge(before);
  if (before.last && machine_.array.pipelined) passes_[begun_ - 1]->times.handed = now_;
  open_next();
  for (const Tensor t : {Tensor::kIfmap, Tensor::kFilter}) {
    if (Pass* pass = sending(t)) send(t, *pass, in_.start || room[index(t)]);
  }
  if (begun_ > 0) {
    send_source(*passes_[begun_ - 1], in_.start || source_ready);
    send_psums(*passes_[begun_ - 1], psum_in_room);
  }
  offer_psums();
  const LockStepOutputs& after = rtl_.settle(in_);
  take_psums(after);
  count(after);
  rtl_.clock();
  ++now_;
  if (now_ - last_event_ > kPatience) {
    throw DeadlockError(
        fmt::format("the pass can never end on machine {}: in RTL no step was taken "
                    "and no psum left for {} cycles",
                    machine_.name, kPatience));
  }
}

// The next pass begins, or its filters begin to move, where nothing forbids it any more.
void LockStepDriver::open_next() {
  if (begun_ == passes_.size()) return;
  Pass& pass = *passes_[begun_];
  const Pass* before = begun_ > 0 ? passes_[begun_ - 1].get() : nullptr;
  if (now_ < pass.from) return;
  if (pass.shadows && filling_ == begun_) {
    if (before != nullptr && !filters_sent(*before)) return;
    filling_ = begun_ + 1;
    pass.times.fill_begin = pass.times.filled = last_event_ = now_;
  }
  if (before != nullptr && (before->times.handed < 0 || before->times.handed > now_)) return;
  if (pass.shadows && !filters_there(pass)) return;
  begin(pass);
  open_next();
}

void LockStepDriver::begin(Pass& pass) {
  if (begun_ > 0 && systolic_) {
    const Pass& before = *passes_[begun_ - 1];
    const std::int64_t cycles = now_ - before.times.begin;
    if (cycles <= before.load->skew)
      throw InputError(fmt::format(
          "a pass of {} cycles is followed by the next one; in RTL a pass of this systolic array "
          "lasts at least {}, until its last PE has been told of it",
          cycles, before.load->skew + 1));
  }
  ++begun_;
  filling_ = begun_;
  pass.times.begin = last_event_ = now_;
  if (!pass.shadows) pass.times.fill_begin = pass.times.filled = now_;
  in_.start = true;
  in_.pass = pass.load->pass;
  in_.pes = pass.load->pes;
  in_.names = pass.load->names;
  in_.settings_changed = true;
  std::ranges::fill(last_item_, -1);
}

bool LockStepDriver::filters_sent(const Pass& pass) const {
  return pass.stream[1].item == pass.plan->items[1].size();
}

bool LockStepDriver::filters_there(const Pass& pass) const {
  return filters_sent(pass) && now_ >= pass.times.filled + machine_.noc.filter.latency_cycles;
}

// What the PEs of a pass do or wait for. A step is charged as `done`; what PEs take part in, when
// they do.
void LockStepDriver::charge(const LockStepOutputs& out) {
  items_[past(now_)] = out.ifmap;
  const auto state = static_cast<PeState>(out.state);
  const bool active = begun_ > 0 && (state != PeState::kDone);
  if (!active) return charge_idle();
  Pass& pass = *passes_[begun_ - 1];
  if (state == PeState::kMac) {
    pass.times.steps.push_back(now_);
    pass.stepped = true;
    last_event_ = now_;
    ++record_.steps;
    return charge(PeState::kDone, pass);
  }
  charge(state, pass);
  std::vector<LockStepLog::Wait>& waits = pass.times.waits;
  const bool goes_on = !waits.empty() && waits.back().state == state && waits.back().until == now_;
  if (!goes_on) waits.push_back({state, now_, now_});
  waits.back().until = now_ + 1;
  const auto pes = static_cast<std::uint64_t>(pass.plan->pes);
  if (pass.stepped) return;
  if (state == PeState::kWaitIfmap) record_.wait(BeforeMac::kIfmap) += pes;
  if (state == PeState::kWaitFilter) record_.wait(BeforeMac::kFilter) += pes;
}

// No step is left: PEs wait for the filters of the next pass, or for the end of this one.
void LockStepDriver::charge_idle() {
  const Pass* before = begun_ > 0 ? passes_[begun_ - 1].get() : nullptr;
  const bool handed =
      before == nullptr || (before->times.handed >= 0 && before->times.handed <= now_);
  if (filling_ > begun_ && handed) {
    record_.wait(BeforeMac::kFilter) += static_cast<std::uint64_t>(passes_[begun_]->plan->pes);
    return charge(PeState::kWaitFilter, *passes_[begun_]);
  }
  if (before != nullptr && (before->times.done < 0 || now_ < before->times.done))
    charge(PeState::kDone, *before);
}

void LockStepDriver::charge(PeState state, const Pass& pass) {
  record_.pe_cycles[static_cast<std::size_t>(state)] += static_cast<std::uint64_t>(pass.plan->pes);
  ++record_.cycles;
}

PassRecord LockStepDriver::take_record() {
  for (int& products : products_)
    count_words(Action::mac_none_spill, std::exchange(products, 0) > 0 ? 1 : 0);
  return std::exchange(record_, {});
}

}  // namespace orrery
