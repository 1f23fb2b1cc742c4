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

// The stream of `t` to (or, for psums, to or from) the PEs of `shares`, `packet_words` of the
// tensor in a packet. Packets go in the order of their first words (service_order.h).
Stream build_stream(const PassView& pass, Tensor t, const std::vector<PeShare>& shares,
                    int packet_words, Sharing sharing, const TileLayout& layout);

}  // namespace orrery
