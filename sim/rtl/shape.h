// What an RTL array of independent PEs is compiled for, and what such an array can play.
#pragma once

#include <string>
#include <vector>

#include "arch/machine/machine.h"
#include "dataflows/pass/pass.h"

namespace orrery {

// The parameters of pe_array: its MAC, its size, and the most that its registers can be set to.
struct RtlShape {
  std::string mac;
  int rows = 1, cols = 1;
  int ifmap_spad = 1, filter_spad = 1, psum_spad = 1;  // words, words, psums
  int fifo_packets = 1;                                // of every FIFO of a PE
  int ifmap_packet_words = 1, filter_packet_words = 1, packet_psums = 1;
  int latency = 0;  // of every bus and link, up to 15
  bool operator==(const RtlShape&) const = default;
};

// The smallest that `machine` fits in.
RtlShape shape_of(const Machine& machine);
// One that machines of nearly the same sizes fit in too, so that they share a compiled array: of as
// many PEs; the rest are powers of two, no less than those of small machines.
RtlShape roomy_shape_of(const Machine& machine);
// As rtl/build_array takes them: NAME=NUMBER.
std::vector<std::string> parameters(const RtlShape& shape);
int pes(const RtlShape& shape);

// Cycles for which a full packet of psums holds the psum-out bus and the ports of its store, and a
// link between PEs.
int collect_cycles(const Machine& machine);
int link_cycles(const Machine& machine);

// Why an array of this shape cannot be set as the machine says, or cannot play the pass: a sentence
// that says what would be right. Empty: it can.
std::string why_not_rtl(const Machine& machine, const RtlShape& shape);
std::string why_not_rtl(const Machine& machine, const Pass& pass);

}  // namespace orrery
