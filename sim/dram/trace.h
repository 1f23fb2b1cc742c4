// Traces of memory requests as text.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

#include "sim/dram/run.h"

namespace orrery {

// csv:        cycle,address,R|W             addresses and cycles decimal or 0x hexadecimal
// dramsim3:   0xADDRESS READ|WRITE CYCLE    addresses hexadecimal, with or without 0x
// ramulator2: LD|ST ADDRESS                 no cycles: each as soon as there is room
//             R|W channel,rank,...,column   one number a level: bank groups only where there are
//             any;
//                                           columns are those of the device
enum class DramTraceFormat : std::uint8_t { kDetect, kCsv, kDramsim3, kRamulator2 };

// InputError for a name that is none of auto, csv, dramsim3 and ramulator2.
DramTraceFormat dram_trace_format(const std::string& name);

// Reads a trace line by line, whatever its size. Empty lines, and lines that start with #, are left
// out; so is a first line "cycle,address,kind".
class DramTrace {
 public:
  // `memory` and the file outlive the trace. Throws InputError for a file that cannot be read.
  DramTrace(const std::filesystem::path& path, DramTraceFormat format, const DramMemory& memory);

  // The next request, or none at the end. Throws InputError with file:line for a line that is not
  // of the format, for a cycle below that of the line before, and for a level out of range.
  std::optional<DramRequest> next();
  // The share of the file read so far, 0 to 1.
  double share() const;

 private:
  [[noreturn]] void fail(const std::string& sentence) const;
  bool read_line();
  std::string_view take(char separator);
  std::uint64_t number(std::string_view word, int base, const char* what) const;
  DramRequest parse();
  DramRequest parse_csv();
  DramRequest parse_dramsim3();
  DramRequest parse_ramulator2();
  std::uint64_t address_of_levels(std::string_view levels);

  std::string file_;
  DramTraceFormat format_;
  const DramMemory& memory_;
  std::ifstream in_;
  std::string line_;
  std::string_view rest_;
  int number_ = 0;
  DramCycle last_ = 0;
  std::uint64_t bytes_ = 0, read_ = 0;
};

}  // namespace orrery
