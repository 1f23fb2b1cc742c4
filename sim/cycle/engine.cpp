#include "sim/cycle/engine.h"

#include <fmt/format.h>

#include <systemc>

#include "sim/cycle/accelerator.h"
#include "sim/cycle/dram_module.h"
#include "sim/schedule/misfit.h"
#include "workloads/format/pack.h"
#include "workloads/golden/golden.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

// An accelerator and its DRAM: built once in a process, serves any layer of any machine.
class MachineModule : public sc_core::sc_module {
 public:
  explicit MachineModule(const sc_core::sc_module_name& name) : sc_module(name) {
    accelerator_.memory().bind(dram_.socket);
  }

  OperandTensor play(Job& job) {
    dram_.configure(job.machine, job.layer, job.clocks, job.map.words * job.word_bytes());
    OperandTensor ofmap = accelerator_.play(job);
    job.result.dram = dram_.use(job.end);
    return ofmap;
  }

 private:
  Accelerator accelerator_{"accelerator"};
  DramModule dram_{"dram"};
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

using Play = std::function<OperandTensor(Job&)>;

LayerResult run(const Machine& machine, const Layer& layer, const Mapping& mapping,
                const Operands& in, const RunOptions& options, const Play& play) {
  if (const std::string why = misfit(machine, layer, mapping); !why.empty())
    throw InputError(fmt::format("layer {}: {}", layer.name, why));
  const bool mapped = !mapping.nest.empty();
  Operands words;
  if (is_coded(layer)) words = pack(layer, in);
  Job job{.machine = machine,
          .layer = layer,
          .mapping = mapping,
          .in = is_coded(layer) ? words : in,
          .options = options,
          .clocks = ClockDomains(machine),
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
  OperandTensor ofmap = play(job);
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

}  // namespace

LayerResult run_layer(const Machine& machine, const Layer& layer, const Mapping& mapping,
                      const Operands& in, const RunOptions& options) {
  return run(machine, layer, mapping, in, options,
             [](Job& job) { return the_machine().play(job); });
}

LayerResult run_layer_on(Accelerator& accelerator, const Machine& machine, const Layer& layer,
                         const Mapping& mapping, const Operands& in, const RunOptions& options) {
  if (machine.dram.setup) {
    throw InputError(
        fmt::format("machine {}: dram.standard is {}; a memory outside needs a plain "
                    "dram",
                    machine.name, machine.dram.standard));
  }
  if (ClockDomains(machine).ticks_per_second != ClockDomains::kPicoseconds) {
    throw InputError(
        fmt::format("machine {}: beside a memory outside, core and link must meet on "
                    "a grid of picoseconds, e.g. 200 and 100 MHz",
                    machine.name));
  }
  return run(machine, layer, mapping, in, options, [&](Job& job) { return accelerator.play(job); });
}

}  // namespace orrery

// The library's main is not used: the program has its own, and SystemC starts with the first layer.
int sc_main(int, char**) { return 0; }
