// Modules with faults, one of which is switched on.
#pragma once

#include <memory>
#include <ostream>
#include <string_view>
#include <vector>

#include "sim/twin/rtl.h"

namespace orrery {

struct FaultyTwin {
  std::string_view name;
  std::unique_ptr<Rtl> (*make)(int fault);  // from 1; 0: the module as it should be
};
inline std::ostream& operator<<(std::ostream& out, const FaultyTwin& t) { return out << t.name; }

const std::vector<FaultyTwin>& faulty_twins();

}  // namespace orrery
