// The accelerator without its DRAM, for any TLM-2.0 memory.
#pragma once

#include <systemc>
#include <tlm>

#include "sim/cycle/array_module.h"
#include "sim/cycle/controller_module.h"
#include "sim/cycle/dma_module.h"
#include "sim/cycle/engine.h"

namespace orrery {

//   controller --passes--> array        GLB and clocks: in the Job
//        \---transfers--> dma ==TLM==> memory
//
// A memory of the user's is asked by b_transport, each request at most dma.burst_words words; it
// tells its delay, lets the time pass itself, or both. Operands are put and the ofmap is taken by
// transport_dbg. Modules are built before the simulation first runs.
class Accelerator : public sc_core::sc_module {
  // More than the controller looks ahead (tiles of 64 passes, of three tensors, and their stores):
  // it never waits for the DMA to read its orders.
  static constexpr int kMostOrders = 512;

 public:
  explicit Accelerator(const sc_core::sc_module_name& name);
  // To be bound to the memory.
  tlm::tlm_initiator_socket<64>& memory() { return dma_.socket; }
  // Plays a layer to its end.
  OperandTensor play(Job& job);

 private:
  ControllerModule controller_{"controller"};
  ArrayModule array_{"array"};
  DmaModule dma_{"dma"};
  sc_core::sc_fifo<PassPtr> passes_{"passes", 1};
  sc_core::sc_fifo<TransferPtr> transfers_{"transfers", kMostOrders};
};

// run_layer() (engine.h) on an accelerator whose memory is bound to a target that holds the layer's
// tensors from address 0 on (dram_map.h). SystemC's resolution, a picosecond, stands for a tick.
// Throws InputError also where the machine's DRAM names a standard, or its clocks do not meet on
// whole picoseconds.
LayerResult run_layer_on(Accelerator& accelerator, const Machine& machine, const Layer& layer,
                         const Mapping& mapping, const Operands& in,
                         const RunOptions& options = {});

}  // namespace orrery
