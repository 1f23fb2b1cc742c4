// The twins in this build; rtl/CMakeLists.txt lists them. Empty where Orrery was built without RTL.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "sim/twin/rtl.h"

namespace orrery {

struct Twin {
  std::string_view name;           // of the MAC datapath and of its module
  std::unique_ptr<Rtl> (*make)();  // a fresh one; its registers hold random bits until a reset
};

const std::vector<Twin>& twins();

}  // namespace orrery
