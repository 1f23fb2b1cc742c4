#include "tests/twins/random_programs.h"

#include <algorithm>
#include <utility>

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

PassProgram far_steps(Rng& rng, int counter) {
  PassProgram p;
  p.counters = counter + 1;
  p.window = 0;
  const int steps = rng.in(1, 3), most = (kMostWords - 1) / steps;
  p.counter[static_cast<std::size_t>(counter)] = {.bound = steps + 1,
                                                  .ifmap_stride = rng.in(1, most),
                                                  .filter_stride = rng.in(1, most),
                                                  .reduction = true};
  p.ifmap_words = steps * p.counter[static_cast<std::size_t>(counter)].ifmap_stride + 1;
  p.filter_words = steps * p.counter[static_cast<std::size_t>(counter)].filter_stride + 1;
  return p;
}

PassProgram dense_sum(Rng& rng) {
  PassProgram p;
  p.counters = PassProgram::kMaxCounters;
  p.window = 0;
  p.ifmap_words = p.filter_words = 1;
  const int streams = rng.in(1, 3);
  int room = kMostWords;
  for (int i = p.counters - 1; i >= 0; --i) {
    Counter& c = p.counter[static_cast<std::size_t>(i)];
    c = {.bound = rng.in(1, std::min(room, 9)), .reduction = true};
    if (rng.in(0, 7) == 0) c.bound = rng.in(1, room);
    room /= c.bound;
    if (streams != 1) c.ifmap_stride = std::exchange(p.ifmap_words, p.ifmap_words * c.bound);
    if (streams != 2) c.filter_stride = std::exchange(p.filter_words, p.filter_words * c.bound);
  }
  return p;
}

PassProgram long_windows(int counter, int windows) {
  PassProgram p;
  p.counters = p.window = counter + 1;
  p.counter[static_cast<std::size_t>(counter)] = {.bound = windows};
  p.ifmap_words = p.filter_words = 1;
  p.windows = windows;
  return p;
}

PassProgram sliding_sum(Rng& rng, int counter, int words) {
  PassProgram p;
  p.counters = PassProgram::kMaxCounters;
  p.window = 0;
  p.ifmap_words = p.filter_words = 1;
  for (int i = p.counters - 1; i > counter; --i) {
    Counter& c = p.counter[static_cast<std::size_t>(i)];
    if (std::max(p.ifmap_words, p.filter_words) > 3) break;
    c = {.bound = 2, .ifmap_stride = rng.in(0, 2), .filter_stride = rng.in(0, 1)};
    p.ifmap_words += c.ifmap_stride;
    p.filter_words += c.filter_stride;
  }
  for (Counter& c : p.counter) c.reduction = true;
  Counter& slides = p.counter[static_cast<std::size_t>(counter)];
  const int streams = rng.in(1, 3), stride = rng.in(1, 2);
  slides.bound = std::max(1, (words - kLiveWords) / stride);
  if (streams != 1) slides.ifmap_stride = stride;
  if (streams != 2) slides.filter_stride = stride;
  p.ifmap_words += (slides.bound - 1) * slides.ifmap_stride;
  p.filter_words += (slides.bound - 1) * slides.filter_stride;
  p.ifmap_live = p.filter_live = kLiveWords;
  return p;
}

}  // namespace orrery::test
