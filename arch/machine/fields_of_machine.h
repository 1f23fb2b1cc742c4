// The fields of a machine file: names, units, ranges and meanings. Ranges keep every derived size
// within 32 bits.
#pragma once

#include "arch/machine/fields_of_link.h"

namespace orrery {

template <>
struct EnumNames<Pace> {
  static constexpr std::array kNames{std::pair{Pace::kIndependent, "independent"},
                                     std::pair{Pace::kLockStep, "lock_step"}};
};
template <>
struct EnumNames<Delivery> {
  static constexpr std::array kNames{std::pair{Delivery::kMulticast, "multicast"},
                                     std::pair{Delivery::kSystolic, "systolic"}};
};
template <>
struct EnumNames<PsumRoute> {
  static constexpr std::array kNames{
      std::pair{PsumRoute::kColumn, "column"}, std::pair{PsumRoute::kTree, "tree"},
      std::pair{PsumRoute::kInPlace, "in_place"}, std::pair{PsumRoute::kSpill, "spill"}};
};
template <>
struct EnumNames<BusOrder> {
  static constexpr std::array kNames{std::pair{BusOrder::kStep, "step"},
                                     std::pair{BusOrder::kStepReversed, "step_reversed"},
                                     std::pair{BusOrder::kPe, "pe"}};
};
template <>
struct EnumNames<LaneWalk> {
  static constexpr std::array kNames{std::pair{LaneWalk::kNone, "none"},
                                     std::pair{LaneWalk::kColumns, "columns"},
                                     std::pair{LaneWalk::kBricks, "bricks"}};
};
template <>
struct EnumNames<Padding> {
  static constexpr std::array kNames{std::pair{Padding::kStored, "stored"},
                                     std::pair{Padding::kGenerated, "generated"}};
};
template <>
struct EnumNames<FirstPsum> {
  static constexpr std::array kNames{std::pair{FirstPsum::kRead, "read"},
                                     std::pair{FirstPsum::kZero, "zero"}};
};
template <>
struct EnumNames<LutOrganisation> {
  static constexpr std::array kNames{std::pair{LutOrganisation::kProductTable, "product_table"},
                                     std::pair{LutOrganisation::kSharedTable, "shared_table"},
                                     std::pair{LutOrganisation::kBitSerial, "bit_serial"}};
};
template <>
struct EnumNames<ShiftFilters> {
  static constexpr std::array kNames{std::pair{ShiftFilters::kFiveLevel, "five_level"},
                                     std::pair{ShiftFilters::kPowerOfTwo, "power_of_two"}};
};
template <>
struct EnumNames<Overflow> {
  static constexpr std::array kNames{std::pair{Overflow::kWrap, "wrap"},
                                     std::pair{Overflow::kSaturate, "saturate"}};
};

template <class V>
void Pe::fields(V& v) {
  v.field("ifmap_spad_words", ifmap_spad_words,
          {.doc = "ifmap spad of a PE, a ring", .unit = "word", .min = 1, .max = 65536});
  v.field("filter_spad_words", filter_spad_words,
          {.doc = "filter spad of a PE", .unit = "word", .min = 1, .max = 65536});
  v.field("psum_spad_words", psum_spad_words,
          {.doc = "psum spad of a PE; 0: psums pass through it",
           .unit = "psum",
           .min = 0,
           .max = 65536});
  v.field(
      "ifmap_fifo_words", ifmap_fifo_words,
      {.doc = "FIFO between the ifmap bus and the spad", .unit = "word", .min = 1, .max = 1024});
  v.field(
      "filter_fifo_packets", filter_fifo_packets,
      {.doc = "FIFO between the filter bus and the spad", .unit = "packet", .min = 1, .max = 1024});
  v.field("psum_in_fifo_packets", psum_in_fifo_packets,
          {.doc = "FIFO of incoming psums", .unit = "packet", .min = 1, .max = 1024});
  v.field("psum_out_fifo_packets", psum_out_fifo_packets,
          {.doc = "FIFO of outgoing psums", .unit = "packet", .min = 1, .max = 1024});
  v.field("pipeline_stages", pipeline_stages,
          {.doc = "from the issue of a MAC until its psum can leave",
           .unit = "cycle",
           .min = 1,
           .max = 32});
  v.field("adders", adders,
          {.doc = "1: merging an incoming psum takes an issue slot; 2: it rides along",
           .min = 1,
           .max = 2});
  v.field(
      "fifo_h_words", fifo_h_words,
      {.doc = "steps for which the PE to the left can still take an ifmap word; 0: no such path",
       .unit = "step",
       .min = 0,
       .max = 4096,
       .optional = true});
  v.field("fifo_v_words", fifo_v_words,
          {.doc = "steps for which the PE above can still take an ifmap word; 0: no such path",
           .unit = "step",
           .min = 0,
           .max = 4096,
           .optional = true});
  v.field(
      "pools", pools,
      {.doc = "compares and adds ifmap words: pooling layers run on the array", .optional = true});
}

template <class V>
void PeArray::fields(V& v) {
  v.field("rows", rows, {.doc = "rows of the array", .unit = "PE", .min = 1, .max = 1024});
  v.field("cols", cols, {.doc = "columns of the array", .unit = "PE", .min = 1, .max = 1024});
  v.field("pace", pace,
          {.doc = "PEs on their own, or all in the same step of the nest", .optional = true});
  v.field("delivery", delivery,
          {.doc = "operands to all PEs that want them at once, or from neighbour to neighbour",
           .optional = true});
  v.field("psum_route", psum_route, {.doc = "how psums of PEs that work on one ofmap meet"});
  v.field("shadow_filters", shadow_filters,
          {.doc = "the filters of the next pass move in beside those in use", .optional = true});
  v.field("pipelined", pipelined,
          {.doc = "a pass starts while psums of the one before are on their way out",
           .optional = true});
}

template <class V>
void Link::fields(V& v) {
  v.field(
      "words_per_cycle", words_per_cycle,
      {.doc = "words of a packet; one packet a core cycle", .unit = "word", .min = 1, .max = 4096});
  v.field("latency_cycles", latency_cycles,
          {.doc = "delay on top of the cycle of the transfer",
           .unit = "cycle",
           .min = 0,
           .max = 1024,
           .optional = true});
}

template <class V>
void Bus::fields(V& v) {
  Link::fields(v);
  v.field("order", order,
          {.doc = "packets by the step at which PEs come to them, then by ascending or descending "
                  "place in the tensor; or PE after PE",
           .optional = true});
}

template <class V>
void Noc::fields(V& v) {
  v.field("ifmap", ifmap, {.doc = "bus from the GLB to the PEs"});
  v.field("filter", filter, {.doc = "bus from the GLB to the PEs"});
  v.field("psum_in", psum_in, {.doc = "bus from the GLB to the PEs"});
  v.field("psum_out", psum_out, {.doc = "bus from the PEs to the GLB"});
  v.field("psum_link", psum_link, {.doc = "from a PE to the PE above"});
}

template <class V>
void Lanes::fields(V& v) {
  v.field(
      "walk", walk,
      {.doc = "rows of the array pass over zeros: not at all; in columns of compressed filters; "
              "or in bricks of ifmap channels",
       .optional = true});
  v.field("queue_items", queue_items,
          {.doc = "queue of a lane, the item that it works at included",
           .unit = "item",
           .min = 1,
           .max = 4096,
           .optional = true});
  v.field("latency_cycles", latency_cycles,
          {.doc = "from the source of items to the queues, on top of the cycle of the transfer",
           .unit = "cycle",
           .min = 0,
           .max = 1024,
           .optional = true});
  v.field("index_bits", index_bits,
          {.doc = "columns: of the zeros before an entry; bricks: of a word's place in its brick",
           .unit = "bit",
           .min = 1,
           .max = 8,
           .optional = true});
  v.field("shared_values", shared_values,
          {.doc = "values that a layer's filters share, zero included; 0: as many as there are",
           .min = 0,
           .max = 4096,
           .optional = true});
  v.field(
      "walks_input", walks_input,
      {.doc = "passes over zeros of what the network reads from outside too", .optional = true});
}

template <class V>
void Store::fields(V& v) {
  v.field("name", name, {.doc = "name of the memory"});
  v.field("holds", holds, {.doc = "tensors kept here: of ifmap, filter, psum"});
  v.field("banks", banks,
          {.doc = "banks, each of one tensor during a layer", .min = 1, .max = 4096});
  v.field("bank_words", bank_words,
          {.doc = "capacity of a bank", .unit = "word", .min = 1, .max = 1 << 24});
  v.field("read_words_per_cycle", read_words_per_cycle,
          {.doc = "words read for a tensor", .unit = "word/cycle", .min = 1, .max = 4096});
  v.field("write_words_per_cycle", write_words_per_cycle,
          {.doc = "words written for a tensor", .unit = "word/cycle", .min = 1, .max = 4096});
  v.field("shared_port", shared_port,
          {.doc = "psum reads and writes take turns, writes first", .optional = true});
  v.field("accumulates", accumulates,
          {.doc = "adds psums from the array to those it holds", .optional = true});
  v.field("prefetch_tiles", prefetch_tiles,
          {.doc = "a queue of the tiles of so many passes to come; 0: a place to keep tiles",
           .unit = "tile",
           .min = 0,
           .max = 64,
           .optional = true});
  v.field("tile_words", tile_words,
          {.doc = "a tile lies in DRAM padded to this size, and moves whole; 0: only what it holds",
           .unit = "word",
           .min = 0,
           .max = 1 << 24,
           .optional = true});
}

template <class V>
void Level::fields(V& v) {
  v.field("name", name, {.doc = "name of the level"});
  v.field("stores", stores, {.doc = "its memories"});
}

template <class V>
void Post::fields(V& v) {
  v.field("bias", bias, {.doc = "adds biases"});
  v.field("requantize", requantize, {.doc = "shifts, rounds and saturates psums to operands"});
  v.field("relu", relu, {.doc = "sets negative words to zero"});
  v.field("pooling", pooling, {.doc = "pools on the way to DRAM"});
  v.field("words_per_cycle", words_per_cycle,
          {.doc = "ofmap words in a core cycle", .unit = "word/cycle", .min = 1, .max = 4096});
}

template <class V>
void Controller::fields(V& v) {
  v.field("setup_bits", setup_bits,
          {.doc = "configuration of a layer, shifted in serially",
           .unit = "bit",
           .min = 0,
           .max = 1 << 24});
  v.field("setup_mhz", setup_mhz,
          {.doc = "clock of the configuration chain", .unit = "MHz", .min = 0.001, .max = 1e5});
}

template <class V>
void Limits::fields(V& v) {
  const auto bound = [&v](std::string_view name, int& member, std::string_view doc) {
    v.field(name, member, {.doc = doc, .min = 0, .max = 1 << 20, .optional = true});
  };
  bound("filter_rows", filter_rows, "rows of a filter; 0: no limit");
  bound("filter_cols", filter_cols, "columns of a filter; 0: no limit");
  bound("filters", filters, "filters of one configuration; 0: no limit");
  bound("channels", channels, "channels of one configuration; 0: no limit");
  v.field("stride_rows", stride_rows, {.doc = "vertical strides", .min = 1, .max = 1024});
  v.field("stride_cols", stride_cols, {.doc = "horizontal strides", .min = 1, .max = 1024});
}

template <class V>
void Clocks::fields(V& v) {
  v.field("core_mhz", core_mhz,
          {.doc = "clock of array, NoC and GLB", .unit = "MHz", .min = 0.001, .max = 1e5});
  v.field("link_mhz", link_mhz,
          {.doc = "clock of the link to DRAM", .unit = "MHz", .min = 0.001, .max = 1e5});
}

template <class V>
void Numbers::fields(V& v) {
  v.field("word_bits", word_bits,
          {.doc = "word of every store, bus and count", .unit = "bit", .min = 8, .max = 64});
  v.field("operand_bits", operand_bits,
          {.doc = "ifmap operands: 8 or 16, or what mac has", .unit = "bit", .min = 1, .max = 16});
  v.field("product_bits", product_bits,
          {.doc = "what is kept of a product", .unit = "bit", .min = 8, .max = 32});
  v.field("psum_bits", psum_bits, {.doc = "psums, signed", .unit = "bit", .min = 8, .max = 32});
  v.field("overflow", overflow, {.doc = "what a psum does at its ends"});
}

template <class V>
void MacOptions::fields(V& v) {
  v.field("organisation", organisation,
          {.doc = "mac_lut: where its products stand", .optional = true});
  v.field("filter_bits", filter_bits,
          {.doc = "mac_lut: filters of layers that state no code",
           .unit = "bit",
           .min = 1,
           .max = 4,
           .optional = true});
  v.field("filters", filters,
          {.doc = "mac_shift: filters of layers that state no code", .optional = true});
  v.field("chain", chain,
          {.doc = "mac_int16_dfp: products added in 32-bit integers before a spill",
           .min = 1,
           .max = 65536,
           .optional = true});
}

template <class V>
void Machine::fields(V& v) {
  v.field("name", name, {.doc = "name of the machine"});
  v.field("description", description, {.doc = "what it is", .optional = true});
  v.field("source", source, {.doc = "where its values come from"});
  v.field("mac", mac, {.doc = "MAC datapath of every PE"});
  v.field("native", native, {.doc = "dataflow that the machine was built for", .optional = true});
  v.field("clocks", clocks, {.doc = "clocks"});
  v.field("numbers", numbers, {.doc = "widths of words, operands, products and psums"});
  v.field("mac_options", mac_options,
          {.doc = "what some MAC datapaths leave open", .optional = true});
  v.field("array", array, {.doc = "the PE array"});
  v.field("pe", pe, {.doc = "one PE"});
  v.field("noc", noc, {.doc = "buses between the GLB and the PEs"});
  v.field("lanes", lanes, {.doc = "how rows of the array pass over zeros", .optional = true});
  v.field("levels", levels, {.doc = "storage between DRAM and the PEs, from DRAM inwards"});
  v.field("dma", dma, {.doc = "transfers between DRAM and the GLB"});
  v.field("dram", dram, {.doc = "DRAM"});
  v.field("post", post, {.doc = "what happens to finished psums on their way out"});
  v.field("controller", controller, {.doc = "layer set-up"});
  v.field("limits", limits, {.doc = "what one configuration supports natively"});
  v.field("padding", padding,
          {.doc = "padding zeros: held in DRAM and GLB and moved, or made at the NoC"});
  v.field("first_psum", first_psum,
          {.doc = "the first pass reads its (zero) psums from the GLB, or starts from zero"});
  v.field("technology", technology, {.doc = "semiconductor process", .optional = true});
  v.field("published_area", published_area, {.doc = "area as published", .optional = true});
}

}  // namespace orrery
