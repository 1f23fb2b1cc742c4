// A layer on its way through the machine: what every module needs to know of it, and what they find
// out.
#pragma once

#include <array>
#include <memory>

#include "sim/cycle/clocks.h"
#include "sim/cycle/engine.h"
#include "sim/machine/dram_map.h"
#include "sim/machine/glb.h"
#include "sim/schedule/walk.h"

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
  LayerResult result;
  std::string failure;  // why a pass could not end; empty: all is well

  // Ticks since the start of the layer.
  std::int64_t now() const { return tick_count(sc_core::sc_time_stamp() - start); }
  // A word takes whole bytes of DRAM.
  int word_bytes() const { return (machine.numbers.word_bits + 7) / 8; }
  int words_per_psum() const { return machine.words_per_psum(); }
};

enum class TransferKind : std::uint8_t {
  kLoadIfmap,
  kLoadFilter,
  kLoadPsum,
  kStorePsum,
  kStoreOfmap,
  kPoolPlanes
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

// An order to the DMA: one tile, one way.
struct Transfer {
  TransferKind kind;
  Box box;
  int buffer = 0;              // of the GLB
  std::shared_ptr<Gate> room;  // the GLB has room once this opens; null: it has
  Gate done;
  std::int64_t core_sees =
      0;  // tick, an edge of the core clock, from which the core knows that it is done
};
using TransferPtr = std::shared_ptr<Transfer>;

// An order to the array: one pass.
struct PassOrder {
  Step step;
  std::shared_ptr<Gate> filled;  // opens when the last filter word has left the GLB
  Gate done;
};
using PassPtr = std::shared_ptr<PassOrder>;

}  // namespace orrery
