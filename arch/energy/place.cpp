// The parts of the energy, and which one each action belongs to.
#include <fmt/format.h>

#include <array>
#include <stdexcept>

#include "arch/counts/counts.h"
#include "arch/energy/energy_table.h"

namespace orrery {
namespace {

constexpr EnergyPlace place(const ActionName& a) {
  constexpr std::pair<std::string_view, EnergyLevel> kLevels[] = {
      {"dram", EnergyLevel::kDram}, {"glb", EnergyLevel::kGlb},     {"noc", EnergyLevel::kNoc},
      {"spad", EnergyLevel::kSpad}, {"mac", EnergyLevel::kMac},     {"adder", EnergyLevel::kMac},
      {"pool", EnergyLevel::kMac},  {"post", EnergyLevel::kControl}};
  constexpr std::pair<std::string_view, EnergyTensor> kTensorsOf[] = {
      {"ifmap", EnergyTensor::kIfmap}, {"filter", EnergyTensor::kFilter},
      {"bias", EnergyTensor::kFilter}, {"psum", EnergyTensor::kPsum},
      {"ofmap", EnergyTensor::kPsum},  {"none", EnergyTensor::kNone}};
  for (const auto& [structure, level] : kLevels) {
    for (const auto& [tensor, shown] : kTensorsOf) {
      if (a.structure == structure && a.tensor == tensor) return {level, shown};
    }
  }
  throw std::logic_error("an action of actions.def has no place in the energy");
}

constexpr auto kPlaces = [] {
  std::array<EnergyPlace, kActions.size()> places{};
  for (std::size_t i = 0; i < places.size(); ++i) places[i] = place(kActions[i]);
  return places;
}();

}  // namespace

std::string_view name(EnergyLevel level) {
  constexpr std::array<std::string_view, kEnergyLevels> kNames{"dram", "glb", "noc",
                                                               "spad", "mac", "control"};
  return kNames[static_cast<std::size_t>(level)];
}

std::string_view name(EnergyTensor tensor) {
  constexpr std::array<std::string_view, kEnergyTensors> kNames{"ifmap", "filter", "psum", "none"};
  return kNames[static_cast<std::size_t>(tensor)];
}

EnergyPlace place_of(std::size_t action) { return kPlaces[action]; }

std::vector<std::string> place_names() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kEnergyLevels; ++i) {
    for (std::size_t j = 0; j < kEnergyTensors; ++j) {
      names.push_back(fmt::format("{}.{}", name(static_cast<EnergyLevel>(i)),
                                  name(static_cast<EnergyTensor>(j))));
    }
  }
  return names;
}

std::optional<EnergyPlace> find_place(const std::string& spelled) {
  const std::vector<std::string> names = place_names();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] != spelled) continue;
    return EnergyPlace{static_cast<EnergyLevel>(i / kEnergyTensors),
                       static_cast<EnergyTensor>(i % kEnergyTensors)};
  }
  return std::nullopt;
}

}  // namespace orrery
