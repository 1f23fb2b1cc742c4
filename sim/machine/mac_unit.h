// What a PE multiplies and adds with: a MAC datapath, as the registers of a layer set it.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "arch/mac/all.h"
#include "sim/machine/mac_burst.h"

namespace orrery {

// MACs that an operand of zero gates.
struct GatedMacs {
  std::int64_t all = 0;      // of them all
  std::int64_t updates = 0;  // of those that would have updated a psum, not started one
  GatedMacs& operator+=(const GatedMacs& other) {
    all += other.all;
    updates += other.updates;
    return *this;
  }
};

class MacUnit {
 public:
  MacUnit() = default;
  MacUnit(std::string_view mac, const MacRegisters& registers)
      : mac_(find_mac(mac)), registers_(registers), arithmetic_(registers.arithmetic) {
    const bool has_zero = registers.ifmap.coding != Coding::kSign && arithmetic_.chain == 0;
    gating_ = mac_->traits.gating;
    idle_ = has_zero ? registers.ifmap_zero : kNoWord;
    gate_ = gating_ == Gating::kIfmap ? registers.ifmap_zero : kNoWord;
    zero_mask_ = magnitude_mask(registers.filter);
    multiplies_ = mac_->traits.cuts && registers.ifmap_zero == 0 && registers.filter_zero == 0;
    narrow_ = multiplies_ && arithmetic_.psum_bits == 16 && arithmetic_.product_bits >= 16 &&
              arithmetic_.overflow == Overflow::kWrap;
  }

  // Whether terms of this ifmap word are all zero, and change nothing.
  bool adds_nothing(std::int16_t ifmap) const { return ifmap == idle_; }
  // Whether all MACs of this ifmap word are gated, whatever their filters.
  bool gated(std::int16_t ifmap) const { return ifmap == gate_; }
  // Of `n` MACs of one ifmap word, those that are gated.
  int gated(std::int16_t ifmap, const std::int16_t* filter, int n) const {
    if (gating_ != Gating::kFilter) return gated(ifmap) ? n : 0;
    return static_cast<int>(
        std::count_if(filter, filter + n, [&](std::int16_t w) { return (w & zero_mask_) == 0; }));
  }
  bool gates() const { return gating_ != Gating::kNone; }
  // A gated MAC has read its filter word to find it zero.
  bool gates_by_filter() const { return gating_ == Gating::kFilter; }
  // Terms are plain products, shifted and cut.
  bool multiplies() const { return multiplies_; }
  // Products that a chain has; 0: psums are integers.
  int chain() const { return arithmetic_.chain; }
  const Arithmetic& arithmetic() const { return arithmetic_; }

  // The term of a pair of words, as it reaches the adder.
  std::int32_t multiply(std::int16_t ifmap, std::int16_t filter) const {
    return multiplies_ ? product(ifmap, filter, arithmetic_)
                       : term(*mac_, ifmap, filter, registers_);
  }
  // Of psums, with each other or with a term; singles only with each other.
  std::int32_t accumulate(std::int32_t psum, std::int32_t x) const {
    return arithmetic_.chain > 0 ? add_singles(psum, x) : add(psum, x, arithmetic_);
  }
  // Of `n` psums each, into `out`.
  void accumulate(const std::int32_t* psum, const std::int32_t* x, int n, std::int32_t* out) const {
    if (arithmetic_.chain > 0) {
      for (int k = 0; k < n; ++k) out[k] = add_singles(psum[k], x[k]);
    } else {
      for (int k = 0; k < n; ++k) out[k] = add(psum[k], x[k], arithmetic_);
    }
  }
  // Adds a term to a psum whose chain is `chain`; returns whether the chain overflowed.
  bool add_to_chain(DfpChain& chain, std::int32_t& psum, std::int32_t term) const {
    const bool overflowed = chain.add(term);
    if (chain.products == arithmetic_.chain) psum = chain.spill(psum);
    return overflowed;
  }

  // Works a burst off and leaves it empty.
  void play(MacBurst& burst) const {
    narrow_ ? play_narrow(burst) : play_any(burst);
    burst.psum = nullptr;
  }
  // The same where psums are singles; `chains` are those of the burst's psums. Returns how many
  // sums of chains overflowed.
  int play(MacBurst& burst, DfpChain* chains) const {
    const int overflows = play_chains(burst, chains);
    burst.psum = nullptr;
    return overflows;
  }

 private:
  int play_chains(const MacBurst& burst, DfpChain* chains) const {
    int overflows = 0;
    for (int i = 0; i < burst.psums; ++i) {
      if (burst.fresh) burst.psum[i] = 0, chains[i] = {};
      for (std::size_t k = 0; k < static_cast<std::size_t>(burst.runs); ++k) {
        const std::int32_t term = std::int32_t{burst.ifmap[k]} * burst.filter[k][i];
        overflows += add_to_chain(chains[i], burst.psum[i], term) ? 1 : 0;
      }
    }
    return overflows;
  }

  void play_any(const MacBurst& burst) const {
    for (int i = 0; i < burst.psums && burst.fresh; ++i) burst.psum[i] = 0;
    for (std::size_t k = 0; k < static_cast<std::size_t>(burst.runs); ++k) {
      for (int i = 0; i < burst.psums; ++i) {
        const std::int32_t x = multiply(burst.ifmap[k], burst.filter[k][i]);
        burst.psum[i] = add(burst.psum[i], x, arithmetic_);
      }
    }
  }

  // Bits above the psum's never reach it when it wraps, so the cut of the product is free.
  void play_narrow(const MacBurst& burst) const {
    constexpr int kLanes = 16;
    int i = 0;
    for (; i + kLanes <= burst.psums; i += kLanes) play_lanes<kLanes>(burst, i);
    for (; i < burst.psums; ++i) play_lanes<1>(burst, i);
  }
  template <int kLanes>
  void play_lanes(const MacBurst& burst, int from) const {
    std::array<std::int16_t, kLanes> sum;
    const int shift = arithmetic_.product_shift;
    for (int i = 0; i < kLanes; ++i)
      sum[static_cast<std::size_t>(i)] =
          burst.fresh ? std::int16_t{0} : static_cast<std::int16_t>(burst.psum[from + i]);
    for (std::size_t k = 0; k < static_cast<std::size_t>(burst.runs); ++k) {
      const std::int16_t* filter = burst.filter[k] + from;
      for (int i = 0; i < kLanes; ++i) {
        std::int16_t& s = sum[static_cast<std::size_t>(i)];
        s = static_cast<std::int16_t>(s + ((std::int32_t{burst.ifmap[k]} * filter[i]) >> shift));
      }
    }
    for (int i = 0; i < kLanes; ++i) burst.psum[from + i] = sum[static_cast<std::size_t>(i)];
  }

  const Mac* mac_ = nullptr;
  MacRegisters registers_;
  Arithmetic arithmetic_;
  Gating gating_ = Gating::kNone;
  static constexpr int kNoWord = 1 << 16;
  int idle_ = 0;            // ifmap word whose terms need not be added
  int gate_ = kNoWord;      // ifmap word that gates
  int zero_mask_ = 0;       // of filter words
  bool multiplies_ = true;  // by a plain multiplier
  bool narrow_ = false;     // and adds in 16 bits, wrapping
};

}  // namespace orrery
