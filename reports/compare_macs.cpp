#include "reports/compare_macs.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "reports/figures.h"
#include "reports/grid.h"
#include "reports/json.h"

namespace orrery {
namespace {

constexpr std::array kLevels{EnergyLevel::kDram, EnergyLevel::kGlb, EnergyLevel::kNoc,
                             EnergyLevel::kSpad, EnergyLevel::kMac, EnergyLevel::kControl};

// Accesses of the GLB, by the array and by the DMA.
std::uint64_t glb_words(const Counts& counts) {
  std::uint64_t words = 0;
  for (std::size_t i = 0; i < kActions.size(); ++i) {
    if (kActions[i].structure == "glb") words += counts.value[i];
  }
  return words;
}

std::string unit_of(const std::vector<ComparedMac>& runs) {
  for (const ComparedMac& run : runs) {
    if (!run.result.layers.empty()) return energy_unit(run.result);
  }
  return "pJ";
}

std::string millions(double energy) { return fmt::format("{:.1f}", energy * 1e-6); }

std::vector<std::string> cells(const ComparedMac& run) {
  const LayerResult sum = total(run.result);
  const Energy& energy = sum.energy.value();
  std::vector<std::string> row{run.result.mac,
                               run.ifmap,
                               run.filter,
                               fmt::format("{}", run.lanes),
                               fmt::format("{}", run.psum_bits),
                               grouped(sum.cycles),
                               millions(energy.total())};
  for (const EnergyLevel level : kLevels) row.push_back(millions(energy.level(level)));
  row.push_back(fmt::format("{:.3f}", energy.total() / static_cast<double>(sum.macs)));
  row.push_back(grouped(glb_words(sum.counts)));
  row.push_back(grouped(dram_words(sum.counts)));
  row.push_back(
      percent(static_cast<double>(sum.macs_gated),
              static_cast<double>(sum.macs_gated + sum.counts[Action::mac_none_compute])));
  row.push_back(grouped(sum.chain_overflows));
  row.emplace_back(name(sum.check));
  return row;
}

std::string quoted(const std::string& text) {
  return boost::json::serialize(boost::json::string(text));
}

// The members that a result alone does not have.
std::string members(const ComparedMac& run) {
  return fmt::format(
      "  \"ifmap_code\": {},\n  \"filter_code\": {},\n  \"lanes\": {},\n  \"psum_bits\": {},\n  "
      "\"refused\": {},\n",
      quoted(run.ifmap), quoted(run.filter), run.lanes, run.psum_bits, quoted(run.refused));
}

}  // namespace

std::string to_text(const std::vector<ComparedMac>& runs, int width) {
  const NetworkResult& first = runs.front().result;
  const std::string unit = unit_of(runs), of_energy = unit == "pJ" ? "uJ" : "10^6 " + unit;
  std::vector<std::string> titles{"mac",
                                  "ifmap",
                                  "filter",
                                  "fields\na word",
                                  "psum\nbits",
                                  "cycles",
                                  fmt::format("energy\n{}", of_energy)};
  for (const EnergyLevel level : kLevels)
    titles.push_back(fmt::format("{}\n{}", name(level), of_energy));
  for (const std::string& title :
       {fmt::format("{} a\nMAC", unit), std::string("GLB\nwords"), std::string("DRAM\nwords"),
        std::string("gated"), std::string("chains\nover"), std::string("ofmaps")})
    titles.push_back(title);
  Grid grid(titles);
  std::string refused;
  for (const ComparedMac& run : runs) {
    if (run.refused.empty()) {
      grid.row(cells(run));
    } else {
      refused += fmt::format("{} cannot run: {}\n", run.result.mac, run.refused);
    }
  }
  return fmt::format("{} on {}, {} PEs, batch {}, energy of {}\n\n{}{}", first.network,
                     first.machine, first.pes, first.batch, first.energy_table,
                     grid.to_string(width), refused);
}

std::string to_json(const std::vector<ComparedMac>& runs) {
  std::vector<std::string> objects;
  for (const ComparedMac& run : runs) objects.push_back(to_json(run.result, members(run)));
  return runs_to_json(objects);
}

}  // namespace orrery
