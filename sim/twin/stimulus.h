// Operand pairs for a twin. Each is a function of a seed and its place, so a stretch can be played
// again by itself.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "arch/mac/all.h"

namespace orrery {

// A hash of two numbers (SplitMix64's finalizer), as a source of random bits.
constexpr std::uint64_t draw(std::uint64_t seed, std::uint64_t place) {
  std::uint64_t z = seed + (place + 1) * 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

// How the pairs of a sweep are chosen.
enum class Order : std::uint8_t {
  kEvery,      // every word of the ifmap's code with every word of the filter's
  kEveryLane,  // in each lane every pair of fields; the other lanes are random
  kEverySign,  // every outcome of 16 comparisons of signs; the ifmap word is random
  kRandom,     // random words, often at the ends of their codes
};

// Pairs under one setting of operand registers; what the psums are held in changes from stretch to
// stretch.
struct Sweep {
  MacRegisters registers;
  Order order = Order::kRandom;
  std::uint64_t pairs = 0;
};

inline constexpr std::uint64_t kStretchPairs = 1024;

// A part of a sweep, from a reset on.
struct Stretch {
  const Mac* mac = nullptr;
  MacRegisters registers;
  Order order = Order::kRandom;
  std::uint64_t first = 0, pairs = 0;  // of the sweep
  std::uint64_t seed = 0;
  // Shares of 16 of the cycles in which nothing is offered, nothing is taken.
  unsigned idle = 0, stall = 0;
  bool resets = false;      // now and then, in mid-stream; pairs under way are then lost
  unsigned zeros = 0;       // share of 16 of random ifmap words at their zero point
  unsigned repeats = 1;     // times that a random ifmap word comes
  unsigned chain_ends = 4;  // share of 16 of the pairs
};

// The k-th stretch of a sweep.
Stretch stretch(const Mac& mac, const Sweep& sweep, std::uint64_t k, std::uint64_t seed);

struct OperandPair {
  std::int16_t ifmap = 0, filter = 0;
  std::int32_t psum = 0;
  bool last = false;
};
// The i-th of a stretch. Psums are random, at the ends of their range, or such that the sum is at
// the edge of an overflow.
OperandPair operand_pair(const Stretch& s, std::uint64_t i);

// What `orrery verify` plays for a datapath: all that can be enumerated, then `random` pairs under
// settings that share them evenly.
std::vector<Sweep> sweeps(const Mac& mac, std::uint64_t random);
// What of it is enumerated: "every pair", of all sizes; "every 8-bit pair" where there are larger
// operands too; or "every xnor" of 16 signs.
std::string_view enumerated(const Mac& mac);

}  // namespace orrery
