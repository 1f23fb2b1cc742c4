// The one list of figures that the CSV and the JSON form both carry, in their order. Stalls, PE
// states and actions have lists of their own (sim/result/result.h, arch/counts/actions.def).
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "sim/result/result.h"

namespace orrery {

using Value = std::variant<bool, std::uint64_t, double, std::string>;

template <class Source>
struct Figure {
  std::string_view name;
  Value (*of)(const Source&);
};

// A size or a number of things, never negative.
constexpr std::uint64_t whole(int x) { return static_cast<std::uint64_t>(x); }

// In one text, with "; " between two.
std::string joined(const std::vector<std::string>& texts);

// "pJ" or "MAC"; empty where nothing was priced.
std::string energy_unit(const NetworkResult& result);

// What was run.
inline constexpr std::array kRunFigures{
    Figure<NetworkResult>{"orrery_version",
                          [](const NetworkResult& r) -> Value { return r.version; }},
    Figure<NetworkResult>{"complete", [](const NetworkResult& r) -> Value { return r.complete; }},
    Figure<NetworkResult>{"machine", [](const NetworkResult& r) -> Value { return r.machine; }},
    Figure<NetworkResult>{"set", [](const NetworkResult& r) -> Value { return joined(r.set); }},
    Figure<NetworkResult>{"network", [](const NetworkResult& r) -> Value { return r.network; }},
    Figure<NetworkResult>{"dataflow", [](const NetworkResult& r) -> Value { return r.dataflow; }},
    Figure<NetworkResult>{"mac", [](const NetworkResult& r) -> Value { return r.mac; }},
    Figure<NetworkResult>{"engine", [](const NetworkResult& r) -> Value { return r.engine; }},
    Figure<NetworkResult>{"values", [](const NetworkResult& r) -> Value { return r.values; }},
    Figure<NetworkResult>{"batch", [](const NetworkResult& r) -> Value { return whole(r.batch); }},
    Figure<NetworkResult>{"seed", [](const NetworkResult& r) -> Value { return r.seed; }},
    Figure<NetworkResult>{"data", [](const NetworkResult& r) -> Value { return r.data; }},
    Figure<NetworkResult>{"core_mhz", [](const NetworkResult& r) -> Value { return r.core_mhz; }},
    Figure<NetworkResult>{"word_bits",
                          [](const NetworkResult& r) -> Value { return whole(r.word_bits); }},
    Figure<NetworkResult>{"pes", [](const NetworkResult& r) -> Value { return whole(r.pes); }},
    Figure<NetworkResult>{"area_um2", [](const NetworkResult& r) -> Value { return r.area_um2; }},
    Figure<NetworkResult>{"energy_table",
                          [](const NetworkResult& r) -> Value { return r.energy_table; }},
    Figure<NetworkResult>{"energy_unit",
                          [](const NetworkResult& r) -> Value { return energy_unit(r); }},
};

// Energy in the unit of its table, and what follows from it. Not a number where a layer was not
// priced, has no MACs, or, for power, where the unit is no energy.
double energy(const LayerResult& layer);
double energy_per_mac(const LayerResult& layer);
// Energy times seconds from the start of set-up to the last ofmap word.
double edp(const LayerResult& layer);
// Energy without DRAM over `ms`.
double power_mw(const LayerResult& layer, double ms);

// A figure of a memory of a standard; not a number on a plain link.
template <class Member>
Value of_memory(const LayerResult& layer, Member member) {
  using Number = std::invoke_result_t<Member, const DramUse&>;
  if (layer.dram) return std::invoke(member, *layer.dram);
  return std::is_same_v<Number, double> ? Value(std::nan("")) : Value(std::uint64_t{0});
}
inline double bytes_per_second(const DramUse& use) {
  return use.seconds > 0 ? static_cast<double>(use.bytes) / use.seconds : 0;
}

// Of what passes the link as codes, the share of zeros; not a number where nothing does.
inline double zero_share(const CodedWords& coded) {
  return coded.words == 0 ? std::nan("")
                          : static_cast<double>(coded.zeros) / static_cast<double>(coded.words);
}
// Bytes without a code over those that passed; not a number where none did.
inline double link_ratio(const LayerResult& layer) {
  return layer.link_bytes == 0
             ? std::nan("")
             : static_cast<double>(layer.plain_link_bytes) / static_cast<double>(layer.link_bytes);
}

// What a layer took; the total has them too.
inline constexpr std::array kLayerFigures{
    Figure<LayerResult>{"cycles", [](const LayerResult& r) -> Value { return r.cycles; }},
    Figure<LayerResult>{"processing_cycles",
                        [](const LayerResult& r) -> Value { return r.processing_cycles; }},
    Figure<LayerResult>{"pass_cycles", [](const LayerResult& r) -> Value { return r.pass_cycles; }},
    Figure<LayerResult>{"passes", [](const LayerResult& r) -> Value { return r.passes; }},
    Figure<LayerResult>{"steps", [](const LayerResult& r) -> Value { return r.steps; }},
    Figure<LayerResult>{"latency_ms", [](const LayerResult& r) -> Value { return r.latency_ms; }},
    Figure<LayerResult>{"processing_ms",
                        [](const LayerResult& r) -> Value { return r.processing_ms; }},
    Figure<LayerResult>{"macs", [](const LayerResult& r) -> Value { return r.macs; }},
    Figure<LayerResult>{"macs_gated", [](const LayerResult& r) -> Value { return r.macs_gated; }},
    Figure<LayerResult>{"chain_overflows",
                        [](const LayerResult& r) -> Value { return r.chain_overflows; }},
    Figure<LayerResult>{"active_pes",
                        [](const LayerResult& r) -> Value { return whole(r.active_pes); }},
    Figure<LayerResult>{"active_pes_mean",
                        [](const LayerResult& r) -> Value { return r.active_pes_mean; }},
    Figure<LayerResult>{"utilization", [](const LayerResult& r) -> Value { return r.utilization; }},
    Figure<LayerResult>{"energy", [](const LayerResult& r) -> Value { return energy(r); }},
    Figure<LayerResult>{"energy_per_mac",
                        [](const LayerResult& r) -> Value { return energy_per_mac(r); }},
    Figure<LayerResult>{"edp", [](const LayerResult& r) -> Value { return edp(r); }},
    Figure<LayerResult>{"power_mw",
                        [](const LayerResult& r) -> Value { return power_mw(r, r.latency_ms); }},
    Figure<LayerResult>{"processing_power_mw",
                        [](const LayerResult& r) -> Value { return power_mw(r, r.processing_ms); }},
    Figure<LayerResult>{"link_bytes", [](const LayerResult& r) -> Value { return r.link_bytes; }},
    Figure<LayerResult>{"link_plain_bytes",
                        [](const LayerResult& r) -> Value { return r.plain_link_bytes; }},
    Figure<LayerResult>{"link_ratio", [](const LayerResult& r) -> Value { return link_ratio(r); }},
    Figure<LayerResult>{
        "link_ifmap_zeros",
        [](const LayerResult& r) -> Value { return zero_share(r.link_code.ifmap); }},
    Figure<LayerResult>{
        "link_ofmap_zeros",
        [](const LayerResult& r) -> Value { return zero_share(r.link_code.ofmap); }},
    Figure<LayerResult>{"dram_reads",
                        [](const LayerResult& r) -> Value {
                          return of_memory(r, [](const DramUse& use) { return use.reads; });
                        }},
    Figure<LayerResult>{"dram_writes",
                        [](const LayerResult& r) -> Value {
                          return of_memory(r, [](const DramUse& use) { return use.writes; });
                        }},
    Figure<LayerResult>{"dram_row_hits",
                        [](const LayerResult& r) -> Value {
                          return of_memory(r, [](const DramUse& use) { return use.hits; });
                        }},
    Figure<LayerResult>{"dram_row_misses",
                        [](const LayerResult& r) -> Value {
                          return of_memory(r, [](const DramUse& use) { return use.misses; });
                        }},
    Figure<LayerResult>{"dram_row_conflicts",
                        [](const LayerResult& r) -> Value {
                          return of_memory(r, [](const DramUse& use) { return use.conflicts; });
                        }},
    Figure<LayerResult>{"dram_activates",
                        [](const LayerResult& r) -> Value {
                          return of_memory(r, [](const DramUse& use) { return use.activates; });
                        }},
    Figure<LayerResult>{"dram_refreshes",
                        [](const LayerResult& r) -> Value {
                          return of_memory(r, [](const DramUse& use) { return use.refreshes; });
                        }},
    Figure<LayerResult>{"dram_bytes",
                        [](const LayerResult& r) -> Value {
                          return of_memory(r, [](const DramUse& use) { return use.bytes; });
                        }},
    Figure<LayerResult>{"dram_bytes_per_second",
                        [](const LayerResult& r) -> Value {
                          return of_memory(
                              r, [](const DramUse& use) { return bytes_per_second(use); });
                        }},
    Figure<LayerResult>{"dram_activate_pj",
                        [](const LayerResult& r) -> Value {
                          return of_memory(r,
                                           [](const DramUse& use) { return use.energy.activate; });
                        }},
    Figure<LayerResult>{"dram_read_pj",
                        [](const LayerResult& r) -> Value {
                          return of_memory(r, [](const DramUse& use) { return use.energy.read; });
                        }},
    Figure<LayerResult>{"dram_write_pj",
                        [](const LayerResult& r) -> Value {
                          return of_memory(r, [](const DramUse& use) { return use.energy.write; });
                        }},
    Figure<LayerResult>{"dram_refresh_pj",
                        [](const LayerResult& r) -> Value {
                          return of_memory(r,
                                           [](const DramUse& use) { return use.energy.refresh; });
                        }},
    Figure<LayerResult>{"dram_background_pj",
                        [](const LayerResult& r) -> Value {
                          return of_memory(
                              r, [](const DramUse& use) { return use.energy.background(); });
                        }},
    Figure<LayerResult>{"dram_io_pj",
                        [](const LayerResult& r) -> Value {
                          return of_memory(r, [](const DramUse& use) { return use.energy.io; });
                        }},
    Figure<LayerResult>{"dram_pj",
                        [](const LayerResult& r) -> Value {
                          return of_memory(r,
                                           [](const DramUse& use) { return use.energy.total(); });
                        }},
};

// What describes a single layer; a total has none of these.
inline constexpr std::array kLayerTexts{
    Figure<LayerResult>{"ofmap_sha256",
                        [](const LayerResult& r) -> Value { return r.ofmap_sha256; }},
    Figure<LayerResult>{"difference", [](const LayerResult& r) -> Value { return r.difference; }},
    Figure<LayerResult>{"product_shift",
                        [](const LayerResult& r) -> Value { return whole(r.product_shift); }},
    Figure<LayerResult>{"requant_shift",
                        [](const LayerResult& r) -> Value { return whole(r.requant_shift); }},
    Figure<LayerResult>{"reduction", [](const LayerResult& r) -> Value { return r.reduction; }},
};

// The convention under which GLB accesses are published: what the array reads and writes of ifmaps
// and psums; filters and DMA do not count.
std::uint64_t glb_array_words(const Counts& counts);

// "true", "12", "0.1" (shortest digits that read back equal, always with a point or an exponent),
// or the string itself; empty for what is not a finite number.
std::string to_text(const Value& value);

}  // namespace orrery
