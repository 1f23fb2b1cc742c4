// What one PE is told about a pass: a few nested counters and how they move through its three
// streams.
//
// A PE does not see addresses of the layer. It sees streams: word k of its ifmap stream is the k-th
// ifmap word that the NoC delivers to it in the pass, and sits in its ring-shaped spad at k mod
// capacity. Each step of the counters is one MAC, on words sum(counter * stride) of the ifmap and
// filter streams. The word of a stream is dead, and its slot free, once no later step can reach it.
//
// Counters from `window` on make a window: at its first steps psums start from zero, at its end the
// psums of the window are merged with the incoming ones and leave, one a slot.
#pragma once

#include <array>
#include <cstdint>

namespace orrery {

struct Counter {
  int bound = 1;
  int ifmap_stride = 0;    // in words of the PE's ifmap stream
  int filter_stride = 0;   // in words of the PE's filter stream
  int psum_stride = 0;     // in psums of the window
  bool reduction = false;  // steps of this counter add to the same psum
  bool operator==(const Counter&) const = default;
};

struct PassProgram {
  static constexpr int kMaxCounters = 8;
  std::array<Counter, kMaxCounters> counter;  // outermost first, at least one
  int counters = 1;
  int window =
      1;  // index of the window's first counter; == counters: every MAC is a window of its own
  int ifmap_words = 0;  // lengths of the streams
  int filter_words = 0;
  int window_psums = 1;  // psums that a window starts, and emits
  std::int64_t windows = 1;
  int ifmap_live = 1;  // words that must be in the spad together at some step
  int filter_live = 1;
  bool operator==(const PassProgram&) const = default;

  std::int64_t macs() const {
    std::int64_t n = 1;
    for (int i = 0; i < counters; ++i) n *= counter[static_cast<std::size_t>(i)].bound;
    return n;
  }
};

}  // namespace orrery
