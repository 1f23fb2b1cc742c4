// Waves of what a C++ model did, as a VCD beside those of the RTL.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace orrery {

// Changes of signals, by time; written when all are known.
class Vcd {
 public:
  // A signal of that many bits, up to 32; returns its number.
  int add(const std::string& name, int width);
  void set(std::int64_t time, int signal, std::uint32_t value) { changes_[time][signal] = value; }
  // Unless it changes then anyway.
  void set_default(std::int64_t time, int signal, std::uint32_t value) {
    changes_[time].try_emplace(signal, value);
  }
  // 1 for one point in time.
  void pulse(std::int64_t time, int signal) {
    set(time, signal, 1);
    set(time + 1, signal, 0);
  }
  // Changes up to time `last`; a point in time is 1 ps.
  void write(const std::filesystem::path& file, std::int64_t last) const;

 private:
  struct Signal {
    std::string name;
    int width;
  };
  std::vector<Signal> signals_;
  std::map<std::int64_t, std::map<int, std::uint32_t>> changes_;
};

}  // namespace orrery
