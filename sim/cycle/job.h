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
  // Passes that the array has been given and has not ended, and the core cycle in which there was
  // none any more.
  int passes_under_way = 0;
  std::int64_t array_idle_since = 0;

  // Ticks since the start of the layer.
  std::int64_t now() const { return tick_count(sc_core::sc_time_stamp() - start); }
  std::int64_t core_cycle() const { return now() / clocks.core.period; }
  // A word takes whole bytes of DRAM.
  int word_bytes() const { return (machine.numbers.word_bits + 7) / 8; }
  int words_per_psum() const { return machine.words_per_psum(); }
  // A pooling layer has no filters.
  bool has_filters() const { return layer.kind != LayerKind::kPool; }
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

struct Transfer;
struct PassOrder;
using TransferPtr = std::shared_ptr<Transfer>;
using PassPtr = std::shared_ptr<PassOrder>;

// An order to the DMA: one tile, one way.
struct Transfer {
  TransferKind kind;
  Box box;
  int buffer = 0;         // of the GLB
  std::int64_t pass = 0;  // number of the first that waits for it
  // It can begin once this pass has taken its filters, or is over, and that transfer is done; null:
  // at once.
  PassPtr after_fill, after_pass;
  TransferPtr after;
  Gate done;
  std::int64_t core_sees =
      0;  // tick, an edge of the core clock, from which the core knows that it is done
  bool ready() const;
};

// An order to the array: one pass.
struct PassOrder {
  Step step;
  std::int64_t number = 0;                   // from 1 on
  std::array<int, kTensors> buffer{};        // of the GLB, by tensor
  std::array<PassPtr, kTensors> makes_room;  // with which a place for its tile comes free
  std::array<TransferPtr, kTensors> load;    // what it waits for; null: nothing was ordered
  std::int64_t fill_begin = 0;               // core cycle
  Gate filled;                               // opens when the last filter word has left the GLB
  Gate began, done;
};

inline bool Transfer::ready() const {
  return (after_fill == nullptr || after_fill->filled.open) &&
         (after_pass == nullptr || after_pass->done.open) && (after == nullptr || after->done.open);
}

}  // namespace orrery
