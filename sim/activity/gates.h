// A netlist played in 64 lanes at once: 64 copies of the design, each with inputs of its own, and
// how often each net switches.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/activity/netlist.h"

namespace orrery {

// Two-valued and without delays: a net switches once a cycle at most, glitches are not seen.
// Registers begin at 0.
class Gates {
 public:
  static constexpr int kLanes = 64;
  using Lanes = std::uint64_t;  // a bit a lane

  // The netlist must outlive it.
  explicit Gates(const Netlist& netlist);

  // The nets of a port; std::logic_error where there is none of that name.
  const std::vector<std::int32_t>& port(const std::string& name) const;
  void set(std::int32_t net, Lanes value) { value_[static_cast<std::size_t>(net)] = value; }
  void set(std::int32_t net, int lane, bool value);
  Lanes get(std::int32_t net) const { return value_[static_cast<std::size_t>(net)]; }
  // Up to 32 bits of a port in a lane, from bit `from` on.
  std::uint32_t get(const std::vector<std::int32_t>& port, int lane, std::size_t from,
                    std::size_t bits) const;

  // Works out what follows from inputs and registers.
  void settle();
  // Adds the nets that have switched since the last call, in the lanes of `counted`; the first call
  // counts nothing.
  void count(Lanes counted);
  // Registers take what they are given, in all lanes.
  void clock();

  // Of each net, over all lanes.
  const std::vector<std::uint64_t>& switches() const { return switches_; }

 private:
  const Netlist& netlist_;
  std::vector<Lanes> value_, before_;
  std::vector<Lanes> next_;  // of registers
  std::vector<std::uint64_t> switches_;
};

}  // namespace orrery
