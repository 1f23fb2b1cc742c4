#include "sim/cycle/dram_module.h"

#include <algorithm>
#include <cstring>

#include "sim/machine/cycles.h"
#include "sim/machine/dram_bursts.h"

namespace orrery {

DramModule::DramModule(const sc_core::sc_module_name& name) : sc_module(name), socket("socket") {
  socket.register_b_transport(this, &DramModule::transport);
  socket.register_nb_transport_fw(this, &DramModule::forward);
  socket.register_transport_dbg(this, &DramModule::access);
  SC_HAS_PROCESS(DramModule);
  SC_METHOD(play);
  sensitive << wake_;
  dont_initialize();
}

void DramModule::configure(const Machine& machine, const Layer& layer, const ClockDomains& clocks,
                           std::int64_t bytes) {
  bytes_.assign(static_cast<std::size_t>(bytes), 0);
  wake_.cancel();
  waiting_ = nullptr;
  taken_.clear();
  finished_.clear();
  memory_.reset();
  if (!machine.dram.setup) {
    device_ = DramDevice(machine.dram, clocks);
    return;
  }
  memory_.emplace(memory_setup(machine, layer));
  last_taken_.assign(memory_->channels().size(), -1);
  derating_ = machine.dram.derating;
  period_ = clocks.memory.period;
  start_ = sc_core::sc_time_stamp();
}

std::optional<DramUse> DramModule::use(std::int64_t end) {
  if (!memory_) return std::nullopt;
  return dram_use(*memory_, derating_, cycles_of(end, period_));
}

void DramModule::transport(Payload& request, sc_core::sc_time& delay) {
  if (access(request) != request.get_data_length()) return;
  const std::int64_t now = tick_count(sc_core::sc_time_stamp());
  delay = ticks(device_.serve(now + tick_count(delay), request.get_data_length()) - now);
}

// Moves the bytes; returns how many.
unsigned DramModule::access(Payload& request) {
  const std::uint64_t first = request.get_address();
  const unsigned length = request.get_data_length();
  if (first + length > bytes_.size()) {
    request.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return 0;
  }
  unsigned char* here = bytes_.data() + first;
  if (request.is_write()) {
    std::memcpy(here, request.get_data_ptr(), length);
  } else {
    std::memcpy(request.get_data_ptr(), here, length);
  }
  request.set_response_status(tlm::TLM_OK_RESPONSE);
  return length;
}

// The first cycle that is not before the present time.
DramCycle DramModule::cycle_now() const {
  return cycles_of(tick_count(sc_core::sc_time_stamp() - start_), period_);
}

void DramModule::wake_in(DramCycle cycle) {
  wake_.notify(start_ + ticks(cycle * period_) - sc_core::sc_time_stamp());
}

tlm::tlm_sync_enum DramModule::forward(Payload& request, tlm::tlm_phase& phase, sc_core::sc_time&) {
  if (phase != tlm::BEGIN_REQ) return tlm::TLM_COMPLETED;
  request.set_response_status(tlm::TLM_OK_RESPONSE);
  waiting_ = &request;
  wake_in(cycle_now());
  return tlm::TLM_ACCEPTED;
}

void DramModule::play() {
  const DramCycle now = cycle_now();
  for (DramChannel& channel : memory_->channels()) {
    channel.advance(now);
    collect(channel);
  }
  if (waiting_ != nullptr) take(now);
  respond(now);
  wake_next(now);
}

// Gives the request that waits to its channel, if there is room.
void DramModule::take(DramCycle now) {
  const std::uint64_t address = waiting_->get_address();
  const DramKind kind = waiting_->is_write() ? DramKind::kWrite : DramKind::kRead;
  DramChannel& channel = memory_->channel_of(address);
  DramCycle& last = last_taken_[static_cast<std::size_t>(memory_->map().channel(address))];
  if (last == now || !channel.has_room(kind)) return;
  last = now;
  taken_.emplace(next_tag_, waiting_);
  channel.put(kind, address, next_tag_++, now);
  collect(channel);
  Payload& request = *std::exchange(waiting_, nullptr);
  tlm::tlm_phase phase = tlm::END_REQ;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  socket->nb_transport_bw(request, phase, delay);
}

void DramModule::collect(DramChannel& channel) {
  for (const DramDone& done : channel.done()) {
    const auto request = taken_.find(done.tag);
    finished_.emplace(done.at, request->second);
    taken_.erase(request);
  }
  channel.done().clear();
}

void DramModule::respond(DramCycle now) {
  while (!finished_.empty() && finished_.begin()->first <= now) {
    Payload& request = *finished_.begin()->second;
    finished_.erase(finished_.begin());
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    socket->nb_transport_bw(request, phase, delay);
  }
}

void DramModule::wake_next(DramCycle now) {
  DramCycle next = finished_.empty() ? kDramNever : finished_.begin()->first;
  for (DramChannel& channel : memory_->channels()) {
    if (channel.owed() > 0) next = std::min(next, channel.next_event());
  }
  if (waiting_ != nullptr) {
    const std::uint64_t address = waiting_->get_address();
    const auto index = static_cast<std::size_t>(memory_->map().channel(address));
    const bool busy = last_taken_[index] == now;
    next = std::min(next, busy ? now + 1 : memory_->channels()[index].next_event());
  }
  if (next < kDramNever) wake_in(next);
}

}  // namespace orrery
