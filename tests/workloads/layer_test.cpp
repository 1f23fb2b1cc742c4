#include "workloads/layer/layer.h"

#include <gtest/gtest.h>

#include <array>
#include <numeric>
#include <set>

#include "sim/random/conv.h"

namespace orrery {
namespace {

TEST(Layer, TensorsAreIndexedAsInTheLoopNest) {
  const std::array<std::string, kTensors> subscripts{"GNCPQRS", "GMCRS", "GNMPQ"};
  for (const Tensor t : kAllTensors) {
    std::string found;
    for (const Dim d : kAllDims) found += indexes(d, t) ? std::string(name(d)) : "";
    std::string wanted;
    for (const Dim d : kAllDims) {
      if (subscripts[index(t)].find(name(d)) != std::string::npos) wanted += name(d);
    }
    EXPECT_EQ(found, wanted) << name(t);
  }
}

TEST(Layer, PsumsAreSummedOverChannelsAndTaps) {
  std::string summed;
  for (const Dim d : kAllDims) summed += is_reduction(d) ? std::string(name(d)) : "";
  EXPECT_EQ(summed, "CRS");
}

// Every window of up to 7 outputs and 6 taps, starting off zero, with strides and dilations up
// to 7.
TEST(Layer, TouchedCoordinatesEqualEnumeration) {
  for (int code = 0; code < 7 * 6 * 7 * 7 * 2; ++code) {
    const Range out{code % 2 * 3, code % 2 * 3 + code / 2 % 7 + 1};
    const Range taps{code % 2, code % 2 + code / 14 % 6 + 1};
    const int stride = code / 84 % 7 + 1;
    const int dilation = code / 588 % 7 + 1;
    std::set<int> distinct;
    for (int o = out.lo; o < out.hi; ++o) {
      for (int t = taps.lo; t < taps.hi; ++t) distinct.insert(o * stride + t * dilation);
    }
    const std::vector<int> wanted(distinct.begin(), distinct.end());
    SCOPED_TRACE(testing::Message()
                 << "touched({" << out.lo << ", " << out.hi << "}, {" << taps.lo << ", " << taps.hi
                 << "}, " << stride << ", " << dilation << ")");
    ASSERT_EQ(touched(out, taps, stride, dilation), wanted);
    ASSERT_EQ(touched_count(out, taps, stride, dilation), static_cast<int>(wanted.size()));
  }
}

TEST(Layer, NothingTouchesNothing) {
  EXPECT_EQ(touched_count({2, 2}, {0, 3}, 1, 1), 0);
  EXPECT_EQ(touched_count({0, 3}, {1, 1}, 1, 1), 0);
  EXPECT_TRUE(touched({2, 2}, {0, 3}, 1, 1).empty());
}

// Distinct addresses of each tensor over the points of a box, one by one, as in the loop nest of
// layer.h.
std::array<std::int64_t, kTensors> enumerated_footprints(const Layer& layer, const Box& box) {
  std::set<std::array<int, 5>> ifmap, filter, psum;
  std::array<int, kDims> at{};
  for (std::int64_t point = 0; point < box.points(); ++point) {
    std::int64_t rest = point;
    for (std::size_t d = 0; d < kDims; ++d) {
      at[d] = box.range[d].lo + static_cast<int>(rest % box.range[d].size());
      rest /= box.range[d].size();
    }
    const auto [g, n, m, c, p, q, r, s] = at;
    ifmap.insert({n, g, c, p * layer.stride_rows + r * layer.dilation_rows,
                  q * layer.stride_cols + s * layer.dilation_cols});
    filter.insert({g, m, c, r, s});
    psum.insert({n, g, m, p, q});
  }
  return {static_cast<std::int64_t>(ifmap.size()), static_cast<std::int64_t>(filter.size()),
          static_cast<std::int64_t>(psum.size())};
}

Box random_box(Rng& rng, const Layer& layer) {
  Box box = layer.box();
  for (Range& range : box.range) {
    range.lo = rng.in(0, range.hi - 1);
    range.hi = rng.in(range.lo + 1, range.hi);
  }
  return box;
}

TEST(Layer, FootprintsEqualEnumerationOfDistinctAddresses) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Rng rng(seed);
    const Layer layer = random_conv(rng);
    const Box box = random_box(rng, layer);
    const auto wanted = enumerated_footprints(layer, box);
    for (const Tensor t : kAllTensors) {
      std::string ranges;
      for (const Dim d : kAllDims)
        ranges += fmt::format(" {}[{},{})", name(d), box[d].lo, box[d].hi);
      ASSERT_EQ(footprint_words(layer, box, t), wanted[index(t)])
          << name(t) << " seed " << seed << "\n"
          << to_yaml(layer) << "\nbox" << ranges;
    }
  }
}

TEST(Layer, WholeFootprintsMultiplyOutToTheMacs) {
  Rng rng(7);
  const Layer layer = random_conv(rng);
  EXPECT_EQ(layer.macs(), std::accumulate(layer.bounds.begin(), layer.bounds.end(), std::int64_t{1},
                                          std::multiplies<>()));
  EXPECT_EQ(layer.macs(), layer.box().points());
}

TEST(Layer, ParametersCountOneBiasForEachOfmapChannel) {
  Layer layer;
  layer.bounds = {2, 4, 3, 5, 7, 7, 2, 2};  // 2 groups of 3 filters of 5x2x2
  EXPECT_EQ(layer.filter_words(), 120);
  EXPECT_EQ(layer.parameters(), 126);
  layer.post.bias = false;
  EXPECT_EQ(layer.parameters(), 120);
}

TEST(Layer, PoolsHaveNeitherMacsNorFilters) {
  Layer layer;
  layer.kind = LayerKind::kPool;
  layer.bounds = {3, 2, 1, 1, 4, 4, 2, 2};
  EXPECT_EQ(layer.macs(), 0);
  EXPECT_EQ(layer.filter_words(), 0);
  EXPECT_EQ(layer.parameters(), 0);
}

TEST(Layer, MacsOfLargeLayersDoNotOverflow) {
  Layer layer;
  layer.bounds = {1, 256, 4096, 4096, 1, 1, 16, 16};
  EXPECT_EQ(layer.macs(), std::int64_t{1} << 40);
}

}  // namespace
}  // namespace orrery
