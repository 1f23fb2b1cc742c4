// Area of a chip as its authors give it, in the parts that area() computes.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/input/fields.h"

namespace orrery {

enum class AreaPart : std::uint8_t { kMac, kSpads, kNoc, kGlb };
inline constexpr std::array kAreaParts{AreaPart::kMac, AreaPart::kSpads, AreaPart::kNoc,
                                       AreaPart::kGlb};

template <>
struct EnumNames<AreaPart> {
  static constexpr std::array kNames{
      std::pair{AreaPart::kMac, "mac"}, std::pair{AreaPart::kSpads, "spads"},
      std::pair{AreaPart::kNoc, "noc"}, std::pair{AreaPart::kGlb, "glb"}};
};

struct AreaShare {
  AreaPart part = AreaPart::kMac;
  double percent = 0;
  template <class V>
  void fields(V& v) {
    v.field("part", part, {.doc = "part of the chip"});
    v.field("percent", percent,
            {.doc = "its share of the core, as published", .unit = "%", .min = 0, .max = 100});
  }
  bool operator==(const AreaShare&) const = default;
};

struct PublishedArea {
  double core_mm2 = 0;
  std::vector<AreaShare> shares;
  template <class V>
  void fields(V& v) {
    v.field("core_mm2", core_mm2,
            {.doc = "core of the chip as published; 0: not published",
             .unit = "mm2",
             .min = 0,
             .max = 1e5,
             .optional = true});
    v.field("shares", shares,
            {.doc = "published shares of it, as many as are known", .optional = true});
  }
  bool operator==(const PublishedArea&) const = default;
};

}  // namespace orrery
