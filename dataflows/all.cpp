#include "dataflows/all.h"

#include <algorithm>

namespace orrery {

const Dataflow* find_dataflow(std::string_view name) {
  const auto it = std::ranges::find(kDataflows, name, &Dataflow::name);
  return it == kDataflows.end() ? nullptr : &*it;
}

}  // namespace orrery
