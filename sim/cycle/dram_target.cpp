#include "sim/cycle/dram_target.h"

#include <algorithm>

namespace orrery {

DramTarget::DramTarget(const sc_core::sc_module_name& name, const DramSetup& setup)
    : sc_module(name),
      socket("socket"),
      memory_(setup),
      tck_(setup.standard.tck_ps, sc_core::SC_PS),
      arrivals_(this, &DramTarget::arrive),
      last_put_(memory_.channels().size(), -1) {
  socket.register_nb_transport_fw(this, &DramTarget::forward);
  socket.register_b_transport(this, &DramTarget::transport);
  socket.register_transport_dbg(this, &DramTarget::access_bytes);
  SC_HAS_PROCESS(DramTarget);
  SC_METHOD(play);
  sensitive << wake_;
  dont_initialize();
}

// The first cycle that is not before the present time.
DramCycle DramTarget::cycle_now() const {
  const auto now = sc_core::sc_time_stamp().value(), period = tck_.value();
  return static_cast<DramCycle>((now + period - 1) / period);
}

bool DramTarget::valid(Payload& payload) const {
  const auto bytes = static_cast<std::uint64_t>(memory_.bytes());
  const std::uint64_t length = payload.get_data_length();
  if (payload.get_byte_enable_ptr() != nullptr) {
    payload.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  } else if (payload.get_streaming_width() < length || length == 0) {
    payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
  } else if (payload.get_address() >= bytes || length > bytes - payload.get_address()) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  } else {
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }
  return payload.is_response_ok();
}

// Moves the data; returns how many bytes.
unsigned DramTarget::access_bytes(Payload& payload) {
  if (!valid(payload)) return 0;
  unsigned char* data = payload.get_data_ptr();
  for (unsigned i = 0; i < payload.get_data_length(); ++i) {
    const std::uint64_t address = payload.get_address() + i;
    const auto page = pages_.find(address / kPage);
    if (payload.is_write()) {
      auto& bytes = page == pages_.end() ? pages_[address / kPage] : page->second;
      bytes.resize(kPage);
      bytes[address % kPage] = data[i];
    } else {
      data[i] = page == pages_.end() ? 0 : page->second[address % kPage];
    }
  }
  return payload.get_data_length();
}

void DramTarget::enter(Payload& payload, sc_core::sc_event* finished) {
  const auto burst =
      static_cast<std::uint64_t>(memory_.setup().standard.organization.burst_bytes());
  Access a;
  a.payload = &payload;
  a.finished = finished;
  a.next = memory_.map().burst(payload.get_address());
  a.last = memory_.map().burst(payload.get_address() + payload.get_data_length() - 1);
  a.left = static_cast<int>((a.last - a.next) / burst + 1);
  if (access_bytes(payload) == 0) {  // an error is answered at once
    a.put_all = true;
    finished_.emplace(cycle_now(), next_tag_);
  } else {
    waiting_.push_back(next_tag_);
  }
  accesses_.emplace(next_tag_++, a);
  wake_.notify(tck_ * static_cast<double>(cycle_now()) - sc_core::sc_time_stamp());
}

tlm::tlm_sync_enum DramTarget::forward(Payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) {
  arrivals_.notify(payload, phase, delay);
  return tlm::TLM_ACCEPTED;
}

void DramTarget::arrive(Payload& payload, const tlm::tlm_phase& phase) {
  if (phase == tlm::BEGIN_REQ) {
    if (payload.has_mm()) payload.acquire();
    enter(payload, nullptr);
  } else if (phase == tlm::END_RESP && responding_ == &payload) {
    responding_ = nullptr;
    if (payload.has_mm()) payload.release();
    wake_.notify(sc_core::SC_ZERO_TIME);
  }
}

void DramTarget::transport(Payload& payload, sc_core::sc_time& delay) {
  sc_core::wait(delay);
  delay = sc_core::SC_ZERO_TIME;
  sc_core::sc_event finished;
  enter(payload, &finished);
  sc_core::wait(finished);
}

// Whether all bursts of an access have been put into their channels.
bool DramTarget::put_bursts(std::uint32_t tag, DramCycle now) {
  Access& a = accesses_.at(tag);
  const DramKind kind = a.payload->is_write() ? DramKind::kWrite : DramKind::kRead;
  const auto burst =
      static_cast<std::uint64_t>(memory_.setup().standard.organization.burst_bytes());
  while (a.next <= a.last) {
    const auto index = static_cast<std::size_t>(memory_.map().channel(a.next));
    DramChannel& channel = memory_.channels()[index];
    channel.advance(now);
    if (last_put_[index] == now || !channel.has_room(kind)) return false;
    channel.put(kind, a.next, tag, now);
    last_put_[index] = now;
    a.next += burst;
  }
  a.put_all = true;
  return true;
}

void DramTarget::collect(DramChannel& channel) {
  for (const DramDone& d : channel.done()) {
    Access& a = accesses_.at(d.tag);
    a.end = std::max(a.end, d.at);
    if (--a.left == 0) finished_.emplace(a.end, d.tag);
  }
  channel.done().clear();
}

void DramTarget::respond(DramCycle now) {
  while (!finished_.empty() && finished_.begin()->first <= now) {
    const std::uint32_t tag = finished_.begin()->second;
    const Access a = accesses_.at(tag);
    if (a.finished == nullptr && responding_ != nullptr) return;
    finished_.erase(finished_.begin());
    accesses_.erase(tag);
    if (a.finished != nullptr) {
      a.finished->notify();
      continue;
    }
    responding_ = a.payload;
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    const tlm::tlm_sync_enum answer = socket->nb_transport_bw(*a.payload, phase, delay);
    const bool over =
        answer == tlm::TLM_COMPLETED || (answer == tlm::TLM_UPDATED && phase == tlm::END_RESP);
    if (!over) return;
    responding_ = nullptr;
    if (a.payload->has_mm()) a.payload->release();
  }
}

void DramTarget::play() {
  const DramCycle now = cycle_now();
  while (!waiting_.empty() && put_bursts(waiting_.front(), now)) {
    const Access& a = accesses_.at(waiting_.front());
    waiting_.pop_front();
    if (a.finished != nullptr) continue;
    tlm::tlm_phase phase = tlm::END_REQ;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    socket->nb_transport_bw(*a.payload, phase, delay);
  }
  for (DramChannel& channel : memory_.channels()) {
    channel.advance(now);
    collect(channel);
  }
  respond(now);
  wake_next(now);
}

void DramTarget::wake_next(DramCycle now) {
  DramCycle next = kDramNever;
  if (!waiting_.empty()) next = now + 1;
  for (DramChannel& channel : memory_.channels()) {
    if (channel.owed() > 0) next = std::min(next, channel.next_event());
  }
  if (!finished_.empty() && responding_ == nullptr) {
    next = std::min(next, std::max(finished_.begin()->first, now + 1));
  }
  if (next < kDramNever) {
    wake_.notify(tck_ * static_cast<double>(next) - sc_core::sc_time_stamp());
  }
}

}  // namespace orrery
