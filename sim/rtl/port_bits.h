// Values at the ports of a module that Verilator compiled (RtlModule), and packets of streams.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "dataflows/pass/pass.h"

namespace orrery::port_bits {

inline std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

inline std::span<const std::int32_t> addresses(const Stream& s, std::int32_t packet) {
  return {s.address.data() + s.first[at(packet)],
          at(s.first[at(packet) + 1]) - at(s.first[at(packet)])};
}

// Bytes of a port of so many bits (RtlModule).
inline std::size_t port_bytes(int bits) {
  if (bits > 64) return at((bits + 31) / 32) * 4;
  return std::bit_ceil(at((bits + 7) / 8));
}

inline void put_mask(void* port, std::uint64_t mask, int bits) {
  std::memcpy(port, &mask, port_bytes(bits));
}
inline void put_byte(void* port, std::uint64_t value) {
  *static_cast<std::uint8_t*>(port) = static_cast<std::uint8_t>(value);
}
inline bool flag(const void* port) { return *static_cast<const std::uint8_t*>(port) != 0; }
inline bool bit_of(const void* port, std::size_t i) {
  return (static_cast<const std::uint8_t*>(port)[i / 8] >> i % 8 & 1) != 0;
}

inline std::uint64_t count_bits(const void* port, int bits) {
  std::uint64_t n = 0;
  for (std::size_t i = 0; i < at((bits + 7) / 8); ++i)
    n += static_cast<std::uint64_t>(std::popcount(static_cast<const std::uint8_t*>(port)[i]));
  return n;
}

}  // namespace orrery::port_bits
