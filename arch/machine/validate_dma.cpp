#include <fmt/format.h>

#include <algorithm>

#include "arch/machine/fields_of_machine.h"
#include "arch/machine/validate.h"

namespace orrery {

void check_compression(const Machine& m, const Node& root) {
  static const std::vector<std::string> kKnown{"ifmap", "ofmap"};
  const std::vector<std::string>& names = m.dma.compressed;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Node& at = root.toward(fmt::format("dma.compressed[{}]", i));
    if (std::ranges::find(kKnown, names[i]) == kKnown.end()) {
      at.fail(fmt::format("dma.compressed names '{}'; it may name ifmap and ofmap{}", names[i],
                          did_you_mean(names[i], kKnown)));
    }
    if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) !=
        names.begin() + static_cast<std::ptrdiff_t>(i))
      at.fail(fmt::format("dma.compressed names {} twice", names[i]));
  }
  if (m.dma.compression == Compression::kNone) return;
  if (names.empty()) {
    root.toward("dma.compression")
        .fail(
            "dma.compression is rlc, and dma.compressed names no tensor; it must name ifmap, "
            "ofmap or both");
  }
  if (m.numbers.word_bits != 16) {
    root.toward("dma.compression")
        .fail(fmt::format("dma.compression is rlc, whose levels have 16 bits; numbers.word_bits "
                          "is {}, and it must be 16",
                          m.numbers.word_bits));
  }
  if (m.has_lanes()) {
    root.toward("dma.compression")
        .fail(fmt::format("dma.compression is rlc; lanes.walk is {}, and of lanes no transfer is "
                          "played yet",
                          enum_name(m.lanes.walk)));
  }
}

}  // namespace orrery
