#include "sim/rtl/rtl_array.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <stdexcept>

namespace orrery {
namespace {

// Clocks without anything moving after which nothing will: longer than any transfer and latency.
constexpr std::int64_t kPatience = 1024;

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

std::span<const std::int32_t> addresses(const Stream& s, std::int32_t packet) {
  return {s.address.data() + s.first[at(packet)],
          at(s.first[at(packet) + 1]) - at(s.first[at(packet)])};
}

// Bytes of a port of so many bits (RtlModule).
std::size_t port_bytes(int bits) {
  if (bits > 64) return at((bits + 31) / 32) * 4;
  return std::bit_ceil(at((bits + 7) / 8));
}

void put_mask(void* port, std::uint64_t mask, int bits) {
  std::memcpy(port, &mask, port_bytes(bits));
}
void put_byte(void* port, std::uint64_t value) {
  *static_cast<std::uint8_t*>(port) = static_cast<std::uint8_t>(value);
}
bool flag(const void* port) { return *static_cast<const std::uint8_t*>(port) != 0; }
bool bit_of(const void* port, std::size_t i) {
  return (static_cast<const std::uint8_t*>(port)[i / 8] >> i % 8 & 1) != 0;
}

std::uint64_t count_bits(const void* port, int bits) {
  std::uint64_t n = 0;
  for (std::size_t i = 0; i < at((bits + 7) / 8); ++i)
    n += static_cast<std::uint64_t>(std::popcount(static_cast<const std::uint8_t*>(port)[i]));
  return n;
}

// orrery_array_pkg::pe_status_t.
struct Status {
  std::uint8_t bits;
  PeState state() const { return static_cast<PeState>(bits >> 5); }
  bool gated() const { return (bits >> 4 & 1) != 0; }
  bool merged() const { return (bits >> 3 & 1) != 0; }
  bool loads_ifmap() const { return (bits >> 2 & 1) != 0; }
  bool loads_filter() const { return (bits >> 1 & 1) != 0; }
};

}  // namespace

RtlArray::RtlArray(const Machine& machine, const MacRegisters& registers, const RtlShape& shape,
                   RtlModule& module)
    : machine_(machine),
      shape_(shape),
      module_(module),
      mac_(machine.mac, registers),
      shared_psum_port_(machine.store_of(Tensor::kPsum).shared_port),
      store_adds_(machine.accumulates_at_store()),
      has_psum_spad_(machine.pe.psum_spad_words > 0),
      words_per_psum_(static_cast<std::uint64_t>(machine.words_per_psum())) {
  if (const std::string why = why_not_rtl(machine, shape); !why.empty()) throw InputError(why);
  const auto out = [&](const char* name) { return static_cast<const std::uint8_t*>(port(name)); };
  clk_ = port("clk_i");
  next_valid_ = port("next_valid_i");
  collect_valid_ = port("psum_out_valid_i");
  collect_y_ = port("psum_out_y_i");
  collect_x_ = port("psum_out_x_i");
  status_ = out("status_o");
  hop_psums_ = out("hop_psums_o");
  taken_ = out("psum_out_taken_o");
  busy_ = out("psum_out_busy_o");
  start_ = out("start_o");
  handed_ = out("handed_o");
  done_ = out("done_o");
  starts_ = out("starts_o");
  hops_ = out("hops_o");
  collect_takes_ = out("psum_out_takes_o");
  collect_data_ = out("psum_out_data_o");
  collect_words_ = out("psum_out_words_o");
  buses_ = {bus_ports("ifmap"), bus_ports("filter"), bus_ports("psum_in")};
  set("pe_cfg_i", pe_cfg_bits(machine, registers));
  set("cfg_i", array_cfg_bits(machine));
  reset();
}

void* RtlArray::port(const std::string& name) {
  if (void* found = module_.port(name)) return found;
  throw std::logic_error("the RTL array has no port " + name);
}

RtlArray::BusPorts RtlArray::bus_ports(const std::string& bus) {
  return {.valid = port(bus + "_valid_i"),
          .y = port(bus + "_y_i"),
          .x = port(bus + "_x_i"),
          .words = port(bus + "_words_i"),
          .data = port(bus + "_data_i"),
          .ready = port(bus + "_ready_o"),
          .takes = port(bus + "_takes_o")};
}

void RtlArray::set(const char* name, const PackedBits& bits) {
  std::memcpy(port(name), bits.words().data(),
              std::min(bits.words().size() * 4, port_bytes(static_cast<int>(bits.size()))));
}

// One clock more, after which the array is set.
void RtlArray::reset() {
  auto* reset = static_cast<std::uint8_t*>(port("rst_ni"));
  *reset = 1;
  clock(0);
  *reset = 0;
  clock(0);
  clock(1);
  *reset = 1;
  clock(0);
  clock(1);
}

void RtlArray::clock(int level) {
  *static_cast<std::uint8_t*>(clk_) = static_cast<std::uint8_t>(level);
  module_.eval();
  module_.dump();
}

void RtlArray::start(const RtlPass& pass, const PassTiles& tiles) {
  if (next_) throw std::logic_error("a pass waits for the RTL array already");
  next_.emplace();
  next_->rtl = &pass;
  next_->pass = pass.pass;
  next_->tiles = tiles;
  next_->number = passes_++;
  next_->began.assign(pass.pass->pes.size(), 0);
  if (!tiles.read_psums) next_->next[index(Tensor::kPsum)] = pass.pass->psum_in.packets();
  if (pass.pass->filter.packets() == 0) next_->record.filled_cycle = 1;
  set("next_packets_i", packet_bits(*pass.pass, tiles.read_psums));
  set("next_programs_i", program_bits(*pass.pass, shape_, tiles.read_psums));
  set("next_roles_i", role_bits(pass, shape_));
}

void RtlArray::play() {
  for (std::int64_t moved = now_; !idle();) {
    if (step().moved) moved = now_;
    if (now_ - moved > kPatience)
      throw DeadlockError(
          fmt::format("the pass can never end on the RTL array of machine {}: from its clock {} on "
                      "nothing moves; "
                      "the FIFOs are too shallow for this mapping",
                      machine_.name, moved));
  }
}

std::optional<PassRecord> RtlArray::take_record() {
  if (records_.empty()) return std::nullopt;
  PassRecord record = records_.front();
  records_.pop_front();
  return record;
}

const RtlCycle& RtlArray::step() {
  drive();
  *static_cast<std::uint8_t*>(clk_) = 0;
  module_.eval();
  // Writes go first at a shared port.
  if (shared_psum_port_ && !flag(taken_) && !flag(busy_)) {
    offer(Tensor::kPsum, earliest());
    module_.eval();
  }
  module_.dump();
  observe();
  clock(1);
  ++now_;
  return cycle_;
}

void RtlArray::drive() {
  put_byte(next_valid_, next_ ? 1 : 0);
  offer(Tensor::kIfmap, latest());
  offer(Tensor::kFilter, latest());
  offer(Tensor::kPsum, shared_psum_port_ ? nullptr : earliest());
  offer_collect();
}

void RtlArray::offer(Tensor t, Playing* from) {
  BusPorts& bus = buses_[index(t)];
  const Stream* stream = nullptr;
  std::int32_t next = 0;
  if (from != nullptr) {
    const Pass& pass = *from->pass;
    stream =
        t == Tensor::kIfmap ? &pass.ifmap : (t == Tensor::kFilter ? &pass.filter : &pass.psum_in);
    next = from->next[index(t)];
  }
  const bool valid = stream != nullptr && next < stream->packets();
  put_byte(bus.valid, valid ? 1 : 0);
  if (!valid || (bus.offered_pass == from->number && bus.offered == next)) return;
  bus.offered_pass = from->number;
  bus.offered = next;
  const NocIds& ids = t == Tensor::kIfmap
                          ? from->rtl->ifmap
                          : (t == Tensor::kFilter ? from->rtl->filter : from->rtl->psum_in);
  const NocMasks& masks = ids.group[at(stream->group[at(next)])];
  put_mask(bus.y, masks.y, shape_.rows);
  put_mask(bus.x, masks.x, shape_.cols);
  const std::span<const std::int32_t> address = addresses(*stream, next);
  put_byte(bus.words, address.size());
  switch (t) {
    case Tensor::kIfmap:
      return put_data(bus, from->tiles.ifmap, address);
    case Tensor::kFilter:
      return put_data(bus, from->tiles.filter, address);
    case Tensor::kPsum:
      return put_data(bus, from->tiles.psum, address);
  }
}

template <class Word>
void RtlArray::put_data(const BusPorts& bus, const Word* tile,
                        std::span<const std::int32_t> address) {
  auto* to = static_cast<std::byte*>(bus.data);
  for (const std::int32_t from : address) {
    std::memcpy(to, tile + from, sizeof(Word));
    to += sizeof(Word);
  }
}

void RtlArray::offer_collect() {
  const Playing* from = earliest();
  const bool valid = from != nullptr && from->collected < from->pass->psum_out.packets();
  put_byte(collect_valid_, valid ? 1 : 0);
  if (!valid) return;
  const NocMasks& masks =
      from->rtl->psum_out.group[at(from->pass->psum_out.group[at(from->collected)])];
  put_mask(collect_y_, masks.y, shape_.rows);
  put_mask(collect_x_, masks.x, shape_.cols);
}

void RtlArray::observe() {
  cycle_ = {};
  observe_pes();
  observe_sends(Tensor::kIfmap, latest());
  observe_sends(Tensor::kFilter, latest());
  observe_sends(Tensor::kPsum, earliest());
  observe_hops();
  observe_collect();
  if (flag(handed_) && machine_.array.pipelined)
    latest()->record.handed_cycle = now_ + 1 - latest()->begin;
  cycle_.over = flag(done_);
  cycle_.starts = flag(start_);
  cycle_.moved = cycle_.moved || cycle_.over || cycle_.starts || flag(busy_);
  if (cycle_.starts) start_next();
  if (cycle_.over) finish();
}

void RtlArray::observe_pes() {
  Playing* now = latest();
  if (now == nullptr) return;
  const std::vector<PeRole>& pes = now->pass->pes;
  PassRecord& record = now->record;
  Counts& counts = record.counts;
  states_.resize(pes.size());
  for (std::size_t i = 0; i < pes.size(); ++i) {
    const std::size_t place = place_of(pes[i], shape_);
    const Status status{status_[place]};
    const PeState state = states_[i] = status.state();
    ++record.pe_cycles[static_cast<std::size_t>(state)];
    counts[Action::spad_ifmap_fill] += status.loads_ifmap() ? 1 : 0;
    counts[Action::spad_filter_fill] += status.loads_filter() ? 1 : 0;
    counts[Action::adder_none_merge] += status.merged() ? 1 : 0;
    cycle_.moved =
        cycle_.moved || status.loads_ifmap() || status.loads_filter() || state <= PeState::kMerge;
    if (state == PeState::kMac) {
      now->began[i] = 1;
      const bool starts = bit_of(starts_, place), gated = status.gated();
      ++counts[gated ? Action::mac_none_gate : Action::mac_none_compute];
      ++counts[Action::spad_ifmap_operand_read];
      counts[Action::spad_filter_operand_read] += gated && !mac_.gates_by_filter() ? 0 : 1;
      counts[Action::spad_psum_first_write] += starts && has_psum_spad_ ? 1 : 0;
      const int updates = !starts && !gated && has_psum_spad_ ? 1 : 0;
      counts[Action::spad_psum_update_read] += static_cast<std::uint64_t>(updates);
      counts[Action::spad_psum_update_write] += static_cast<std::uint64_t>(updates);
    } else if (now->began[i] == 0 &&
               (state == PeState::kWaitIfmap || state == PeState::kWaitFilter)) {
      ++record.wait(state == PeState::kWaitIfmap ? BeforeMac::kIfmap : BeforeMac::kFilter);
    }
  }
  cycle_.pass = now->number;
  cycle_.cycle = now_ - now->begin;
  cycle_.states = states_;
}

void RtlArray::observe_sends(Tensor t, Playing* from) {
  const BusPorts& bus = buses_[index(t)];
  if (!flag(bus.valid) || !flag(bus.ready)) return;
  static constexpr Action kSent[kTensors][3] = {
      {Action::glb_ifmap_array_read, Action::noc_ifmap_bus_word, Action::noc_ifmap_delivery},
      {Action::glb_filter_array_read, Action::noc_filter_bus_word, Action::noc_filter_delivery},
      {Action::glb_psum_array_read, Action::noc_psum_bus_word, Action::noc_psum_delivery}};
  const auto& [read, sent, delivered] = kSent[index(t)];
  Counts& counts = from->record.counts;
  std::int32_t& next = from->next[index(t)];
  std::uint64_t words = *static_cast<const std::uint8_t*>(bus.words);
  if (t == Tensor::kPsum) words *= words_per_psum_;
  counts[read] += words;
  counts[sent] += words;
  counts[delivered] += words * count_bits(bus.takes, pes(shape_));
  if (t == Tensor::kIfmap && from->tiles.padding != nullptr) {
    for (const std::int32_t address : addresses(from->pass->ifmap, next))
      counts[read] -= from->tiles.padding[address];
  }
  ++next;
  if (t == Tensor::kFilter && next == from->pass->filter.packets())
    from->record.filled_cycle = now_ + 1 - from->begin;
  cycle_.sends[index(t)] = cycle_.moved = true;
}

void RtlArray::observe_hops() {
  Playing* from = earliest();
  if (from == nullptr) return;
  const std::vector<PeRole>& all = from->pass->pes;
  hopping_.assign(all.size(), 0);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::size_t place = place_of(all[i], shape_);
    if (!bit_of(hops_, place)) continue;
    hopping_[i] = 1;
    cycle_.moved = true;
    from->record.counts[Action::noc_psum_hop] += hop_psums_[place] * words_per_psum_;
    from->record.counts[Action::spad_psum_drain_read] += has_psum_spad_ ? hop_psums_[place] : 0;
  }
  cycle_.psum_pass = from->number;
  cycle_.hops = hopping_;
}

void RtlArray::observe_collect() {
  if (!flag(taken_)) return;
  Playing& from = *earliest();
  const Stream& stream = from.pass->psum_out;
  psums_.resize(*collect_words_);
  std::memcpy(psums_.data(), collect_data_, psums_.size() * sizeof(std::int32_t));
  const bool adds = store_adds_ && (from.tiles.read_psums || stream.repeats(from.collected));
  store_psums(from, addresses(stream, from.collected), adds);
  const std::uint64_t psums = psums_.size(), members = count_bits(collect_takes_, pes(shape_));
  Counts& counts = from.record.counts;
  counts[Action::noc_psum_bus_word] += psums * words_per_psum_;
  counts[Action::noc_psum_delivery] += psums * words_per_psum_;
  counts[Action::glb_psum_array_read] += adds ? psums * words_per_psum_ : 0;
  counts[Action::glb_psum_array_write] += psums * words_per_psum_;
  counts[Action::adder_none_merge] += psums * (members - (adds ? 0 : 1));
  counts[Action::spad_psum_drain_read] += has_psum_spad_ ? psums * members : 0;
  ++from.collected;
  cycle_.collects = cycle_.moved = true;
  cycle_.psums = psums_;
}

void RtlArray::store_psums(Playing& from, std::span<const std::int32_t> address, bool adds) {
  for (std::size_t k = 0; k < std::min(address.size(), psums_.size()); ++k) {
    std::int32_t& psum = from.tiles.psum[address[k]];
    psum = adds ? mac_.accumulate(psum, psums_[k]) : psums_[k];
  }
}

void RtlArray::start_next() {
  alive_.push_back(std::move(*next_));
  next_.reset();
  alive_.back().begin = now_ + 1;
}

// The PEs of a pass are done while the next one has the array.
void RtlArray::finish() {
  Playing& over = alive_.front();
  PassRecord& record = over.record;
  record.cycles = now_ + 1 - over.begin;
  if (!machine_.array.pipelined) record.handed_cycle = record.cycles;
  if (alive_.size() > 1) {
    record.pe_cycles[static_cast<std::size_t>(PeState::kDone)] +=
        over.pass->pes.size() * static_cast<std::uint64_t>(now_ + 1 - alive_[1].begin);
  }
  records_.push_back(record);
  alive_.pop_front();
}

}  // namespace orrery
