// What of a box decides how long its transfer or pass takes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "arch/machine/machine.h"
#include "workloads/layer/layer.h"

namespace orrery {

// The sizes of a box in the order of Dim, then the rows and columns of made padding that its ifmap
// begins and ends with (top, bottom, left, right; 0 where the machine stores padding), then what
// the owner of the key adds. Boxes of one form take the same time wherever they lie.
struct Form {
  static constexpr std::size_t kMade = kDims, kExtra = kDims + 4;
  std::array<std::int32_t, kExtra + 1> value{};
  bool operator==(const Form&) const = default;
  // No padding is made for it.
  bool inside() const {
    return value[kMade] + value[kMade + 1] + value[kMade + 2] + value[kMade + 3] == 0;
  }
};
Form form(const Layer& layer, const Machine& machine, const Box& box, std::int32_t extra);

struct FormHash {
  std::size_t operator()(const Form& form) const;
};

}  // namespace orrery
