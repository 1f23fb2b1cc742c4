// A lock-step pass unrolled: what each step needs, who takes it, and what leaves.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "dataflows/pass/lock_step_pass.h"
#include "sim/machine/array.h"

namespace orrery {

// What the PEs do with their words.
enum class PeWork : std::uint8_t { kMultiply, kMax, kSum };
PeWork work_of(const Layer& layer);

// What a plan is made for: to play values; or times and counts alone, which takes no lists of lanes
// and PEs; or to drive an array, which also takes the PEs of each bus word.
enum class PlanFor : std::uint8_t { kValues, kTimes, kDrive };

// How the words of an item come to the PEs. A lane is a register that several PEs share because
// they always want the same word; they are one in the model and as many as there are PEs in the
// counts.
struct WordGroup {
  std::vector<std::int32_t> lane;      // lanes that take their word from the bus
  std::vector<std::int32_t> offset;    // of its word, from the item's address
  std::vector<std::int32_t> to, from;  // lanes that take the word that another had ...
  int distance = 0;                    // ... so many items before
  // PlanFor::kDrive: PEs that take their word from the bus; whether others take theirs from the PE
  // to the right, not from that below.
  std::vector<std::int32_t> takers;
  bool right = false;
  // Ifmap words on the bus, from the item's address, where padding is made there.
  std::vector<std::int32_t> bus;
  std::int64_t words = 0;                            // on the bus
  std::int64_t deliveries = 0, hops = 0, fills = 0;  // words: off the bus; between PEs; into PEs
  std::int64_t cycles = 0;                           // on the bus
};

// An item of an operand's stream.
struct Item {
  std::int32_t address = 0;
  std::uint32_t group = 0;
};

// The PEs that take part in a step, and their lanes. Where they make a matrix (the i-th PE stands
// in row i / cols and column i % cols; a row shares an ifmap lane and a column's products, each of
// them a window, add up to its psum) rows and cols say so; else they are 0.
struct MacGroup {
  std::int64_t pes = 0;
  std::vector<std::int32_t> pe, ifmap, filter;
  std::size_t rows = 0, cols = 0;
};

// The psums that leave at the end of a window, and the parts that PEs have of them.
struct PsumGroup {
  std::int64_t psums = 0, parts = 0;
  std::vector<std::int32_t> address;   // of each psum, from the window's
  std::vector<std::int32_t> first{0};  // psum k comes from from[first[k]] .. from[first[k+1]]
  std::vector<std::int32_t> from;      // slot * PEs + PE, in the order in which they are added
};

struct StepRow {
  std::int32_t ifmap = 0, filter = 0;            // items that it uses
  std::int32_t ifmap_dead = 0, filter_dead = 0;  // items that no later step uses are below these
  std::int32_t psum = 0;                         // slot of its psums in the window
  std::uint32_t macs = 0;                        // index of its MacGroup
  bool starts = false;                           // its psums start here
  bool ends = false;                             // a window ends here
};

struct WindowRow {
  std::int32_t address = 0;
  std::uint32_t group = 0;
};

// Sums over a plan: its words as in WordGroup, by operand; operations of PEs, and those of them
// that start a psum; psums and their parts as in PsumGroup.
struct PlanSums {
  std::array<std::int64_t, 2> words{}, deliveries{}, hops{}, fills{};
  std::int64_t macs = 0, starts = 0;
  std::int64_t psums = 0, parts = 0;
  // Operations whose ifmap word is not that of the PE's operation before; chains of products that
  // end, where the machine's MACs have chains.
  std::int64_t new_ifmaps = 0, spills = 0;
};

struct LockStepPlan {
  std::vector<StepRow> steps;
  std::vector<WindowRow> windows;
  std::array<std::vector<Item>, 2> items;       // of ifmap, filter
  std::array<std::vector<WordGroup>, 2> words;  // groups of them
  std::array<int, 2> lanes{};
  std::vector<MacGroup> macs;
  std::vector<PsumGroup> psums;
  PlanSums sums;
  std::int32_t lost_lane = -1;  // of the PE that loses a word
  int pes = 0;
  int window_psums = 1;
  int skew = 0;              // cycles between the first PE's step and the last one's
  bool filters_fit = false;  // the whole filter stream fits the spad
};

// Throws InputError where the pass is so ragged that it has more than 64 kinds of PEs. A lost
// word's PE gets a lane of its own.
LockStepPlan plan_lock_step(const LockStepPass& pass, PeWork work, const Machine& machine,
                            const LostWord& lost, PlanFor what = PlanFor::kValues);

}  // namespace orrery
