#include "workloads/golden/golden.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <limits>
#include <stdexcept>
#include <thread>

namespace orrery {
namespace {

std::size_t size(int n) { return static_cast<std::size_t>(n); }

// How the products of one psum are added: `order` lists the reduction indices (c * R + r) * S + s
// as they come, `visits` how many of them each visit of a PE takes.
struct Sequence {
  std::vector<int> order;
  std::vector<int> visits;
};

// Calls `leaf` with each innermost block of `loops` inside `box`, in order.
void for_blocks(const std::vector<ReductionLoop>& loops, std::size_t depth, const Box& box,
                const std::function<void(const Box&)>& leaf) {
  if (depth == loops.size()) return leaf(box);
  const ReductionLoop& loop = loops[depth];
  const Range whole = box[loop.dim];
  const int blocks = (whole.size() + loop.step - 1) / loop.step;
  for (int i = 0; i < blocks; ++i) {
    const int lo = whole.lo + (loop.reversed ? blocks - 1 - i : i) * loop.step;
    Box inner = box;
    inner[loop.dim] = {lo, std::min(lo + loop.step, whole.hi)};
    for_blocks(loops, depth + 1, inner, leaf);
  }
}

Sequence sequence(const Layer& layer, const ReductionTree& tree) {
  Box first = layer.box();
  for (const Dim d : kAllDims) {
    if (!is_reduction(d)) first[d] = {0, 1};
  }
  Sequence s;
  const auto point = [&](const Box& b) {
    if (b.points() != 1) throw std::invalid_argument("a reduction tree must reach step 1");
    s.order.push_back((b[Dim::kC].lo * layer.bound(Dim::kR) + b[Dim::kR].lo) *
                          layer.bound(Dim::kS) +
                      b[Dim::kS].lo);
    ++s.visits.back();
  };
  const auto visit = [&](const Box& b) {
    s.visits.push_back(0);
    for_blocks(tree.local, 0, b, point);
  };
  const auto pass = [&](const Box& b) { for_blocks(tree.chain, 0, b, visit); };
  for_blocks(tree.outer, 0, first, pass);
  return s;
}

// The window of one psum: its ifmap words, less their zero point, in the sequence's order.
template <class Word>
void gather(const Layer& layer, const std::int16_t* group, int p, int q,
            const std::vector<int>& order, Word* window) {
  const int taps = layer.bound(Dim::kR) * layer.bound(Dim::kS);
  const std::size_t cols = size(layer.padded_cols());
  const std::size_t plane = size(layer.padded_rows()) * cols;
  for (const int i : order) {
    const int c = i / taps;
    const int row = p * layer.stride_rows + i % taps / layer.bound(Dim::kS) * layer.dilation_rows;
    const int col = q * layer.stride_cols + i % layer.bound(Dim::kS) * layer.dilation_cols;
    *window++ = static_cast<Word>(group[size(c) * plane + size(row) * cols + size(col)] -
                                  layer.formats.ifmap_zero);
  }
}

// A product, shifted and cut to its low bits.
inline std::int32_t product(std::int32_t a, std::int32_t b, int shift, int unused_bits) {
  const std::int32_t shifted = (a * b) >> shift;
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(shifted) << unused_bits) >>
         unused_bits;
}

// Additions that wrap commute, and wrapping at 32 bits keeps the low psum_bits: one cut at the end
// is enough.
template <class Word>
std::int32_t wrapping_psum(const Word* window, const Word* filter, std::size_t n,
                           const Arithmetic& a) {
  const int shift = a.product_shift;
  const int unused = 32 - a.product_bits;
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    sum += static_cast<std::uint32_t>(product(window[i], filter[i], shift, unused));
  }
  const int cut = 32 - a.psum_bits;
  return static_cast<std::int32_t>(sum << cut) >> cut;
}

template <class Word>
std::int32_t saturating_psum(const Word* window, const Word* filter, const std::vector<int>& visits,
                             const Arithmetic& a) {
  const std::int64_t max = (std::int64_t{1} << (a.psum_bits - 1)) - 1;
  const auto add = [max](std::int64_t x, std::int64_t y) {
    return std::clamp(x + y, -max - 1, max);
  };
  const int unused = 32 - a.product_bits;
  std::int64_t total = 0;
  for (const int visit : visits) {
    std::int64_t local = 0;
    for (int i = 0; i < visit; ++i) {
      local = add(local, product(*window++, *filter++, a.product_shift, unused));
    }
    total = add(total, local);
  }
  return static_cast<std::int32_t>(total);
}

// Chains of products in int32, each added to a single when it ends.
template <class Word>
std::int32_t single_psum(const Word* window, const Word* filter, const std::vector<int>& visits,
                         int chain) {
  float total = 0;
  for (const int visit : visits) {
    float local = 0;
    for (int done = 0; done < visit;) {
      std::uint32_t sum = 0;
      for (const int end = std::min(done + chain, visit); done < end; ++done)
        sum += static_cast<std::uint32_t>(std::int32_t{*window++} * *filter++);
      local += static_cast<float>(static_cast<std::int32_t>(sum));
    }
    total += local;
  }
  return std::bit_cast<std::int32_t>(total);
}

// What the threads share while they compute the psums of a layer.
struct Job {
  const Layer& layer;
  const Operands& in;
  const Arithmetic& arithmetic;
  Sequence sequence;
  PsumTensor& out;

  // The filter of ofmap channel `m` (of all groups), less its zero point, in the sequence's order.
  template <class Word>
  std::vector<Word> filter(int m) const {
    const std::size_t n = sequence.order.size();
    std::vector<Word> words(n);
    for (std::size_t i = 0; i < n; ++i) {
      words[i] = static_cast<Word>(in.filter.data[size(m) * n + size(sequence.order[i])] -
                                   layer.formats.filter_zero);
    }
    return words;
  }

  template <class Word>
  std::int32_t psum(const Word* window, const Word* filter) const {
    if (arithmetic.chain > 0) return single_psum(window, filter, sequence.visits, arithmetic.chain);
    return arithmetic.overflow == Overflow::kWrap
               ? wrapping_psum(window, filter, sequence.order.size(), arithmetic)
               : saturating_psum(window, filter, sequence.visits, arithmetic);
  }
};

// Psums of ofmap channels [first, last), all of group `g`. Windows of one ofmap row are gathered
// once and then meet every filter.
template <class Word>
void channels_of_group(Job& job, int g, int first, int last) {
  const Layer& layer = job.layer;
  const std::size_t n = job.sequence.order.size();
  const int rows = layer.bound(Dim::kP);
  const int cols = layer.bound(Dim::kQ);
  const int groups = layer.bound(Dim::kG);
  const std::size_t group_words =
      size(layer.bound(Dim::kC)) * size(layer.padded_rows()) * size(layer.padded_cols());
  std::vector<std::vector<Word>> filters;
  for (int m = first; m < last; ++m) filters.push_back(job.filter<Word>(m));
  std::vector<Word> windows(size(cols) * n);

  for (int image = 0; image < layer.bound(Dim::kN); ++image) {
    const std::int16_t* ifmap =
        &job.in.ifmap.data[(size(image) * size(groups) + size(g)) * group_words];
    for (int p = 0; p < rows; ++p) {
      for (int q = 0; q < cols; ++q) {
        gather(layer, ifmap, p, q, job.sequence.order, &windows[size(q) * n]);
      }
      for (int m = first; m < last; ++m) {
        const Word* filter = filters[size(m - first)].data();
        const std::size_t plane = size(image) * size(groups * layer.bound(Dim::kM)) + size(m);
        std::int32_t* psums = &job.out.data[(plane * size(rows) + size(p)) * size(cols)];
        for (int q = 0; q < cols; ++q) {
          psums[q] = job.psum(&windows[size(q) * n], filter);
        }
      }
    }
  }
}

// Ofmap channels [first, last) of all groups, at most `kFiltersAtOnce` of them in memory.
void channels(Job& job, int first, int last) {
  constexpr int kFiltersAtOnce = 256;
  const int of_group = job.layer.bound(Dim::kM);
  while (first < last) {
    const int g = first / of_group;
    const int end = std::min({last, (g + 1) * of_group, first + kFiltersAtOnce});
    // Differences of 16-bit words need more than 16 bits.
    const Formats& formats = job.layer.formats;
    formats.ifmap_zero == 0 && formats.filter_zero == 0
        ? channels_of_group<std::int16_t>(job, g, first, end)
        : channels_of_group<std::int32_t>(job, g, first, end);
    first = end;
  }
}

void require_shape(const std::vector<int>& shape, std::size_t words, const std::vector<int>& wanted,
                   const Layer& layer) {
  if (shape == wanted && words == static_cast<std::size_t>(elements(wanted))) return;
  throw std::invalid_argument(
      fmt::format("an operand of {} does not have the layer's shape", layer.name));
}

// The pooled word of the window whose first row and column are (top, left); at least one tap is in
// the plane.
std::int16_t pooled_word(const std::int16_t* plane, int rows, int cols, int top, int left,
                         const Pool& pool) {
  std::int64_t sum = 0;
  std::int64_t count = 0;
  std::int16_t max = std::numeric_limits<std::int16_t>::min();
  for (int row = std::max(top, 0); row < std::min(top + pool.size, rows); ++row) {
    for (int col = std::max(left, 0); col < std::min(left + pool.size, cols); ++col) {
      const std::int16_t word = plane[size(row) * size(cols) + size(col)];
      sum += word;
      ++count;
      max = std::max(max, word);
    }
  }
  if (pool.kind == PoolKind::kMax) return max;
  // Half away from zero: half the divisor is added to the magnitude before dividing.
  return static_cast<std::int16_t>((2 * sum + (sum < 0 ? -count : count)) / (2 * count));
}

// Pooling of every plane of [N][channels][rows][cols].
OperandTensor pooled(const OperandTensor& in, const Pool& pool) {
  const int rows = in.shape[2];
  const int cols = in.shape[3];
  OperandTensor out{{in.shape[0], in.shape[1], pool.out(rows), pool.out(cols)}, {}};
  const std::size_t planes = size(in.shape[0]) * size(in.shape[1]);
  for (std::size_t i = 0; i < planes; ++i) {
    const std::int16_t* plane = in.data.data() + i * size(rows) * size(cols);
    for (int p = 0; p < out.shape[2]; ++p) {
      for (int q = 0; q < out.shape[3]; ++q) {
        out.data.push_back(pooled_word(plane, rows, cols, p * pool.stride - pool.pad,
                                       q * pool.stride - pool.pad, pool));
      }
    }
  }
  return out;
}

std::string to_text(const ReductionLoop& loop) {
  return fmt::format("{}{}{}", name(loop.dim), loop.step == 1 ? "" : fmt::format("/{}", loop.step),
                     loop.reversed ? " rev" : "");
}

}  // namespace

std::string ReductionTree::to_string() const {
  std::string line;
  const auto part = [&](std::string_view what, const std::vector<ReductionLoop>& loops) {
    if (loops.empty()) return;
    line += fmt::format("{}{} ", line.empty() ? "" : "; ", what);
    for (std::size_t i = 0; i < loops.size(); ++i) line += (i ? ", " : "") + to_text(loops[i]);
  };
  part("passes", outer);
  part("chain", chain);
  part("PE", local);
  return line;
}

ReductionTree plain_reduction() { return {{}, {}, {{Dim::kC, 1}, {Dim::kR, 1}, {Dim::kS, 1}}}; }

PsumTensor golden_psums(const Layer& layer, const Operands& in, const Arithmetic& arithmetic,
                        const ReductionTree& tree) {
  require_shape(in.ifmap.shape, in.ifmap.data.size(), ifmap_shape(layer), layer);
  require_shape(in.filter.shape, in.filter.data.size(), filter_shape(layer), layer);
  PsumTensor out{psum_shape(layer), {}};
  out.data.resize(static_cast<std::size_t>(elements(out.shape)));
  const bool wraps = arithmetic.chain == 0 && arithmetic.overflow == Overflow::kWrap;
  Job job{layer, in, arithmetic, sequence(layer, wraps ? plain_reduction() : tree), out};

  const int ofmap_channels = layer.bound(Dim::kG) * layer.bound(Dim::kM);
  const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  const int share = (ofmap_channels + cores - 1) / cores;
  std::vector<std::jthread> threads;
  for (int first = 0; first < ofmap_channels; first += share) {
    const int last = std::min(first + share, ofmap_channels);
    threads.emplace_back([&job, first, last] { channels(job, first, last); });
  }
  threads.clear();
  return out;
}

OperandTensor golden_post(const Layer& layer, const PsumTensor& psums, const Operands& in,
                          PsumKind kind) {
  require_shape(psums.shape, psums.data.size(), psum_shape(layer), layer);
  const PostProcess& post = layer.post;
  const bool signs = layer.ofmap_code().coding == Coding::kSign;
  const std::int64_t zero = layer.formats.ofmap_zero;
  const std::int64_t low = least(layer.ofmap_code()), high = most(layer.ofmap_code());
  const std::int64_t half =
      post.requant_shift == 0 ? 0 : std::int64_t{1} << (post.requant_shift - 1);
  const std::size_t plane = size(psums.shape[2]) * size(psums.shape[3]);
  OperandTensor out{psums.shape, {}};
  out.data.reserve(psums.data.size());
  for (std::size_t i = 0; i < psums.data.size(); ++i) {
    const std::size_t channel = i / plane % size(psums.shape[1]);
    std::int64_t x = kind == PsumKind::kInteger
                         ? psums.data[i]
                         : static_cast<std::int64_t>(std::bit_cast<float>(psums.data[i]));
    if (post.bias) x += in.bias.data.at(channel);
    x = signs ? (x < 0 ? -1 : 1) : std::clamp(zero + ((x + half) >> post.requant_shift), low, high);
    if (post.relu && !signs) x = std::max(x, zero);
    out.data.push_back(static_cast<std::int16_t>(x));
  }
  for (const Pool& pool : post.pool) out = pooled(out, pool);
  return out;
}

OperandTensor golden_pool(const Layer& layer, const OperandTensor& ifmap) {
  require_shape(ifmap.shape, ifmap.data.size(), ifmap_shape(layer), layer);
  return pooled(ifmap, layer.pool);
}

OperandTensor golden_pool(const Pool& pool, const OperandTensor& planes) {
  return pooled(planes, pool);
}

OperandTensor golden_ofmap(const Layer& layer, const Operands& in, const Arithmetic& arithmetic,
                           const ReductionTree& tree) {
  if (layer.kind == LayerKind::kPool) return golden_pool(layer, in.ifmap);
  return golden_post(layer, golden_psums(layer, in, arithmetic, tree), in,
                     arithmetic.chain > 0 ? PsumKind::kSingle : PsumKind::kInteger);
}

}  // namespace orrery
