// In place of the twins of the build: one that is wrong.
#include <Vbroken.h>

#include "sim/twin/twins.h"
#include "sim/twin/verilated_twin.h"

namespace orrery {

const std::vector<Twin>& twins() {
  static const std::vector<Twin> all{{"mac_int8", &make_verilated<Vbroken>}};
  return all;
}

}  // namespace orrery
