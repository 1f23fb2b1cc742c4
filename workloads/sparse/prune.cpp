#include "workloads/sparse/prune.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>

namespace orrery {
namespace {

int magnitude(std::int16_t word, int zero) { return std::abs(word - zero); }

// Indices of the `count` largest of `values`; of equal ones the first.
std::vector<std::size_t> largest(const std::vector<std::int64_t>& values, std::size_t count) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] > values[b]; });
  order.resize(std::min(count, order.size()));
  return order;
}

// How many of `values` stand before the one at `i`: larger ones, and equal ones in front of it.
int rank(const std::vector<int>& values, std::size_t i) {
  int before = 0;
  for (std::size_t j = 0; j < values.size(); ++j) {
    if (values[j] > values[i] || (values[j] == values[i] && j < i)) ++before;
  }
  return before;
}

// Words of a filter [C][R][S], of which channel c at tap t stands at c * taps + t.
struct Taps {
  std::size_t channels, taps, filters;
  explicit Taps(const OperandTensor& filter)
      : channels(static_cast<std::size_t>(filter.shape[1])),
        taps(static_cast<std::size_t>(filter.shape[2]) * static_cast<std::size_t>(filter.shape[3])),
        filters(static_cast<std::size_t>(filter.shape[0])) {}
};

std::size_t share(double keep, std::size_t of) {
  return static_cast<std::size_t>(std::llround(keep * static_cast<double>(of)));
}

}  // namespace

void prune_magnitude(OperandTensor& filter, double keep, int zero) {
  constexpr std::size_t kMagnitudes = 65536 + 1;
  std::vector<std::size_t> count(kMagnitudes);
  for (const std::int16_t word : filter.data)
    ++count[static_cast<std::size_t>(magnitude(word, zero))];
  std::size_t room = share(keep, filter.data.size());
  std::size_t least = kMagnitudes;  // all words of this magnitude and above stay
  while (least > 0 && count[least - 1] <= room) room -= count[--least];
  for (std::int16_t& word : filter.data) {
    const auto size = static_cast<std::size_t>(magnitude(word, zero));
    if (size >= least) continue;
    if (size + 1 == least && room > 0) {
      --room;
      continue;
    }
    word = static_cast<std::int16_t>(zero);
  }
}

void prune_structure(OperandTensor& filter, const Structure& structure, int zero) {
  const Taps t(filter);
  const auto m = static_cast<std::size_t>(structure.m);
  std::vector<int> sizes;
  for (std::size_t f = 0; f < t.filters; ++f) {
    for (std::size_t first = 0; first < t.channels; first += m) {
      const std::size_t channels = std::min(m, t.channels - first);
      for (std::size_t tap = 0; tap < t.taps; ++tap) {
        std::int16_t* words = &filter.data[(f * t.channels + first) * t.taps + tap];
        sizes.clear();
        for (std::size_t c = 0; c < channels; ++c)
          sizes.push_back(magnitude(words[c * t.taps], zero));
        for (std::size_t c = 0; c < channels; ++c) {
          if (rank(sizes, c) >= structure.n) words[c * t.taps] = static_cast<std::int16_t>(zero);
        }
      }
    }
  }
}

void prune_channels(OperandTensor& filter, double keep, int groups, int zero) {
  const Taps t(filter);
  const std::size_t of_group = t.filters / static_cast<std::size_t>(groups);
  for (std::size_t first = 0; first < t.filters; first += of_group) {
    const auto words = [&](std::size_t f, std::size_t channel) {
      return filter.data.begin() + static_cast<std::ptrdiff_t>((f * t.channels + channel) * t.taps);
    };
    const auto size = static_cast<std::ptrdiff_t>(t.taps);
    std::vector<std::int64_t> sums(t.channels);
    for (std::size_t f = first; f < first + of_group; ++f) {
      for (std::size_t c = 0; c < t.channels; ++c) {
        for (auto w = words(f, c); w != words(f, c) + size; ++w) sums[c] += magnitude(*w, zero);
      }
    }
    std::vector<bool> stays(t.channels);
    for (const std::size_t c : largest(sums, share(keep, t.channels))) stays[c] = true;
    for (std::size_t f = first; f < first + of_group; ++f) {
      for (std::size_t c = 0; c < t.channels; ++c) {
        if (!stays[c]) std::fill_n(words(f, c), size, static_cast<std::int16_t>(zero));
      }
    }
  }
}

void prune(OperandTensor& filter, const PruneRule& rule, const Layer& layer) {
  const int zero = layer.formats.filter_zero;
  if (rule.keep_channels < 1)
    prune_channels(filter, rule.keep_channels, layer.bound(Dim::kG), zero);
  if (rule.structure.m > 0) prune_structure(filter, rule.structure, zero);
  if (rule.keep < 1) prune_magnitude(filter, rule.keep, zero);
}

}  // namespace orrery
