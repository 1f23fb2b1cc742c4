#include "sim/fast/lock_step_times.h"

#include <algorithm>
#include <map>
#include <utility>

#include "sim/fast/hash.h"
#include "sim/machine/lock_step_counts.h"

namespace orrery {
namespace {

void move(LockStepPast& past, std::int64_t cycles) {
  past.counted += cycles;
  past.done += cycles;
  past.psum_out_free += cycles;
  for (std::int64_t& end : past.leaving) end += cycles;
}

// Words of a group on the ifmap bus by their place in a plane of the tile.
std::vector<std::pair<std::int32_t, int>> by_place(const WordGroup& group, std::int64_t plane) {
  std::map<std::int32_t, int> words;
  for (const std::int32_t offset : group.bus) ++words[static_cast<std::int32_t>(offset % plane)];
  return {words.begin(), words.end()};
}

}  // namespace

template <class Numbers>
std::size_t LockStepTimes::Hash::operator()(const Numbers& numbers) const {
  return hash_of(numbers);
}

LockStepTimes::LockStepTimes(const Machine& machine, const Layer& layer, const Mapping& mapping)
    : machine_(machine), layer_(layer), mapping_(mapping), work_(work_of(layer)), clock_(machine) {}

int LockStepTimes::id(const Step& step) {
  const Form key = form(layer_, machine_, step.pass, reads_psums(step, machine_) ? 1 : 0);
  const auto known = kind_at_.find(key);
  if (known != kind_at_.end()) return known->second;
  const Kind kind = make_kind(step, key);
  kinds_.push_back(kind);
  return kind_at_.emplace(key, static_cast<int>(kinds_.size()) - 1).first->second;
}

LockStepTimes::Kind LockStepTimes::make_kind(const Step& step, const Form& key) {
  Kind kind{.plan = plan_for(step.pass), .reads_psums = reads_psums(step, machine_), .counts = {}};
  const LockStepPlan& plan = plans_[kind.plan];
  kind.counts = pass_counts(plan, work_, machine_, kind.reads_psums);
  if (!key.inside()) {
    kind.counts[Action::glb_ifmap_array_read] -=
        static_cast<std::uint64_t>(count_padding(plan, step.pass));
  }
  return kind;
}

std::size_t LockStepTimes::plan_for(const Box& pass) {
  std::array<int, kDims> sizes{};
  std::array<TileLayout, kTensors> layout;
  for (const Dim d : kAllDims) sizes[index(d)] = pass[d].size();
  const auto known = plan_at_.find(sizes);
  if (known != plan_at_.end()) return known->second;
  // Which words are the same does not depend on the tile that they lie in.
  for (const Tensor t : kAllTensors) layout[index(t)] = tile_layout(layer_, pass, t);
  plans_.push_back(plan_lock_step(compile_lock_step(layer_, machine_, mapping_, pass, layout),
                                  work_, machine_, {}, PlanFor::kTimes));
  return plan_at_.emplace(sizes, plans_.size() - 1).first->second;
}

// Words of many channels lie in the same place of their planes, and are looked at together.
std::int64_t LockStepTimes::count_padding(const LockStepPlan& plan, const Box& pass) const {
  const Coordinates from = origin(layer_, Tensor::kIfmap, pass);
  const TileLayout layout = tile_layout(layer_, pass, Tensor::kIfmap);
  std::vector<std::uint8_t> made;  // of the plane
  for (int row = 0; row < layout.extent[3]; ++row) {
    for (int col = 0; col < layout.extent[4]; ++col) {
      const int y = from[3] + row - layer_.pad_top, x = from[4] + col - layer_.pad_left;
      const bool inside = y >= 0 && y < layer_.ifmap_rows && x >= 0 && x < layer_.ifmap_cols;
      made.push_back(inside ? 0 : 1);
    }
  }
  const auto plane = static_cast<std::int64_t>(made.size());
  std::vector<std::vector<std::pair<std::int32_t, int>>> places;
  for (const WordGroup& group : plan.words[0]) places.push_back(by_place(group, plane));
  std::int64_t count = 0;
  for (const Item& item : plan.items[0]) {
    for (const auto& [place, words] : places[item.group])
      count += std::int64_t{made[static_cast<std::size_t>(item.address % plane + place)]} * words;
  }
  return count;
}

PassTimes LockStepTimes::play(int id, std::int64_t fill_begin, std::int64_t begin) {
  const Kind& kind = kinds_[static_cast<std::size_t>(id)];
  const LockStepPlan& plan = plans_[kind.plan];
  clock_.settle(plan, fill_begin, begin);
  const bool takes_psums = kind.reads_psums && !machine_.accumulates_at_store();
  state_ = {static_cast<std::int64_t>(kind.plan), takes_psums ? 1 : 0};
  note_state(plan, begin);
  auto it = played_.find(state_);
  LockStepPast& past = clock_.past();
  if (it == played_.end()) {
    Played played{clock_.run(plan, kind.reads_psums, begin), past};
    played.run.filters_sent -= begin;
    move(played.past, -begin);
    it = played_.emplace(state_, std::move(played)).first;
  } else {
    past = it->second.past;
    move(past, begin);
  }
  LockStepRun run = it->second.run;
  run.filters_sent += begin;
  clock_.record().counts += kind.counts;
  return clock_.note(plan, run, fill_begin, begin);
}

// Completes the key of a pass that has settled. Its first step issues no earlier than all cycles
// so far are counted, and its first psums leave no earlier than their way takes from there.
void LockStepTimes::note_state(const LockStepPlan& plan, std::int64_t begin) {
  const LockStepPast& past = clock_.past();
  const std::int64_t ready = past.counted + machine_.pe.pipeline_stages + plan.skew;
  state_.push_back(past.counted - begin);
  state_.push_back(std::max(past.psum_out_free, ready) - begin);
  const auto n = static_cast<std::ptrdiff_t>(clock_.leaving_after(past.counted));
  for (auto end = past.leaving.end() - n; end != past.leaving.end(); ++end)
    state_.push_back(*end - begin);
}

void LockStepTimes::append_state(std::vector<std::int64_t>& to, std::int64_t now,
                                 std::int64_t earliest) const {
  const LockStepPast& past = clock_.past();
  // Cycles up to `done` may still be charged to the PEs of the last pass; later ones are not, and
  // from `earliest` on those of the next pass are.
  const bool drains = past.done > past.counted;
  to.push_back((drains ? past.counted : std::max(past.counted, earliest)) - now);
  to.push_back(drains ? past.done - now : 0);
  to.push_back(drains ? past.mapped : 0);
  const std::int64_t step = std::max(past.counted, now);
  to.push_back(std::max(past.psum_out_free, step + clock_.least_latency()) - now);
  const std::size_t n = clock_.leaving_after(step);
  to.push_back(static_cast<std::int64_t>(n));
  for (auto end = past.leaving.end() - static_cast<std::ptrdiff_t>(n); end != past.leaving.end();
       ++end)
    to.push_back(*end - now);
}

void LockStepTimes::shift(std::int64_t cycles) { move(clock_.past(), cycles); }

}  // namespace orrery
