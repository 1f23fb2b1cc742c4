// A layer on its way through the machine: what every module needs to know of it, and what they find
// out.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "sim/cycle/clocks.h"
#include "sim/cycle/engine.h"
#include "sim/machine/dram_map.h"
#include "sim/machine/glb.h"
#include "sim/schedule/sequencer.h"

namespace orrery {

// A layer is a message to the machine: the modules are built once and serve any layer of any
// machine.
struct Job {
  const Machine& machine;
  const Layer& layer;
  const Mapping& mapping;
  const Operands& in;
  const RunOptions& options;
  ClockDomains clocks;
  DramMap map;
  std::array<TileLayout, kTensors> layout;  // of the largest tiles
  Glb glb;
  sc_core::sc_time start;  // of the layer
  std::int64_t end = 0;    // tick
  LayerResult result;
  std::string failure;  // why a pass could not end; empty: all is well
  // Passes that the array has been given and has not ended, and the core cycle in which there was
  // none any more.
  int passes_under_way = 0;
  std::int64_t array_idle_since = 0;

  // Ticks since the start of the layer.
  std::int64_t now() const { return tick_count(sc_core::sc_time_stamp() - start); }
  std::int64_t core_cycle() const { return now() / clocks.core.period; }
  int word_bytes() const { return machine.word_bytes(); }
  int words_per_psum() const { return machine.words_per_psum(); }
};

// A condition that opens once and stays open.
struct Gate {
  bool open = false;
  sc_core::sc_event opened;
  void release() {
    open = true;
    opened.notify();
  }
};

struct PassOrder;
struct Transfer;
using PassPtr = std::shared_ptr<PassOrder>;
using TransferPtr = std::shared_ptr<Transfer>;

// A transfer on its way, with what it waits for; null: for nothing, or no more.
struct Transfer : TransferOrder {
  PassPtr until_filled, until_over;
  TransferPtr until_done;
  Gate done;
  // Tick, an edge of the core clock, from which the core knows that it is done.
  std::int64_t core_sees = 0;
  bool ready() const;
};

// A pass on its way.
struct PassOrder : PlannedPass {
  std::int64_t fill_begin = 0;  // core cycle
  Gate filled;                  // opens when the last filter word has left the GLB
  Gate began, done;
};

inline bool Transfer::ready() const {
  return (until_filled == nullptr || until_filled->filled.open) &&
         (until_over == nullptr || until_over->done.open) &&
         (until_done == nullptr || until_done->done.open);
}

}  // namespace orrery
