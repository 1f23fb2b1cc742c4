// The PEs of the build, one for each datapath.
#include <pe_twins.inc>

#define ORRERY_PE_TRACES 1
#define ORRERY_PE_SPAD(OPERAND) pe__DOT__u_##OPERAND##__DOT__u_spad__DOT__words
#include "tests/twins/verilated_pe.h"

namespace orrery::test {

const std::vector<PeModule>& pe_modules() {
  static const std::vector<PeModule> all{
#include <pe_entries.inc>
  };
  return all;
}

}  // namespace orrery::test
