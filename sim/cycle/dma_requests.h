// The requests of the DMA to a memory of a standard, burst by burst.
#pragma once

#include <cstdint>
#include <deque>
#include <systemc>
#include <tlm>
#include <vector>

#include "sim/cycle/job.h"
#include "sim/machine/dram_bursts.h"

namespace orrery {

// Bursts of all transfers are asked for in order, the next once the memory has taken the one
// before. They pass the link in that order: what is read when its data are there; what is written
// before it is asked for.
class DmaRequests : public sc_core::sc_module {
 public:
  using Socket = tlm::tlm_initiator_socket<64>;
  DmaRequests(const sc_core::sc_module_name& name, Socket& socket);
  void configure(Job& job);

  // The bursts of the next transfer, which begins now, in tick `begin`, a link edge; its
  // post-processing is over `post` ticks later.
  void begin(std::int64_t begin, std::int64_t post, const std::vector<Burst>& bursts);
  // Waits until it is known when the first transfer ends whose end was not yet asked for; returns
  // the tick, a link edge.
  std::int64_t wait_for_end();
  // What the memory says.
  tlm::tlm_sync_enum backward(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase);

 private:
  struct Transfer {
    std::int64_t begin = 0, end = 0;  // ticks
    std::size_t left = 0;             // passages of the link and writes that are to come
    bool entered = false;             // its first burst has passed the link
  };
  struct Request : tlm::tlm_generic_payload {
    std::int64_t words = 0;
    Transfer* transfer = nullptr;
    std::int64_t done = -1;    // tick; -1: not done
    std::int64_t passed = -1;  // tick in which its words have passed the link; -1: they have not
    bool taken = false;
  };

  void ask();
  void pass_link();

  Socket& socket_;
  Job* job_ = nullptr;
  std::deque<Request> requests_;  // of transfers under way
  std::deque<Transfer> transfers_;
  std::size_t asked_ = 0, linked_ = 0;  // of requests_, the first that is still to be
  std::int64_t link_time_ = 0;          // in ticks * words_per_cycle
  std::int64_t last_end_ = 0;
  std::vector<unsigned char> data_;  // of no meaning: requests carry times
  sc_core::sc_event came_, passed_, taken_, progress_;
};

}  // namespace orrery
