// Semiconductor technology: the process of a chip, and how energy and area move between nodes and
// widths.
#pragma once

#include <array>
#include <cstdint>

#include "workloads/input/fields.h"

namespace orrery {

// low_power: low-standby-power cells at 300 K (ITRS LSTP); high_performance: ITRS HP at 350 K. Two
// corners: leakage differs by four orders of magnitude.
enum class Cell : std::uint8_t { kLowPower, kHighPerformance };

inline constexpr double kFinestNodeNm = 7;
inline constexpr double kCoarsestNodeNm = 90;

struct Technology {
  double node_nm = 45;
  Cell cell = Cell::kLowPower;
  template <class V>
  void fields(V& v) {
    v.field("node_nm", node_nm,
            {.doc = "node, for area and for energies that follow the machine",
             .unit = "nm",
             .min = kFinestNodeNm,
             .max = kCoarsestNodeNm,
             .optional = true});
    v.field("cell", cell,
            {.doc = "cells of its memories: for low leakage, or for speed", .optional = true});
  }
  bool operator==(const Technology&) const = default;
};

template <>
struct EnumNames<Cell> {
  static constexpr std::array kNames{std::pair{Cell::kLowPower, "low_power"},
                                     std::pair{Cell::kHighPerformance, "high_performance"}};
};

// Energy of one logic operation at node `to_nm` as a multiple of that at `from_nm`, each at its
// nominal supply (1.2 V at 90 nm, 1.0 V at 45 nm, 0.7 V at 7 nm); linear between the nodes of the
// source. Nodes: 7 to 90 nm.
// Source: Stillmaker and Baas, Integration 58, 2017: energy factors a V^2 + b V + c, high
// performance.
double logic_energy_ratio(double from_nm, double to_nm);

// Area of logic likewise. Source: the same, area factors.
double logic_area_ratio(double from_nm, double to_nm);

// How a cost follows the number of bits: adders, wires and memories with the bits, multipliers with
// their square. Horowitz's integer units (ISSCC 2014, 8 to 32 bits) have exponents of 0.87
// and 1.98.
enum class WidthLaw : std::uint8_t { kLinear, kSquare };

template <>
struct EnumNames<WidthLaw> {
  static constexpr std::array kNames{std::pair{WidthLaw::kLinear, "linear"},
                                     std::pair{WidthLaw::kSquare, "square"}};
};

double width_ratio(WidthLaw law, int from_bits, int to_bits);

}  // namespace orrery
