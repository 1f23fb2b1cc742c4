#include "tests/twins/random_programs.h"

#include <algorithm>

namespace orrery::test {
namespace {

// The last word that a stream has a position for.
constexpr int kMostWords = 65535;

// Strides of a stream for the counters' bounds: short ones of the `inside` innermost counters,
// which stay within kLiveWords; outside no word is needed again after a later one. Returns the
// stream's length.
int random_strides(PassProgram& p, int Counter::*stride, int most, Rng& rng) {
  const int inside = rng.in(0, 4);
  int words = 1, outside = 0;
  for (const Counter& c : p.counter) outside += c.bound - 1;
  for (int i = p.counters - 1; i >= 0; --i) {
    Counter& c = p.counter[static_cast<std::size_t>(i)];
    const int steps = std::max(1, c.bound - 1);
    outside -= c.bound - 1;
    if (i >= p.counters - inside) {
      c.*stride = rng.in(0, std::min(2, (kLiveWords - words) / steps));
    } else {
      // Each step outside at least doubles the length.
      const int room = std::max(0, ((most >> outside) - c.bound * words) / steps);
      c.*stride = words + (rng.in(0, room) >> rng.in(0, 3));
    }
    words += (c.bound - 1) * (c.*stride);
  }
  return words;
}

PassProgram draw(Rng& rng, const ProgramLimits& limits) {
  PassProgram p;
  p.counters = PassProgram::kMaxCounters;
  p.window = rng.in(0, p.counters);
  for (int i = p.counters - 1; i >= 0; --i) {
    Counter& c = p.counter[static_cast<std::size_t>(i)];
    c.bound = rng.in(1, limits.steps);
    if (i < p.window) {
      p.windows *= c.bound;
      continue;
    }
    c.reduction = p.window_psums * c.bound > limits.window_psums || rng.in(0, 1) == 0;
    if (c.reduction) continue;
    c.psum_stride = p.window_psums;
    p.window_psums *= c.bound;
  }
  p.ifmap_words = random_strides(p, &Counter::ifmap_stride, limits.gaps_up_to, rng);
  p.filter_words = random_strides(p, &Counter::filter_stride, limits.gaps_up_to, rng);
  p.ifmap_live = p.filter_live = kLiveWords;
  return p;
}

}  // namespace

PassProgram random_program(Rng& rng, const ProgramLimits& limits) {
  while (true) {
    const PassProgram p = draw(rng, limits);
    if (std::max(p.ifmap_words, p.filter_words) <= kMostWords) return p;
  }
}

PassProgram long_sum(int counter) {
  PassProgram p;
  p.counters = counter + 1;
  p.window = 0;
  p.counter[static_cast<std::size_t>(counter)] = {
      .bound = kMostWords, .ifmap_stride = 1, .reduction = true};
  p.ifmap_words = kMostWords;
  p.filter_words = 1;
  return p;
}

}  // namespace orrery::test
