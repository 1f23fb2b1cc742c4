#include <fmt/format.h>

#include "arch/mac/all.h"
#include "arch/machine/fields_of_machine.h"
#include "arch/machine/validate.h"

namespace orrery {

void check_lanes(const Machine& m, const Node& root) {
  if (!m.has_lanes()) return;
  const MacTraits& mac = find_mac(m.mac)->traits;
  if (!mac.cuts || mac.skips) {
    root.toward("mac").fail(
        fmt::format("mac is {}; lanes.walk is {}, and lanes multiply integers, each pair that "
                    "reaches them in its slot",
                    m.mac, enum_name(m.lanes.walk)));
  }
  if (m.numbers.overflow == Overflow::kSaturate) {
    root.toward("numbers.overflow")
        .fail(fmt::format("numbers.overflow is saturate; lanes.walk is {}, whose psums must wrap: "
                          "their order is that of the words that are not zero",
                          enum_name(m.lanes.walk)));
  }
  if (m.lanes.walk == LaneWalk::kColumns && m.array.cols != 1) {
    root.toward("array.cols")
        .fail(
            fmt::format("array.cols is {}; lanes that walk columns are the rows of the array, and "
                        "it has one column",
                        m.array.cols));
  }
  if (m.lanes.shared_values == 1) {
    root.toward("lanes.shared_values")
        .fail("lanes.shared_values is 1; zero is one of them, so there must be 2 at least");
  }
  if (m.lanes.walk == LaneWalk::kBricks && m.lanes.shared_values > 0) {
    root.toward("lanes.shared_values")
        .fail("lanes.shared_values is given; only filters walked by columns share values");
  }
}

}  // namespace orrery
