// An energy table: what each counted action costs, and what each cycle does.
//
// One entry prices one action (structure.tensor.action of arch/counts/actions.def), or with `*` as
// its tensor the same action for every tensor; an entry that names the tensor wins over one that
// does not. Entries of one action that differ in `part` add up (a multiplier and an adder). Of
// those, entries that name the machine's MAC datapath (`macs`) win over ones that name none.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "arch/technology/technology.h"
#include "workloads/input/fields.h"

namespace orrery {

// pJ, or multiples of the energy of the source's own multiply-accumulate.
enum class EnergyUnit : std::uint8_t { kPj, kMac };

// Published: what a paper charges when it counts. Hardware: every read, write and transfer.
enum class Convention : std::uint8_t { kPublished, kHardware };

// Which width of the machine `bits` of an entry stands beside.
enum class WidthOf : std::uint8_t { kAction, kWord, kOperand, kPsum };

// A number in the table, or the memory model (arch/sram/) for the machine's own memory.
enum class PriceFrom : std::uint8_t { kValue, kSram };

struct Price {
  std::string action;
  std::string part;
  std::vector<std::string>
      macs;  // datapaths that the entry is for; none: all without one of their own
  PriceFrom from = PriceFrom::kValue;
  double value = 0;  // in the table's unit, for one action
  int bits = 0;      // width that the value is for; 0: for any
  WidthOf width = WidthOf::kAction;
  WidthLaw law = WidthLaw::kLinear;
  std::int64_t bytes = 0;  // capacity of the memory that the value is for; 0: for any
  double node_nm = 0;      // node that the value is for; 0: the table's
  std::string less;        // charged are the actions beyond the count of this one
  std::string unless;      // nothing is charged where the count of this one is the same
  std::string shown_as;    // "noc.psum": level and tensor of the energy; empty: the action's own
  std::string source;
  std::string reason;  // of a value of 0
  template <class V>
  void fields(V& v);
};

enum class CycleCost : std::uint8_t { kLeakage, kClock };

// Where energy goes: from DRAM inwards, then what has no place.
enum class EnergyLevel : std::uint8_t { kDram, kGlb, kNoc, kSpad, kMac, kControl };
inline constexpr std::size_t kEnergyLevels = 6;
// Biases go with the filters and ofmaps with the psums; MACs, clock and leakage have no tensor.
enum class EnergyTensor : std::uint8_t { kIfmap, kFilter, kPsum, kNone };
inline constexpr std::size_t kEnergyTensors = 4;
struct EnergyPlace {
  EnergyLevel level = EnergyLevel::kControl;
  EnergyTensor tensor = EnergyTensor::kNone;
  bool operator==(const EnergyPlace&) const = default;
};
// "dram", "glb", "noc", "spad", "mac", "control"; "ifmap", "filter", "psum", "none".
std::string_view name(EnergyLevel level);
std::string_view name(EnergyTensor tensor);
// Where an action's energy goes: adders and pooling under mac, post-processing under control.
EnergyPlace place_of(std::size_t action);
// "noc.psum", read back; empty for an unknown one.
std::optional<EnergyPlace> find_place(const std::string& spelled);
std::vector<std::string> place_names();

// What a cycle costs whatever happens in it: `value` in the table's unit for each core cycle, or
// `milliwatts` for the time that it takes.
struct CyclePrice {
  CycleCost name = CycleCost::kLeakage;
  EnergyLevel level = EnergyLevel::kControl;
  PriceFrom from = PriceFrom::kValue;
  double value = 0;
  double milliwatts = 0;
  std::string source;
  std::string reason;
  template <class V>
  void fields(V& v);
};

struct EnergyTable {
  std::string name;
  std::string description;
  std::string source;
  std::string technology;  // in words
  double node_nm = 0;      // 0: the machine's
  EnergyUnit unit = EnergyUnit::kPj;
  Convention convention = Convention::kHardware;
  std::vector<Price> prices;
  std::vector<CyclePrice> per_cycle;
  template <class V>
  void fields(V& v);

  // Not fields: the file, and the tags found in it.
  std::string file;
  std::vector<TaggedValue> tags;
};

// Reads and validates; throws InputError with file:line. Whether all actions of a machine are
// priced is checked beside that machine (price_list.h).
EnergyTable read_energy_table(const std::filesystem::path& path);
EnergyTable read_energy_table(const Node& root);

// "noc.ifmap.delivery" for each line of actions.def, in its order.
std::vector<std::string> action_names();
// Whether the entry's action is this one, or this one but for `*` as its tensor.
bool matches(const std::string& pattern, std::size_t action);

// The table as text, rules and sources included.
std::string energy_table_text(const EnergyTable& table);
// Every field of an energy table as a Markdown table.
std::string document_energy_table();

}  // namespace orrery
