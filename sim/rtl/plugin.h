// Compiled arrays: plugins that rtl/build_array makes, and that the program loads.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

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

// What a plugin can do beside playing.
enum class RtlExtras : std::uint8_t { kNone, kWaves, kCoverage };

// Where Orrery's sources lie, and where plugins are kept.
struct RtlPlaces {
  std::filesystem::path root, cache;
};

// The plugin of that shape: <cache>/<digest of parameters and of all that it is made
// from>/array.so. Compiled where it is not there yet; `say` is told so, with a sentence, before
// that (minutes for large arrays). Throws std::runtime_error with what the tools said where they
// fail.
std::filesystem::path built_plugin(const RtlShape& shape, RtlExtras extras, const RtlPlaces& places,
                                   void (*say)(const std::string&));

}  // namespace orrery
