#include "sim/cycle/dram_module.h"

#include <cstring>

#include "sim/cycle/clocks.h"

namespace orrery {

DramModule::DramModule(const sc_core::sc_module_name& name) : sc_module(name), socket("socket") {
  socket.register_b_transport(this, &DramModule::transport);
  socket.register_transport_dbg(this, &DramModule::access);
}

void DramModule::configure(const Dram& dram, const ClockDomains& clocks, std::int64_t bytes) {
  bytes_.assign(static_cast<std::size_t>(bytes), 0);
  device_ = DramDevice(dram, clocks);
}

void DramModule::transport(tlm::tlm_generic_payload& request, sc_core::sc_time& delay) {
  if (access(request) != request.get_data_length()) return;
  const std::int64_t now = tick_count(sc_core::sc_time_stamp());
  delay = ticks(device_.serve(now + tick_count(delay), request.get_data_length()) - now);
}

// Moves the bytes; returns how many.
unsigned DramModule::access(tlm::tlm_generic_payload& request) {
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

}  // namespace orrery
