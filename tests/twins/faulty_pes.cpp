// In place of the PEs of the build: small ones with faults.
#include <Vfaulty_pe_dfp.h>
#include <Vfaulty_pe_dfp___024root.h>
#include <Vfaulty_pe_gated.h>
#include <Vfaulty_pe_gated___024root.h>

#define ORRERY_PE_TRACES 0
#define ORRERY_PE_SPAD(OPERAND) pe__DOT__u_##OPERAND##__02eu_spad__02ewords
#include "tests/twins/verilated_pe.h"

namespace orrery::test {

const std::vector<PeModule>& pe_modules() {
  constexpr PeMaxima kSmall{
      .ifmap_spad = 6, .filter_spad = 6, .psum_spad = 4, .fifo_packets = 3, .packet_words = 2};
  static const std::vector<PeModule> all{
      {"mac_zero_gated", 3, kSmall, &make_pe<Vfaulty_pe_gated>},
      {"mac_int16_dfp", 2, kSmall, &make_pe<Vfaulty_pe_dfp>},
  };
  return all;
}

}  // namespace orrery::test
