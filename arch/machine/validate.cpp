#include "arch/machine/validate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "arch/mac/all.h"
#include "arch/machine/fields_of_machine.h"

namespace orrery {
namespace {

constexpr std::int64_t kMaxPes = 65536;           // on their own
constexpr std::int64_t kMaxLockStepPes = 262144;  // 512 x 512
constexpr std::int64_t kMaxStoreWords = std::int64_t{1} << 28;
constexpr std::int64_t kMaxSpadWords = std::int64_t{1} << 26;  // one kind of spad, all PEs

std::vector<std::string> tensor_names() {
  std::vector<std::string> names;
  for (const Tensor t : kAllTensors) names.emplace_back(name(t));
  return names;
}

// Each of `words`, found at `path`, must be a tensor, once.
void check_tensors(const std::vector<std::string>& words, const Node& root,
                   const std::string& path) {
  const std::vector<std::string> known = tensor_names();
  for (std::size_t i = 0; i < words.size(); ++i) {
    const Node& at = root.toward(fmt::format("{}[{}]", path, i));
    if (std::find(known.begin(), known.end(), words[i]) == known.end()) {
      at.fail(fmt::format("{} names the unknown tensor '{}'{}", path, words[i],
                          did_you_mean(words[i], known)));
    }
    const auto here = words.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(words.begin(), here, words[i]) != here) {
      at.fail(fmt::format("{} names {} twice", path, words[i]));
    }
  }
}

void check_names(const Machine& m, const Node& root) {
  if (m.name.empty()) root.toward("name").fail("name is empty; it must name the machine");
  if (find_mac(m.mac) == nullptr) {
    root.toward("mac").fail(fmt::format("mac is '{}', which no MAC datapath is called{}", m.mac,
                                        did_you_mean(m.mac, mac_names())));
  }
}

// Engines count time in whole ticks of a common multiple of the clocks.
void check_clocks(const Machine& m, const Node& root) {
  const std::pair<const char*, double> clocks[] = {
      {"clocks.core_mhz", m.clocks.core_mhz},
      {"clocks.link_mhz", m.clocks.link_mhz},
      {"controller.setup_mhz", m.controller.setup_mhz}};
  for (const auto& [path, mhz] : clocks) {
    const double khz = mhz * 1000;
    if (std::abs(khz - std::round(khz)) > 1e-6 * khz) {
      root.toward(path).fail(fmt::format("{} is {}; it must be a whole number of kHz", path, mhz));
    }
  }
  const std::int64_t core = std::llround(m.clocks.core_mhz * 1000),
                     link = std::llround(m.clocks.link_mhz * 1000);
  // In kHz; a THz of common edges is already far beyond any pair of real clocks.
  if (core / std::gcd(core, link) > 1'000'000'000 / link) {
    root.toward("clocks.link_mhz")
        .fail(fmt::format("clocks.link_mhz is {} beside a core of {}; their edges would meet on a "
                          "grid finer than a picosecond",
                          m.clocks.link_mhz, m.clocks.core_mhz));
  }
}

void check_numbers(const Machine& m, const Node& root) {
  const Numbers& n = m.numbers;
  const MacTraits& mac = find_mac(m.mac)->traits;
  const bool whole_bytes = mac.most_bits < 8 || n.operand_bits == 8 || n.operand_bits == 16;
  if (!whole_bytes) {
    root.toward("numbers.operand_bits")
        .fail(fmt::format("numbers.operand_bits is {}; it must be 8 or 16", n.operand_bits));
  }
  if (n.operand_bits < mac.least_bits || n.operand_bits > mac.most_bits) {
    const bool one = mac.least_bits == mac.most_bits;
    root.toward("numbers.operand_bits")
        .fail(fmt::format("numbers.operand_bits is {}; {} multiplies operands of {}{} bits",
                          n.operand_bits, m.mac, one ? "" : fmt::format("{} to ", mac.least_bits),
                          mac.most_bits));
  }
  const int lanes = m.widths().lanes;
  if (n.word_bits < lanes * n.operand_bits) {
    root.toward("numbers.word_bits")
        .fail(lanes == 1
                  ? fmt::format("numbers.word_bits is {}; an operand of {} bits must fit in a word",
                                n.word_bits, n.operand_bits)
                  : fmt::format("numbers.word_bits is {}; {} fields of {} bits must fit in a word",
                                n.word_bits, lanes, n.operand_bits));
  }
  if (lanes > 1 && n.overflow == Overflow::kSaturate) {
    root.toward("numbers.overflow")
        .fail(fmt::format("numbers.overflow is saturate; {} adds {} products at once, so psums "
                          "must wrap",
                          m.mac, lanes));
  }
  if (mac.singles && n.psum_bits != 32) {
    root.toward("numbers.psum_bits")
        .fail(fmt::format("numbers.psum_bits is {}; psums of {} are singles of 32 bits",
                          n.psum_bits, m.mac));
  }
  if (n.psum_bits < n.product_bits) {
    root.toward("numbers.psum_bits")
        .fail(fmt::format("numbers.psum_bits is {}; a product of {} bits must fit in a psum",
                          n.psum_bits, n.product_bits));
  }
}

void check_array(const Machine& m, const Node& root) {
  const std::int64_t pes = std::int64_t{m.array.rows} * m.array.cols;
  const std::int64_t most = m.array.pace == Pace::kLockStep ? kMaxLockStepPes : kMaxPes;
  if (pes > most) {
    root.toward("array.rows")
        .fail(fmt::format("array has {} x {} = {} PEs; at most {} are supported", m.array.rows,
                          m.array.cols, pes, most));
  }
  const std::pair<const char*, int> spads[] = {{"pe.ifmap_spad_words", m.pe.ifmap_spad_words},
                                               {"pe.filter_spad_words", m.pe.filter_spad_words},
                                               {"pe.psum_spad_words", m.pe.psum_spad_words}};
  for (const auto& [path, words] : spads) {
    if (words * pes <= kMaxSpadWords) continue;
    root.toward(path).fail(fmt::format("{} is {}; {} PEs may hold at most {} of them together",
                                       path, words, pes, kMaxSpadWords));
  }
}

// In lock step the steps of the nest are the order.
void check_orders(const Machine& m, const Node& root) {
  if (m.array.pace == Pace::kIndependent) return;
  const std::pair<const char*, const Bus*> buses[] = {{"noc.ifmap", &m.noc.ifmap},
                                                      {"noc.filter", &m.noc.filter},
                                                      {"noc.psum_in", &m.noc.psum_in},
                                                      {"noc.psum_out", &m.noc.psum_out}};
  for (const auto& [path, bus] : buses) {
    if (bus->order == BusOrder::kStep) continue;
    const std::string order = fmt::format("{}.order", path);
    root.toward(order).fail(
        fmt::format("{} is {}; PEs in lock step take what a step needs together, so it must be "
                    "step",
                    order, enum_name(bus->order)));
  }
}

// What only PEs in lock step can do.
void check_pace(const Machine& m, const Node& root) {
  const bool neighbour_fifos = m.pe.fifo_h_words > 0 || m.pe.fifo_v_words > 0;
  if (m.array.pace == Pace::kLockStep) {
    if (m.pe.adders != 2) {
      root.toward("pe.adders")
          .fail(fmt::format("pe.adders is {}; in lock step no merge takes a slot, so it must be 2",
                            m.pe.adders));
    }
    if (m.store_of(Tensor::kPsum).shared_port) {
      root.toward("array.pace")
          .fail(
              "array.pace is lock_step; psums then go in and out side by side, so the psum store "
              "cannot have a shared_port");
    }
    if (m.array.delivery == Delivery::kSystolic && neighbour_fifos) {
      root.toward("array.delivery")
          .fail(
              "array.delivery is systolic; PEs then hold no ifmap words for their neighbours "
              "(fifo_h_words, fifo_v_words)");
    }
    return;
  }
  const std::pair<const char*, bool> extras[] = {
      {"array.delivery", m.array.delivery == Delivery::kSystolic},
      {"array.shadow_filters", m.array.shadow_filters},
      {"pe.fifo_h_words", m.pe.fifo_h_words > 0},
      {"pe.fifo_v_words", m.pe.fifo_v_words > 0},
      {"pe.pools", m.pe.pools}};
  for (const auto& [path, wanted] : extras) {
    if (!wanted) continue;
    root.toward(path).fail(
        fmt::format("{} needs PEs in lock step; array.pace is independent", path));
  }
}

// Where psums meet, and in which order they may saturate.
void check_route(const Machine& m, const Node& root) {
  const PsumRoute route = m.array.psum_route;
  const std::string called = enum_name(route);
  const bool adds = m.accumulates_at_store();
  const Node& at = root.toward("array.psum_route");
  if (route == PsumRoute::kSpill && !adds) {
    at.fail("array.psum_route is spill, but the psum store does not accumulate");
  }
  if (m.array.delivery == Delivery::kSystolic && route != PsumRoute::kColumn &&
      route != PsumRoute::kInPlace) {
    at.fail(fmt::format("array.psum_route is {}; a systolic array has column or in_place", called));
  }
  if (m.array.pipelined && m.array.pace == Pace::kLockStep && !adds) {
    root.toward("array.pipelined")
        .fail(
            "array.pipelined is true, but the psum store does not accumulate: a pass could read "
            "psums that are still on their way");
  }
  // Elsewhere one order of additions is fixed, which the golden reference follows.
  const bool ordered = route == PsumRoute::kInPlace || route == PsumRoute::kSpill ||
                       (route == PsumRoute::kColumn && !adds);
  if (find_mac(m.mac)->traits.singles && !ordered) {
    root.toward("mac").fail(fmt::format(
        "mac is {}; with psum_route {}{} the order is open in which its singles are added", m.mac,
        called, adds ? " and a store that accumulates" : ""));
  }
  if (m.numbers.overflow == Overflow::kSaturate && !ordered) {
    root.toward("numbers.overflow")
        .fail(fmt::format("numbers.overflow is saturate; with psum_route {}{} psums must wrap",
                          called, adds ? " and a store that accumulates" : ""));
  }
}

// A psum travels in one packet.
void check_buses(const Machine& m, const Node& root) {
  const std::pair<const char*, const Link*> buses[] = {{"noc.psum_in", &m.noc.psum_in},
                                                       {"noc.psum_out", &m.noc.psum_out},
                                                       {"noc.psum_link", &m.noc.psum_link}};
  for (const auto& [path, bus] : buses) {
    if (bus->words_per_cycle >= m.words_per_psum()) continue;
    root.toward(fmt::format("{}.words_per_cycle", path))
        .fail(
            fmt::format("{}.words_per_cycle is {}; a psum of {} bits takes {} words of {} bits and "
                        "must fit in a packet",
                        path, bus->words_per_cycle, m.numbers.psum_bits, m.words_per_psum(),
                        m.numbers.word_bits));
  }
}

// The packets of an operand bus fit in the FIFOs behind it, and a psum passes a port of its store
// in one cycle.
void check_ports(const Machine& m, const Node& root) {
  const int packet = packet_words(m, Tensor::kIfmap);
  if (m.array.pace == Pace::kIndependent && m.pe.ifmap_fifo_words < packet) {
    root.toward("pe.ifmap_fifo_words")
        .fail(fmt::format("pe.ifmap_fifo_words is {}; a packet of the ifmap bus has {} words",
                          m.pe.ifmap_fifo_words, packet));
  }
  const std::vector<Store>& stores = m.levels[0].stores;
  for (std::size_t i = 0; i < stores.size(); ++i) {
    const int port = std::min(stores[i].read_words_per_cycle, stores[i].write_words_per_cycle);
    if (&stores[i] != &m.store_of(Tensor::kPsum) || port >= m.words_per_psum()) continue;
    root.toward(fmt::format("levels[0].stores[{}].read_words_per_cycle", i))
        .fail(fmt::format("a port of store {} passes {} words in a cycle; a psum takes {} words "
                          "and must pass at once",
                          stores[i].name, port, m.words_per_psum()));
  }
}

void check_store(const Store& store, const Node& root, const std::string& path) {
  if (store.name.empty()) root.toward(path + ".name").fail(path + ".name is empty");
  if (store.holds.empty()) {
    root.toward(path + ".holds")
        .fail(fmt::format("{}.holds names no tensor; it must name some of {}", path,
                          fmt::join(tensor_names(), ", ")));
  }
  check_tensors(store.holds, root, path + ".holds");
  const std::int64_t words = std::int64_t{store.banks} * store.bank_words;
  if (words > kMaxStoreWords) {
    root.toward(path + ".bank_words")
        .fail(fmt::format("{} has {} banks x {} words = {} words; at most {} are supported", path,
                          store.banks, store.bank_words, words, kMaxStoreWords));
  }
  if (static_cast<std::size_t>(store.banks) < store.holds.size()) {
    root.toward(path + ".banks")
        .fail(
            fmt::format("{}.banks is {}; a bank belongs to one tensor, so {} tensors need {} banks",
                        path, store.banks, store.holds.size(), store.holds.size()));
  }
  const bool psum = std::find(store.holds.begin(), store.holds.end(), "psum") != store.holds.end();
  if (store.prefetches() && psum) {
    root.toward(path + ".prefetch_tiles")
        .fail(fmt::format("{}.prefetch_tiles is {}, but psums are written back and cannot be "
                          "prefetched",
                          path, store.prefetch_tiles));
  }
  if (store.accumulates && !psum) {
    root.toward(path + ".accumulates")
        .fail(path + ".accumulates is true, but the store holds no psums");
  }
  if (store.tile_words > 0 && store.holds != std::vector<std::string>{"filter"}) {
    root.toward(path + ".tile_words")
        .fail(fmt::format("{}.tile_words is {}; only filters alone can lie in DRAM as tiles", path,
                          store.tile_words));
  }
  if (store.prefetches() && store.holds.size() > 1) {
    root.toward(path + ".prefetch_tiles")
        .fail(fmt::format("{}.prefetch_tiles is {}; a queue holds the tiles of one tensor", path,
                          store.prefetch_tiles));
  }
}

// Every tensor is held by exactly one store of the level.
void check_holders(const Level& level, const Node& root, const std::string& path) {
  for (const std::string& tensor : tensor_names()) {
    std::string holder;
    for (std::size_t i = 0; i < level.stores.size(); ++i) {
      const Store& store = level.stores[i];
      if (std::find(store.holds.begin(), store.holds.end(), tensor) == store.holds.end()) continue;
      if (!holder.empty()) {
        root.toward(fmt::format("{}.stores[{}].holds", path, i))
            .fail(fmt::format("{} is held by both '{}' and '{}'; one store must hold it", tensor,
                              holder, store.name));
      }
      holder = store.name;
    }
    if (holder.empty()) {
      root.toward(path + ".stores")
          .fail(fmt::format("no store of level '{}' holds {}", level.name, tensor));
    }
  }
}

void check_levels(const Machine& m, const Node& root) {
  if (m.levels.size() != 1) {
    root.toward("levels").fail(
        fmt::format("levels lists {} levels; there must be exactly one between DRAM and the PEs",
                    m.levels.size()));
  }
  const Level& level = m.levels[0];
  for (std::size_t i = 0; i < level.stores.size(); ++i) {
    const std::string path = fmt::format("levels[0].stores[{}]", i);
    check_store(level.stores[i], root, path);
    for (std::size_t j = 0; j < i; ++j) {
      if (level.stores[j].name != level.stores[i].name) continue;
      root.toward(path + ".name")
          .fail(fmt::format("two stores are called '{}'", level.stores[i].name));
    }
  }
  check_holders(level, root, "levels[0]");
}

void check_strides(const std::vector<int>& strides, const Node& root, const std::string& path) {
  if (strides.empty()) root.toward(path).fail(path + " is empty; it must list at least one stride");
  for (std::size_t i = 1; i < strides.size(); ++i) {
    if (strides[i - 1] < strides[i]) continue;
    root.toward(fmt::format("{}[{}]", path, i))
        .fail(fmt::format("{} lists {} after {}; strides must ascend", path, strides[i],
                          strides[i - 1]));
  }
}

}  // namespace

void validate(const Machine& machine, const Node& root) {
  check_names(machine, root);
  check_clocks(machine, root);
  check_numbers(machine, root);
  check_array(machine, root);
  check_buses(machine, root);
  check_levels(machine, root);
  check_orders(machine, root);
  check_pace(machine, root);
  check_route(machine, root);
  check_lanes(machine, root);
  check_ports(machine, root);
  check_tensors(machine.dma.overlap, root, "dma.overlap");
  check_compression(machine, root);
  check_strides(machine.limits.stride_rows, root, "limits.stride_rows");
  check_strides(machine.limits.stride_cols, root, "limits.stride_cols");
}

}  // namespace orrery
