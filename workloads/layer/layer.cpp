#include "workloads/layer/layer.h"

#include <algorithm>
#include <numeric>

namespace orrery {
namespace {

constexpr std::array<std::string_view, kDims> kDimNames{"G", "N", "M", "C", "P", "Q", "R", "S"};
constexpr std::array<std::string_view, kTensors> kTensorNames{"ifmap", "filter", "psum"};
constexpr std::array<std::string_view, 4> kLayerKindNames{"conv", "fc", "gemm", "pool"};

// The loop nest of layer.h read as a table: one row a tensor, in the order G N M C P Q R S.
constexpr std::array<std::array<bool, kDims>, kTensors> kIndexes{
    {{true, true, false, true, true, true, true, true},      // ifmap
     {true, false, true, true, false, false, true, true},    // filter
     {true, true, true, false, true, true, false, false}}};  // psum

std::int64_t product(const Box& box, std::initializer_list<Dim> dims) {
  std::int64_t words = 1;
  for (const Dim d : dims) words *= box[d].size();
  return words;
}

}  // namespace

std::string_view name(Dim d) { return kDimNames[index(d)]; }
std::string_view name(Tensor t) { return kTensorNames[index(t)]; }
std::string_view name(LayerKind k) { return kLayerKindNames[static_cast<std::size_t>(k)]; }

bool indexes(Dim d, Tensor t) { return kIndexes[index(t)][index(d)]; }
bool is_reduction(Dim d) { return !indexes(d, Tensor::kPsum); }

std::int64_t Box::points() const {
  std::int64_t n = 1;
  for (const Range& r : range) n *= r.size();
  return n;
}

Box Layer::box() const {
  Box all;
  for (const Dim d : kAllDims) all[d] = {0, bound(d)};
  return all;
}

std::int64_t Layer::word_pairs() const { return kind == LayerKind::kPool ? 0 : box().points(); }

std::int64_t Layer::macs() const { return word_pairs() / bound(Dim::kC) * channels(); }

std::int64_t Layer::filter_words() const { return footprint_words(*this, box(), Tensor::kFilter); }

std::int64_t Layer::parameters() const {
  return filter_words() + (has_bias() ? std::int64_t{bound(Dim::kG)} * bound(Dim::kM) : 0);
}

std::vector<int> touched(Range out, Range taps, int stride, int dilation) {
  std::vector<int> coordinates;
  for (int o = out.lo; o < out.hi; ++o) {
    for (int t = taps.lo; t < taps.hi; ++t) coordinates.push_back(o * stride + t * dilation);
  }
  std::sort(coordinates.begin(), coordinates.end());
  coordinates.erase(std::unique(coordinates.begin(), coordinates.end()), coordinates.end());
  return coordinates;
}

// With u and d the stride and the dilation free of common factors, (o, t) and (o - d, t + u) reach
// the same coordinate and no closer pair does. Each coordinate is counted at its pair of smallest
// o, so a pair is left out where its predecessor lies inside the ranges too.
int touched_count(Range out, Range taps, int stride, int dilation) {
  const int common = std::gcd(stride, dilation);
  const int u = stride / common;
  const int d = dilation / common;
  const int repeated = std::max(0, out.size() - d) * std::max(0, taps.size() - u);
  return out.size() * taps.size() - repeated;
}

std::int64_t footprint_words(const Layer& layer, const Box& box, Tensor t) {
  switch (t) {
    case Tensor::kIfmap:
      return product(box, {Dim::kG, Dim::kN, Dim::kC}) *
             touched_count(box[Dim::kP], box[Dim::kR], layer.stride_rows, layer.dilation_rows) *
             touched_count(box[Dim::kQ], box[Dim::kS], layer.stride_cols, layer.dilation_cols);
    case Tensor::kFilter:
      if (layer.kind == LayerKind::kPool) return 0;
      return product(box, {Dim::kG, Dim::kM, Dim::kC, Dim::kR, Dim::kS});
    case Tensor::kPsum:
      return product(box, {Dim::kG, Dim::kN, Dim::kM, Dim::kP, Dim::kQ});
  }
  return 0;
}

}  // namespace orrery
