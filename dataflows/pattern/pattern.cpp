#include "dataflows/pattern/pattern.h"

#include <algorithm>
#include <cstdint>

namespace orrery {

int resolve(const Size& size, int bound, const PeArray& array) {
  if (size.all) return bound;
  const std::int64_t words =
      std::int64_t{size.number} * (size.rows ? array.rows : 1) * (size.cols ? array.cols : 1);
  return static_cast<int>(std::min<std::int64_t>(words, bound));
}

std::vector<Dim> default_shrink(const std::vector<SizedLoop>& nest) {
  std::vector<Dim> order;
  for (auto loop = nest.rbegin(); loop != nest.rend(); ++loop) {
    if (loop->size.free && std::ranges::count(order, loop->dim) == 0) order.push_back(loop->dim);
  }
  return order;
}

}  // namespace orrery
