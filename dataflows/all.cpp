#include "dataflows/all.h"

#include <algorithm>

namespace orrery {

const Dataflow& dataflow(std::string_view name) {
  const auto it = std::ranges::find(kDataflows, name, &Dataflow::name);
  if (it != kDataflows.end()) return *it;
  std::vector<std::string> known;
  for (const Dataflow& one : kDataflows) known.emplace_back(one.name);
  throw InputError("there is no dataflow '" + std::string(name) + "'" + did_you_mean(name, known));
}

}  // namespace orrery
