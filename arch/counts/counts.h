// Counted actions, from the one list in actions.def.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace orrery {

// kDramIfmapRead is spelled dram_ifmap_read: the three words of its line.
enum class Action : std::uint8_t {
#define ACTION(structure, tensor, action, unit, meaning) structure##_##tensor##_##action,
#include "arch/counts/actions.def"
#undef ACTION
};

struct ActionName {
  std::string_view structure, tensor, action, unit, meaning;
};

inline constexpr std::array kActions{
#define ACTION(structure, tensor, action, unit, meaning) \
  ActionName{#structure, #tensor, #action, unit, meaning},
#include "arch/counts/actions.def"
#undef ACTION
};

// One count for each action.
struct Counts {
  std::array<std::uint64_t, kActions.size()> value{};
  std::uint64_t& operator[](Action a) { return value[static_cast<std::size_t>(a)]; }
  std::uint64_t operator[](Action a) const { return value[static_cast<std::size_t>(a)]; }
  Counts& operator+=(const Counts& other) {
    for (std::size_t i = 0; i < value.size(); ++i) value[i] += other.value[i];
    return *this;
  }
  bool operator==(const Counts&) const = default;
};

}  // namespace orrery
