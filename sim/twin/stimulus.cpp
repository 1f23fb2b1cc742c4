#include "sim/twin/stimulus.h"

#include <algorithm>
#include <array>
#include <bit>

namespace orrery {
namespace {

// Streams of random bits, each with a use of its own.
enum Use : std::uint64_t { kIfmap, kFilter, kPsum, kLast, kArithmetic, kPace, kUses };

std::uint64_t bits_for(const Stretch& s, std::uint64_t i, Use use) {
  return draw(s.seed, (s.first + i) * kUses + use);
}

// Fields as they come from `raw`, in the form that the datapath reads.
std::int16_t word(Code code, int lanes, std::uint64_t raw) {
  if (lanes == 1) {
    const int f = static_cast<int>(raw & ((1U << code.bits) - 1));
    return static_cast<std::int16_t>(code.coding == Coding::kTwos ? decode(code, f) : f);
  }
  return static_cast<std::int16_t>(raw & ((1U << (lanes * code.bits)) - 1));
}

// A word whose first field is often one of 0, 1, all ones, and those around half the range.
std::int16_t random_word(Code code, int lanes, std::uint64_t random) {
  std::uint64_t raw = random >> 8;
  const unsigned half = 1U << (code.bits - 1);
  const std::array<unsigned, 6> corners{0, 1, 2 * half - 1, half, half - 1, 2 * half - 2};
  if (random % 4 == 0) raw = (raw & ~std::uint64_t{2 * half - 1}) | corners[random / 4 % 6];
  return word(code, lanes, raw);
}

// A field of an otherwise random word.
std::int16_t in_lane(Code code, std::uint64_t field, int lane, std::uint64_t random) {
  const std::uint64_t mask = (std::uint64_t{1} << code.bits) - 1;
  const int at = lane * code.bits;
  return word(code, MacLut::kSerialLanes, (random & ~(mask << at)) | field << at);
}

void put_words(const Stretch& s, std::uint64_t i, OperandPair& pair) {
  const MacRegisters& r = s.registers;
  const int lanes = s.mac->lanes(r);
  const std::uint64_t n = s.first + i;
  const std::uint64_t x = bits_for(s, i - i % s.repeats, kIfmap), w = bits_for(s, i, kFilter);
  const std::uint64_t filters = std::uint64_t{1} << r.filter.bits;
  const std::uint64_t pairs = filters << r.ifmap.bits;
  switch (s.order) {
    case Order::kEvery:
      pair.ifmap = word(r.ifmap, 1, n / filters % (std::uint64_t{1} << r.ifmap.bits));
      pair.filter = word(r.filter, 1, n % filters);
      return;
    case Order::kEveryLane: {
      const int lane = static_cast<int>(n / pairs) % lanes;
      pair.ifmap = in_lane(r.ifmap, n % pairs / filters, lane, x);
      pair.filter = in_lane(r.filter, n % filters, lane, w);
      return;
    }
    case Order::kEverySign:
      pair.ifmap = static_cast<std::int16_t>(x);
      pair.filter = static_cast<std::int16_t>(x ^ n);
      return;
    case Order::kRandom:
      pair.ifmap = (x >> 48) % 16 < s.zeros ? static_cast<std::int16_t>(r.ifmap_zero)
                                            : random_word(r.ifmap, lanes, x);
      pair.filter = random_word(r.filter, lanes, w);
      return;
  }
}

// Some single: any bits at all, a small whole number, zero, or close to what the pair takes away.
std::int32_t random_single(std::int32_t term, std::uint64_t random) {
  const auto low = static_cast<std::uint32_t>(random >> 8);
  const auto near = std::bit_cast<std::uint32_t>(-static_cast<float>(term));
  switch (random % 8) {
    case 0:
      return static_cast<std::int32_t>(low);
    case 1:
      return 0;
    case 2:
      return std::bit_cast<std::int32_t>(static_cast<float>(static_cast<std::int16_t>(low)));
    case 3:
    case 4:
      return static_cast<std::int32_t>(near + low % 5 - 2);
    case 5:
      return static_cast<std::int32_t>(near ^ (low & 0x80FFFFFFU));
    default:
      return std::bit_cast<std::int32_t>(static_cast<float>(static_cast<std::int32_t>(low)));
  }
}

std::int32_t random_psum(const Stretch& s, const OperandPair& pair, std::uint64_t random) {
  const std::int32_t t = term(*s.mac, pair.ifmap, pair.filter, s.registers);
  if (s.mac->traits.singles) return random_single(t, random);
  const int bits = s.registers.arithmetic.psum_bits;
  const std::int64_t most = (std::int64_t{1} << (bits - 1)) - 1, least = -most - 1;
  const auto nudge = static_cast<std::int64_t>(random / 8 % 3) - 1;
  std::int64_t psum = 0;
  switch (random % 8) {
    case 0:
      psum = least;
      break;
    case 1:
      psum = most;
      break;
    case 2:
      psum = most - t + nudge;
      break;
    case 3:
      psum = least - t + nudge;
      break;
    case 4:
      psum = static_cast<std::int64_t>(random >> 32) % 256 - 128;
      break;
    default:
      psum = low_bits(static_cast<std::uint32_t>(random >> 32), bits);
  }
  return static_cast<std::int32_t>(std::clamp(psum, least, most));
}

// Bits of the largest term: psums must have them.
int term_bits(const Mac& mac, const MacRegisters& r) {
  if (mac.traits.cuts) return 8;  // of the cut product
  if (r.filter.coding == Coding::kSign) return 8;
  if (mac.traits.tables) return 12;
  return std::min(32, r.ifmap.bits + (r.filter.coding == Coding::kPowerOfTwo ? 8 : 3));
}

// Widths and overflow of the k-th stretch: every width of psums that there is room for, in turn.
Arithmetic random_arithmetic(const Mac& mac, const MacRegisters& r, std::uint64_t k,
                             std::uint64_t random) {
  Arithmetic a;
  const int least = term_bits(mac, r);
  a.psum_bits = 32 - static_cast<int>(k / 2 % static_cast<unsigned>(33 - least));
  a.overflow = k % 2 == 0 ? Overflow::kWrap : Overflow::kSaturate;
  if (!mac.traits.cuts) return a;
  a.product_bits =
      random % 4 == 0
          ? a.psum_bits
          : 8 + static_cast<int>((random >> 8) % static_cast<unsigned>(a.psum_bits - 7));
  a.product_shift = random / 4 % 4 == 0 ? 0 : static_cast<int>((random >> 32) % 31);
  return a;
}

}  // namespace

Stretch stretch(const Mac& mac, const Sweep& sweep, std::uint64_t k, std::uint64_t seed) {
  Stretch s{.mac = &mac, .registers = sweep.registers, .order = sweep.order};
  s.first = k * kStretchPairs;
  s.pairs = std::min(kStretchPairs, sweep.pairs - s.first);
  s.seed = seed;
  const std::uint64_t a = bits_for(s, 0, kArithmetic), p = bits_for(s, 0, kPace);
  s.registers.arithmetic = random_arithmetic(mac, s.registers, k + seed, a);
  constexpr std::array<unsigned, 8> kIdle{0, 0, 0, 0, 4, 8, 0, 12};
  constexpr std::array<unsigned, 8> kStall{0, 0, 0, 0, 4, 8, 12, 0};
  s.idle = kIdle[p % 8];
  s.stall = kStall[p % 8];
  constexpr std::array<unsigned, 4> kZeros{0, 1, 8, 15}, kRepeats{1, 1, 2, 16}, kEnds{16, 8, 4, 1};
  s.zeros = mac.traits.gating == Gating::kIfmap ? kZeros[p / 8 % 4] : 0;
  s.repeats = kRepeats[p / 32 % 4];
  s.chain_ends = kEnds[p / 128 % 4];
  s.resets = s.order == Order::kRandom && p / 512 % 8 == 0;
  return s;
}

OperandPair operand_pair(const Stretch& s, std::uint64_t i) {
  OperandPair pair;
  put_words(s, i, pair);
  pair.psum = random_psum(s, pair, bits_for(s, i, kPsum));
  pair.last = s.mac->traits.singles && bits_for(s, i, kLast) % 16 < s.chain_ends;
  return pair;
}

}  // namespace orrery
