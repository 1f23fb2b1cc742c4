// The place of each word in the order in which a bus serves PEs, as one number.
//
// A word's place is a sum over the loops of its PE, so that a step of a loop moves it by a constant
// and PEs that run one program differ by a constant.
#pragma once

#include <span>

#include "dataflows/pass/pass.h"
#include "dataflows/pass/pe_loops.h"

namespace orrery {

// What PEs that run one program have in common.
struct PeKind {
  PassProgram program;
  std::vector<PeLoop> loops;       // those that the program's counters stand for
  std::array<bool, 2> one_axis{};  // along rows, columns: its stream runs through the ifmap from
                                   // one end to the other
};

// The part of a pass that all its streams are built from.
struct PassView {
  const Layer& layer;
  const Box& box;
  const std::vector<PeKind>& kinds;
  std::array<bool, kDims> split{};  // the dimensions that are spread over the array
};

// A number for each loop of a PE.
template <class T>
using PerLoop = std::array<T, PassProgram::kMaxCounters>;

// Coordinates that a step along `d` moves on its axis of `t`, for dimensions that index it.
int unit_of(const Layer& layer, Tensor t, Dim d);
// The axis of `t` that `d` walks along; -1: none.
int axis_of(Tensor t, Dim d);
// How far a step of a counter moves the PE's stream of `t`; psums: within their window.
int stride_of(const Counter& c, Tensor t);

// Words are served by the step at which PEs come to them, then by their place in the tensor: row
// stationary ifmaps go by image, column, channel, row. All PEs are served at one pace, so none
// fills its FIFOs while another starves. Rows and columns of the ifmap that PEs walk through, and
// divide neither among them nor by taps, are served by their place instead of the step: a word of
// overlapping windows is then sent once to all PEs that want it, though each comes to it at another
// step. Each PE's share of the order is the order of its own stream.
// Places count from the first point of the pass: all passes of one size have one order.
//
// With the places of one step reversed, a later place in the tensor is served before an earlier
// one.
class ServiceOrder {
 public:
  // Throws InputError if there are more places than a number of 64 bits can tell apart.
  ServiceOrder(const PassView& pass, Tensor t, BusOrder order);

  // Of the first word of a PE, whose first point lies at `from` relative to the pass.
  std::uint64_t start(std::size_t kind, const Coordinates& from) const;
  // What a step of each loop adds, modulo 2^64.
  PerLoop<std::uint64_t> stride(std::size_t kind) const;

 private:
  // What a loop of a PE contributes to the order.
  enum class Rank : std::uint8_t { kNone, kStep, kPlace, kPlaceInShare };
  using Ranks = PerLoop<Rank>;

  Ranks ranks_of(const PeKind& kind) const;
  Rank rank_on_plane(const PeKind& kind, std::size_t loop, int axis) const;
  int most_places(std::size_t loop) const;
  void weigh();
  void reverse_places();

  const PassView& pass_;
  Tensor tensor_;
  std::vector<Ranks> ranks_;  // of each kind
  std::array<std::int64_t, kAxes> extent_{};
  // A place is a mixed-radix number: one digit for each loop, then one for each axis.
  PerLoop<std::uint64_t> loop_weight_{};
  std::array<std::uint64_t, kAxes> axis_weight_{};
  std::uint64_t origin_ = 0;  // of the first point of the pass
};

}  // namespace orrery
