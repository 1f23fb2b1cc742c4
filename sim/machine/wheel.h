// A timing wheel: sets of PEs that something happens to within the next kSlots - 1 cycles.
#pragma once

#include <array>
#include <cstdint>

#include "sim/machine/mask.h"

namespace orrery {

class Wheel {
 public:
  static constexpr int kSlots = 64;

  explicit Wheel(int pes = 0) { slots_.fill(PeMask(pes)); }

  // 0 <= delay < kSlots; a delay of 0 is the present cycle.
  void add(int delay, int pe) {
    const auto slot = static_cast<std::size_t>((now_ + delay) % kSlots);
    slots_[slot].set(pe);
    occupied_ |= std::uint64_t{1} << slot;
  }
  // The PEs of the present cycle; the caller empties it.
  PeMask& due() { return slots_[static_cast<std::size_t>(now_)]; }
  void advance(int cycles) {
    occupied_ &= ~(std::uint64_t{1} << now_);
    now_ = (now_ + cycles) % kSlots;
  }
  void clear() {
    for (PeMask& slot : slots_) slot.clear();
    occupied_ = 0;
    now_ = 0;
  }
  // Cycles until the next occupied slot after the present one, or kSlots if there is none.
  int idle_cycles() const {
    const std::uint64_t later = occupied_ & ~(std::uint64_t{1} << now_);
    return later == 0 ? kSlots : std::countr_zero(std::rotr(later, now_));
  }

 private:
  std::array<PeMask, kSlots> slots_;
  std::uint64_t occupied_ = 0;
  int now_ = 0;
};

}  // namespace orrery
