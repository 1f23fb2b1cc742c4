#include "dataflows/space/space.h"

#include <algorithm>
#include <stdexcept>

#include "dataflows/mapping/fit.h"
#include "dataflows/pass/nest.h"

namespace orrery {
namespace {

constexpr int kOrders = static_cast<int>(kLoopOrders.size());

char reuses(Dim d) {
  if (d == Dim::kG) return ' ';
  for (const Tensor t : kAllTensors) {
    if (!indexes(d, t)) return name(t)[0];
  }
  return ' ';
}

int rank_in(const char* order, Dim d) {
  const std::string_view text = order;
  const char c = reuses(d);
  return c == ' ' ? -1 : static_cast<int>(text.find(c));
}

// The step of each loop, from the innermost out: blocks count those of the loop further in.
std::vector<int> steps_of(const Space& space, const Choice& choice, const Layer& layer) {
  std::vector<int> steps(space.nest.size());
  std::array<int, kDims> inner;
  inner.fill(1);
  for (std::size_t i = space.nest.size(); i-- > 0;) {
    const SpaceLoop& loop = space.nest[i];
    const std::int64_t size = loop.sizes[static_cast<std::size_t>(choice[i])];
    const std::int64_t unit = loop.of_blocks ? inner[index(loop.dim)] : 1;
    steps[i] = static_cast<int>(std::min<std::int64_t>(size * unit, layer.bound(loop.dim)));
    inner[index(loop.dim)] = steps[i];
  }
  return steps;
}

void reorder(std::vector<Loop>& nest, Place place, const char* order) {
  if (*order == '\0') return;
  const auto outside = [&](const Loop& loop) { return loop.place != place; };
  const auto first = std::find_if_not(nest.begin(), nest.end(), outside);
  const auto last = std::find_if(first, nest.end(), outside);
  std::stable_sort(first, last, [&](const Loop& a, const Loop& b) {
    return rank_in(order, a.dim) < rank_in(order, b.dim);
  });
}

bool reaches_others(const std::vector<Loop>& nest, Tensor t) {
  return std::ranges::any_of(
      nest, [&](const Loop& loop) { return loop.place == Place::kGlb && indexes(loop.dim, t); });
}

int find_or_insert(std::vector<int>& sizes, int size) {
  const auto at = std::ranges::lower_bound(sizes, size);
  if (at != sizes.end() && *at == size) return static_cast<int>(at - sizes.begin());
  const auto inserted = sizes.insert(at, size);
  return static_cast<int>(inserted - sizes.begin());
}

// The step of each loop of `space` in `mapping`, which may leave out loops that turn once.
std::vector<int> steps_in(const Space& space, const Mapping& mapping, const Layer& layer) {
  std::vector<int> steps;
  std::array<int, kDims> left = layer.bounds;
  std::size_t next = 0;
  for (const SpaceLoop& loop : space.nest) {
    const bool there = next < mapping.nest.size() && mapping.nest[next].dim == loop.dim &&
                       mapping.nest[next].place == loop.place;
    int& size = left[index(loop.dim)];
    const int step = there ? mapping.nest[next++].step : size;
    steps.push_back(step);
    size = std::min(size, step);
  }
  if (next != mapping.nest.size())
    throw std::logic_error("a mapping is of another nest than its space");
  return steps;
}

}  // namespace

int Space::answers(std::size_t i) const {
  if (i < nest.size()) return static_cast<int>(nest[i].sizes.size());
  return i < nest.size() + 2 ? kOrders : static_cast<int>(keeps.size());
}

std::int64_t Space::size(std::int64_t most) const {
  std::int64_t size = 1;
  for (std::size_t i = 0; i < decisions(); ++i) {
    if (size > most / answers(i)) return most;
    size *= answers(i);
  }
  return size;
}

Mapping mapping_of(const Space& space, const Choice& choice, const Layer& layer) {
  Mapping mapping{.dataflow = space.dataflow, .nest = {}, .keep = {}};
  const std::vector<int> steps = steps_of(space, choice, layer);
  std::array<int, kDims> left = layer.bounds;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const SpaceLoop& loop = space.nest[i];
    int& size = left[index(loop.dim)];
    if (steps[i] < size) mapping.nest.push_back({loop.dim, steps[i], loop.place});
    size = std::min(size, steps[i]);
  }
  const std::size_t loops = space.nest.size();
  const auto at = [&](std::size_t i) { return static_cast<std::size_t>(choice[loops + i]); };
  reorder(mapping.nest, Place::kDram, kLoopOrders[at(0)]);
  reorder(mapping.nest, Place::kGlb, kLoopOrders[at(1)]);
  mapping.keep = {space.keeps[at(2)], space.keep_pe};
  for (const Tensor t : kAllTensors) {
    if (!reaches_others(mapping.nest, t)) mapping.keep.glb[index(t)] = space.keeps[0][index(t)];
  }
  return mapping;
}

std::vector<int> even_sizes(int size, int most) {
  std::vector<int> sizes;
  for (int step = std::min(size, most); step >= 1;) {
    const int even = (size + (size + step - 1) / step - 1) / ((size + step - 1) / step);
    sizes.push_back(even);
    step = even - 1;
  }
  std::ranges::reverse(sizes);
  return sizes;
}

void include_automatic(Space& space, const Mapping& mapping, const Layer& layer) {
  const std::vector<int> steps = steps_in(space, mapping, layer);
  space.automatic.assign(space.decisions(), 0);
  std::array<int, kDims> inner;
  inner.fill(1);
  for (std::size_t i = space.nest.size(); i-- > 0;) {
    SpaceLoop& loop = space.nest[i];
    int& unit = inner[index(loop.dim)];
    // Rounded up: blocks that would pass the bound were cut to it.
    const int size = loop.of_blocks ? (steps[i] + unit - 1) / unit : steps[i];
    space.automatic[i] = find_or_insert(loop.sizes, size);
    unit = steps[i];
  }
}

Space space_of(const Pattern& pattern, const Layer& layer, const Machine& machine) {
  const Mapping automatic = fit(pattern, layer, machine);
  Space space{.dataflow = pattern.name,
              .nest = {},
              .keep_pe = pattern.keep.pe,
              .keeps = {},
              .automatic = {}};
  for (const SizedLoop& loop : placed(pattern, layer)) {
    const int bound = layer.bound(loop.dim);
    const int most = resolve(loop.size, bound, machine.array);
    space.nest.push_back({loop.dim, loop.place, {most}});
    if (loop.size.free) space.nest.back().sizes = even_sizes(bound, most);
  }
  space.keeps = {automatic.keep.glb};
  for (unsigned mask = 0; mask < 1U << kTensors; ++mask) {
    std::array<bool, kTensors> keep = automatic.keep.glb;
    for (const Tensor t : kAllTensors) {
      keep[index(t)] = keep[index(t)] && (mask >> index(t) & 1U) != 0;
    }
    if (std::ranges::count(space.keeps, keep) == 0) space.keeps.push_back(keep);
  }
  include_automatic(space, automatic, layer);
  return space;
}

}  // namespace orrery
