// The fields of an energy table: names, units, ranges and meanings.
#pragma once

#include "arch/energy/energy_table.h"

namespace orrery {

template <>
struct EnumNames<EnergyUnit> {
  static constexpr std::array kNames{std::pair{EnergyUnit::kPj, "pJ"},
                                     std::pair{EnergyUnit::kMac, "MAC"}};
};
template <>
struct EnumNames<Convention> {
  static constexpr std::array kNames{std::pair{Convention::kPublished, "published"},
                                     std::pair{Convention::kHardware, "hardware"}};
};
template <>
struct EnumNames<WidthOf> {
  static constexpr std::array kNames{
      std::pair{WidthOf::kAction, "action"}, std::pair{WidthOf::kWord, "word"},
      std::pair{WidthOf::kOperand, "operand"}, std::pair{WidthOf::kPsum, "psum"}};
};
template <>
struct EnumNames<PriceFrom> {
  static constexpr std::array kNames{std::pair{PriceFrom::kValue, "value"},
                                     std::pair{PriceFrom::kSram, "sram"}};
};
template <>
struct EnumNames<CycleCost> {
  static constexpr std::array kNames{std::pair{CycleCost::kLeakage, "leakage"},
                                     std::pair{CycleCost::kClock, "clock"}};
};
template <>
struct EnumNames<EnergyLevel> {
  static constexpr std::array kNames{
      std::pair{EnergyLevel::kDram, "dram"}, std::pair{EnergyLevel::kGlb, "glb"},
      std::pair{EnergyLevel::kNoc, "noc"},   std::pair{EnergyLevel::kSpad, "spad"},
      std::pair{EnergyLevel::kMac, "mac"},   std::pair{EnergyLevel::kControl, "control"}};
};

template <class V>
void Price::fields(V& v) {
  v.field("action", action, {.doc = "structure.tensor.action; `*` as tensor: for every tensor"});
  v.field("part", part, {.doc = "parts of one action add up: multiplier, adder", .optional = true});
  v.field("macs", macs,
          {.doc = "MAC datapaths that the entry is for; none: those without an entry of their own",
           .optional = true});
  v.field("from", from,
          {.doc = "the value here, or the memory model for the machine's store or spad",
           .optional = true});
  v.field("value", value,
          {.doc = "energy of one action, in the table's unit; 0 needs a reason",
           .min = 0,
           .max = 1e9,
           .optional = true,
           .fallback = "0"});
  v.field("bits", bits,
          {.doc = "width that the value is for; 0: it does not depend on it",
           .unit = "bit",
           .min = 0,
           .max = 4096,
           .optional = true});
  v.field("width", width,
          {.doc = "width of the machine to compare `bits` with; action: words for counts of words, "
                  "psums for counts of psums, operands for operations",
           .optional = true});
  v.field("law", law, {.doc = "how the value follows that width", .optional = true});
  v.field("bytes", bytes,
          {.doc = "capacity of the memory that the value is for; it goes with the square root; 0: "
                  "it does not depend on it",
           .unit = "byte",
           .min = 0,
           .max = 1e12,
           .optional = true});
  v.field("node_nm", node_nm,
          {.doc = "node that the value is for, scaled to the table's; 0: the table's",
           .unit = "nm",
           .min = 0,
           .max = kCoarsestNodeNm,
           .optional = true});
  v.field(
      "less", less,
      {.doc = "action whose count is taken off first (`*`: of the same tensor)", .optional = true});
  v.field("unless", unless,
          {.doc = "nothing is charged where this action was counted as often (`*`: of the same "
                  "tensor)",
           .optional = true});
  v.field("shown_as", shown_as,
          {.doc = "level.tensor that the energy is shown under, `noc.psum`; none: the action's own",
           .optional = true});
  v.field("source", source, {.doc = "where the value comes from", .optional = true});
  v.field("reason", reason, {.doc = "why the value is 0", .optional = true});
}

template <class V>
void CyclePrice::fields(V& v) {
  v.field("name", name, {.doc = "what costs"});
  v.field("level", level, {.doc = "part of the energy that it belongs to", .optional = true});
  v.field("from", from,
          {.doc = "the value here, or the memory model: leakage of the level's memories",
           .optional = true});
  v.field("value", value,
          {.doc = "energy of a core cycle, in the table's unit; 0 needs a reason",
           .min = 0,
           .max = 1e9,
           .optional = true,
           .fallback = "0"});
  v.field("milliwatts", milliwatts,
          {.doc = "power instead, in a table in pJ",
           .unit = "mW",
           .min = 0,
           .max = 1e6,
           .optional = true});
  v.field("source", source, {.doc = "where the value comes from", .optional = true});
  v.field("reason", reason, {.doc = "why the value is 0", .optional = true});
}

template <class V>
void EnergyTable::fields(V& v) {
  v.field("name", name, {.doc = "name of the table"});
  v.field("description", description, {.doc = "what it is for"});
  v.field("source", source, {.doc = "where its values come from"});
  v.field("technology", technology, {.doc = "of the values, in words"});
  v.field("node_nm", node_nm,
          {.doc = "node of the values; 0: the machine's, for tables built from laws",
           .unit = "nm",
           .min = 0,
           .max = kCoarsestNodeNm,
           .optional = true});
  v.field("unit", unit, {.doc = "of every value: pJ, or the source's own multiply-accumulate"});
  v.field("convention", convention,
          {.doc = "what a paper charges, or every read, write and transfer"});
  v.field("prices", prices, {.doc = "a price for each action"});
  v.field("per_cycle", per_cycle, {.doc = "leakage and clock"});
}

}  // namespace orrery
