#include "sim/sparse/window.h"

namespace orrery {

std::int64_t windows(const Layer& layer) {
  return std::int64_t{layer.bound(Dim::kN)} * layer.bound(Dim::kG) * layer.bound(Dim::kP) *
         layer.bound(Dim::kQ);
}

WindowAt window_at(const Layer& layer, std::int64_t window) {
  const auto digit = [&](Dim d) {
    const auto value = static_cast<int>(window % layer.bound(d));
    window /= layer.bound(d);
    return value;
  };
  WindowAt at;
  at.q = digit(Dim::kQ);
  at.p = digit(Dim::kP);
  at.g = digit(Dim::kG);
  at.n = digit(Dim::kN);
  return at;
}

void gather(const Layer& layer, const OperandTensor& ifmap, const WindowAt& at,
            std::vector<std::int16_t>& words) {
  words.clear();
  const std::int64_t channels = std::int64_t{layer.bound(Dim::kG)} * layer.bound(Dim::kC);
  const std::int64_t first = at.n * channels + std::int64_t{at.g} * layer.bound(Dim::kC);
  for (std::int64_t c = first; c < first + layer.bound(Dim::kC); ++c) {
    for (int r = 0; r < layer.bound(Dim::kR); ++r) {
      const std::int64_t row = at.p * layer.stride_rows + r * layer.dilation_rows;
      const std::int64_t line = (c * layer.padded_rows() + row) * layer.padded_cols();
      for (int s = 0; s < layer.bound(Dim::kS); ++s) {
        const std::int64_t col = at.q * layer.stride_cols + s * layer.dilation_cols;
        words.push_back(ifmap.data[static_cast<std::size_t>(line + col)]);
      }
    }
  }
}

}  // namespace orrery
