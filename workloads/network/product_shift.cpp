#include "workloads/network/product_shift.h"

#include <algorithm>
#include <cmath>

namespace orrery {

int product_shift_for_synthetic_data(const Layer& layer) {
  constexpr double kWantedLog2 = 12;
  const double taps =
      static_cast<double>(layer.bound(Dim::kC)) * layer.bound(Dim::kR) * layer.bound(Dim::kS);
  const double products = taps * (1 - layer.ifmap_zeros) * (1 - layer.filter_zeros);
  if (products <= 0) return 0;
  const double deviation_log2 =
      2.0 * (layer.operand_bits - 2) - std::log2(3.0) + std::log2(products) / 2;
  return std::clamp(static_cast<int>(std::lround(deviation_log2 - kWantedLog2)), 0, 30);
}

}  // namespace orrery
