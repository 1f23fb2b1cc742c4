// Each MAC datapath against integer arithmetic on decoded operands.
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "arch/mac/all.h"

namespace orrery {
namespace {

std::string paste(const Mac& mac, int x, int w, const MacRegisters& r) {
  return std::string(mac.name) + " words " + std::to_string(x) + ", " + std::to_string(w) +
         ", ifmap " + to_string(r.ifmap) + " zero " + std::to_string(r.ifmap_zero) + ", filter " +
         to_string(r.filter) + " zero " + std::to_string(r.filter_zero) + ", lut " +
         std::to_string(static_cast<int>(r.lut));
}

// Every way in which a datapath of at most `most_bits` a field can be set.
std::vector<MacRegisters> settings(const Mac& mac, int most_bits) {
  std::vector<Code> codes{kTernaryCode, kFiveLevelCode, kPowerOfTwoCode, kSignCode};
  for (int bits = 1; bits <= most_bits; ++bits) {
    codes.push_back({Coding::kTwos, bits});
    if (bits < 16) codes.push_back({Coding::kUnsigned, bits});
  }
  std::vector<MacRegisters> all;
  for (const Code ifmap : codes) {
    for (const Code filter : codes) {
      for (const auto lut : {LutOrganisation::kProductTable, LutOrganisation::kSharedTable,
                             LutOrganisation::kBitSerial}) {
        if (!mac.traits.tables && lut != LutOrganisation::kProductTable) continue;
        const MacRegisters r{.arithmetic = {}, .ifmap = ifmap, .filter = filter, .lut = lut};
        if (why_not(mac, r).empty()) all.push_back(r);
      }
    }
  }
  return all;
}

std::int64_t plain(const Mac& mac, std::int16_t x, std::int16_t w, const MacRegisters& r) {
  std::int64_t sum = 0;
  for (int lane = 0; lane < mac.lanes(r); ++lane)
    sum += std::int64_t{decode_lane(r.ifmap, x, lane) - r.ifmap_zero} *
           (decode_lane(r.filter, w, lane) - r.filter_zero);
  return sum;
}

// The word of the fields in `bits`: sign-extended where it is one integer.
std::int16_t word(Code code, int lanes, int bits) {
  return lanes == 1 ? word_of(code, decode(code, bits)) : static_cast<std::int16_t>(bits);
}

TEST(Macs, EveryPairOfNarrowWordsGivesThePlainSum) {
  for (const Mac& mac : kMacs) {
    for (const MacRegisters& r : settings(mac, 5)) {
      const int lanes = mac.lanes(r);
      if (lanes * r.ifmap.bits > 8 || lanes * r.filter.bits > 8) continue;
      for (int a = 0; a < 1 << lanes * r.ifmap.bits; ++a) {
        for (int b = 0; b < 1 << lanes * r.filter.bits; ++b) {
          const std::int16_t x = word(r.ifmap, lanes, a), w = word(r.filter, lanes, b);
          ASSERT_EQ(mac.product(x, w, r), plain(mac, x, w, r)) << paste(mac, x, w, r);
        }
      }
    }
  }
}

TEST(Macs, RandomPairsOfWideWordsGiveThePlainSum) {
  const unsigned seed = std::random_device{}();
  std::mt19937 random(seed);
  for (const Mac& mac : kMacs) {
    for (MacRegisters r : settings(mac, 16)) {
      const int lanes = mac.lanes(r);
      const auto any = [&](Code code) {
        return word(code, lanes, static_cast<int>(random() & ((1U << lanes * code.bits) - 1)));
      };
      for (int i = 0; i < 200; ++i) {
        if (mac.traits.ifmap.zero_point) r.ifmap_zero = any(r.ifmap);
        if (mac.traits.filter.zero_point) r.filter_zero = any(r.filter);
        const std::int16_t x = any(r.ifmap), w = any(r.filter);
        ASSERT_EQ(mac.product(x, w, r), plain(mac, x, w, r))
            << "seed " << seed << ": " << paste(mac, x, w, r);
      }
    }
  }
}

TEST(Macs, RestOrPassExactlyWhereTheirOperandIsZero) {
  for (const Mac& mac : kMacs) {
    for (MacRegisters r : settings(mac, 4)) {
      if (mac.traits.ifmap.zero_point) r.ifmap_zero = most(r.ifmap);
      const int lanes = mac.lanes(r);
      for (int a = 0; a < 1 << r.ifmap.bits; ++a) {
        for (int b = 0; b < 1 << r.filter.bits; ++b) {
          const std::int16_t x = word(r.ifmap, lanes, a), w = word(r.filter, lanes, b);
          const bool zero = mac.traits.gating == Gating::kIfmap ? decode(r.ifmap, a) == r.ifmap_zero
                                                                : decode(r.filter, b) == 0;
          const MacAction rest = mac.traits.skips ? MacAction::kSkip : MacAction::kGate;
          EXPECT_EQ(mac.action(x, w, r) == rest, mac.gates() && zero) << paste(mac, x, w, r);
        }
      }
    }
  }
}

TEST(Macs, RefuseOperandsThatTheyDoNotTake) {
  const auto why = [](std::string_view name, MacRegisters r) {
    return why_not(*find_mac(name), r);
  };
  const Code byte{Coding::kTwos, 8}, wide{Coding::kTwos, 16};
  EXPECT_EQ(why("mac_int8", {.arithmetic = {}, .ifmap = wide, .filter = byte}),
            "mac_int8 takes ifmaps in twos or unsigned of at most 8 bits, not in twos of 16 bits");
  EXPECT_EQ(why("mac_shift", {.arithmetic = {}, .ifmap = byte, .filter = byte}),
            "mac_shift takes filters in five_level or power_of_two, not in twos of 8 bits");
  EXPECT_EQ(why("mac_int16", {.arithmetic = {}, .ifmap = byte, .filter = byte, .ifmap_zero = 3}),
            "mac_int16 subtracts no zero point from ifmaps");
  EXPECT_EQ(why("mac_int8", {.arithmetic = {}, .ifmap = byte, .filter = byte, .ifmap_zero = 128}),
            "the ifmaps' zero point 128 is no number of their code, twos of 8 bits");
}

TEST(Macs, AreFoundByTheirNames) {
  for (const Mac& mac : kMacs) EXPECT_EQ(find_mac(mac.name), &mac);
  EXPECT_EQ(find_mac("mac_float"), nullptr);
}

// A bit-serial table takes a cycle for each bit plane of the filters.
TEST(Macs, TakeTheCyclesThatTheyState) {
  MacRegisters r{.arithmetic = {}, .ifmap = {Coding::kTwos, 4}, .filter = {Coding::kTwos, 3}};
  EXPECT_EQ(find_mac("mac_lut")->cycles(r), 1);
  r.lut = LutOrganisation::kBitSerial;
  EXPECT_EQ(find_mac("mac_lut")->cycles(r), 3);
  EXPECT_EQ(find_mac("mac_lut")->lanes(r), 4);
}

// Of four products of 2^30 the second overflows, and 2^32 wraps to 0.
TEST(DfpChains, WrapAndSayHowOften) {
  DfpChain chain;
  int overflows = 0;
  for (int i = 0; i < 4; ++i) overflows += chain.add(1 << 30) ? 1 : 0;
  EXPECT_EQ(overflows, 1);
  EXPECT_EQ(chain.sum, 0);
  EXPECT_EQ(chain.products, 4);
}

// A single has 24 bits: 2^24 + 1 lies half-way and goes to the even 2^24, 2^24 + 3 to 2^24 + 4.
TEST(DfpChains, SpillToTheNearestSingleTiesToEven) {
  const auto spilled = [](std::int32_t chain, std::int32_t psum) {
    DfpChain open{chain, 1};
    return std::bit_cast<float>(open.spill(psum));
  };
  EXPECT_EQ(spilled((1 << 24) + 1, 0), std::ldexp(1.0F, 24));
  EXPECT_EQ(spilled((1 << 24) + 3, 0), std::ldexp(1.0F, 24) + 4);
  EXPECT_EQ(spilled(1, single_of(1 << 24)), std::ldexp(1.0F, 24));
  EXPECT_EQ(spilled(-5, single_of(5)), 0);
}

}  // namespace
}  // namespace orrery
