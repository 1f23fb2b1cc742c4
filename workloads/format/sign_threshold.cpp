// The threshold of batch norm and sign, in exact rationals: a dot product next to it must not fall
// on the wrong side by a rounding.
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <stdexcept>

#include "workloads/format/binary.h"

namespace orrery {
namespace {

using boost::multiprecision::cpp_int;
using boost::multiprecision::cpp_rational;

cpp_int floor(const cpp_rational& x) {
  const cpp_int n = numerator(x);
  const cpp_int d = denominator(x);
  cpp_int quotient = n / d;
  if (n < 0 && quotient * d != n) --quotient;
  return quotient;
}

// A dot product lies in -n..n: one step beyond decides the same for all of them.
std::int32_t within(const cpp_int& x, std::int32_t n) {
  if (x > n) return n + 1;
  if (x < -n) return -n - 1;
  return static_cast<std::int32_t>(x);
}

}  // namespace

SignThreshold fold_sign(const BatchNorm& norm, std::int32_t n) {
  const double sigma = norm.deviation();
  if (!(sigma > 0) || !std::isfinite(sigma) || !std::isfinite(norm.gamma) ||
      !std::isfinite(norm.beta) || !std::isfinite(norm.mean)) {
    throw std::invalid_argument("a batch norm needs finite numbers and a variance above 0");
  }
  if (norm.gamma == 0) return {norm.beta >= 0 ? SignRule::kAlways : SignRule::kNever, 0};
  const cpp_rational tau = cpp_rational(norm.mean) -
                           cpp_rational(norm.beta) * cpp_rational(sigma) / cpp_rational(norm.gamma);
  if (norm.gamma > 0) return {SignRule::kAtLeast, within(-floor(-tau), n)};
  return {SignRule::kAtMost, within(floor(tau), n)};
}

}  // namespace orrery
