// What one PE takes from a bus in a pass, or gives to it.
#pragma once

#include "dataflows/pass/service_order.h"

namespace orrery {

// The packets of a PE in the order of its stream, relative to its first point.
struct Share {
  std::vector<std::uint64_t> place;    // of each packet in the order of service
  std::vector<std::int32_t> address;   // of every word
  std::vector<std::int32_t> first{0};  // packet k holds words first[k] .. first[k+1]
};

// Of a PE of that kind, `packet_words` in a packet; packets do not cross the ends of windows.
Share share_of(const PassView& pass, std::size_t kind, Tensor t, const ServiceOrder& order,
               const TileLayout& layout, int packet_words);

}  // namespace orrery
