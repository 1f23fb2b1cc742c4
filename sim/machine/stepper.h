// The counters of a PassProgram at work in one PE.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "dataflows/pass/pass_program.h"

namespace orrery {

// What follows from a program alone, worked out once a pass and shared by the PEs that run it.
struct StepTable {
  // How far the stream positions move when a counter takes a step and all counters inside it return
  // to zero, the innermost from its bound.
  struct Carry {
    int ifmap = 0, filter = 0, psum = 0;
  };
  const PassProgram* program = nullptr;
  int last = 0;  // index of the innermost counter
  Counter inner;
  std::array<Carry, PassProgram::kMaxCounters> carry{};
  unsigned reductions = 0;        // bit i: counter i is a reduction inside the window
  unsigned outer_reductions = 0;  // the same without the innermost

  explicit StepTable(const PassProgram& p) : program(&p), last(p.counters - 1), inner(at(last)) {
    Carry inside{inner.bound * inner.ifmap_stride, inner.bound * inner.filter_stride,
                 inner.bound * inner.psum_stride};
    for (int i = last - 1; i >= 0; --i) {
      const Counter& c = at(i);
      carry[static_cast<std::size_t>(i)] = {c.ifmap_stride - inside.ifmap,
                                            c.filter_stride - inside.filter,
                                            c.psum_stride - inside.psum};
      inside.ifmap += (c.bound - 1) * c.ifmap_stride;
      inside.filter += (c.bound - 1) * c.filter_stride;
      inside.psum += (c.bound - 1) * c.psum_stride;
    }
    for (int i = p.window; i < p.counters; ++i) {
      if (at(i).reduction) reductions |= 1u << i;
    }
    outer_reductions = reductions & ~(1u << last);
  }
  const Counter& at(int i) const { return program->counter[static_cast<std::size_t>(i)]; }
};

class Stepper {
 public:
  void start(const StepTable& table) {
    table_ = &table;
    step_.fill(0);
    moved_ = 0;
    at_end_ = 0;
    for (int i = 0; i <= table.last; ++i) note(i);
    ifmap_at_ = filter_at_ = psum_at_ = 0;
    exhausted_ = false;
    settle_floors();
  }

  const PassProgram& program() const { return *table_->program; }
  const Counter& inner() const { return table_->inner; }
  // Stream positions of the present step; of psums: in the window.
  int ifmap_at() const { return ifmap_at_; }
  int filter_at() const { return filter_at_; }
  int psum_at() const { return psum_at_; }
  int inner_step() const { return step_[last()]; }
  int inner_left() const { return inner().bound - inner_step(); }
  bool exhausted() const { return exhausted_; }  // no step is left

  // The present step is the first, or the last, of its psum, looking only at counters outside the
  // innermost for the last.
  bool fresh() const { return (moved_ & table_->reductions) == 0; }
  bool last_visit() const {
    return (at_end_ & table_->outer_reductions) == table_->outer_reductions;
  }
  // The present step is the last of its psum.
  bool finishing() const { return (at_end_ & table_->reductions) == table_->reductions; }
  // Moves over a burst of n steps of the innermost counter; returns true at the end of a window.
  bool advance(int n) {
    const Counter& c = inner();
    step_[last()] += n;
    ifmap_at_ += n * c.ifmap_stride;
    filter_at_ += n * c.filter_stride;
    psum_at_ += n * c.psum_stride;
    if (step_[last()] < c.bound) {
      note(table_->last);
      return table_->last < program().window;
    }
    return carry();
  }

  // Words of a stream that neither the present step nor a later one can reach.
  int dead_ifmap(int total) const {
    return dead(&Counter::ifmap_stride, ifmap_at_, ifmap_floor_, total);
  }
  int dead_filter(int total) const {
    return dead(&Counter::filter_stride, filter_at_, filter_floor_, total);
  }

 private:
  std::size_t last() const { return static_cast<std::size_t>(table_->last); }

  // Keeps the two masks true for counter i.
  void note(int i) {
    const int step = step_[static_cast<std::size_t>(i)];
    const unsigned bit = 1u << i;
    moved_ = step != 0 ? moved_ | bit : moved_ & ~bit;
    at_end_ = step + 1 == table_->at(i).bound ? at_end_ | bit : at_end_ & ~bit;
  }

  bool carry() {
    step_[last()] = 0;
    note(table_->last);
    int i = table_->last - 1;
    for (; i >= 0 && (at_end_ >> i & 1) != 0; --i) {
      step_[static_cast<std::size_t>(i)] = 0;
      note(i);
    }
    if (i < 0) {
      exhausted_ = true;
      return true;
    }
    ++step_[static_cast<std::size_t>(i)];
    note(i);
    const StepTable::Carry& moves = table_->carry[static_cast<std::size_t>(i)];
    ifmap_at_ += moves.ifmap;
    filter_at_ += moves.filter;
    psum_at_ += moves.psum;
    if (i < table_->last - 1) settle_floors();
    return i < program().window;
  }

  // The lowest word that a step of a counter outside the two innermost can return to.
  void settle_floors() {
    ifmap_floor_ = floor(&Counter::ifmap_stride);
    filter_floor_ = floor(&Counter::filter_stride);
  }
  int floor(int Counter::*stride) const {
    int prefix = 0, lowest = kNone;
    for (int i = 0; i < table_->last - 1 && prefix < lowest; ++i) {
      const int here = step_[static_cast<std::size_t>(i)] * (table_->at(i).*stride);
      if ((at_end_ >> i & 1) == 0) lowest = std::min(lowest, prefix + here + table_->at(i).*stride);
      prefix += here;
    }
    return lowest;
  }
  // Later steps start where some counter takes a step and those inside it are zero. For the
  // innermost that is beyond the present position, for the second innermost it is easily told from
  // it, and for the others it is the floor.
  int dead(int Counter::*stride, int at, int floor, int total) const {
    if (exhausted_) return total;
    int lowest = std::min(at, floor);
    const int second = table_->last - 1;
    if (second >= 0 && (at_end_ >> second & 1) == 0) {
      lowest = std::min(lowest, at - inner_step() * (inner().*stride) + table_->at(second).*stride);
    }
    return lowest;
  }

  static constexpr int kNone = INT32_MAX;
  const StepTable* table_ = nullptr;
  std::array<int, PassProgram::kMaxCounters> step_{};
  unsigned moved_ = 0;   // bit i: counter i is not at zero
  unsigned at_end_ = 0;  // bit i: counter i is at its last step
  int ifmap_at_ = 0, filter_at_ = 0, psum_at_ = 0;
  int ifmap_floor_ = 0, filter_floor_ = 0;
  bool exhausted_ = false;
};

}  // namespace orrery
