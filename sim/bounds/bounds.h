// What no run can beat: the time that each unit needs for what it did, and the words that must pass
// between DRAM and chip.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "arch/counts/counts.h"
#include "arch/machine/machine.h"

namespace orrery {

// What can limit a layer. The array: a MAC a PE and cycle. DRAM: its bytes a second. The link: its
// words a cycle. Ports of the stores and buses of the NoC: their words a cycle, in each direction;
// where psum reads and writes take turns at one port, both of its lines have the time of both.
enum class Limit : std::uint8_t {
  kArray,
  kDram,
  kLink,
  kGlbIfmapRead,
  kGlbFilterRead,
  kGlbPsumRead,
  kGlbPsumWrite,
  kNocIfmap,
  kNocFilter,
  kNocPsumIn,
  kNocPsumOut
};
inline constexpr std::array<std::string_view, 11> kLimitNames{
    "array",           "dram",          "link",           "glb_ifmap_read",
    "glb_filter_read", "glb_psum_read", "glb_psum_write", "noc_ifmap",
    "noc_filter",      "noc_psum_in",   "noc_psum_out"};

struct Bounds {
  // Core cycles that each needs at least for the MACs and words that were counted.
  std::array<double, kLimitNames.size()> cycles{};
  // The largest of these; of layers one after the other, the sum of theirs.
  double least_cycles = 0;
  // Words between DRAM and chip: each ifmap and filter word that a MAC needs once, biases and
  // ofmaps once, as the shortest codes where the link has a code. Padding is not in it.
  std::uint64_t compulsory_dram_words = 0;
  // Below which no mapping comes on a chip with so many words: the compulsory ones, or more.
  std::uint64_t least_dram_words = 0;

  // The first of those that need most cycles.
  Limit binds() const;
  // Of layers one after the other.
  Bounds& operator+=(const Bounds& other);
  bool operator==(const Bounds&) const = default;
};

// All words that passed between DRAM and chip.
std::uint64_t dram_words(const Counts& counts);

// Of `layer` with its batch on `machine`, where the run counted so.
Bounds bounds(const Machine& machine, const Layer& layer, const Counts& counts);

// Words of ifmaps and filters that MACs need, of biases and of ofmaps, each once.
std::uint64_t compulsory_dram_words(const Layer& layer, const Machine& machine);

// Words of operands and psums that the chip can hold, all stores, spads, FIFOs, registers and wires
// together; more rather than less.
std::int64_t on_chip_words(const Machine& machine);

// What a chip of `on_chip_words` must move of operands and psums whatever its mapping; 0 where it
// says nothing (pooling, also behind a convolution, takes in psums that never come out).
//
// With W words on the chip, take any 4W transfers in a row. Before them the chip holds W words,
// behind them W: at most W + 4W + W = 6W ifmap words, filter words and psums take part in MACs
// between, since a psum is there before, comes, goes, or is there behind. MACs on `i` ifmap words,
// `f` filter words and `o` psums are at most sqrt(T i f o), if an ifmap word has at most T places
// in the unfolded ifmap (Loomis and Whitney, Bull. AMS 55, 1949; unfolded as in Chen, Han and Wang,
// "Communication Lower Bound in Convolution Accelerators", HPCA 2020), so at most sqrt(T) (2W)^1.5.
// Hence (segments as in Irony, Toledo and Tiskin, JPDC 64, 2004) at least
//   4W (MACs / (sqrt(T) (2W)^1.5) - 1) = sqrt(2) MACs / sqrt(T W) - 4W
// words move. MACs are those on words that are not padding. The constant of HPCA 2020, 2 instead of
// the root of 2, is that of its best mapping and not proved as a bound.
std::uint64_t dram_words_of_capacity(const Layer& layer, std::int64_t on_chip_words);

}  // namespace orrery
