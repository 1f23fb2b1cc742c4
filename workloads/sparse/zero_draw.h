// Which synthetic words are zero: by chance each, or in clusters; and how many of each channel.
#pragma once

#include <cstdint>
#include <vector>

#include "workloads/layer/layer.h"

namespace orrery {

// A chain over words in order, whose next word depends on the one before. Where the pattern has no
// run every word is drawn by itself. Else stretches of zeros have a geometric length with the
// pattern's mean, or with share / (1 - share) where that is more: the least with which so many
// words can be zero, each of the others alone between two stretches.
class ZeroDraw {
 public:
  // `shares`: of zeros, one a channel, 0..1.
  ZeroDraw(const ZeroPattern& pattern, const std::vector<double>& shares);
  // Starts anew: what comes does not depend on what came. Every image and every filter does.
  void begin() { state_ = kFirst; }
  // Whether the next word, of this channel, is zero, by the upper half of a random number.
  bool zero(std::size_t channel, std::uint64_t number) {
    const bool yes = (number >> 32) < odds_[channel].of[state_];
    state_ = yes ? kZero : kOther;
    return yes;
  }

 private:
  enum State : std::uint8_t { kFirst, kZero, kOther };
  // Of a zero, by what came before; in units of 2^-32.
  struct Odds {
    std::uint64_t of[3];
  };
  static Odds odds(double share, double run);

  std::vector<Odds> odds_;
  State state_ = kFirst;
};

// The share of each of `channels` channels: the pattern's in turn, or `share`.
std::vector<double> shares_of(const ZeroPattern& pattern, int channels, double share);

}  // namespace orrery
