#include "tests/sim/plain_array.h"

#include <algorithm>
#include <deque>
#include <set>

#include "tests/sim/plain_script.h"

namespace orrery::test {
namespace {

// A pass in which nothing has moved for so long never ends: no delay of an array is longer.
constexpr std::int64_t kPatience = 200;

std::size_t at(int i) { return static_cast<std::size_t>(i); }

// Arithmetic by its definition, on integers that cannot overflow.
std::int64_t wrapped(std::int64_t value, int bits) {
  const std::int64_t span = std::int64_t{1} << bits;
  const std::int64_t low = ((value % span) + span) % span;
  return low < span / 2 ? low : low - span;
}

std::int64_t plain_product(std::int64_t x, std::int64_t w, const Arithmetic& a) {
  const std::int64_t unit = std::int64_t{1} << a.product_shift;
  const std::int64_t floor = (x * w) / unit - ((x * w) % unit < 0 ? 1 : 0);
  return wrapped(floor, a.product_bits);
}

std::int32_t sum(std::int64_t psum, std::int64_t x, const Arithmetic& a) {
  const std::int64_t half = std::int64_t{1} << (a.psum_bits - 1);
  const std::int64_t value = a.overflow == Overflow::kWrap ? wrapped(psum + x, a.psum_bits)
                                                           : std::clamp(psum + x, -half, half - 1);
  return static_cast<std::int32_t>(value);
}

// A word on its way or in a FIFO.
struct Word {
  std::int32_t value = 0;
  std::int64_t seen_from = 0;  // first cycle in which it is there
  bool ends_packet = false;
};
using Fifo = std::deque<Word>;

// Packets in the FIFO, on their way to it, or begun: each has its entry.
int entries(const Fifo& fifo) {
  const auto whole = std::ranges::count_if(fifo, &Word::ends_packet);
  return static_cast<int>(whole) + (!fifo.empty() && !fifo.back().ends_packet ? 1 : 0);
}

bool has_word(const Fifo& fifo, std::int64_t now) {
  return !fifo.empty() && fifo.front().seen_from <= now;
}

bool has_packet(const Fifo& fifo, std::int64_t now) {
  const auto end = std::ranges::find_if(fifo, &Word::ends_packet);
  return end != fifo.end() && end->seen_from <= now;
}

std::vector<std::int32_t> take_packet(Fifo& fifo) {
  std::vector<std::int32_t> values;
  for (bool more = true; more; fifo.pop_front()) {
    values.push_back(fifo.front().value);
    more = !fifo.front().ends_packet;
  }
  return values;
}

struct Slot {
  int word = -1;  // of the stream
  std::int32_t value = 0;
};

struct Path {
  Fifo fifo;
  std::vector<Slot> spad;
  int loaded = 0;  // words that have moved from the FIFO to the spad

  Slot& slot(int word) { return spad[at(word) % spad.size()]; }
  const Slot& slot(int word) const { return spad[at(word) % spad.size()]; }
  bool holds(int word) const { return slot(word).word == word; }
};

struct PePlain {
  int operation = 0;  // the next one
  Path ifmap, filter;
  std::vector<std::int32_t> psum;
  Fifo psum_in, psum_out;
  std::int64_t link_free = 0;  // first cycle in which its upward link is free
};

struct BusPlain {
  std::int32_t next = 0;  // packet
  std::int64_t free = 0;  // first cycle in which it is free
};

struct State {
  std::vector<PePlain> pes;
  BusPlain ifmap, filter, psum_in, psum_out;
};

class PlainArray {
 public:
  PlainArray(const Machine& machine, const Arithmetic& arithmetic, const Pass& pass,
             PlainTiles& tiles)
      : machine_(machine), arithmetic_(arithmetic), pass_(pass), tiles_(tiles) {
    const Store& glb = machine.store_of(Tensor::kPsum);
    const int packet = pass.psums_per_packet * machine.words_per_psum();
    const auto cycles = [&](int width) { return (packet + width - 1) / width; };
    in_cycles_ = cycles(std::min(machine.noc.psum_in.words_per_cycle, glb.read_words_per_cycle));
    // Bus and ports work side by side, but for reads and writes of a store with a single port.
    const int write = cycles(glb.write_words_per_cycle);
    const int read = glb.accumulates ? cycles(glb.read_words_per_cycle) : 0;
    out_cycles_ = std::max({cycles(machine.noc.psum_out.words_per_cycle), read, write,
                            glb.shared_port ? read + write : 0});
    link_cycles_ = cycles(machine.noc.psum_link.words_per_cycle);
    for (const PassProgram& program : pass.programs)
      scripts_.push_back(write_script(program, pass.psums_per_packet, machine.pe.adders));
    PePlain pe;
    pe.ifmap.spad.resize(at(machine.pe.ifmap_spad_words));
    pe.filter.spad.resize(at(machine.pe.filter_spad_words));
    pe.psum.resize(at(std::max(1, machine.pe.psum_spad_words)));
    next_.pes.assign(pass.pes.size(), pe);
    if (!tiles.read_psums) next_.psum_in.next = pass.psum_in.packets();
  }

  PlainRecord play() {
    std::int64_t moved_last = 0;
    while (!record_.ends || now_ < record_.cycles) {
      moved_ = false;
      step();
      if (moved_) moved_last = now_;
      if (!record_.ends && now_ - moved_last > kPatience) break;
      ++now_;
    }
    if (!machine_.array.pipelined) record_.handed_cycle = record_.cycles;
    return record_;
  }

 private:
  // A cycle: the five phases of array.h, in no order that matters, since all look at old_.
  void step() {
    old_ = next_;
    const int pes = static_cast<int>(old_.pes.size());
    for (int i = 0; i < pes; ++i) {
      const PeState state = issue(i);
      ++record_.pe_cycles[static_cast<std::size_t>(state)];
      if (old_.pes[at(i)].operation > 0) continue;
      for (std::size_t k = 0; k < kBeforeMacNames.size(); ++k) {
        if (kPeStateNames[static_cast<std::size_t>(state)] == kBeforeMacNames[k])
          ++record_.before_mac[k];
      }
    }
    const bool writing = collect();
    for (int i = 0; i < pes; ++i) hop(i);
    if (!writing || !machine_.store_of(Tensor::kPsum).shared_port) send_psums();
    send_ifmaps();
    send_filters();
    for (int i = 0; i < pes; ++i) {
      const Script& script = script_of(i);
      load(old_.pes[at(i)].ifmap, next_.pes[at(i)].ifmap, old_.pes[at(i)].operation,
           script.last_ifmap, Action::spad_ifmap_fill);
      load(old_.pes[at(i)].filter, next_.pes[at(i)].filter, old_.pes[at(i)].operation,
           script.last_filter, Action::spad_filter_fill);
    }
  }

  const Script& script_of(int pe) const { return scripts_[at(pass_.pes[at(pe)].program)]; }
  void count(Action action, std::size_t n = 1) {
    record_.counts[action] += n;
    moved_ = true;
  }

  PeState issue(int i) {
    const PePlain& pe = old_.pes[at(i)];
    const Script& script = script_of(i);
    if (at(pe.operation) == script.operations.size()) return PeState::kDone;
    const Operation& op = script.operations[at(pe.operation)];
    const PsumSource source = pass_.pes[at(i)].psum_source;
    const bool takes =
        source == PsumSource::kBelow || (source == PsumSource::kNoc && tiles_.read_psums);
    if (op.mac && !pe.ifmap.holds(op.ifmap)) return PeState::kWaitIfmap;
    if (op.mac && !pe.filter.holds(op.filter)) return PeState::kWaitFilter;
    const bool early = now_ < tiles_.psums_from;
    if (op.leaves && takes && (early || !has_word(pe.psum_in, now_))) return PeState::kWaitPsumIn;
    if (op.leaves && early) return PeState::kWaitPsumOut;
    if (op.leaves && op.begins_packet &&
        entries(pe.psum_out) == machine_.pe.psum_out_fifo_packets) {
      return PeState::kWaitPsumOut;
    }
    moved_ = true;
    record_.handed_cycle = now_ + 1;
    ++next_.pes[at(i)].operation;
    if (op.mac) multiply(pe, next_.pes[at(i)], op);
    if (op.leaves) merge(pe, next_.pes[at(i)], op, takes);
    return op.mac ? PeState::kMac : PeState::kMerge;
  }

  bool has_psum_spad() const { return machine_.pe.psum_spad_words > 0; }

  void multiply(const PePlain& pe, PePlain& next, const Operation& op) {
    const std::int32_t x = pe.ifmap.slot(op.ifmap).value, w = pe.filter.slot(op.filter).value;
    const bool gated = x == 0 && machine_.mac == "mac_zero_gated";
    count(gated ? Action::mac_none_gate : Action::mac_none_compute);
    count(Action::spad_ifmap_operand_read);
    if (!gated) count(Action::spad_filter_operand_read);
    if (op.starts && has_psum_spad()) count(Action::spad_psum_first_write);
    if (!op.starts && !gated) {
      count(Action::spad_psum_update_read);
      count(Action::spad_psum_update_write);
    }
    next.psum[at(op.psum)] =
        sum(op.starts ? 0 : pe.psum[at(op.psum)], plain_product(x, w, arithmetic_), arithmetic_);
  }

  void merge(const PePlain& pe, PePlain& next, const Operation& op, bool takes) {
    std::int32_t value = next.psum[at(op.psum)];  // the adder forwards
    if (has_psum_spad()) count(Action::spad_psum_drain_read);
    if (takes) {
      value = merged(value, pe.psum_in.front().value);
      next.psum_in.pop_front();
    }
    next.psum_out.push_back({value, now_ + machine_.pe.pipeline_stages, op.ends_packet});
  }

  // True while the psum-out bus is in use.
  bool collect() {
    const BusPlain& bus = old_.psum_out;
    const Stream& stream = pass_.psum_out;
    if (now_ < bus.free) return true;
    if (bus.next == stream.packets()) return false;
    const auto leaving = members(stream, bus.next);
    for (const int i : leaving) {
      if (!has_packet(old_.pes[at(i)].psum_out, now_)) return false;
    }
    std::vector<std::int32_t> values = take_packet(next_.pes[at(leaving.front())].psum_out);
    for (std::size_t m = 1; m < leaving.size(); ++m) {
      const auto more = take_packet(next_.pes[at(leaving[m])].psum_out);
      for (std::size_t k = 0; k < values.size(); ++k) values[k] = merged(values[k], more.at(k));
    }
    const auto addresses = words(stream, bus.next);
    for (std::size_t k = 0; k < addresses.size(); ++k) arrive(addresses[k], values.at(k));
    const std::size_t n = values.size() * at(machine_.words_per_psum());
    count(Action::noc_psum_bus_word, n);
    count(Action::noc_psum_delivery, n);
    next_.psum_out = {bus.next + 1, now_ + out_cycles_};
    if (bus.next + 1 == stream.packets()) {
      record_.ends = true;
      record_.cycles = now_ + out_cycles_ + machine_.noc.psum_out.latency_cycles;
    }
    return true;
  }

  std::int32_t merged(std::int32_t a, std::int32_t b) {
    count(Action::adder_none_merge);
    return sum(a, b, arithmetic_);
  }

  // A psum that reaches its store. One that accumulates adds it to what is there, if that counts:
  // psums of an earlier pass that are read, or those that came earlier in this pass.
  void arrive(std::int32_t address, std::int32_t value) {
    std::int32_t& psum = tiles_.psum[at(address)];
    const bool first = arrived_.insert(address).second;
    if (machine_.store_of(Tensor::kPsum).accumulates && (tiles_.read_psums || !first)) {
      value = merged(psum, value);
      count(Action::glb_psum_array_read, at(machine_.words_per_psum()));
    }
    psum = value;
    count(Action::glb_psum_array_write, at(machine_.words_per_psum()));
  }

  void hop(int from) {
    const PeRole& role = pass_.pes[at(from)];
    const PePlain& pe = old_.pes[at(from)];
    if (role.psum_sink != PsumSink::kAbove || now_ < pe.link_free) return;
    if (!has_packet(pe.psum_out, now_)) return;
    if (entries(old_.pes[at(role.above)].psum_in) == machine_.pe.psum_in_fifo_packets) return;
    const auto values = take_packet(next_.pes[at(from)].psum_out);
    next_.pes[at(from)].link_free = now_ + link_cycles_;
    count(Action::noc_psum_hop, values.size() * at(machine_.words_per_psum()));
    push(next_.pes[at(role.above)].psum_in, values,
         now_ + link_cycles_ + machine_.noc.psum_link.latency_cycles);
  }

  static void push(Fifo& fifo, const std::vector<std::int32_t>& packet, std::int64_t seen_from) {
    for (std::size_t k = 0; k < packet.size(); ++k)
      fifo.push_back({packet[k], seen_from, k + 1 == packet.size()});
  }
  static std::vector<std::int32_t> words(const Stream& s, std::int32_t packet) {
    return {s.address.begin() + s.first[at(packet)], s.address.begin() + s.first[at(packet + 1)]};
  }
  static std::vector<std::int32_t> members(const Stream& s, std::int32_t packet) {
    const auto group = at(s.group[at(packet)]);
    return {s.member.begin() + s.first_member[group], s.member.begin() + s.first_member[group + 1]};
  }

  // Sends a bus's next packet, if it is free and each taker's FIFO, found by `fifo_of`, has room.
  // Returns the number of takers, or 0.
  template <class FifoOf, class Element>
  std::size_t send(const Stream& stream, const BusPlain& bus, BusPlain& next, const Bus& limits,
                   int depth, int cycles, const std::vector<Element>& tile, FifoOf fifo_of) {
    if (bus.next == stream.packets() || now_ < bus.free) return 0;
    const auto takers = members(stream, bus.next);
    for (const int i : takers) {
      if (entries(fifo_of(old_.pes[at(i)])) >= depth) return 0;
    }
    std::vector<std::int32_t> values;
    for (const std::int32_t address : words(stream, bus.next))
      values.push_back(tile.at(at(address)));
    for (const int i : takers)
      push(fifo_of(next_.pes[at(i)]), values, now_ + cycles + limits.latency_cycles);
    next = {bus.next + 1, now_ + cycles};
    return takers.size();
  }

  void send_psums() {
    if (now_ < tiles_.psums_from) return;
    const std::size_t takers = send(
        pass_.psum_in, old_.psum_in, next_.psum_in, machine_.noc.psum_in,
        machine_.pe.psum_in_fifo_packets, in_cycles_, tiles_.psum,
        [](auto& pe) -> auto& { return pe.psum_in; });
    if (takers == 0) return;
    const std::size_t n =
        words(pass_.psum_in, old_.psum_in.next).size() * at(machine_.words_per_psum());
    count(Action::glb_psum_array_read, n);
    count(Action::noc_psum_bus_word, n);
    count(Action::noc_psum_delivery, n * takers);
  }

  // Words of an operand's packet: a cycle's worth of the bus and of the store's port.
  int packet_of(const Bus& bus, Tensor t) const {
    return std::min(bus.words_per_cycle, machine_.store_of(t).read_words_per_cycle);
  }

  void send_ifmaps() {
    const int depth = machine_.pe.ifmap_fifo_words / packet_of(machine_.noc.ifmap, Tensor::kIfmap);
    const std::size_t takers = send(
        pass_.ifmap, old_.ifmap, next_.ifmap, machine_.noc.ifmap, depth, 1, tiles_.ifmap,
        [](auto& pe) -> auto& { return pe.ifmap.fifo; });
    if (takers == 0) return;
    const auto addresses = words(pass_.ifmap, old_.ifmap.next);
    for (const std::int32_t address : addresses) {
      const bool made = !tiles_.padding.empty() && tiles_.padding[at(address)] != 0;
      if (!made) count(Action::glb_ifmap_array_read);
    }
    count(Action::noc_ifmap_bus_word, addresses.size());
    count(Action::noc_ifmap_delivery, addresses.size() * takers);
  }

  void send_filters() {
    const std::size_t takers = send(
        pass_.filter, old_.filter, next_.filter, machine_.noc.filter,
        machine_.pe.filter_fifo_packets, 1, tiles_.filter,
        [](auto& pe) -> auto& { return pe.filter.fifo; });
    if (takers == 0) return;
    const std::size_t n = words(pass_.filter, old_.filter.next).size();
    count(Action::glb_filter_array_read, n);
    count(Action::noc_filter_bus_word, n);
    count(Action::noc_filter_delivery, n * takers);
    if (next_.filter.next == pass_.filter.packets()) record_.filled_cycle = now_ + 1;
  }

  // A word moves into the slot of a word that has had its last use before this cycle.
  void load(const Path& path, Path& next, int operation, const std::vector<int>& last_use,
            Action fill) {
    if (!has_word(path.fifo, now_)) return;
    const int before = path.slot(path.loaded).word;
    if (before >= 0 && last_use[at(before)] >= operation) return;
    next.slot(path.loaded) = {path.loaded, path.fifo.front().value};
    next.fifo.pop_front();
    ++next.loaded;
    count(fill);
  }

  const Machine& machine_;
  const Arithmetic& arithmetic_;
  const Pass& pass_;
  PlainTiles& tiles_;
  std::vector<Script> scripts_;
  int in_cycles_ = 1, out_cycles_ = 1, link_cycles_ = 1;
  State old_, next_;
  std::set<std::int32_t> arrived_;  // psums that have reached their store
  PlainRecord record_;
  std::int64_t now_ = 0;
  bool moved_ = false;
};

}  // namespace

PlainRecord play_plainly(const Machine& machine, const Arithmetic& arithmetic, const Pass& pass,
                         PlainTiles& tiles) {
  return PlainArray(machine, arithmetic, pass, tiles).play();
}

}  // namespace orrery::test
