#include "sim/rtl/rtl_array.h"

#include <fmt/format.h>

#include <cstring>
#include <stdexcept>

#include "arch/mac/all.h"
#include "sim/rtl/port_bits.h"

namespace orrery {
namespace {

using namespace port_bits;

// Clocks without anything moving after which nothing will: longer than any transfer and latency.
constexpr std::int64_t kPatience = 1024;

}  // namespace

RtlArray::RtlArray(const Machine& machine, const MacRegisters& registers, const RtlShape& shape,
                   RtlModule& module)
    : machine_(machine),
      shape_(shape),
      module_(module),
      mac_(machine.mac, registers),
      shared_psum_port_(machine.store_of(Tensor::kPsum).shared_port),
      store_adds_(machine.accumulates_at_store()),
      reads_tables_(find_mac(machine.mac)->traits.tables),
      builds_tables_(reads_tables_ &&
                     machine.mac_options.organisation != LutOrganisation::kProductTable),
      has_chains_(find_mac(machine.mac)->traits.singles),
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
  set("pe_cfg_i", pe_cfg_words(machine, registers));
  set("cfg_i", array_cfg_words(machine));
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

void RtlArray::set(const char* name, const PortWords& words) {
  std::memcpy(port(name), words.data(), words.size() * sizeof(std::uint32_t));
}

// One clock more, after which the array is set.
void RtlArray::reset() {
  for (void* valid :
       {buses_[0].valid, buses_[1].valid, buses_[2].valid, next_valid_, collect_valid_})
    put_byte(valid, 0);
  auto* reset = static_cast<std::uint8_t*>(port("rst_ni"));
  *reset = 1;
  set_clock(0);
  *reset = 0;
  set_clock(0);
  set_clock(1);
  *reset = 1;
  set_clock(0);
  set_clock(1);
}

void RtlArray::set_clock(int level) {
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
  next_->macs.assign(pass.pass->pes.size(), 0);
  next_->products.assign(pass.pass->pes.size(), 0);
  if (!tiles.read_psums) next_->next[index(Tensor::kPsum)] = pass.pass->psum_in.packets();
  if (pass.pass->filter.packets() == 0) next_->record.filled_cycle = 1;
  set("next_packets_i", {static_cast<std::uint32_t>(pass.pass->psum_out.packets())});
  set("next_programs_i", program_words(*pass.pass, shape_, tiles.read_psums));
  set("next_roles_i", role_words(pass, shape_));
}

void RtlArray::play() {
  while (!idle()) {
    step();
    check_moves();
  }
}

void RtlArray::check_moves() const {
  if (idle() || now_ - moved_ <= kPatience) return;
  throw DeadlockError(
      fmt::format("the pass can never end on the RTL array of machine {}: from its clock {} on "
                  "nothing moves; the FIFOs are too shallow for this mapping",
                  machine_.name, moved_));
}

std::optional<PassRecord> RtlArray::take_record() {
  if (records_.empty()) return std::nullopt;
  PassRecord record = records_.front();
  records_.pop_front();
  return record;
}

const RtlCycle& RtlArray::step() {
  settle();
  clock();
  return cycle_;
}

const RtlCycle& RtlArray::settle() {
  drive();
  *static_cast<std::uint8_t*>(clk_) = 0;
  module_.eval();
  // Writes go first at a shared port.
  if (shared_psum_port_ && !flag(taken_) && !flag(busy_)) {
    offer(Tensor::kPsum, earliest());
    module_.eval();
  }
  observe();
  if (cycle_.moved) moved_ = now_;
  return cycle_;
}

void RtlArray::clock() {
  if (next_ && !flag(next_valid_)) {
    put_byte(next_valid_, 1);
    module_.eval();
  }
  module_.dump();
  cycle_.starts = flag(start_);
  if (cycle_.starts) {
    start_next();
    cycle_.moved = true;
    moved_ = now_;
  }
  set_clock(1);
  ++now_;
}

void RtlArray::drive() {
  put_byte(next_valid_, 0);
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
  for (const int products : over.products)
    record.counts[Action::mac_none_spill] += products > 0 ? 1 : 0;
  if (alive_.size() > 1) {
    record.pe_cycles[static_cast<std::size_t>(PeState::kDone)] +=
        over.pass->pes.size() * static_cast<std::uint64_t>(now_ + 1 - alive_[1].begin);
  }
  records_.push_back(record);
  alive_.pop_front();
}

}  // namespace orrery
