// DRAM behind a TLM-2.0 socket: bytes, and a plain link or a memory of a standard.
#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <map>
#include <optional>
#include <systemc>
#include <tlm>
#include <unordered_map>
#include <vector>

#include "sim/cycle/clocks.h"
#include "sim/dram/use.h"
#include "sim/machine/dram_device.h"

namespace orrery {

// A plain link is loosely timed (b_transport moves the bytes and tells the delay). A memory is
// approximately timed: each request is one burst, END_REQ comes when its channel has taken it,
// BEGIN_RESP with its end, in any order, which the initiator must accept with TLM_COMPLETED. Such
// requests carry times alone; bytes move by debug access. There is one request that is not taken at
// a time.
class DramModule : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<DramModule, 64> socket;

  explicit DramModule(const sc_core::sc_module_name& name);
  // The DRAM of a machine for a layer that starts now, empty, with room for `bytes`.
  void configure(const Machine& machine, const Layer& layer, const ClockDomains& clocks,
                 std::int64_t bytes);
  // What became of a memory until tick `end` of the layer; empty: a plain link.
  std::optional<DramUse> use(std::int64_t end);

 private:
  using Payload = tlm::tlm_generic_payload;

  void transport(Payload& request, sc_core::sc_time& delay);
  unsigned access(Payload& request);
  tlm::tlm_sync_enum forward(Payload& request, tlm::tlm_phase& phase, sc_core::sc_time& delay);
  void play();
  void take(DramCycle now);
  void collect(DramChannel& channel);
  void respond(DramCycle now);
  void wake_next(DramCycle now);
  DramCycle cycle_now() const;
  void wake_in(DramCycle cycle);

  std::vector<unsigned char> bytes_;
  DramDevice device_;

  std::optional<DramMemory> memory_;
  double derating_ = 1;
  std::int64_t period_ = 1;  // ticks
  sc_core::sc_time start_;
  sc_core::sc_event wake_;
  Payload* waiting_ = nullptr;
  std::vector<DramCycle> last_taken_;  // by channel
  std::uint32_t next_tag_ = 0;
  std::unordered_map<std::uint32_t, Payload*> taken_;
  std::multimap<DramCycle, Payload*> finished_;  // by the cycle of their end
};

}  // namespace orrery
