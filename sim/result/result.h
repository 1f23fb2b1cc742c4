// What a run answers: one structure, from which every report is a pure function.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "arch/counts/counts.h"
#include "arch/energy/energy.h"
#include "dataflows/mapping/mapping.h"
#include "sim/bounds/bounds.h"
#include "sim/dram/use.h"

namespace orrery {

// Why the array waits as a whole, in the order in which waiting is charged: the first unmet need
// takes the time until it is met, the next what is left.
enum class Stall : std::uint8_t {
  kSetup,
  kOfmapStore,
  kPsumStore,
  kIfmapLoad,
  kPsumLoad,
  kFilterLoad
};
inline constexpr std::array<std::string_view, 6> kStallNames{
    "setup", "ofmap_store", "psum_store", "ifmap_load", "psum_load", "filter_load"};

// What a mapped PE does in each cycle of a pass.
enum class PeState : std::uint8_t {
  kMac,
  kMerge,
  kWaitIfmap,
  kWaitFilter,
  kWaitPsumIn,
  kWaitPsumOut,
  kDone
};
inline constexpr std::array<std::string_view, 7> kPeStateNames{
    "mac", "merge", "wait_ifmap", "wait_filter", "wait_psum_in", "wait_psum_out", "done"};

// Of a PE's waiting, what comes before its first MAC of a pass.
enum class BeforeMac : std::uint8_t { kIfmap, kFilter };
inline constexpr std::array<std::string_view, 2> kBeforeMacNames{"wait_ifmap", "wait_filter"};

enum class Check : std::uint8_t { kEqual, kDiffers, kOff };
std::string_view name(Check c);

// Of a tensor whose tiles pass the link as codes: words of these tiles, those of them that are
// zero, and words of the link that the codes take. A tile that passes twice counts twice.
struct CodedWords {
  std::uint64_t words = 0, zeros = 0, moved = 0;
  CodedWords& operator+=(const CodedWords& other);
  bool operator==(const CodedWords&) const = default;
};
struct LinkCode {
  CodedWords ifmap, ofmap;
  LinkCode& operator+=(const LinkCode& other);
  bool operator==(const LinkCode&) const = default;
};

struct LayerResult {
  std::string name;
  std::uint64_t cycles = 0;  // core clock, from the start of set-up to the last ofmap word in DRAM
  std::uint64_t processing_cycles =
      0;  // cycles without set-up and without waiting for ifmap, psum and ofmap transfers
  std::uint64_t pass_cycles =
      0;  // cycles in which the array plays a pass; cycles = pass_cycles + sum of stalls
  std::uint64_t passes = 0;
  std::uint64_t steps = 0;       // cycles in which PEs in lock step take a step; 0: independent PEs
  std::uint64_t macs = 0;        // of channels, however many a word holds
  std::uint64_t macs_gated = 0;  // words
  std::uint64_t chain_overflows = 0;  // sums in int32 chains that wrapped; of values only
  int active_pes = 0;                 // PEs mapped in the fullest pass
  double active_pes_mean = 0;         // mean over passes
  double utilization = 0;             // pairs of words / (PEs of the array * processing_cycles)
  double latency_ms = 0;
  double processing_ms = 0;
  std::array<std::uint64_t, kStallNames.size()> stalls{};  // core cycles
  std::array<std::uint64_t, kPeStateNames.size()>
      pe_cycles{};  // PE-cycles of mapped PEs, summed over passes
  std::array<std::uint64_t, kBeforeMacNames.size()>
      before_mac{};  // of these, those before a PE's first MAC of a pass
  Counts counts;
  LinkCode link_code;                                  // all 0 where the link has no code
  std::uint64_t link_bytes = 0, plain_link_bytes = 0;  // that passed the link; and without a code
  std::string ofmap_sha256;
  Check check = Check::kOff;
  std::string difference;  // first differing ofmap word, where check is kDiffers
  Mapping mapping;
  std::string reduction;  // the reduction tree, in words
  int product_shift = 0;
  int requant_shift = 0;
  std::optional<Energy> energy = std::nullopt;  // of counts and cycles; empty: not priced
  std::optional<Bounds> bounds = std::nullopt;  // empty: not worked out
  std::optional<DramUse> dram = std::nullopt;   // empty: a plain link
};

// Works out the figures that follow from the ones counted: processing cycles, MACs, times,
// utilization and the mean of the active PEs, of which `active_pes_mean` holds the sum over passes.
void complete(LayerResult& result, const Machine& machine);

struct NetworkResult {
  std::string version;
  bool complete = true;  // every selected layer ran to its end
  std::string machine, network, dataflow, mac, engine, data;
  std::string values = "on";     // "off": figures that depend on data are those without any zero
  std::vector<std::string> set;  // "PATH=VALUE": values of the machine that are not its file's
  int batch = 1;
  std::uint64_t seed = 0;
  double core_mhz = 0;
  int word_bits = 16;
  int pes = 0;
  double area_um2 = 0;       // of the machine (arch/area/area.h); 0: not worked out
  std::string energy_table;  // that priced the layers; empty: none did
  std::vector<LayerResult> layers;
};

// Counts times prices. Where the DRAM names a standard, its part is what its currents cost (tensor
// `none`), unless the table counts in a unit of its own.
Energy priced(const LayerResult& layer, const PriceList& prices);
// Prices every layer and names the table.
void charge(NetworkResult& result, const PriceList& prices);

// The same figures summed: name "total"; active_pes is the largest, the mean and utilization are
// weighted by passes and cycles; check is kEqual only if every layer's is; ofmap_sha256 is empty.
// Energy and bounds are there where every layer has them.
LayerResult total(const NetworkResult& result);

}  // namespace orrery
