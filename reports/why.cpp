#include "reports/why.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "reports/grid.h"

namespace orrery {
namespace {

double stalls(const LayerResult& r, Stall s) {
  return static_cast<double>(r.stalls[static_cast<std::size_t>(s)]);
}

// PE-cycles of a pass as cycles of the mean mapped PE.
double mean(const LayerResult& r, std::uint64_t pe_cycles) {
  const std::uint64_t all =
      std::accumulate(r.pe_cycles.begin(), r.pe_cycles.end(), std::uint64_t{0});
  if (all == 0) return 0;
  return static_cast<double>(r.pass_cycles) * static_cast<double>(pe_cycles) /
         static_cast<double>(all);
}

double state(const LayerResult& r, PeState s) {
  return mean(r, r.pe_cycles[static_cast<std::size_t>(s)]);
}

double before_mac(const LayerResult& r, BeforeMac b) {
  return mean(r, r.before_mac[static_cast<std::size_t>(b)]);
}

std::string whole(double cycles) {
  return grouped(static_cast<std::uint64_t>(std::llround(cycles)));
}

struct Overhead {
  const char* name;
  double (*cycles)(const LayerResult&, int pes);
};

// In the order of a pass, then what happens between passes.
constexpr Overhead kOverheads[] = {
    {"MACs, on all PEs",
     [](const LayerResult& r, int pes) { return static_cast<double>(r.macs) / pes; }},
    {"PEs without work",
     [](const LayerResult& r, int pes) {
       return state(r, PeState::kMac) - static_cast<double>(r.macs) / pes;
     }},
    {"merge slots", [](const LayerResult& r, int) { return state(r, PeState::kMerge); }},
    {"filter load", [](const LayerResult& r, int) { return before_mac(r, BeforeMac::kFilter); }},
    {"first window", [](const LayerResult& r, int) { return before_mac(r, BeforeMac::kIfmap); }},
    {"later filters",
     [](const LayerResult& r, int) {
       return state(r, PeState::kWaitFilter) - before_mac(r, BeforeMac::kFilter);
     }},
    {"later ifmaps",
     [](const LayerResult& r, int) {
       return state(r, PeState::kWaitIfmap) - before_mac(r, BeforeMac::kIfmap);
     }},
    {"psums in", [](const LayerResult& r, int) { return state(r, PeState::kWaitPsumIn); }},
    {"psums out", [](const LayerResult& r, int) { return state(r, PeState::kWaitPsumOut); }},
    {"end of passes", [](const LayerResult& r, int) { return state(r, PeState::kDone); }},
    {"DRAM: filters", [](const LayerResult& r, int) { return stalls(r, Stall::kFilterLoad); }},
    {"DRAM: ifmaps", [](const LayerResult& r, int) { return stalls(r, Stall::kIfmapLoad); }},
    {"DRAM: psums", [](const LayerResult& r,
                       int) { return stalls(r, Stall::kPsumLoad) + stalls(r, Stall::kPsumStore); }},
    {"DRAM: ofmaps", [](const LayerResult& r, int) { return stalls(r, Stall::kOfmapStore); }},
    {"set-up", [](const LayerResult& r, int) { return stalls(r, Stall::kSetup); }}};

}  // namespace

std::string to_why(const NetworkResult& result, int width) {
  const bool several = result.layers.size() > 1;
  std::vector<std::string> titles{"cycles for"}, sums{"all"};
  for (const LayerResult& layer : result.layers) {
    titles.push_back(layer.name);
    sums.push_back(grouped(layer.cycles));
  }
  if (several) {
    titles.emplace_back("total");
    sums.push_back(grouped(total(result).cycles));
  }
  Grid grid(titles);
  for (const Overhead& overhead : kOverheads) {
    std::vector<std::string> cells{overhead.name};
    double sum = 0;
    for (const LayerResult& layer : result.layers) {
      const double cycles = std::max(0.0, overhead.cycles(layer, result.pes));
      cells.push_back(whole(cycles));
      sum += cycles;
    }
    if (several) cells.push_back(whole(sum));
    grid.row(std::move(cells));
  }
  grid.rule();
  grid.row(std::move(sums));
  return grid.to_string(width);
}

}  // namespace orrery
