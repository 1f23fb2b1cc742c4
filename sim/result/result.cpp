#include "sim/result/result.h"

#include <algorithm>

namespace orrery {
namespace {

// The worst answer wins: one layer that differs spoils the run, one unchecked layer leaves it
// unchecked.
Check worse(Check a, Check b) {
  if (a == Check::kDiffers || b == Check::kDiffers) return Check::kDiffers;
  return a == Check::kOff || b == Check::kOff ? Check::kOff : Check::kEqual;
}

// What one lacks, the sum lacks.
template <class Figures>
void add(std::optional<Figures>& sum, const std::optional<Figures>& figures) {
  if (sum && figures) {
    *sum += *figures;
  } else {
    sum.reset();
  }
}

void add(LayerResult& sum, const LayerResult& layer) {
  sum.cycles += layer.cycles;
  sum.processing_cycles += layer.processing_cycles;
  sum.pass_cycles += layer.pass_cycles;
  sum.passes += layer.passes;
  sum.steps += layer.steps;
  sum.macs += layer.macs;
  sum.macs_gated += layer.macs_gated;
  sum.chain_overflows += layer.chain_overflows;
  sum.latency_ms += layer.latency_ms;
  sum.processing_ms += layer.processing_ms;
  sum.active_pes = std::max(sum.active_pes, layer.active_pes);
  sum.active_pes_mean += layer.active_pes_mean * static_cast<double>(layer.passes);
  sum.utilization += layer.utilization * static_cast<double>(layer.processing_cycles);
  for (std::size_t i = 0; i < sum.stalls.size(); ++i) sum.stalls[i] += layer.stalls[i];
  for (std::size_t i = 0; i < sum.pe_cycles.size(); ++i) sum.pe_cycles[i] += layer.pe_cycles[i];
  for (std::size_t i = 0; i < sum.before_mac.size(); ++i) sum.before_mac[i] += layer.before_mac[i];
  sum.counts += layer.counts;
  sum.link_code += layer.link_code;
  sum.link_bytes += layer.link_bytes;
  sum.plain_link_bytes += layer.plain_link_bytes;
  sum.check = worse(sum.check, layer.check);
  if (sum.difference.empty() && !layer.difference.empty()) {
    sum.difference = layer.name + ": " + layer.difference;
  }
  add(sum.energy, layer.energy);
  add(sum.bounds, layer.bounds);
  add(sum.dram, layer.dram);
}

// Nothing, in the unit of the first layer.
std::optional<Energy> no_energy(const NetworkResult& result) {
  if (result.layers.empty() || !result.layers[0].energy) return std::nullopt;
  return Energy{.unit = result.layers[0].energy->unit};
}

}  // namespace

std::string_view name(Check c) {
  switch (c) {
    case Check::kEqual:
      return "equal";
    case Check::kDiffers:
      return "differs";
    case Check::kOff:
      return "off";
  }
  return "";
}

CodedWords& CodedWords::operator+=(const CodedWords& other) {
  words += other.words;
  zeros += other.zeros;
  moved += other.moved;
  return *this;
}

LinkCode& LinkCode::operator+=(const LinkCode& other) {
  ifmap += other.ifmap;
  ofmap += other.ofmap;
  return *this;
}

void complete(LayerResult& result, const Machine& machine) {
  const auto stall = [&](Stall s) { return result.stalls[static_cast<std::size_t>(s)]; };
  result.processing_cycles = result.cycles - stall(Stall::kSetup) - stall(Stall::kOfmapStore) -
                             stall(Stall::kPsumStore) - stall(Stall::kIfmapLoad) -
                             stall(Stall::kPsumLoad);
  result.macs_gated = result.counts[Action::mac_none_gate];
  result.macs = result.counts[Action::mac_none_compute] + result.macs_gated;
  if (result.passes > 0) result.active_pes_mean /= static_cast<double>(result.passes);
  const LinkCode& code = result.link_code;
  const std::uint64_t words = dram_words(result.counts),
                      plain = words + code.ifmap.words + code.ofmap.words -
                              (code.ifmap.moved + code.ofmap.moved);
  result.link_bytes = words * static_cast<std::uint64_t>(machine.word_bytes());
  result.plain_link_bytes = plain * static_cast<std::uint64_t>(machine.word_bytes());
  const double ms = 1e-3 / machine.clocks.core_mhz;
  result.latency_ms = static_cast<double>(result.cycles) * ms;
  result.processing_ms = static_cast<double>(result.processing_cycles) * ms;
  if (result.processing_cycles > 0) {
    result.utilization =
        static_cast<double>(result.macs) /
        (static_cast<double>(machine.pes()) * static_cast<double>(result.processing_cycles));
  }
}

Energy priced(const LayerResult& layer, const PriceList& prices) {
  Energy energy = price(layer.counts, layer.cycles, prices);
  if (layer.dram && energy.unit == EnergyUnit::kPj) {
    auto& dram = energy.at[static_cast<std::size_t>(EnergyLevel::kDram)];
    dram.fill(0);
    dram[static_cast<std::size_t>(EnergyTensor::kNone)] = layer.dram->energy.total();
  }
  return energy;
}

void charge(NetworkResult& result, const PriceList& prices) {
  result.energy_table = prices.table;
  for (LayerResult& layer : result.layers) layer.energy = priced(layer, prices);
}

LayerResult total(const NetworkResult& result) {
  LayerResult sum;
  sum.name = "total";
  sum.check = result.layers.empty() ? Check::kOff : Check::kEqual;
  sum.energy = no_energy(result);
  if (!result.layers.empty()) {
    sum.bounds = Bounds{};
    sum.dram = DramUse{};
  }
  for (const LayerResult& layer : result.layers) add(sum, layer);
  if (sum.passes > 0) sum.active_pes_mean /= static_cast<double>(sum.passes);
  if (sum.processing_cycles > 0) sum.utilization /= static_cast<double>(sum.processing_cycles);
  return sum;
}

}  // namespace orrery
