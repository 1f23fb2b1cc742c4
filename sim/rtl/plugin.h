// Compiled arrays: plugins that rtl/build_array makes, and that the program loads.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sim/rtl/module.h"
#include "sim/rtl/shape.h"

namespace orrery {

// A shared library with one module. Modules must be gone before it.
class RtlPlugin {
 public:
  // Throws std::runtime_error where the file is no plugin.
  explicit RtlPlugin(const std::filesystem::path& file);
  RtlPlugin(const RtlPlugin&) = delete;
  RtlPlugin& operator=(const RtlPlugin&) = delete;
  ~RtlPlugin();

  std::unique_ptr<RtlModule> make() const;

 private:
  void* library_;
  MakeRtlModule make_;
};

// What a plugin can do beside playing. kProperties: it ends the program where a property of
// rtl/properties does not hold.
enum class RtlExtras : std::uint8_t { kNone, kWaves, kCoverage, kProperties };

// An array as rtl/build_array is told.
struct RtlBuild {
  std::string top;                      // its module
  std::vector<std::string> parameters;  // NAME=NUMBER
  std::string called;                   // what a reader is told that it is
};
RtlBuild build_of(const RtlShape& shape);

// Where Orrery's sources lie, and where plugins are kept.
struct RtlPlaces {
  std::filesystem::path root, cache;
};

// The plugin of that build: <cache>/<digest of parameters and of all that it is made
// from>/array.so. Compiled where it is not there yet; `say` is told so, with a sentence, before
// that (minutes for large arrays). Throws std::runtime_error with what the tools said where they
// fail.
std::filesystem::path built_plugin(const RtlBuild& build, RtlExtras extras, const RtlPlaces& places,
                                   void (*say)(const std::string&));

inline std::filesystem::path built_plugin(const RtlShape& shape, RtlExtras extras,
                                          const RtlPlaces& places,
                                          void (*say)(const std::string&)) {
  return built_plugin(build_of(shape), extras, places, say);
}

}  // namespace orrery
