#include "cli/rtl.h"

#include <fmt/format.h>

#include <cstdlib>
#include <string>

#include "cli/find.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

namespace fs = std::filesystem;

bool is_on_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::string rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    std::error_code ignored;
    if (fs::exists(fs::path(rest.substr(0, colon)) / program, ignored)) return true;
    rest = colon == std::string::npos ? "" : rest.substr(colon + 1);
  }
  return false;
}

}  // namespace

RtlPlaces rtl_places() {
  RtlPlaces places{own_file(""), arrays_folder()};
  std::error_code ignored;
  if (!fs::exists(places.root / "rtl/build_array", ignored)) {
    throw InputError(fmt::format("there is no {}; $ORRERY_HOME names the folder that holds rtl/",
                                 (places.root / "rtl/build_array").string()));
  }
  if (places.cache.empty())
    throw InputError("compiled arrays have no place; set ORRERY_ARRAYS to a folder for them");
  if (!is_on_path("verilator")) {
    throw InputError(
        "the RTL array is compiled by verilator, which is not installed; ./orrery installs it for "
        "simulate --engine rtl and verify, or see packages/rtl.txt");
  }
  return places;
}

void say_on_stderr(const std::string& sentence) { fmt::print(stderr, "orrery: {}\n", sentence); }

}  // namespace orrery
