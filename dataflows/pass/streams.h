// The order in which buses serve PEs.
#pragma once

#include "dataflows/pass/pass.h"
#include "dataflows/pass/pe_loops.h"

namespace orrery {

// One PE's share of a pass, as stream building sees it.
struct PeShare {
  int pe = 0;
  int turn =
      0;  // its place in the order of the nest: among PEs with the same words, which is first
  const PassProgram* program = nullptr;
  std::vector<PeLoop> loops;       // those that the program's counters stand for
  std::array<int, kDims> first{};  // its first point of the iteration space
  std::array<bool, 2> one_axis{};  // along rows, columns: its stream runs through the ifmap from
                                   // one end to the other
};

// Whether PEs with the same words share a packet, or each has one of its own, in their turn.
enum class Sharing : std::uint8_t { kTogether, kApart };

// The stream of `t` to (or, for psums, to or from) the PEs of `shares`, `packet_words` of the
// tensor in a packet. `split`: the dimensions that are spread over the array.
//
// Every bus serves words by the step at which PEs come to them, then by their place in the tensor:
// row stationary ifmaps go by image, column, channel, row. All PEs are served at one pace, so none
// fills its FIFOs while another starves. Rows and columns of the ifmap that PEs walk through, and
// divide neither among them nor by taps, are served by their place instead of the step: a word of
// overlapping windows is then sent once to all PEs that want it, though each comes to it at another
// step. Each PE's share of the order is the order of its own stream. Packets do not cross the ends
// of windows.
Stream build_stream(const Layer& layer, Tensor t, const std::vector<PeShare>& shares,
                    const std::array<bool, kDims>& split, int packet_words, Sharing sharing,
                    const TileLayout& layout, const Box& pass);

}  // namespace orrery
