#include "workloads/sparse/zero_draw.h"

#include <algorithm>
#include <cmath>

namespace orrery {
namespace {

std::uint64_t in_units(double probability) {
  return static_cast<std::uint64_t>(std::llround(probability * 4294967296.0));
}

}  // namespace

ZeroDraw::ZeroDraw(const ZeroPattern& pattern, const std::vector<double>& shares) {
  odds_.reserve(shares.size());
  for (const double share : shares) odds_.push_back(odds(share, pattern.run));
}

// With a stretch's mean length L, a zero is followed by one in 1 - 1/L of all cases; the share s of
// zeros then wants another word followed by a zero in s / ((1 - s) L).
ZeroDraw::Odds ZeroDraw::odds(double share, double run) {
  const std::uint64_t any = in_units(share);
  if (run == 0 || share == 0 || share == 1) return {{any, any, any}};
  const double length = std::max(run, share / (1 - share));
  return {{any, in_units(1 - 1 / length), in_units(share / ((1 - share) * length))}};
}

std::vector<double> shares_of(const ZeroPattern& pattern, int channels, double share) {
  std::vector<double> shares(static_cast<std::size_t>(channels), share);
  if (pattern.channels.empty()) return shares;
  for (std::size_t c = 0; c < shares.size(); ++c)
    shares[c] = pattern.channels[c % pattern.channels.size()];
  return shares;
}

}  // namespace orrery
