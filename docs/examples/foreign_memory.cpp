// A SystemC memory of its own behind Orrery's accelerator: a layer, its ofmap checked.
//
//   foreign_memory MACHINE.yaml NETWORK LAYER
#include <fmt/format.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstring>
#include <map>
#include <systemc>
#include <vector>

#include "dataflows/row_stationary.h"
#include "sim/cycle/accelerator.h"
#include "workloads/network/network.h"
#include "workloads/network/widths.h"
#include "workloads/tensor/operands.h"

namespace {

// Loosely timed: each request takes 40 ns, and 1 ns a byte, one after the other.
class Memory : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Memory, 64> socket;

  explicit Memory(const sc_core::sc_module_name& name)
      : sc_module(name), socket("socket"), bytes_(1 << 20) {
    socket.register_b_transport(this, &Memory::transport);
    socket.register_transport_dbg(this, &Memory::access);
  }
  std::uint64_t requests() const { return requests_; }

 private:
  void transport(tlm::tlm_generic_payload& request, sc_core::sc_time& delay) {
    if (access(request) == 0) return;
    const sc_core::sc_time asked = sc_core::sc_time_stamp() + delay;
    free_ = std::max(free_, asked) + sc_core::sc_time(40, sc_core::SC_NS) +
            sc_core::sc_time(request.get_data_length(), sc_core::SC_NS);
    delay = free_ - sc_core::sc_time_stamp();
    ++requests_;
  }

  unsigned access(tlm::tlm_generic_payload& request) {
    if (request.get_address() + request.get_data_length() > bytes_.size()) {
      request.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return 0;
    }
    unsigned char* here = &bytes_[request.get_address()];
    if (request.is_write()) {
      std::memcpy(here, request.get_data_ptr(), request.get_data_length());
    } else {
      std::memcpy(request.get_data_ptr(), here, request.get_data_length());
    }
    request.set_response_status(tlm::TLM_OK_RESPONSE);
    return request.get_data_length();
  }

  std::vector<unsigned char> bytes_;
  sc_core::sc_time free_;
  std::uint64_t requests_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const orrery::Machine machine = orrery::read_machine(argv[1]);
  const orrery::Network network = orrery::at_widths(
      orrery::select(orrery::read_network(argv[2]), 1, {argv[3]}), machine.widths());
  const orrery::Layer& layer = network.layers.front();

  orrery::Accelerator accelerator("accelerator");
  Memory memory("memory");
  accelerator.memory().bind(memory.socket);
  const orrery::LayerResult result =
      orrery::run_layer_on(accelerator, machine, layer, orrery::row_stationary(layer, machine),
                           orrery::synthetic_operands(layer, 1, machine.numbers.psum_bits));
  fmt::print("{}: {} cycles, {} requests, ofmap {}\n", result.name, result.cycles,
             memory.requests(), orrery::name(result.check));
  return result.check == orrery::Check::kEqual ? 0 : 1;
}
