// Feature maps on their way from the layers that produce them to the layers that read them.
//
// A map is kept as its readers take it: pooled (pool_after) off the accelerator, and given up once
// its last reader has it. Between an ofmap and an ifmap words keep their order: a fully connected
// layer and a GEMM read the map flattened in C order (channels, rows, columns).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "workloads/network/network.h"
#include "workloads/tensor/scale.h"
#include "workloads/tensor/tensor.h"

namespace orrery {

class Chain {
 public:
  // `layers` run in this order, each once. A layer may read one that is not among them only if
  // its ifmap is never asked for.
  explicit Chain(const std::vector<Layer>& layers);

  // True where a layer that has not had its ifmap yet reads the ofmap of `layer`.
  bool needs(const Layer& layer) const;
  // Takes an ofmap, as it left the machine, if any layer needs it.
  void put(const Layer& layer, OperandTensor ofmap);
  // The padded ifmap of a layer whose input is another layer; std::logic_error where that layer's
  // ofmap was not put.
  OperandTensor take_ifmap(const Layer& reader);

 private:
  struct Map {
    int readers = 0;  // that have not taken it yet
    bool present = false;
    std::vector<std::int16_t> words;
  };
  std::map<std::string, Map> maps_;  // by the layer that produces them
};

// Makes a layer of a chain fit its operands, whose filters are synthetic: gives it the shifts that
// its network does not state (settle_shifts), and `in` the synthetic biases of that size.
void calibrate(Layer& layer, Operands& in, const Widths& widths, std::uint64_t seed);

}  // namespace orrery
