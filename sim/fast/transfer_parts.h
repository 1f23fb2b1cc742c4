// Which words of DRAM a transfer asks for.
#pragma once

#include <array>
#include <vector>

#include "sim/machine/dram_bursts.h"
#include "sim/machine/dram_map.h"
#include "sim/schedule/sequencer.h"

namespace orrery {

// Spans read or written one after the other.
struct TransferPart {
  DramKind kind = DramKind::kRead;
  std::vector<Span> spans;
  std::int64_t words() const;
};

class TransferParts {
 public:
  // Throws InputError where DRAM is too small for the layer's tensors.
  TransferParts(const Machine& machine, const Layer& layer, const Mapping& mapping);
  // In the order in which they are asked for: biases before the ofmap, planes before pooled ones.
  std::vector<TransferPart> of(const TransferOrder& transfer) const;
  // The same as bursts of the machine's memory.
  std::vector<Burst> bursts(const TransferOrder& transfer) const;
  const DramMap& map() const { return map_; }

 private:
  TransferPart tile(const Box& box, Tensor t) const;
  TransferPart filters(const Box& box) const;
  TransferPart biases(const Box& box) const;
  TransferPart ofmap(const Box& box) const;
  std::vector<TransferPart> planes(const Box& box) const;

  const Machine& machine_;
  const Layer& layer_;
  DramMap map_;
  std::array<TileLayout, kTensors> layout_{};
};

}  // namespace orrery
