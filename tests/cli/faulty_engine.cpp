// An engine that goes wrong in a way chosen by the layer's name. Linked before the real one, it
// makes a program that shows what the command line does with such an engine.
#include <new>
#include <stdexcept>

#include "sim/cycle/engine.h"

namespace orrery {

LayerResult run_layer(const Machine&, const Layer& layer, const Mapping& mapping, const Operands&,
                      const RunOptions& options) {
  if (layer.name == "GEMM") throw std::logic_error("a wheel came off");
  if (layer.name == "POOL") throw std::bad_alloc();
  LayerResult result;
  result.name = layer.name;
  result.mapping = mapping;
  if (!options.check) return result;
  result.check = layer.name == "FC" ? Check::kDiffers : Check::kEqual;
  if (layer.name == "FC") result.difference = "ofmap[0][1][0][0] is 3, golden 2";
  return result;
}

}  // namespace orrery

// SystemC's library wants one; the program's stands beside its engine, which is not linked here.
extern "C" int sc_main(int, char**) { return 0; }
