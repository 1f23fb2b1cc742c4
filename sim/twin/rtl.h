// A MAC in RTL, seen through its ports (rtl/mac; one port list for all of them).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace orrery {

struct RtlInputs {
  bool reset = false;  // rst_ni is low
  bool valid = false;
  bool ready = false;  // of whoever takes the psums
  bool last = false;
  std::int16_t ifmap = 0, filter = 0;
  std::int32_t psum = 0;
  bool operator==(const RtlInputs&) const = default;
};

struct RtlOutputs {
  bool ready = false;
  bool valid = false;
  // Of a psum that leaves; without meaning where nothing is valid.
  std::int32_t psum = 0;
  int action = 0;
};

// A point of the source that was counted: a line's block that ran, or a bit of a signal that
// changed.
struct CoverPoint {
  enum class Kind : std::uint8_t { kLine, kToggle } kind = Kind::kLine;
  std::string file;   // without its folder
  int line = 0;       // from 1
  std::string where;  // the signal's bit, or the kind of block
  std::uint64_t count = 0;
};

class Rtl {
 public:
  Rtl() = default;
  Rtl(const Rtl&) = delete;
  Rtl& operator=(const Rtl&) = delete;
  virtual ~Rtl() = default;

  // cfg_i (config.h). It must not change but before a reset.
  virtual void configure(std::uint64_t cfg) = 0;
  // What the outputs are under these inputs, before the clock's edge.
  virtual RtlOutputs settle(const RtlInputs& in) = 0;
  // The rising edge, under the inputs that settled last.
  virtual void clock() = 0;
  // Writes every signal to an FST file from here on. Once, before the first settle().
  virtual void trace(const std::filesystem::path& file) = 0;
  // What was counted since the beginning.
  virtual std::vector<CoverPoint> coverage() = 0;
};

}  // namespace orrery
