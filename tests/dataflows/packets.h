// The packets of a bus, one by one.
#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <vector>

#include "dataflows/pass/pass.h"

namespace orrery::test {

// The words of a packet, by address, and the PEs that take it.
struct Packet {
  std::vector<int> words, pes;
  bool operator==(const Packet&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const Packet& p) {
  return out << testing::PrintToString(p.words) << " to " << testing::PrintToString(p.pes);
}

inline std::vector<Packet> packets(const Stream& s) {
  std::vector<Packet> all;
  for (std::size_t k = 0; k < s.group.size(); ++k) {
    const auto group = static_cast<std::size_t>(s.group[k]);
    const auto word = s.address.begin();
    const auto pe = s.member.begin();
    all.push_back({{word + s.first[k], word + s.first[k + 1]},
                   {pe + s.first_member[group], pe + s.first_member[group + 1]}});
  }
  return all;
}

}  // namespace orrery::test
