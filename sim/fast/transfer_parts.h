// Which words of DRAM a transfer asks for.
#pragma once

#include <array>
#include <vector>

#include "sim/machine/dram_bursts.h"
#include "sim/machine/dram_map.h"
#include "sim/machine/tile_code.h"
#include "sim/result/result.h"
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
  // `values` are kept, and needed only where tiles are coded. Throws InputError where DRAM is too
  // small for the layer's tensors.
  TransferParts(const Machine& machine, const Layer& layer, const Mapping& mapping,
                const LinkValues* values);
  // In the order in which they are asked for: biases before the ofmap, planes before pooled ones.
  std::vector<TransferPart> of(const TransferOrder& transfer) const;
  // The same as bursts of the machine's memory.
  std::vector<Burst> bursts(const TransferOrder& transfer) const;
  const DramMap& map() const { return map_; }
  // Whether tiles that are moved so pass the link as codes; and what the code makes of one.
  bool codes(TransferKind kind) const;
  CodedWords code(const TransferOrder& transfer) const;

 private:
  TransferPart tile(const Box& box, Tensor t) const;
  CodedWords code(const Box& box, Tensor t) const;
  TransferPart filters(const Box& box) const;
  TransferPart biases(const Box& box) const;
  TransferPart ofmap(const Box& box) const;
  std::vector<TransferPart> planes(const Box& box) const;

  const Machine& machine_;
  const Layer& layer_;
  DramMap map_;
  std::array<TileLayout, kTensors> layout_{};
  const LinkValues* values_;
  // By the number of the tile's slot; those that are not known yet have no words.
  mutable std::vector<CodedWords> ifmap_codes_, ofmap_codes_;
};

}  // namespace orrery
