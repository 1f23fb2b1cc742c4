// Random nests: what lies where a machine allows it, blocks of any size.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "dataflows/mapping/mapping.h"
#include "sim/random/conv.h"

namespace orrery::test {

// True once in `one_in` times.
inline bool coin(Rng& rng, int one_in) { return rng.in(1, one_in) == 1; }

template <class T>
void shuffle(std::vector<T>& v, Rng& rng) {
  for (int i = static_cast<int>(v.size()) - 1; i > 0; --i)
    std::swap(v[static_cast<std::size_t>(i)], v[static_cast<std::size_t>(rng.in(0, i))]);
}

// Cuts dimensions for the loops of one place after another; what each leaves goes to the next.
class NestMaker {
 public:
  NestMaker(const Layer& layer, const Machine& machine, Rng& rng)
      : machine_(machine), pools_(layer.kind == LayerKind::kPool), left_(layer.bounds), rng_(rng) {}

  void cut_in_time(Place place, int one_in) {
    for (const Dim d : dims()) {
      if (splits(d) && coin(rng_, one_in)) cut(d, rng_.in(1, left(d) - 1), place);
    }
  }

  // What the machine's array does not allow is left out.
  void cut_in_space(Place place) {
    int room = pes(place);
    std::vector<Dim> order = dims();
    if (machine_.array.psum_route == PsumRoute::kColumn)
      std::stable_partition(order.begin(), order.end(), [](Dim d) { return !is_reduction(d); });
    for (const Dim d : order) {
      if (!splits(d) || !may_lie(d, place) || coin(rng_, 3)) continue;
      const int least = (left(d) + room - 1) / room;  // step with which all blocks find a PE
      if (least >= left(d)) continue;
      const int step = coin(rng_, 2) ? least : rng_.in(least, left(d) - 1);
      room /= (left(d) + step - 1) / step;
      cut(d, step, place);
    }
  }

  // Neighbours work on neighbouring blocks of a plane.
  void cut_planes() {
    for (const auto& [d, place] : {std::pair{Dim::kP, Place::kRows}, {Dim::kQ, Place::kCols}}) {
      const int step = (left(d) + pes(place) - 1) / pes(place);
      if (step < left(d)) cut(d, step, place);
    }
  }

  void turn_the_rest() {
    for (const Dim d : dims()) cut(d, 1, Place::kPe);
  }

  std::vector<Loop> nest;

 private:
  int pes(Place place) const {
    return place == Place::kRows ? machine_.array.rows : machine_.array.cols;
  }
  // A pooling window turns whole inside a PE.
  bool splits(Dim d) const { return !pools_ || !is_reduction(d); }

  bool may_lie(Dim d, Place place) const {
    const bool on_rows = place == Place::kRows;
    if (machine_.array.delivery == Delivery::kSystolic) {
      const bool in_place = machine_.array.psum_route == PsumRoute::kInPlace;
      if (on_rows ? in_place && indexes(d, Tensor::kFilter) : indexes(d, Tensor::kIfmap))
        return false;
    }
    switch (machine_.array.psum_route) {
      case PsumRoute::kColumn:
        return on_rows || !is_reduction(d);
      case PsumRoute::kTree:
        return on_rows == is_reduction(d);
      case PsumRoute::kInPlace:
        return !is_reduction(d);
      case PsumRoute::kSpill:
        return true;
    }
    return false;
  }
  int left(Dim d) const { return left_[index(d)]; }
  std::vector<Dim> dims() {
    std::vector<Dim> dims;
    for (const Dim d : kAllDims) {
      if (left(d) > 1) dims.push_back(d);
    }
    shuffle(dims, rng_);
    return dims;
  }
  void cut(Dim d, int step, Place place) {
    nest.push_back({d, step, place});
    left_[index(d)] = step;
  }

  const Machine& machine_;
  bool pools_;
  std::array<int, kDims> left_;
  Rng& rng_;
};

}  // namespace orrery::test
