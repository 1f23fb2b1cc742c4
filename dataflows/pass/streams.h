// The order in which buses serve PEs.
#pragma once

#include "dataflows/pass/pass.h"
#include "dataflows/pass/pe_loops.h"

namespace orrery {

// One PE's share of a pass, as stream building sees it.
struct PeShare {
  int pe = 0;
  const PassProgram* program = nullptr;
  std::vector<PeLoop> loops;       // those that the program's counters stand for
  std::array<int, kDims> first{};  // its first point of the iteration space
};

// The stream of `t` to (or, for psums, to or from) the PEs of `shares`, `packet_words` of the
// tensor in a packet.
//
// Every bus serves words in the order of the PEs' own loops, then of the axes that are spread over
// the array: row stationary ifmaps go by image, column, channel, row. Each PE's share of that order
// is the order of its own stream, so a word that several PEs want is sent once. Packets do not
// cross the ends of windows.
Stream build_stream(const Layer& layer, Tensor t, const std::vector<PeShare>& shares,
                    int packet_words, const TileLayout& layout, const Box& pass);

}  // namespace orrery
