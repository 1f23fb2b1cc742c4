// Random numbers by position: a counter-based generator, so that a draw depends neither on order
// nor on threads.
#pragma once

#include <cstdint>
#include <string_view>

namespace orrery {

// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014, with
// Stafford's mix 13): its n-th number is mix(key + n * gamma), so any can be had alone.
class RandomStream {
 public:
  constexpr RandomStream() : RandomStream(0, "") {}
  // Streams of different seeds or names are unrelated.
  constexpr RandomStream(std::uint64_t seed, std::string_view name) {
    // FNV-1a over the name; mixing twice keeps neighbouring seeds apart.
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    key_ = mix(mix(seed + kGamma) ^ hash);
  }
  // Uniform in [0, 2^64).
  constexpr std::uint64_t at(std::int64_t position) const {
    return mix(key_ + static_cast<std::uint64_t>(position) * kGamma);
  }
  bool operator==(const RandomStream&) const = default;

 private:
  static constexpr std::uint64_t kGamma = 0x9e3779b97f4a7c15;
  static constexpr std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  std::uint64_t key_ = 0;
};

// Uniform in [0, 1), a multiple of 2^-53.
constexpr double unit(std::uint64_t random) { return static_cast<double>(random >> 11) * 0x1p-53; }

}  // namespace orrery
