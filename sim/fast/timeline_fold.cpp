// How a layer without clocks finds the stretches that repeat.
#include <algorithm>
#include <limits>

#include "sim/fast/form.h"
#include "sim/fast/hash.h"
#include "sim/fast/timeline.h"

namespace orrery {
namespace {

constexpr std::int64_t kOver = std::numeric_limits<std::int64_t>::min();

}  // namespace

// Everything as it is seen from now: times as distances, passes and transfers as places before the
// latest, those that nobody can wait for any more as one.
class Timeline::Describe {
 public:
  Describe(const Timeline& line, std::vector<std::int64_t>& to) : line_(line), to_(to) {}

  void value(std::int64_t v) { to_.push_back(v); }
  void number(PassNumber pass) {
    const PassNumber first =
        line_.known_.empty() ? line_.latest_pass_ + 1 : line_.known_.front().number;
    to_.push_back(pass < first ? kOver : pass - line_.latest_pass_);
  }
  void transfer(TransferNumber transfer) {
    const bool over = transfer == 0 || line_.dma_.live(transfer, line_.now_) == 0;
    to_.push_back(over ? kOver : transfer - line_.latest_transfer_);
  }
  // A cycle up to which time has been charged; while the array is idle, from its last pass on.
  void cycle(std::int64_t charged) {
    const bool idle = line_.array_idle_since().has_value();
    const std::int64_t from = idle ? std::max(charged, line_.stages_.done) : charged;
    to_.push_back(idle ? from - line_.cycle() : std::max<std::int64_t>(0, from - line_.cycle()));
  }
  void later(std::int64_t cycle) {
    to_.push_back(std::max<std::int64_t>(0, cycle - line_.cycle()));
  }

 private:
  const Timeline& line_;
  std::vector<std::int64_t>& to_;
};

// Moves passes, transfers and times on.
class Timeline::Move {
 public:
  Move(const Fold::Sums& sums, std::int64_t cycles) : sums_(sums), cycles_(cycles) {}
  void value(std::int64_t) {}
  void number(PassNumber& pass) { pass += pass == 0 ? 0 : sums_.passes; }
  void transfer(TransferNumber& transfer) { transfer += transfer == 0 ? 0 : sums_.transfers; }
  void cycle(std::int64_t& cycle) { cycle += cycles_; }

 private:
  const Fold::Sums& sums_;
  std::int64_t cycles_;
};

std::size_t Timeline::StepHash::operator()(const std::vector<std::int32_t>& form) const {
  return hash_of(form);
}

// Steps are alike if their pass and tiles are, and what becomes of these.
int Timeline::sort(const Step& step) {
  if (!fold_) return 0;
  std::vector<std::int32_t> key;
  key.reserve(4 * sizeof(Form) / sizeof(std::int32_t) + 8);
  const auto add = [&](const Box& box, int extra) {
    const Form it = form(layer_, machine_, box, extra);
    key.insert(key.end(), it.value.begin(), it.value.end());
  };
  add(step.pass, (step.starts_tile ? 1 : 0) + (step.starts_psums ? 2 : 0) +
                     (step.configures ? 4 : 0) + 8 * static_cast<int>(step.fate));
  for (const Tensor t : kAllTensors) add(step.tile[index(t)], step.fetch[index(t)] ? 1 : 0);
  return sort_of_.try_emplace(std::move(key), static_cast<int>(sort_of_.size())).first->second;
}

// All that decides how it goes on from here, at the begin of a block of `loop`.
std::vector<std::int64_t> Timeline::state(int loop) {
  std::vector<std::int64_t> out;
  out.reserve(256);
  Describe describe(*this, out);
  const Walk& walk = sequencer_.walk();
  for (int inner = loop + 1; inner < walk.loops(); ++inner) out.push_back(walk.block_of(inner));
  out.push_back(sort(walk.to_come()));
  sequencer_.visit(describe);
  // Both clocks must stand to each other as they did.
  out.push_back(now_ % clocks_.core.period);
  out.push_back(now_ % clocks_.link.period);
  for (const std::int64_t stage :
       {stages_.read, stages_.shadowed, stages_.begun, stages_.handed, stages_.done})
    describe.later(stage);
  for (const KnownPass& pass : known_) {
    describe.number(pass.number);
    out.push_back(std::max<std::int64_t>(0, pass.filled - now_));
    out.push_back(pass.over - now_);
  }
  dma_.append_state(out, now_, latest_pass_, latest_transfer_);
  array_->append_state(out, cycle());
  return out;
}

// A few numbers of the state that are quickly told.
std::array<std::int64_t, 7> Timeline::sketch() const {
  const auto later = [this](std::int64_t cycle) {
    return std::max<std::int64_t>(0, cycle - this->cycle());
  };
  const auto [link, dram] = dma_.backlog(now_);
  return {now_ % clocks_.core.period,
          now_ % clocks_.link.period,
          later(stages_.handed),
          later(stages_.done),
          link,
          dram.tick,
          dram.part};
}

// Whether a block of the loop is like those around it: neither first nor last, and, where padding
// is made, away from the edges that the loop comes to.
bool Timeline::alike(int loop, int block) {
  const Walk& walk = sequencer_.walk();
  if (block < 1 || block > walk.blocks(loop) - 2) return false;
  const Form it = form(layer_, machine_, walk.box_of(loop, block), 0);
  const Dim d = walk.dim_of(loop);
  const auto made = [&](std::size_t side) { return it.value[Form::kMade + side] != 0; };
  if (d == Dim::kP || d == Dim::kR) return !made(0) && !made(1);
  if (d == Dim::kQ || d == Dim::kS) return !made(2) && !made(3);
  return true;
}

void Timeline::at_next_pass() {
  if (!fold_) return;
  fold_->pass_was_played();
  Walk& walk = sequencer_.walk();
  const int loop = walk.take_moved();
  if (loop < 0) return;
  fold_->forget_inside(loop);
  const int block = walk.block_of(loop), last = walk.blocks(loop) - 2;
  if (block >= last || !alike(loop, block)) return;
  dma_.catch_up(now_);
  if (!fold_->worth(loop, sketch(), sequencer_.planned())) return;
  dma_.forget(now_);
  forget_passes();
  const std::optional<Fold::Period> period = fold_->look(loop, block, state(loop), sums());
  if (!period) return;
  int times = (last - block) / period->blocks;
  while (times > 0 && !alike(loop, block + times * period->blocks)) --times;
  if (times == 0) return;
  walk.skip(loop, times * period->blocks);
  repeat(period->sums * times);
}

void Timeline::repeat(const Fold::Sums& sums) {
  const std::int64_t cycles = sums.now / clocks_.core.period;
  Move move(sums, cycles);
  sequencer_.visit(move);
  sequencer_.add_stalls(sums.stalls);
  dma_.shift(sums.now, sums.passes, sums.transfers, sums.moved);
  array_->shift(cycles);
  for (std::int64_t* stage :
       {&stages_.read, &stages_.shadowed, &stages_.begun, &stages_.handed, &stages_.done})
    *stage += cycles;
  for (KnownPass& pass : known_) {
    pass.number += sums.passes;
    pass.filled += sums.now;
    pass.over += sums.now;
  }
  for (std::int64_t& end : ends_) end += cycles;
  now_ += sums.now;
  latest_pass_ += sums.passes;
  latest_transfer_ += sums.transfers;
  add(repeated_.record, sums.record);
  repeated_.active_pes += sums.active_pes;
}

Fold::Sums Timeline::sums() const {
  Fold::Sums out{.now = now_,
                 .passes = latest_pass_,
                 .transfers = latest_transfer_,
                 .active_pes = active_pes_ + repeated_.active_pes,
                 .stalls = sequencer_.stalls(),
                 .record = repeated_.record,
                 .moved = dma_.counts()};
  if (array_ != nullptr) add(out.record, array_->totals());
  return out;
}

}  // namespace orrery
