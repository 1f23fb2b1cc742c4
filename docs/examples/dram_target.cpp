// A SystemC initiator of its own on Orrery's DRAM: reads one after the other, four phases each.
//
//   dram_target STANDARD.yaml POLICY.yaml
#include "sim/cycle/dram_target.h"

#include <fmt/format.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <systemc>
#include <tlm>

namespace {

class Initiator : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<Initiator, 64> socket;

  explicit Initiator(const sc_core::sc_module_name& name) : sc_module(name), socket("socket") {
    socket.register_nb_transport_bw(this, &Initiator::backward);
    SC_HAS_PROCESS(Initiator);
    SC_THREAD(run);
  }

 private:
  void run() {
    unsigned char data[64] = {};
    for (const std::uint64_t address : {0x0, 0x40, 0x40000, 0x80}) {
      tlm::tlm_generic_payload payload;
      payload.set_read();
      payload.set_address(address);
      payload.set_data_ptr(data);
      payload.set_data_length(sizeof data);
      payload.set_streaming_width(sizeof data);
      // A copy: what is returned is the clock itself.
      // NOLINTNEXTLINE(performance-unnecessary-copy-initialization)
      const sc_core::sc_time start = sc_core::sc_time_stamp();
      tlm::tlm_phase phase = tlm::BEGIN_REQ;
      sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
      socket->nb_transport_fw(payload, phase, delay);
      wait(response_);
      phase = tlm::END_RESP;
      socket->nb_transport_fw(payload, phase, delay);
      fmt::print("{:#x}: {} ns\n", address, (sc_core::sc_time_stamp() - start).to_seconds() * 1e9);
      wait(sc_core::sc_time(1, sc_core::SC_US));
    }
    sc_core::sc_stop();
  }

  tlm::tlm_sync_enum backward(tlm::tlm_generic_payload&, tlm::tlm_phase& phase, sc_core::sc_time&) {
    if (phase == tlm::BEGIN_RESP) response_.notify();
    return tlm::TLM_ACCEPTED;
  }

  sc_core::sc_event response_;
};

}  // namespace

int sc_main(int argc, char** argv) {
  if (argc != 3) return 2;
  orrery::DramSetup setup;
  setup.standard = orrery::read_dram_standard(argv[1]);
  setup.policy = orrery::read_dram_policy(argv[2]);
  orrery::DramTarget dram("dram", setup);
  Initiator initiator("initiator");
  initiator.socket.bind(dram.socket);
  sc_core::sc_start();
  return 0;
}
