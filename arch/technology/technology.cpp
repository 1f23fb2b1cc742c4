#include "arch/technology/technology.h"

#include <algorithm>
#include <cstddef>

namespace orrery {
namespace {

struct AtNode {
  double node_nm;
  double value;
};

// a V^2 + b V + c.
constexpr double energy_factor(double a, double b, double c, double volts) {
  return a * volts * volts + b * volts + c;
}

// Finest first. Supplies of 90 to 32 nm are those of CACTI's high-performance devices.
constexpr std::array kEnergy{AtNode{7, energy_factor(.1776, -.09097, .02447, .7)},
                             AtNode{10, energy_factor(.2068, -.09311, .02375, .75)},
                             AtNode{14, energy_factor(.2363, -.09675, .02239, .8)},
                             AtNode{16, energy_factor(.2958, -.1241, .03024, .8)},
                             AtNode{20, energy_factor(.373, -.1582, .04104, .8)},
                             AtNode{32, energy_factor(.8367, -.4341, .1701, .9)},
                             AtNode{45, energy_factor(1.018, -.3107, .1539, 1.0)},
                             AtNode{65, energy_factor(3.755, -4.398, 1.975, 1.1)},
                             AtNode{90, energy_factor(4.762, -4.781, 2.092, 1.2)}};

// Multiples of the area at 65 nm.
constexpr std::array kArea{AtNode{7, .039}, AtNode{10, .068}, AtNode{14, .12},
                           AtNode{16, .13}, AtNode{20, .14},  AtNode{32, .31},
                           AtNode{45, .66}, AtNode{65, 1},    AtNode{90, 1 / .53}};

template <std::size_t N>
double at(const std::array<AtNode, N>& table, double node_nm) {
  const auto above =
      std::find_if(table.begin() + 1, table.end() - 1,
                   [node_nm](const AtNode& entry) { return entry.node_nm >= node_nm; });
  const AtNode& high = *above;
  const AtNode& low = *(above - 1);
  const double part = (node_nm - low.node_nm) / (high.node_nm - low.node_nm);
  return low.value + part * (high.value - low.value);
}

}  // namespace

double logic_energy_ratio(double from_nm, double to_nm) {
  return at(kEnergy, to_nm) / at(kEnergy, from_nm);
}

double logic_area_ratio(double from_nm, double to_nm) {
  return at(kArea, to_nm) / at(kArea, from_nm);
}

double width_ratio(WidthLaw law, int from_bits, int to_bits) {
  const double ratio = static_cast<double>(to_bits) / from_bits;
  return law == WidthLaw::kSquare ? ratio * ratio : ratio;
}

}  // namespace orrery
