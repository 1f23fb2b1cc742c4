#include "workloads/tensor/synthetic.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace orrery {
namespace {

constexpr int kNarrow = 4;  // bits
constexpr double kTernaryZeros = 0.423;
constexpr double kFiveLevelZeros = 0.33;
constexpr std::uint64_t kOnes = 47, kOnesAndTwos = 67;  // of five levels, out of those not zero

std::uint64_t lower_half(std::uint64_t number) { return number & 0xffffffff; }

// All numbers of a code but zero, ascending.
std::vector<int> numbers_of(Code code) {
  std::vector<int> all;
  for (int v = least(code); v <= most(code); ++v) {
    if (v != 0 && representable(code, v)) all.push_back(v);
  }
  return all;
}

int any_of(Code code, std::uint64_t number) {
  const auto pick = lower_half(number);
  if (code.coding == Coding::kFiveLevel) {
    const int magnitude = pick / 2 % kOnesAndTwos < kOnes ? 1 : 2;
    return pick % 2 == 0 ? magnitude : -magnitude;
  }
  const std::vector<int> all = numbers_of(code);
  return all[pick % all.size()];
}

double mean_square(Code code) {
  if (code.coding == Coding::kFiveLevel)
    return (kOnes + 4.0 * (kOnesAndTwos - kOnes)) / kOnesAndTwos;
  double sum = 0;
  const std::vector<int> all = numbers_of(code);
  for (const int v : all) sum += 1.0 * v * v;
  return sum / static_cast<double>(all.size());
}

}  // namespace

int synthetic_limit(Code code) {
  if (code.bits <= kNarrow) return 0;
  return code.coding == Coding::kUnsigned ? 1 << (code.bits - 1) : 1 << (code.bits - 2);
}

double synthetic_zeros(Code code, double zeros) {
  switch (code.coding) {
    case Coding::kTernary:
      return std::max(zeros, kTernaryZeros);
    case Coding::kFiveLevel:
      return std::max(zeros, kFiveLevelZeros);
    case Coding::kSign:
      return 0;
    case Coding::kTwos:
    case Coding::kUnsigned:
    case Coding::kPowerOfTwo:
      break;
  }
  return zeros;
}

double synthetic_square(Code code, double zeros) {
  const double limit = synthetic_limit(code);
  const double square = limit > 0 ? limit * limit / 3 : mean_square(code);
  return square * (1 - synthetic_zeros(code, zeros));
}

int synthetic_positive(Code code, std::uint64_t number) {
  const int limit = synthetic_limit(code);
  if (limit == 0)
    return code.coding == Coding::kSign ? any_of(code, number) : std::abs(any_of(code, number));
  return 1 + static_cast<int>(lower_half(number) % static_cast<unsigned>(limit - 1));
}

int synthetic_non_zero(Code code, std::uint64_t number) {
  const int limit = synthetic_limit(code);
  if (limit == 0) return any_of(code, number);
  if (code.coding == Coding::kUnsigned) return synthetic_positive(code, number);
  const auto values = static_cast<unsigned>(2 * (limit - 1));
  const int v = static_cast<int>(lower_half(number) % values) - (limit - 1);
  return v < 0 ? v : v + 1;
}

int around(Code code, int zero_point, int value) {
  if (code.coding == Coding::kSign) return value;
  const int word = zero_point + value;
  if (representable(code, word)) return word;
  return std::clamp(zero_point - value, least(code), most(code));
}

}  // namespace orrery
