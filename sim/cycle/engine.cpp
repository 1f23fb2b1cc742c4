#include "sim/cycle/engine.h"

#include <fmt/format.h>

#include <systemc>

#include "sim/cycle/array_module.h"
#include "sim/cycle/controller_module.h"
#include "sim/cycle/dma_module.h"
#include "sim/cycle/dram_module.h"
#include "sim/schedule/misfit.h"
#include "workloads/format/pack.h"
#include "workloads/golden/golden.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

// The machine: built once in a process, serves any layer of any machine.
//
//   controller --passes--> array        GLB and clocks: in the Job
//        \---transfers--> dma ==TLM==> dram
class MachineModule : public sc_core::sc_module {
  // More than the controller looks ahead (tiles of 64 passes, of three tensors, and their stores):
  // it never waits for the DMA to read its orders.
  static constexpr int kMostOrders = 512;

 public:
  explicit MachineModule(const sc_core::sc_module_name& name) : sc_module(name) {
    controller_.passes(passes_);
    array_.orders(passes_);
    controller_.transfers(transfers_);
    dma_.orders(transfers_);
    dma_.socket.bind(dram_.socket);
  }

  OperandTensor play(Job& job) {
    const std::int64_t bytes = job.map.words * job.word_bytes();
    dram_.configure(job.machine.dram, job.clocks, bytes);
    array_.configure(job);
    dma_.configure(job);
    dma_.put_operands();
    job.start = sc_core::sc_time_stamp();
    controller_.play(job);
    sc_core::sc_start();
    return dma_.take_ofmap();
  }

 private:
  ControllerModule controller_{"controller"};
  ArrayModule array_{"array"};
  DmaModule dma_{"dma"};
  DramModule dram_{"dram"};
  sc_core::sc_fifo<PassPtr> passes_{"passes", 1};
  sc_core::sc_fifo<TransferPtr> transfers_{"transfers", kMostOrders};
};

MachineModule& the_machine() {
  static MachineModule machine("machine");
  return machine;
}

std::string first_difference(const OperandTensor& ours, const OperandTensor& golden) {
  for (std::size_t i = 0; i < golden.data.size(); ++i) {
    if (ours.data[i] == golden.data[i]) continue;
    std::size_t rest = i;
    std::array<std::size_t, 4> at{};
    for (std::size_t axis = 4; axis-- > 0;) {
      at[axis] = rest % static_cast<std::size_t>(golden.shape[axis]);
      rest /= static_cast<std::size_t>(golden.shape[axis]);
    }
    return fmt::format("ofmap[{}] is {}, golden {}", fmt::join(at, "]["), ours.data[i],
                       golden.data[i]);
  }
  return {};
}

}  // namespace

LayerResult run_layer(const Machine& machine, const Layer& layer, const Mapping& mapping,
                      const Operands& in, const RunOptions& options) {
  if (const std::string why = misfit(machine, layer, mapping); !why.empty())
    throw InputError(fmt::format("layer {}: {}", layer.name, why));
  const bool mapped = !mapping.nest.empty();
  const Operands words = pack(layer, in);
  Job job{.machine = machine,
          .layer = layer,
          .mapping = mapping,
          .in = words,
          .options = options,
          .clocks = ClockDomains(machine.clocks),
          .map = dram_map(layer, machine, mapping),
          .layout = {},
          .glb = {},
          .start = {},
          .result = {},
          .failure = {}};
  if (mapped) {
    job.layout = largest_tiles(layer, machine, mapping);
    job.glb.resize(job.layout, glb_buffers(machine));
  }
  OperandTensor ofmap = the_machine().play(job);
  if (!job.failure.empty()) throw InputError(fmt::format("layer {}: {}", layer.name, job.failure));
  LayerResult result = std::move(job.result);
  result.name = layer.name;
  complete(result, machine);
  if (layer.packing.lanes > 1) result.macs = layer.macs();
  result.ofmap_sha256 = sha256(ofmap);
  const ReductionTree tree = mapped ? reduction_tree(mapping, layer, machine) : plain_reduction();
  if (mapped) {
    result.mapping = mapping;
    result.reduction = tree.to_string();
  }
  result.product_shift = layer.product_shift;
  result.requant_shift = layer.post.requant_shift;
  if (options.check) {
    // The tree of a packed layer counts words, whose psums wrap: any order will do.
    const ReductionTree golden_tree = layer.packing.lanes > 1 ? plain_reduction() : tree;
    result.difference = first_difference(
        ofmap, golden_ofmap(unpacked(layer), in, machine.arithmetic(layer), golden_tree));
    result.check = result.difference.empty() ? Check::kEqual : Check::kDiffers;
  }
  if (options.ofmap != nullptr) *options.ofmap = std::move(ofmap);
  return result;
}

}  // namespace orrery

// The library's main is not used: the program has its own, and SystemC starts with the first layer.
int sc_main(int, char**) { return 0; }
