// DRAM behind a TLM-2.0 socket: bytes, a bandwidth and a latency.
#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <systemc>
#include <tlm>
#include <vector>

#include "sim/machine/dram_device.h"

namespace orrery {

// Loosely timed. Any other TLM-2.0 memory can take its place.
class DramModule : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<DramModule, 64> socket;

  explicit DramModule(const sc_core::sc_module_name& name);
  // The device of a machine, empty, with room for `bytes`.
  void configure(const Dram& dram, const ClockDomains& clocks, std::int64_t bytes);

 private:
  void transport(tlm::tlm_generic_payload& request, sc_core::sc_time& delay);
  unsigned access(tlm::tlm_generic_payload& request);

  std::vector<unsigned char> bytes_;
  DramDevice device_;
};

}  // namespace orrery
