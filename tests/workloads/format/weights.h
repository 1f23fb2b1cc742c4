// Weights of known distributions, by equal steps of probability instead of random draws.
#pragma once

#include <cmath>
#include <vector>

namespace orrery::test {

inline std::vector<float> uniform_weights(int count) {
  std::vector<float> weights;
  for (int i = 0; i < count; ++i) weights.push_back(static_cast<float>((2.0 * i + 1) / count - 1));
  return weights;
}

// Quantiles of the standard normal distribution, by bisection.
inline std::vector<float> normal_weights(int count) {
  std::vector<float> weights;
  for (int i = 0; i < count; ++i) {
    const double probability = (i + 0.5) / count;
    double low = -10, high = 10;
    for (int step = 0; step < 40; ++step) {
      const double middle = (low + high) / 2;
      (std::erfc(-middle / std::sqrt(2.0)) / 2 < probability ? low : high) = middle;
    }
    weights.push_back(static_cast<float>(low));
  }
  return weights;
}

inline double mean_magnitude(const std::vector<float>& weights) {
  double sum = 0;
  for (const float w : weights) sum += std::abs(w);
  return sum / static_cast<double>(weights.size());
}

// ||w - q||^2 / ||w||^2.
inline double relative_error(const std::vector<float>& weights, const std::vector<float>& values) {
  double error = 0, squares = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    error += std::pow(double{weights[i]} - values[i], 2);
    squares += std::pow(double{weights[i]}, 2);
  }
  return error / squares;
}

// The fraction of codes of this magnitude.
template <class Codes>
double share(const Codes& codes, int magnitude) {
  double count = 0;
  for (const auto code : codes) count += std::abs(code) == magnitude;
  return count / static_cast<double>(codes.size());
}

}  // namespace orrery::test
