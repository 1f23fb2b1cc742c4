#include "dataflows/pass/service_order.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace orrery {
namespace {

// Places in a tensor are compared plane by plane, channels last.
constexpr std::array<std::array<std::size_t, kAxes>, kTensors> kPlaceOrder{
    {{0, 1, 2, 3, 4}, {0, 1, 2, 3, 4}, {0, 1, 3, 4, 2}}};
constexpr int kRow = 3;  // axis of the ifmap; columns are the next

}  // namespace

int axis_of(Tensor t, Dim d) {
  static constexpr std::array<std::array<int, kDims>, kTensors> kAxisOf{{
      //  G  N   M   C  P   Q   R   S
      {{0, 1, -1, 2, 3, 4, 3, 4}},
      {{0, -1, 1, 2, -1, -1, 3, 4}},
      {{0, 1, 2, -1, 3, 4, -1, -1}},
  }};
  return kAxisOf[index(t)][index(d)];
}

int unit_of(const Layer& layer, Tensor t, Dim d) {
  std::array<int, kDims> step{};
  step[index(d)] = 1;
  return coordinates(layer, t, step)[static_cast<std::size_t>(axis_of(t, d))];
}

int stride_of(const Counter& c, Tensor t) {
  switch (t) {
    case Tensor::kIfmap:
      return c.ifmap_stride;
    case Tensor::kFilter:
      return c.filter_stride;
    case Tensor::kPsum:
      return c.psum_stride;
  }
  return 0;
}

ServiceOrder::ServiceOrder(const PassView& pass, Tensor t, BusOrder order)
    : pass_(pass), tensor_(t), extent_(tile_layout(pass.layer, pass.box, t).extent) {
  for (const PeKind& kind : pass.kinds) ranks_.push_back(ranks_of(kind));
  weigh();
  if (order == BusOrder::kStepReversed) reverse_places();
}

// Of a loop that walks along the rows or columns of the ifmap.
ServiceOrder::Rank ServiceOrder::rank_on_plane(const PeKind& kind, std::size_t loop,
                                               int axis) const {
  const auto [out, tap] = axis == kRow ? std::pair{Dim::kP, Dim::kR} : std::pair{Dim::kQ, Dim::kS};
  const auto split = [&](Dim d) { return pass_.split[index(d)]; };
  bool first = true, last = true, divided = false;
  for (std::size_t j = 0; j < kind.loops.size(); ++j) {
    const Dim d = kind.loops[j].dim;
    if (axis_of(Tensor::kIfmap, d) != axis) continue;
    first = first && j >= loop;
    last = last && j <= loop;
    divided = divided || split(d) || (d == out && split(tap));
  }
  const Rank place = divided ? Rank::kPlaceInShare : Rank::kPlace;
  if (first && last) return place;
  if (kind.one_axis[static_cast<std::size_t>(axis - kRow)]) return first ? place : Rank::kNone;
  return first ? Rank::kStep : place;
}

ServiceOrder::Ranks ServiceOrder::ranks_of(const PeKind& kind) const {
  Ranks ranks{};
  for (std::size_t i = 0; i < kind.loops.size(); ++i) {
    const int axis = axis_of(tensor_, kind.loops[i].dim);
    if (axis < 0) {
      // Fetched anew for each step, or kept.
      ranks[i] = stride_of(kind.program.counter[i], tensor_) > 0 ? Rank::kStep : Rank::kNone;
    } else {
      const bool on_plane = tensor_ == Tensor::kIfmap && axis >= kRow;
      ranks[i] = on_plane ? rank_on_plane(kind, i, axis) : Rank::kStep;
    }
  }
  return ranks;
}

// Of the digit of a loop: more than it ever shows.
int ServiceOrder::most_places(std::size_t loop) const {
  std::int64_t most = 1;
  for (std::size_t k = 0; k < ranks_.size(); ++k) {
    const std::vector<PeLoop>& loops = pass_.kinds[k].loops;
    if (loop >= loops.size() || ranks_[k][loop] == Rank::kNone) continue;
    const bool step = ranks_[k][loop] == Rank::kStep;
    const auto axis = static_cast<std::size_t>(axis_of(tensor_, loops[loop].dim));
    most = std::max<std::int64_t>(most, step ? loops[loop].bound : extent_[axis]);
  }
  return static_cast<int>(most);
}

void ServiceOrder::weigh() {
  std::uint64_t weight = 1;
  const auto digit = [&](std::uint64_t places) {
    if (weight > std::numeric_limits<std::uint64_t>::max() / places) {
      throw InputError(
          fmt::format("layer {}: a pass of the mapping has too many {} words to put "
                      "them in order; smaller passes have fewer",
                      pass_.layer.name, name(tensor_)));
    }
    return std::exchange(weight, weight * places);
  };
  for (std::size_t i = kAxes; i-- > 0;) {
    const std::size_t axis = kPlaceOrder[index(tensor_)][i];
    axis_weight_[axis] = digit(static_cast<std::uint64_t>(extent_[axis]));
  }
  for (std::size_t i = loop_weight_.size(); i-- > 0;)
    loop_weight_[i] = digit(static_cast<std::uint64_t>(most_places(i)));
}

// Coordinates count down from the last of the pass.
void ServiceOrder::reverse_places() {
  for (std::size_t a = 0; a < kAxes; ++a) {
    origin_ += static_cast<std::uint64_t>(extent_[a] - 1) * axis_weight_[a];
    axis_weight_[a] = -axis_weight_[a];
  }
}

std::uint64_t ServiceOrder::start(std::size_t kind, const Coordinates& from) const {
  std::uint64_t place = origin_;
  for (std::size_t a = 0; a < kAxes; ++a)
    place += static_cast<std::uint64_t>(from[a]) * axis_weight_[a];
  const std::vector<PeLoop>& loops = pass_.kinds[kind].loops;
  for (std::size_t i = 0; i < loops.size(); ++i) {
    if (ranks_[kind][i] != Rank::kPlace) continue;
    const auto axis = static_cast<std::size_t>(axis_of(tensor_, loops[i].dim));
    place += static_cast<std::uint64_t>(from[axis]) * loop_weight_[i];
  }
  return place;
}

PerLoop<std::uint64_t> ServiceOrder::stride(std::size_t kind) const {
  const Ranks& ranks = ranks_[kind];
  const std::vector<PeLoop>& loops = pass_.kinds[kind].loops;
  // What a coordinate weighs: in the place, and in the digits of loops that show it.
  std::array<std::uint64_t, kAxes> slope = axis_weight_;
  for (std::size_t i = 0; i < loops.size(); ++i) {
    if (ranks[i] != Rank::kPlace && ranks[i] != Rank::kPlaceInShare) continue;
    slope[static_cast<std::size_t>(axis_of(tensor_, loops[i].dim))] += loop_weight_[i];
  }
  PerLoop<std::uint64_t> stride{};
  for (std::size_t i = 0; i < loops.size(); ++i) {
    const int axis = axis_of(tensor_, loops[i].dim);
    if (ranks[i] == Rank::kStep) stride[i] = loop_weight_[i];
    if (axis < 0) continue;
    stride[i] += slope[static_cast<std::size_t>(axis)] *
                 static_cast<std::uint64_t>(unit_of(pass_.layer, tensor_, loops[i].dim));
  }
  return stride;
}

}  // namespace orrery
