#include "sim/rtl/vcd.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <fstream>

namespace orrery {
namespace {

std::string bits(std::uint32_t value, int width) {
  return fmt::format("b{:0{}b} ", width == 32 ? value : value & ((1U << width) - 1), width);
}

}  // namespace

int Vcd::add(const std::string& name, int width) {
  signals_.push_back({name, width});
  return static_cast<int>(signals_.size()) - 1;
}

void Vcd::write(const std::filesystem::path& file, std::int64_t last) const {
  std::ofstream out(file);
  fmt::print(out, "$timescale 1ps $end\n$scope module array $end\n");
  for (std::size_t i = 0; i < signals_.size(); ++i)
    fmt::print(out, "$var wire {} v{} {} $end\n", signals_[i].width, i, signals_[i].name);
  fmt::print(out, "$upscope $end\n$enddefinitions $end\n");
  for (const auto& [time, values] : changes_) {
    if (time > last) break;
    fmt::print(out, "#{}\n", time);
    for (const auto& [signal, value] : values)
      fmt::print(out, "{}v{}\n", bits(value, signals_[static_cast<std::size_t>(signal)].width),
                 signal);
  }
}

}  // namespace orrery
