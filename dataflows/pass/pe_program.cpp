#include <algorithm>
#include <numeric>

#include "dataflows/pass/pass.h"
#include "dataflows/pass/pe_loops.h"

namespace orrery {
namespace {

// How the windows of a PE move along one axis of the ifmap, in rows (or columns) that are touched
// at all.
struct Slide {
  // Positions of the two dimensions among the loops; -1: this axis does not slide.
  int out = -1, tap = -1;
  int out_step = 0, tap_step = 0;
  int extent = 0;
};

// Of the loop that turns over `d`; -1 if there is none.
int position(const std::vector<PeLoop>& loops, Dim d) {
  const auto it =
      std::ranges::find_if(loops, [&](const PeLoop& l) { return l.dim == d && l.bound > 1; });
  return it == loops.end() ? -1 : static_cast<int>(it - loops.begin());
}

Slide slide(const std::vector<PeLoop>& loops, Dim out_dim, Dim tap_dim, int stride, int dilation) {
  const int out = position(loops, out_dim), tap = position(loops, tap_dim);
  if (out < 0 || tap < 0) return {};
  const auto [outer, inner] = std::minmax(out, tap);
  for (int i = outer + 1; i < inner; ++i) {
    // A fresh dimension between the two would part the window's words in the stream.
    const PeLoop& between = loops[static_cast<std::size_t>(i)];
    if (between.bound > 1 && indexes(between.dim, Tensor::kIfmap)) return {};
  }
  const int unit = std::gcd(stride, dilation);
  Slide s{out, tap, stride / unit, dilation / unit, 0};
  const int out_bound = loops[static_cast<std::size_t>(out)].bound;
  const int tap_bound = loops[static_cast<std::size_t>(tap)].bound;
  s.extent = (out_bound - 1) * s.out_step + (tap_bound - 1) * s.tap_step + 1;
  const bool gapless =
      touched_count({0, out_bound}, {0, tap_bound}, s.out_step, s.tap_step) == s.extent;
  return gapless ? s : Slide{};
}

// Along rows and along columns.
std::array<Slide, 2> slides_of(const Layer& layer, const std::vector<PeLoop>& loops, bool keep) {
  if (!keep) return {};
  return {slide(loops, Dim::kP, Dim::kR, layer.stride_rows, layer.dilation_rows),
          slide(loops, Dim::kQ, Dim::kS, layer.stride_cols, layer.dilation_cols)};
}

// Assigns strides from the innermost loop outwards; returns the length of the stream.
int lay_ifmap(const Layer& layer, const std::vector<PeLoop>& loops, bool keep,
              PassProgram& program) {
  const std::array<Slide, 2> slides = slides_of(layer, loops, keep);
  int length = 1;
  for (int i = static_cast<int>(loops.size()) - 1; i >= 0; --i) {
    const auto [dim, bound] = loops[static_cast<std::size_t>(i)];
    Counter& counter = program.counter[static_cast<std::size_t>(i)];
    const auto sliding =
        std::ranges::find_if(slides, [&](const Slide& s) { return s.out == i || s.tap == i; });
    if (sliding != slides.end()) {
      const Slide& s = *sliding;
      const auto other = static_cast<std::size_t>(s.out == i ? s.tap : s.out);
      // At the inner of the two: the words of one row or column lie below it.
      if (static_cast<int>(other) < i) {
        counter.ifmap_stride = length * (s.out == i ? s.out_step : s.tap_step);
        program.counter[other].ifmap_stride = length * (s.out == i ? s.tap_step : s.out_step);
        length *= s.extent;
      }
    } else if (indexes(dim, Tensor::kIfmap) || !keep) {
      counter.ifmap_stride = length;
      length *= bound;
    }
  }
  return length;
}

int lay_filter(const std::vector<PeLoop>& loops, bool keep, PassProgram& program) {
  int length = 1;
  for (std::size_t i = loops.size(); i-- > 0;) {
    if (!indexes(loops[i].dim, Tensor::kFilter) && keep) continue;
    program.counter[i].filter_stride = length;
    length *= loops[i].bound;
  }
  return length;
}

void lay_psums(const std::vector<PeLoop>& loops, bool keep, PassProgram& program) {
  program.window = program.counters;
  if (!keep) return;
  const auto first_reduction =
      std::ranges::find_if(loops, [](const PeLoop& l) { return is_reduction(l.dim); });
  if (first_reduction == loops.end()) return;
  program.window = static_cast<int>(first_reduction - loops.begin());
  for (int i = program.counters - 1; i >= program.window; --i) {
    Counter& counter = program.counter[static_cast<std::size_t>(i)];
    if (counter.reduction) continue;
    counter.psum_stride = program.window_psums;
    program.window_psums *= counter.bound;
  }
}

// Words between the first that a step of some counter returns to and the last that was reached
// before it.
int live_words(const PassProgram& program, int Counter::*stride) {
  int live = 1;
  int reach = 1;
  for (int i = program.counters - 1; i >= 0; --i) {
    const Counter& c = program.counter[static_cast<std::size_t>(i)];
    if (c.bound > 1 && c.*stride < reach) live = std::max(live, reach);
    reach += (c.bound - 1) * (c.*stride);
  }
  return live;
}

}  // namespace

std::vector<PeLoop> turning_loops(const std::vector<Loop>& pe_loops, const Box& box,
                                  const Box& widest) {
  std::vector<PeLoop> loops;
  for (const Loop& loop : pe_loops) {
    if (widest[loop.dim].size() > 1) loops.push_back({loop.dim, box[loop.dim].size()});
  }
  if (loops.empty()) loops.push_back({Dim::kM, 1});
  return loops;
}

std::array<bool, 2> sliding_axes(const Layer& layer, const Mapping& mapping,
                                 const std::vector<PeLoop>& loops) {
  const std::array<Slide, 2> slides =
      slides_of(layer, loops, mapping.keep.pe[index(Tensor::kIfmap)]);
  return {slides[0].out >= 0, slides[1].out >= 0};
}

PassProgram pe_program(const Layer& layer, const Mapping& mapping,
                       const std::vector<Loop>& pe_loops, const Box& box, const Box& widest) {
  const std::vector<PeLoop> loops = turning_loops(pe_loops, box, widest);
  PassProgram program;
  program.counters = static_cast<int>(loops.size());
  for (std::size_t i = 0; i < loops.size(); ++i) {
    program.counter[i].bound = loops[i].bound;
    program.counter[i].reduction = is_reduction(loops[i].dim);
  }
  const auto keeps = [&](Tensor t) { return mapping.keep.pe[index(t)]; };
  program.ifmap_words = lay_ifmap(layer, loops, keeps(Tensor::kIfmap), program);
  program.filter_words = lay_filter(loops, keeps(Tensor::kFilter), program);
  lay_psums(loops, keeps(Tensor::kPsum), program);
  program.windows = 1;
  for (int i = 0; i < program.window; ++i)
    program.windows *= program.counter[static_cast<std::size_t>(i)].bound;
  program.ifmap_live = live_words(program, &Counter::ifmap_stride);
  program.filter_live = live_words(program, &Counter::filter_stride);
  return program;
}

}  // namespace orrery
