#include "sim/machine/mac_matrix.h"

// Highway compiles the part up to HWY_ONCE once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sim/machine/mac_matrix.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace orrery {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR  // a processor without vectors that Highway knows

void multiply_pairs(const std::int16_t* words, const std::int32_t* x, std::size_t pairs,
                    std::size_t cols, std::int32_t* psum) {
  for (std::size_t c = 0; c < cols; ++c) {
    std::uint32_t sum = 0;
    for (std::size_t r = 0; r < pairs; ++r) {
      const std::int16_t* word = words + 2 * (r * cols + c);
      const auto low = static_cast<std::int16_t>(x[r]),
                 high = static_cast<std::int16_t>(x[r] >> 16);
      sum += static_cast<std::uint32_t>(low * word[0]) + static_cast<std::uint32_t>(high * word[1]);
    }
    psum[c] = static_cast<std::int32_t>(sum);
  }
}

#else

// Four vectors of columns at a time, so that their psums stay in registers over all rows.
void multiply_pairs(const std::int16_t* HWY_RESTRICT words, const std::int32_t* HWY_RESTRICT x,
                    std::size_t pairs, std::size_t cols, std::int32_t* HWY_RESTRICT psum) {
  const hn::ScalableTag<std::int32_t> d32;
  const hn::Repartition<std::int16_t, decltype(d32)> d16;
  const std::size_t n = hn::Lanes(d32);
  for (std::size_t c = 0; c < cols; c += 4 * n) {
    auto even0 = hn::Zero(d32), even1 = even0, even2 = even0, even3 = even0;
    auto odd0 = even0, odd1 = even0, odd2 = even0, odd3 = even0;
    for (std::size_t r = 0; r < pairs; ++r) {
      const auto xs = hn::BitCast(d16, hn::Set(d32, x[r]));
      const std::int16_t* row = words + 2 * (r * cols + c);
      even0 = hn::ReorderWidenMulAccumulate(d32, xs, hn::LoadU(d16, row), even0, odd0);
      even1 = hn::ReorderWidenMulAccumulate(d32, xs, hn::LoadU(d16, row + 2 * n), even1, odd1);
      even2 = hn::ReorderWidenMulAccumulate(d32, xs, hn::LoadU(d16, row + 4 * n), even2, odd2);
      even3 = hn::ReorderWidenMulAccumulate(d32, xs, hn::LoadU(d16, row + 6 * n), even3, odd3);
    }
    hn::StoreU(hn::RearrangeToOddPlusEven(even0, odd0), d32, psum + c);
    hn::StoreU(hn::RearrangeToOddPlusEven(even1, odd1), d32, psum + c + n);
    hn::StoreU(hn::RearrangeToOddPlusEven(even2, odd2), d32, psum + c + 2 * n);
    hn::StoreU(hn::RearrangeToOddPlusEven(even3, odd3), d32, psum + c + 3 * n);
  }
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace orrery
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace orrery {
namespace {

HWY_EXPORT(multiply_pairs);

constexpr std::size_t kColumns = 64;  // four of the widest vectors

}  // namespace

void MacMatrix::load(std::size_t rows, std::size_t cols, const std::int16_t* words,
                     const std::int32_t* lane) {
  pairs_ = (rows + 1) / 2;
  cols_ = (cols + kColumns - 1) / kColumns * kColumns;
  words_.assign(2 * pairs_ * cols_, 0);
  x_.assign(pairs_, 0);
  psum_.assign(cols_, 0);
  for (std::size_t r = 0; r < rows; ++r) {
    std::int16_t* row = &words_[2 * (r / 2) * cols_ + r % 2];
    for (std::size_t c = 0; c < cols; ++c) row[2 * c] = words[lane[r * cols + c]];
  }
}

void MacMatrix::multiply(const std::vector<std::int16_t>& x) {
  for (std::size_t r = 0; r < pairs_; ++r) {
    const auto low = static_cast<std::uint16_t>(x[2 * r]);
    const auto high = static_cast<std::uint16_t>(2 * r + 1 < x.size() ? x[2 * r + 1] : 0);
    // The first of the two lies lower in a register of either byte order that Highway knows.
    x_[r] = static_cast<std::int32_t>(static_cast<std::uint32_t>(high) << 16 | low);
  }
  HWY_DYNAMIC_DISPATCH(multiply_pairs)(words_.data(), x_.data(), pairs_, cols_, psum_.data());
}

}  // namespace orrery
#endif  // HWY_ONCE
