// A pass of an array in lock step, unrolled from the loop nest: what every PE uses in every step,
// and the items and windows that docs/lock_step.md cuts this into.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "dataflows/mapping/mapping.h"
#include "tests/dataflows/nest_walk.h"

namespace orrery::test {

// A mapped PE and the block that it works on.
struct LockPe {
  int row = 0, col = 0;
  int place = 0;  // in the order in which the nest deals out its blocks
  Box block;
};

// What a PE does in a step.
struct LockUse {
  bool works = false;  // false: it sits the step out
  Word ifmap = 0, filter = 0, psum = 0;
  bool starts = false;  // its first addition to the psum
  int from = -1;        // the PE that hands its ifmap word on; -1: the word comes from the bus
  int distance = 0;     // steps since that PE used it
};

struct LockStep {
  int ifmap_item = 0, filter_item = 0, window = 0;
  bool ends_window = false;
  std::vector<LockUse> uses;  // of each PE
};

struct LockItem {
  std::map<int, Word> takers;  // PEs that take a word from the bus
  std::set<Word> words;        // on the bus
  int last_step = -1;          // that uses the item
};

// The psums of a window, each with the PEs that add to it, in row-major order.
using LockWindow = std::map<Word, std::vector<int>>;

struct LockScript {
  int rows = 0;             // of the array
  int cols = 0;             // in use: up to the last one with a mapped PE
  std::vector<LockPe> pes;  // in row-major order
  std::vector<LockStep> steps;
  std::vector<LockItem> ifmap, filter;
  std::vector<LockWindow> windows;
};

// Without `filters` the pass uses none: pooling.
LockScript write_lock_script(const Machine& machine, const Layer& layer, const Mapping& mapping,
                             const Box& pass, bool filters);

}  // namespace orrery::test
