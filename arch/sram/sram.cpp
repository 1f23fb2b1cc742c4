// SRAMs from CACTI's points.
#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
#include <vector>

#include "arch/sram/law.h"
#include "arch/sram/memory.h"
#include "arch/sram/points.h"

namespace orrery {
namespace {

constexpr std::array<std::int64_t, 23> kBytes{256,     512,     1024,    1536,    2048,   4096,
                                              6144,    8192,    16384,   24576,   32768,  65536,
                                              98304,   131072,  262144,  393216,  524288, 1048576,
                                              1572864, 2097152, 4194304, 6291456, 8388608};
constexpr std::array<int, 6> kWidths{8, 16, 32, 64, 128, 256};
constexpr std::array<double, 7> kNodes{22, 28, 32, 40, 45, 65, 90};

// What one bank more than one does to each figure in the median over all points, for each doubling.
constexpr Figures kDoubledBanks{.98, .97, 1.0, 1.04, .92};

// CACTI's six-transistor cell is 14.6 x 10 features and grows by two local wire pitches of 2.5
// features each way for a further port.
constexpr double kCellHeight = 14.6, kCellWidth = 10, kPortPitch = 5;

// Neighbours in a ladder of values, and the part of the way to the upper one, by logarithms.
struct Between {
  std::size_t low, high;
  double part;
};
template <class T, std::size_t N>
Between between(const std::array<T, N>& ladder, double value) {
  const auto at = std::lower_bound(ladder.begin(), ladder.end(), value);
  const auto high = std::min(static_cast<std::size_t>(at - ladder.begin()), N - 1);
  if (static_cast<double>(ladder[high]) <= value || high == 0) return {high, high, 0};
  const double low = static_cast<double>(ladder[high - 1]);
  const double part = std::log(value / low) / std::log(static_cast<double>(ladder[high]) / low);
  return {high - 1, high, part};
}

// One ladder of points: those of a cell, a node and 1 or 2 banks.
struct Set {
  Technology technology;  // a node of kNodes
  int banks;

  std::optional<Figures> find(std::int64_t bytes, int width_bits) const {
    const auto key = [](const SramPoint& p) {
      return std::tuple(p.cell, p.node_nm, p.banks, p.bytes, p.width_bits);
    };
    const std::tuple wanted(technology.cell, technology.node_nm, banks, bytes, width_bits);
    const auto points = sram_points();
    const auto at = std::lower_bound(points.begin(), points.end(), wanted,
                                     [&](const SramPoint& p, const auto& k) { return key(p) < k; });
    if (at == points.end() || key(*at) != wanted) return std::nullopt;
    return Figures{at->read_pj, at->write_pj, at->leakage_mw, at->area_mm2, at->access_ns};
  }
};

// Figures weighted in logarithms.
Figures blend(const Figures& low, const Figures& high, double part) {
  Figures mixed{};
  for (std::size_t i = 0; i < kFigures; ++i) {
    mixed[i] = low[i] == high[i] ? low[i] : low[i] * std::pow(high[i] / low[i], part);
  }
  return mixed;
}

struct Found {
  Figures figures{};
  Basis basis = Basis::kPoint;
};
Basis weaker(Basis a, Basis b) { return std::max(a, b); }

// At a capacity of the ladder, between widths; empty where CACTI has no such array.
std::optional<Figures> at_capacity(const Set& set, std::size_t i, const Between& w) {
  const auto low = set.find(kBytes[i], kWidths[w.low]), high = set.find(kBytes[i], kWidths[w.high]);
  if (!low || !high) return std::nullopt;
  return blend(*low, *high, w.part);
}

Found in_set(const Set& set, double bytes, double width_bits) {
  const Between w = between(kWidths, width_bits);
  Between c = between(kBytes, bytes);
  double at_bytes =
      std::clamp(bytes, static_cast<double>(kBytes.front()), static_cast<double>(kBytes.back()));
  const double at_width = std::clamp(width_bits, 8.0, 256.0);
  auto low = at_capacity(set, c.low, w);
  for (std::size_t i = c.low; !low; low = at_capacity(set, i, w)) {
    ++i;  // wide arrays start at higher capacities, and every width has one
    c = {i, i, 0};
    at_bytes = static_cast<double>(kBytes[i]);
  }
  Found found{blend(*low, *at_capacity(set, c.high, w), c.part), Basis::kPoint};
  if (c.part > 0 || w.part > 0) found.basis = Basis::kInterpolated;
  if (at_bytes == bytes && at_width == width_bits) return found;
  const Figures wanted = sram_law(bytes, width_bits, set.technology);
  const Figures here = sram_law(at_bytes, at_width, set.technology);
  for (std::size_t i = 0; i < kFigures; ++i) found.figures[i] *= wanted[i] / here[i];
  found.basis = Basis::kFitted;
  return found;
}

// Between the nodes of the ladder; below them by the rule of Accelergy's CACTI plug-in: energy with
// the root of the node, area with the node. Leakage and access time stay.
Found at_node(double node_nm, Cell cell, int banks, double bytes, double width_bits) {
  const Between n = between(kNodes, node_nm);
  Found found = in_set({{kNodes[n.low], cell}, banks}, bytes, width_bits);
  if (n.part > 0) {
    const Found high = in_set({{kNodes[n.high], cell}, banks}, bytes, width_bits);
    found = {blend(found.figures, high.figures, n.part),
             weaker(weaker(found.basis, high.basis), Basis::kInterpolated)};
  }
  const double ratio = node_nm / kNodes.front();
  if (ratio >= 1) return found;
  const Figures finer{std::sqrt(ratio), std::sqrt(ratio), 1, ratio, 1};
  for (std::size_t i = 0; i < kFigures; ++i) found.figures[i] *= finer[i];
  found.basis = Basis::kFitted;
  return found;
}

void add_banks(Found& found, int banks) {
  if (banks <= 2) return;
  const double doublings = std::log2(banks) - 1;
  for (std::size_t i = 0; i < kFigures; ++i)
    found.figures[i] *= std::pow(kDoubledBanks[i], doublings);
  found.basis = Basis::kFitted;
}

// Area and leakage with the cell's area; energy and time with its sides.
void add_ports(Found& found, int ports) {
  if (ports == 1) return;
  const double grown = kPortPitch * (ports - 1);
  const double area = (kCellHeight + grown) * (kCellWidth + grown) / (kCellHeight * kCellWidth);
  const double side = std::sqrt(area);
  const Figures factor{side, side, area, area, side};
  for (std::size_t i = 0; i < kFigures; ++i) found.figures[i] *= factor[i];
  found.basis = Basis::kFitted;
}

}  // namespace

MemoryCost sram_cost(const MemoryShape& shape, const Technology& technology) {
  const int arrays = (shape.width_bits + kWidths.back() - 1) / kWidths.back();
  Found found = at_node(technology.node_nm, technology.cell, std::min(shape.banks, 2),
                        static_cast<double>(shape.bytes) / arrays,
                        static_cast<double>(shape.width_bits) / arrays);
  add_banks(found, shape.banks);
  add_ports(found, shape.ports);
  const auto& [read, write, leakage, area, access] = found.figures;
  return {.read_pj = read * arrays,
          .write_pj = write * arrays,
          .leakage_mw = leakage * arrays,
          .area_mm2 = area * arrays,
          .access_ns = access,
          .basis = arrays > 1 ? Basis::kFitted : found.basis};
}

}  // namespace orrery
