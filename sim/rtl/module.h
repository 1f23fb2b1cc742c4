// A module that Verilator compiled, as a plugin hands it over.
#pragma once

#include <filesystem>
#include <string_view>

namespace orrery {

// Values of ports are bytes, the lowest first, in the least power of two of bytes that holds them;
// above 8 bytes, in words of 4.
class RtlModule {
 public:
  RtlModule() = default;
  RtlModule(const RtlModule&) = delete;
  RtlModule& operator=(const RtlModule&) = delete;
  virtual ~RtlModule() = default;

  // Where the value of a port lies; null where there is none of that name.
  virtual void* port(std::string_view name) = 0;
  // Works out everything that follows from the inputs; registers where clk_i rose. Throws
  // std::runtime_error where an assertion fails.
  virtual void eval() = 0;
  // Writes every signal to an FST file from here on, one point in time for each dump(). Of plugins
  // built for it; others throw std::logic_error.
  virtual void trace(const std::filesystem::path& file) = 0;
  virtual void dump() = 0;
  // What was counted so far, as verilator_coverage reads it; of plugins built for it.
  virtual void write_coverage(const std::filesystem::path& file) = 0;
};

// What a plugin exports: makes a fresh module. The caller deletes it.
using MakeRtlModule = RtlModule* (*)();
inline constexpr const char* kMakeRtlModule = "orrery_make_rtl_module";

}  // namespace orrery
