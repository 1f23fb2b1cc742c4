// A dataflow as data: the nest of a mapping whose sizes depend on the layer and on the machine.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "arch/machine/machine.h"
#include "dataflows/mapping/mapping.h"
#include "workloads/input/node.h"
#include "workloads/layer/layer.h"

namespace orrery {

// The step of a loop before layer and machine are known: all of the layer's bound, or
// `number`, times the array's rows and columns where those are named. A free size is the
// largest that is tried.
struct Size {
  int number = 1;  // 1..kMaxNumber
  bool rows = false, cols = false;
  bool all = false;
  bool free = false;
  static constexpr int kMaxNumber = 1 << 20;
  bool operator==(const Size&) const = default;
};

inline constexpr Size kOne{};
inline constexpr Size kAll{.all = true};
inline constexpr Size kArrayRows{.rows = true};
inline constexpr Size kArrayCols{.cols = true};
inline constexpr Size kArrayPes{.rows = true, .cols = true};
constexpr Size at_most(Size size) {
  size.free = true;
  return size;
}

// Words of a dimension with `bound` elements; never more than those.
int resolve(const Size& size, int bound, const PeArray& array);

struct SizedLoop {
  Dim dim;
  Size size;
  Place place;
  bool operator==(const SizedLoop&) const = default;
};

// fit() makes a mapping of it (dataflows/mapping/fit.h).
struct Pattern {
  std::string name;
  std::string description;      // one line, or empty
  std::vector<SizedLoop> nest;  // places in the order of Mapping::nest
  Keep keep;                    // in the GLB: of those whose store can keep tiles
  std::vector<Dim> shrink;      // every dimension with a free size, the first to shrink first
  bool operator==(const Pattern&) const = default;
};

// The dimensions with free sizes, from the last of the nest to the first: how they shrink where
// their author does not say.
std::vector<Dim> default_shrink(const std::vector<SizedLoop>& nest);

// A dataflow file (docs/dataflow.md): read, with InputErrors that name file and line, and written.
Pattern read_pattern(const std::filesystem::path& path);
Pattern read_pattern(const Node& root);
std::string to_yaml(const Pattern& pattern);

}  // namespace orrery
