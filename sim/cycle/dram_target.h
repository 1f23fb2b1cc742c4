// A DRAM and its controller behind a TLM-2.0 socket, approximately timed, for any initiator.
#pragma once

#include <tlm_utils/peq_with_cb_and_phase.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <deque>
#include <map>
#include <systemc>
#include <tlm>
#include <unordered_map>
#include <vector>

#include "sim/dram/memory.h"

namespace orrery {

// The base protocol with four phases, or b_transport. A transaction of several bursts is done with
// the last of them. END_REQ comes when all bursts have found room in the queues of their channels;
// responses come in the order in which they are ready, which need not be that of the requests.
// Cycle n of the memory is at time n x tck; a request between two is seen at the later one.
//
// Data are moved when a request is taken: reads see all writes taken before. Memory never written
// reads as zero. Errors: TLM_ADDRESS_ERROR beyond the memory, TLM_BYTE_ENABLE_ERROR and
// TLM_BURST_ERROR (streaming width below the length), which this target does not serve.
class DramTarget : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<DramTarget, 64> socket;

  // Throws InputError as DramMemory does.
  DramTarget(const sc_core::sc_module_name& name, const DramSetup& setup);
  DramMemory& memory() { return memory_; }

 private:
  static constexpr std::size_t kPage = 4096;
  using Payload = tlm::tlm_generic_payload;
  // A transaction under way.
  struct Access {
    Payload* payload = nullptr;
    std::uint64_t next = 0, last = 0;  // first byte of the bursts not yet put; and of the last one
    int left = 0;                      // bursts not done
    bool put_all = false;
    DramCycle end = 0;
    sc_core::sc_event* finished = nullptr;  // who waits in b_transport; null: four phases
  };

  tlm::tlm_sync_enum forward(Payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay);
  void arrive(Payload& payload, const tlm::tlm_phase& phase);
  void transport(Payload& payload, sc_core::sc_time& delay);
  unsigned access_bytes(Payload& payload);
  bool valid(Payload& payload) const;
  void enter(Payload& payload, sc_core::sc_event* finished);

  void play();
  bool put_bursts(std::uint32_t tag, DramCycle now);
  void collect(DramChannel& channel);
  void respond(DramCycle now);
  void wake_next(DramCycle now);
  DramCycle cycle_now() const;

  DramMemory memory_;
  const sc_core::sc_time tck_;
  tlm_utils::peq_with_cb_and_phase<DramTarget> arrivals_;
  sc_core::sc_event wake_;
  std::unordered_map<std::uint32_t, Access> accesses_;
  std::uint32_t next_tag_ = 0;
  std::deque<std::uint32_t> waiting_;                 // not all of whose bursts were put
  std::multimap<DramCycle, std::uint32_t> finished_;  // by the cycle of their end
  std::vector<DramCycle> last_put_;                   // by channel
  Payload* responding_ = nullptr;                     // whose END_RESP is awaited
  std::unordered_map<std::uint64_t, std::vector<unsigned char>> pages_;
};

}  // namespace orrery
