// Packets for PEs, built from the loops of each.
#pragma once

#include "dataflows/pass/service_order.h"

namespace orrery {

// One PE's share of a pass, as stream building sees it.
struct PeShare {
  std::int32_t pe = 0;
  int turn =
      0;  // its place in the order of the nest: among PEs with the same words, which is first
  std::size_t kind = 0;
  std::array<int, kDims> first{};  // its first point of the iteration space
};

// Whether PEs with the same words share a packet, or each has one of its own, in their turn.
enum class Sharing : std::uint8_t { kTogether, kApart };

// How a bus carries its tensor.
struct Carriage {
  int packet_words = 1;  // words of the tensor, or psums
  BusOrder order = BusOrder::kStep;
  Sharing sharing = Sharing::kTogether;
};

// The stream of `t` to (or, for psums, to or from) the PEs of `shares`. Packets go in the order of
// their first words (service_order.h), those with the same first word in that of the addresses of
// the others (`step_reversed`: descending); PE after PE, in an order made from that (pe_order.h).
// Packets of the same psums that leave apart follow each other.
Stream build_stream(const PassView& pass, Tensor t, const std::vector<PeShare>& shares,
                    const Carriage& carriage, const TileLayout& layout);

}  // namespace orrery
