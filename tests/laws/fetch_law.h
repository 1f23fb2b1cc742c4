// Which words a PE fetches in a pass, and which of them PEs share: the half of the count law that
// looks into PEs.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "dataflows/mapping/mapping.h"
#include "tests/dataflows/nest_walk.h"

namespace orrery::test {

using Points = std::vector<Point>;  // in the order of a PE's own loops

struct PassPoints {
  int tile = 0;  // which step of the dram loops
  std::map<std::pair<int, int>, Points> pes;
};

// Words that go to a PE in one packet, with the steps of the loops that fetch them anew.
using Packet = std::pair<std::vector<int>, std::vector<Word>>;

class FetchLaw {
 public:
  FetchLaw(const Machine& machine, const Layer& layer, const Mapping& mapping)
      : machine_(machine), layer_(layer), mapping_(mapping) {}

  std::pair<int, int> plane(const Point& x) const {
    const auto at = [&](Dim d) { return x[index(d)]; };
    return {at(Dim::kP) * layer_.stride_rows + at(Dim::kR) * layer_.dilation_rows,
            at(Dim::kQ) * layer_.stride_cols + at(Dim::kS) * layer_.dilation_cols};
  }

  // Steps of a PE along `d`, as a position among its PE loops; -1 where it takes only one.
  int turning(const Points& points, Dim d) const {
    if (std::ranges::all_of(
            points, [&](const Point& x) { return x[index(d)] == points.front()[index(d)]; }))
      return -1;
    int position = 0;
    for (const Loop& loop : mapping_.nest) {
      if (loop.place == Place::kPe && loop.dim == d) return position;
      if (loop.place == Place::kPe) ++position;
    }
    return -1;
  }

  // Kept ifmap windows slide along an axis where no other loop over ifmap words turns between the
  // axis's two, and where the words touched along it are evenly spaced. Otherwise the outer of the
  // two loops fetches its words anew at each step. docs/mapping.md says so.
  bool slides(const Points& points, Dim out, Dim tap, const std::set<int>& touched) const {
    if (!mapping_.keep.pe[index(Tensor::kIfmap)]) return false;
    const auto [outer, inner] = std::minmax({turning(points, out), turning(points, tap)});
    for (const Dim d : kAllDims) {
      const int at = turning(points, d);
      if (indexes(d, Tensor::kIfmap) && outer < at && at < inner) return false;
    }
    std::set<int> gaps;
    for (auto it = touched.begin(); std::next(it) != touched.end(); ++it)
      gaps.insert(*std::next(it) - *it);
    return gaps.size() == 1;
  }

  // The dimensions whose steps make a PE fetch a word again.
  std::vector<Dim> refetching(const Points& points, Tensor t) const {
    std::vector<Dim> dims;
    for (const Dim d : kAllDims) {
      if (!indexes(d, t) && !mapping_.keep.pe[index(t)]) dims.push_back(d);
    }
    if (t != Tensor::kIfmap) return dims;
    for (const auto& [out, tap] : {std::pair{Dim::kP, Dim::kR}, std::pair{Dim::kQ, Dim::kS}}) {
      const int at_out = turning(points, out), at_tap = turning(points, tap);
      if (at_out < 0 || at_tap < 0) continue;
      std::set<int> touched;
      for (const Point& x : points)
        touched.insert(out == Dim::kP ? plane(x).first : plane(x).second);
      if (!slides(points, out, tap, touched)) dims.push_back(at_out < at_tap ? out : tap);
    }
    return dims;
  }

  // The dimensions along which PEs of a pass walk and which they divide among them.
  std::set<Dim> divided(const PassPoints& pass) const {
    std::set<Dim> dims;
    const Point& first = pass.pes.begin()->second.front();
    std::set<Dim> walked, split;
    for (const Dim d : kAllDims) {
      for (const auto& [pe, points] : pass.pes) {
        if (turning(points, d) >= 0) walked.insert(d);
        if (points.front()[index(d)] != first[index(d)]) split.insert(d);
      }
      if (walked.contains(d) && split.contains(d)) dims.insert(d);
    }
    // Windows that walk while PEs divide their taps: the PEs of a psum chain keep pace.
    for (const auto& [out, tap] : {std::pair{Dim::kP, Dim::kR}, std::pair{Dim::kQ, Dim::kS}}) {
      if (walked.contains(out) && split.contains(tap)) dims.insert(out);
    }
    return dims;
  }

  // The packets that a PE takes of an operand in a pass: words in the order of first use, and what
  // must agree for PEs to share a packet: the steps of loops that fetch anew, and, on an axis of
  // the ifmap that PEs divide and walk along, how far along it they are.
  std::vector<Packet> packets(const Points& points, Tensor t, const std::set<Dim>& shares) const {
    const Bus& bus = t == Tensor::kIfmap ? machine_.noc.ifmap : machine_.noc.filter;
    const auto size = static_cast<std::size_t>(
        std::min(bus.words_per_cycle, machine_.store_of(t).read_words_per_cycle));
    const std::vector<Dim> again = refetching(points, t);
    std::set<std::pair<std::vector<int>, Word>> seen;
    std::vector<Packet> all;
    for (const Point& x : points) {
      std::vector<int> steps;
      for (const Dim d : again) steps.push_back(x[index(d)] - points.front()[index(d)]);
      const auto [row, col] = plane(x);
      const auto [first_row, first_col] = plane(points.front());
      if (t == Tensor::kIfmap) {
        if (shares.contains(Dim::kP) || shares.contains(Dim::kR)) steps.push_back(row - first_row);
        if (shares.contains(Dim::kQ) || shares.contains(Dim::kS)) steps.push_back(col - first_col);
      }
      const Word word = word_of(layer_, t, x);
      if (!seen.insert({steps, word}).second) continue;
      if (all.empty() || all.back().second.size() == size) all.push_back({steps, {}});
      all.back().second.push_back(word);
    }
    return all;
  }

 private:
  const Machine& machine_;
  const Layer& layer_;
  const Mapping& mapping_;
};

}  // namespace orrery::test
