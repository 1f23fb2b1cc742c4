#include "sim/fast/fold.h"

#include "sim/fast/array_times.h"
#include "sim/fast/hash.h"

namespace orrery {
namespace {

// a + times * b; unsigned figures go round.
void add(Fold::Sums& a, const Fold::Sums& b, std::int64_t times) {
  const auto factor = static_cast<std::uint64_t>(times);
  a.now += times * b.now;
  a.passes += times * b.passes;
  a.transfers += times * b.transfers;
  a.active_pes += factor * b.active_pes;
  for (std::size_t i = 0; i < a.stalls.size(); ++i) a.stalls[i] += factor * b.stalls[i];
  add(a.record, b.record, times);
  for (std::size_t i = 0; i < a.moved.value.size(); ++i)
    a.moved.value[i] += factor * b.moved.value[i];
}

}  // namespace

Fold::Loop& Fold::at(int loop) {
  const auto l = static_cast<std::size_t>(loop);
  if (loops_.size() <= l) loops_.resize(l + 1);
  return loops_[l];
}

bool Fold::worth(int loop, std::span<const std::int64_t> sketch, std::size_t passes) {
  if (at(loop).sketches.insert(hash_of(sketch)).second || credit_ < 0) return false;
  credit_ -= 1 + static_cast<std::int64_t>(passes);
  return true;
}

std::optional<Fold::Period> Fold::look(int loop, int block, std::vector<std::int64_t> state,
                                       const Sums& sums) {
  auto& seen_states = at(loop).seen;
  const std::uint64_t hash = hash_of(state);
  const auto [first, last] = seen_states.equal_range(hash);
  for (auto it = first; it != last; ++it) {
    const Seen& seen = it->second;
    if (seen.state == state) return Period{block - seen.block, sums - seen.sums};
  }
  seen_states.emplace(hash, Seen{std::move(state), block, sums});
  return {};
}

void Fold::forget_inside(int loop) {
  for (auto l = static_cast<std::size_t>(loop) + 1; l < loops_.size(); ++l) {
    loops_[l].sketches.clear();
    loops_[l].seen.clear();
  }
}

Fold::Sums operator-(const Fold::Sums& a, const Fold::Sums& b) {
  Fold::Sums out = a;
  add(out, b, -1);
  return out;
}

Fold::Sums operator*(const Fold::Sums& a, std::int64_t times) {
  Fold::Sums out;
  add(out, a, times);
  return out;
}

}  // namespace orrery
