// A pass, compiled: what each PE runs, and what each bus carries in which order to whom.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dataflows/pass/nest.h"
#include "dataflows/pass/pass_program.h"

namespace orrery {

// Strides, in words, of a tensor's tile as it lies in the GLB: address = sum of (coordinate -
// origin) * stride. Axes:
//   ifmap g n c row col (padded plane), filter g m c r s, psum g n m p q.
// Rows and columns that no window touches keep their place and are never filled.
inline constexpr int kAxes = 5;
struct TileLayout {
  std::array<std::int64_t, kAxes> extent{};
  std::array<std::int64_t, kAxes> stride{};
  std::int64_t size() const { return extent[0] * stride[0]; }
};
TileLayout tile_layout(const Layer& layer, const Box& tile, Tensor t);

// Where a point of the iteration space lies on the axes of `t`.
using Coordinates = std::array<int, kAxes>;
Coordinates coordinates(const Layer& layer, Tensor t, const std::array<int, kDims>& point);
// Of a box: the coordinates of its first point.
Coordinates origin(const Layer& layer, Tensor t, const Box& box);

// What a PE merges its psums with: old ones from the NoC, those of the PE below, or nothing.
enum class PsumSource : std::uint8_t { kNoc, kBelow, kNone };
// Where they go: to the store, by themselves or summed by an adder tree on the way, or to the PE
// above.
enum class PsumSink : std::uint8_t { kNoc, kAbove };

// One mapped PE. PEs are numbered in row-major order of the array, idle ones left out.
struct PeRole {
  int row = 0, col = 0;
  int program = 0;  // index into Pass::programs
  PsumSource psum_source = PsumSource::kNoc;
  PsumSink psum_sink = PsumSink::kNoc;
  int above = -1;  // number of the PE that takes its psums, for kAbove
};

// The packets of one bus in the order in which it serves them. A packet goes to (or, for psums that
// leave, comes from) the PEs of one group, all at once; psums that leave several PEs in one packet
// are summed on the way. Addresses are relative to the origin of the pass in the tile.
struct Stream {
  std::vector<std::int32_t> address;   // of every word, packet after packet
  std::vector<std::int32_t> first{0};  // packet k holds words first[k] .. first[k+1]
  std::vector<std::int32_t> group;     // of packet k
  std::vector<std::int32_t> member;    // PEs, group after group
  std::vector<std::int32_t> first_member{
      0};  // group k: member[first_member[k]] .. first_member[k+1]
  std::int32_t packets() const { return static_cast<std::int32_t>(group.size()); }
  // Whether packet k carries the same psums as the one before it, from another PE.
  bool repeats(std::int32_t k) const {
    const auto at = static_cast<std::size_t>(k);
    return k > 0 && address[static_cast<std::size_t>(first[at])] ==
                        address[static_cast<std::size_t>(first[at - 1])];
  }
};

struct Pass {
  std::vector<PassProgram> programs;
  std::vector<PeRole> pes;
  Stream ifmap, filter, psum_in, psum_out;
  int psums_per_packet = 1;  // on psum_in, psum_out and the links between PEs
};

// Compiles the pass over `pass`, whose tiles lie in the GLB as `layout` says. The mapping must have
// passed check(). Throws InputError where a stream has so many words that 64 bits cannot number the
// places of its order.
Pass compile_pass(const Layer& layer, const Machine& machine, const Mapping& mapping,
                  const Box& pass, const std::array<TileLayout, kTensors>& layout);

// The program of a PE that works on `box` with the nest's PE loops. It has a counter for each loop
// that turns in the widest PE of the pass, so that all PEs of a psum chain cut their psums into the
// same windows.
PassProgram pe_program(const Layer& layer, const Mapping& mapping,
                       const std::vector<Loop>& pe_loops, const Box& box, const Box& widest);

}  // namespace orrery
