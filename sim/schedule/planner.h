// Where the tiles of each pass go in the GLB, and what has to leave before.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

#include "sim/schedule/walk.h"

namespace orrery {

// Passes have numbers from 1 on, in the order of the walk; 0 stands for none.
using PassNumber = std::int64_t;

struct PlannedPass {
  Step step;
  PassNumber number = 0;
  int sort = 0;                                   // what the engine calls it, see Player::sort()
  std::array<int, kTensors> buffer{};             // of the GLB, by tensor
  std::array<PassNumber, kTensors> makes_room{};  // pass with which a place for its tile comes free
};

// Tiles that a store has room for: one that the array uses and one that moves meanwhile. Of a
// queue, those that move ahead, beside those of three passes: one that runs, one whose filters move
// into shadow registers, and one on order.
std::array<int, kTensors> glb_buffers(const Machine& machine);

class Planner {
 public:
  Planner(const Layer& layer, const Mapping& mapping, const Machine& machine);
  // Plans the next pass; false when there is none.
  bool next(PlannedPass& pass);
  Walk& walk() { return walk_; }
  const Walk& walk() const { return walk_; }

  // What it remembers of passes, as (reference to their number), and how its stores are filled:
  // calls number(n) and value(v) for each in an order of its own. Tiles are counted modulo the
  // buffers.
  template <class Visitor>
  void visit(Visitor& visitor);

 private:
  struct Tile {
    PassNumber user = 0;  // the last one planned
    std::int64_t words = 0;
  };

  void place_tile(PlannedPass& pass, Tensor t);
  PassNumber first_too_many(Tensor t, std::int64_t words) const;

  const Layer& layer_;
  const Machine& machine_;
  Walk walk_;
  std::array<int, kTensors> buffers_;
  PassNumber last_ = 0;
  std::array<int, kTensors> last_buffer_{}, next_buffer_{};
  std::array<std::vector<PassNumber>, kTensors> user_;  // of each buffer, the last one planned
  std::array<std::deque<Tile>, kTensors> latest_;       // tiles planned
};

template <class Visitor>
void Planner::visit(Visitor& visitor) {
  visitor.number(last_);
  for (const Tensor t : kAllTensors) {
    const std::size_t i = index(t);
    visitor.value(next_buffer_[i]);
    visitor.value(last_buffer_[i]);
    for (PassNumber& user : user_[i]) visitor.number(user);
    visitor.value(static_cast<std::int64_t>(latest_[i].size()));
    for (Tile& tile : latest_[i]) {
      visitor.number(tile.user);
      visitor.value(tile.words);
    }
  }
}

}  // namespace orrery
