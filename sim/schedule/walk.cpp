#include "sim/schedule/walk.h"

#include <algorithm>
#include <utility>

namespace orrery {
namespace {

constexpr std::array kReductions{Dim::kC, Dim::kR, Dim::kS};

bool starts(const Box& box) {
  return std::ranges::all_of(kReductions, [&](Dim d) { return box[d].lo == 0; });
}

bool completes(const Box& box, const Box& whole) {
  return std::ranges::all_of(kReductions, [&](Dim d) { return box[d].hi == whole[d].hi; });
}

std::int64_t count(const std::vector<Loop>& loops, std::size_t i, const Box& box) {
  if (i == loops.size()) return 1;
  const int n = trips(loops[i], box);
  if (n == 1) return count(loops, i + 1, block(loops[i], box, 0));
  // All blocks but the last are alike.
  return (n - 1) * count(loops, i + 1, block(loops[i], box, 0)) +
         count(loops, i + 1, block(loops[i], box, n - 1));
}

}  // namespace

Walk::Walk(const Layer& layer, const Mapping& mapping, const Machine& machine)
    : mapping_(mapping),
      nest_(take_apart(mapping, layer, machine)),
      whole_(layer.box()),
      loops_(nest_.dram) {
  loops_.insert(loops_.end(), nest_.glb.begin(), nest_.glb.end());
  at_.assign(loops_.size(), 0);
  box_.assign(loops_.size() + 1, whole_);
  settle(0);
  passes_ = count(loops_, 0, whole_);
  ahead_ = present();
  ahead_.fetch.fill(true);
  ahead_.starts_tile = true;
  ahead_.configures = true;
}

// Recomputes the boxes inside loop `from`.
void Walk::settle(std::size_t from) {
  for (std::size_t i = from; i < loops_.size(); ++i)
    box_[i + 1] = block(loops_[i], box_[i], at_[i]);
}

bool Walk::advance() {
  for (std::size_t i = loops_.size(); i-- > 0;) {
    if (at_[i] + 1 < trips(loops_[i], box_[i])) {
      ++at_[i];
      outermost_moved_ = i;
      moved_ = moved_ < 0 ? static_cast<int>(i) : std::min(moved_, static_cast<int>(i));
      settle(i);
      return true;
    }
    at_[i] = 0;
  }
  return false;
}

Step Walk::present() const {
  Step step;
  step.pass = box_.back();
  for (const Tensor t : kAllTensors) {
    step.tile[index(t)] = tile_box(mapping_, t, box_[nest_.dram.size()], step.pass);
  }
  step.starts_psums = starts(step.pass);
  return step;
}

bool Walk::next(Step& step) {
  if (over_) return false;
  step = ahead_;
  if (!advance()) {
    over_ = true;
    step.fate = PsumFate::kFinish;
    return true;
  }
  ahead_ = present();
  ahead_.configures = outermost_moved_ < static_cast<std::size_t>(nest_.configurations);
  for (const Tensor t : kAllTensors) {
    ahead_.fetch[index(t)] = !same_words(step.tile[index(t)], ahead_.tile[index(t)], t);
  }
  if (ahead_.fetch[index(Tensor::kPsum)]) {
    step.fate = completes(step.pass, whole_) ? PsumFate::kFinish : PsumFate::kSpill;
    ahead_.starts_tile = ahead_.starts_psums;
  }
  return true;
}

int Walk::take_moved() { return std::exchange(moved_, -1); }

int Walk::blocks(int loop) const {
  const auto i = static_cast<std::size_t>(loop);
  return trips(loops_[i], box_[i]);
}

Box Walk::box_of(int loop, int k) const {
  const auto i = static_cast<std::size_t>(loop);
  return block(loops_[i], box_[i], k);
}

void Walk::skip(int loop, int blocks) {
  at_[static_cast<std::size_t>(loop)] += blocks;
  settle(static_cast<std::size_t>(loop));
  const Step step = present();
  ahead_.pass = step.pass;
  ahead_.tile = step.tile;
}

}  // namespace orrery
