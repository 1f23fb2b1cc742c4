// Row and column IDs by which the buses of the RTL array know PEs, so that each group of a stream
// is what two masks name.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "dataflows/pass/pass.h"

namespace orrery {

struct NocId {
  std::uint8_t y = 0, x = 0;
};

// A PE takes a packet if bit `y` of the one mask and bit `x` of the other are set.
struct NocMasks {
  std::uint64_t y = 0, x = 0;
};

// How PEs got their IDs. PEs that are in the same groups of a stream are of one class.
enum class IdScheme : std::uint8_t {
  kColumns,   // each class has a column ID; the row IDs are not needed
  kClasses,   // no two groups share a PE, and each class has an ID of both
  kPosition,  // IDs are row and column of the PE
};
inline constexpr std::string_view kIdSchemeNames[] = {"columns", "classes", "position"};

struct NocIds {
  IdScheme scheme = IdScheme::kColumns;
  std::vector<NocId> pe;        // of each PE of the pass
  std::vector<NocMasks> group;  // of each group of the stream
};

// IDs for the PEs of a pass on an array of `rows` x `cols` (64 each at most), which has as many row
// and column IDs. Nothing where no scheme names every group.
std::optional<NocIds> assign_ids(const Stream& stream, const std::vector<PeRole>& pes, int rows,
                                 int cols);

}  // namespace orrery
