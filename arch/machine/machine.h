// The machine as data: what each structure holds, moves and costs in time. No clock runs here.
//
//   DRAM <-link-> DMA <-> GLB (banks) <-> NoC buses <-> rows x cols of PEs (spads, one MAC each)
//                          ^--- post-processing on the way out
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "arch/area/published_area.h"
#include "arch/dram/dram_setup.h"
#include "arch/mac/registers.h"
#include "arch/technology/technology.h"
#include "workloads/golden/golden.h"
#include "workloads/input/fields.h"
#include "workloads/layer/layer.h"
#include "workloads/tensor/scale.h"

namespace orrery {

// A PE: three spads, FIFOs at every port, a pipelined MAC.
struct Pe {
  int ifmap_spad_words = 0;  // a ring: a word's slot is free after its last use
  int filter_spad_words = 0;
  int psum_spad_words = 0;       // in psums, not in words
  int ifmap_fifo_words = 0;      // between the ifmap bus and the ifmap spad
  int filter_fifo_packets = 0;   // packets of the filter bus
  int psum_in_fifo_packets = 0;  // packets of the psum buses
  int psum_out_fifo_packets = 0;
  int pipeline_stages = 1;  // cycles from issue until a psum can leave
  int adders = 1;           // 1: merging an incoming psum takes an issue slot; 2: it rides along
  // Steps for which a PE holds on to its ifmap words, so that the PE to its left (h) or above (v)
  // can take them instead of the bus; 0: no such path.
  int fifo_h_words = 0;
  int fifo_v_words = 0;
  bool pools = false;  // compares and adds ifmap words without filters: pooling runs on the array
  template <class V>
  void fields(V& v);
  bool operator==(const Pe&) const = default;
};

// Independent PEs each start when their operands are there and their output has room. In lock step
// all PEs take the same step of the nest in the same cycle, or wait together.
enum class Pace : std::uint8_t { kIndependent, kLockStep };

// How operands reach PEs: to all that want a word in one cycle; or in at the edge of the array and
// on from neighbour to neighbour, a PE a cycle.
enum class Delivery : std::uint8_t { kMulticast, kSystolic };

// How psums of PEs that work on one ofmap meet: on their way along a column; in an adder tree over
// the rows of a column; not at all, since each psum stays with one PE; or in their store, which
// adds what the PEs send.
enum class PsumRoute : std::uint8_t { kColumn, kTree, kInPlace, kSpill };

struct PeArray {
  int rows = 0;
  int cols = 0;
  Pace pace = Pace::kIndependent;
  Delivery delivery = Delivery::kMulticast;
  PsumRoute psum_route = PsumRoute::kColumn;
  bool shadow_filters = false;  // the filters of the next pass move in beside those in use
  bool pipelined = false;  // a pass starts while the psums of the one before are on their way out
  template <class V>
  void fields(V& v);
  bool operator==(const PeArray&) const = default;
};

// Wires between a PE and its neighbour.
struct Link {
  int words_per_cycle = 1;  // words in a packet; one packet a cycle
  int latency_cycles = 0;   // from port to FIFO, on top of the cycle of the transfer
  template <class V>
  void fields(V& v);
  bool operator==(const Link&) const = default;
};

// The order in which a bus serves packets: by the step at which PEs come to them, those of one step
// by ascending or by descending place in the tensor; or PE after PE (dataflows/pass/pe_order.h).
enum class BusOrder : std::uint8_t { kStep, kStepReversed, kPe };

// One bus of the NoC, between the GLB and the PEs.
struct Bus : Link {
  BusOrder order = BusOrder::kStep;
  template <class V>
  void fields(V& v);
  bool operator==(const Bus&) const = default;
};

struct Noc {
  Bus ifmap, filter, psum_in, psum_out;
  Link psum_link;  // PE to the PE above
  template <class V>
  void fields(V& v);
  bool operator==(const Noc&) const = default;
};

// A memory of a level.
struct Store {
  std::string name;
  std::vector<std::string> holds;  // of ifmap, filter, psum
  int banks = 1;
  int bank_words = 0;  // in words of word_bits; a bank belongs to one tensor during a layer
  int read_words_per_cycle = 1;
  int write_words_per_cycle = 1;
  bool shared_port = false;  // psum reads and writes take turns, writes first
  bool accumulates = false;  // adds psums that come from the array to those it holds
  int prefetch_tiles = 0;    // > 0: a queue of tiles for so many passes to come, keeps none
  int tile_words =
      0;  // > 0: each tile lies in DRAM by itself, padded to this size, and moves whole
  bool prefetches() const { return prefetch_tiles > 0; }
  template <class V>
  void fields(V& v);
  bool operator==(const Store&) const = default;
};

// A level of storage between DRAM and the PEs.
struct Level {
  std::string name;
  std::vector<Store> stores;
  template <class V>
  void fields(V& v);
  bool operator==(const Level&) const = default;
};

// What passes the link in place of the words of a tile.
enum class Compression : std::uint8_t { kNone, kRlc };

struct Dma {
  int words_per_cycle = 1;  // in link cycles
  int burst_words = 32;     // words of a request to DRAM, at most
  int outstanding = 1;      // transfers whose requests may be under way together
  std::vector<std::string>
      overlap;  // tensors (ifmap, filter, psum) whose transfers may run beside the array
  int crossing_cycles = 0;  // destination-clock edges that a clock crossing costs
  Compression compression = Compression::kNone;
  std::vector<std::string> compressed;  // whose tiles are coded: ifmap, ofmap
  bool compresses(std::string_view tensor) const;
  template <class V>
  void fields(V& v);
  bool operator==(const Dma&) const = default;
};

// A plain link of a bandwidth and a latency; or, where `standard` is named, a memory of that kind
// behind its controller (docs/dram.md), whose capacity and times count then.
struct Dram {
  std::int64_t megabytes = 0;  // 2^20 bytes
  double bytes_per_second = 0;
  double latency_ns = 0;      // from request to first word, once a transfer
  std::string standard = {};  // name or file; empty: a plain link
  std::string policy = "open";
  std::string mapping = kDefaultMapping;
  int channels = 1, ranks = 1;
  double derating = 1;  // times the currents
  template <class V>
  void fields(V& v);

  // Not a field: what the standard and the policy say; empty for a plain link.
  std::optional<DramSetup> setup = std::nullopt;

  std::int64_t capacity_bytes() const;
  double peak_bytes_per_second() const;
  // From a request to its data in an idle memory, its row closed.
  double first_word_ns() const;
  bool operator==(const Dram&) const = default;
};

struct Post {
  bool bias = true, requantize = true, relu = true, pooling = false;
  int words_per_cycle = 1;  // core cycles
  template <class V>
  void fields(V& v);
  bool operator==(const Post&) const = default;
};

struct Controller {
  int setup_bits = 0;  // configuration of one layer, shifted in serially
  double setup_mhz = 1;
  template <class V>
  void fields(V& v);
  bool operator==(const Controller&) const = default;
};

// What one configuration supports natively; 0 stands for no limit. A layer with more filters or
// channels is split by the controller into several configurations; other limits refuse the layer.
struct Limits {
  int filter_rows = 0, filter_cols = 0, filters = 0, channels = 0;
  std::vector<int> stride_rows, stride_cols;
  template <class V>
  void fields(V& v);
  bool operator==(const Limits&) const = default;
};

struct Clocks {
  double core_mhz = 0;
  double link_mhz = 0;
  template <class V>
  void fields(V& v);
  bool operator==(const Clocks&) const = default;
};

// How the rows of the array, as lanes, pass over zeros (docs/machine.md). kNone: they do not.
// kColumns: each has the compressed words of its rows of the filter matrix, and walks a column of
// them for each ifmap word that is not zero. kBricks: each walks the ifmap words that are not zero
// of its bricks, neighbouring channels, and hands each to all columns of the array.
enum class LaneWalk : std::uint8_t { kNone, kColumns, kBricks };

struct Lanes {
  LaneWalk walk = LaneWalk::kNone;
  int queue_items = 1;      // of a lane's queue, the item that it works at included
  int latency_cycles = 0;   // from the source to a queue, on top of the cycle of the transfer
  int index_bits = 4;       // of an entry: zeros before it in its column; or its place in the brick
  int shared_values = 0;    // filters have so many values, zero included; 0: any
  bool walks_input = true;  // passes over the zeros of the network's own input too
  template <class V>
  void fields(V& v);
  bool operator==(const Lanes&) const = default;
};

enum class Padding : std::uint8_t { kStored, kGenerated };
enum class FirstPsum : std::uint8_t { kRead, kZero };

struct Numbers {
  int word_bits = 16;  // word of every store, bus and count
  int operand_bits = 16;
  int product_bits = 32;
  int psum_bits = 32;
  Overflow overflow = Overflow::kWrap;
  template <class V>
  void fields(V& v);
  bool operator==(const Numbers&) const = default;
};

// Filters of mac_shift.
enum class ShiftFilters : std::uint8_t { kFiveLevel, kPowerOfTwo };

// What some datapaths leave open. Each member matters to the one that it names.
struct MacOptions {
  LutOrganisation organisation = LutOrganisation::kProductTable;  // mac_lut
  int filter_bits = 4;                                            // mac_lut
  ShiftFilters filters = ShiftFilters::kFiveLevel;                // mac_shift
  // mac_int16_dfp: products of a chain. With a bit of headroom in both operands 8 never overflow.
  int chain = 8;
  template <class V>
  void fields(V& v);
  bool operator==(const MacOptions&) const = default;
};

struct Machine {
  std::string name;
  std::string description;
  std::string source;
  std::string mac;     // name of a MAC datapath, arch/mac/all.h
  std::string native;  // name of the dataflow that it was built for; empty: none
  Clocks clocks;
  Numbers numbers;
  MacOptions mac_options;
  PeArray array;
  Pe pe;
  Noc noc;
  Lanes lanes;
  std::vector<Level> levels;  // from DRAM inwards, without DRAM and the spads
  Dma dma;
  Dram dram;
  Post post;
  Controller controller;
  Limits limits;
  Padding padding =
      Padding::kStored;  // padding zeros: held in DRAM and GLB and moved, or made at the NoC
  FirstPsum first_psum =
      FirstPsum::kZero;  // the first pass reads its (zero) psums from the GLB, or starts from zero
  Technology technology;
  PublishedArea published_area;  // for comparison only
  template <class V>
  void fields(V& v);

  // Not a field: tags found in the file.
  std::vector<TaggedValue> tags;

  int pes() const { return array.rows * array.cols; }
  // Words of word_bits that one psum takes in every store and on every bus.
  int words_per_psum() const;
  // A word takes whole bytes of DRAM.
  int word_bytes() const { return (numbers.word_bits + 7) / 8; }
  // The store that holds `t` in the innermost level; never null in a validated machine.
  const Store& store_of(Tensor t) const;
  // Arithmetic of `layer` on this machine, and all that its MACs are set to.
  Arithmetic arithmetic(const Layer& layer) const;
  MacRegisters registers(const Layer& layer) const;
  // What layers take from it where their network leaves it open.
  Widths widths() const;
  bool overlaps(Tensor t) const;
  // Plays layers by lanes that pass over zeros, and not by mappings.
  bool has_lanes() const { return lanes.walk != LaneWalk::kNone; }
  // Old psums are added at their store, not in the array.
  bool accumulates_at_store() const { return store_of(Tensor::kPsum).accumulates; }
  bool operator==(const Machine&) const = default;
};

// Words in a packet of an operand's bus: as many as the bus and the store's read port pass in a
// cycle.
int packet_words(const Machine& machine, Tensor t);
// Psums in a packet of the psum buses and links: as many as the psum-in bus and the store's read
// port pass in a cycle. On narrower psum-out buses, write ports and links such a packet takes
// several cycles.
int packet_psums(const Machine& machine);

// Reads and validates; throws InputError with file:line.
Machine read_machine(const std::filesystem::path& path);
Machine read_machine(const Node& root);

// What makes a machine one with the MAC of this name: "PATH=VALUE" of its mac and the numbers that
// go with it (docs/macs.md), for override_values(). Throws InputError for an unknown name.
std::vector<std::string> mac_overrides(const Machine& machine, const std::string& mac);

// The machine as YAML (reads back equal), and as a block diagram in text.
std::string to_yaml(Machine machine);
std::string block_diagram(const Machine& machine);

// Every field of a machine file as a Markdown table.
std::string document_machine();

}  // namespace orrery
