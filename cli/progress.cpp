#include "cli/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "cli/terminal.h"

namespace orrery {
namespace {

using std::chrono::milliseconds;

// Fast enough to look alive, slow enough to cost nothing.
constexpr milliseconds kInterval{100};
constexpr const char* kWipe = "\r\x1b[K";  // ECMA-48: to the line's start, erase to its end

}  // namespace

ProgressLine::ProgressLine(bool quiet, std::size_t things, Words words)
    : watched_(!quiet && is_terminal(Output::kStderr)), things_(things), words_(words) {}

ProgressLine::~ProgressLine() {
  if (!watched_) return;
  std::fputs(kWipe, stderr);
  std::fflush(stderr);
}

void ProgressLine::begin(const std::string& name) {
  ++index_;
  name_ = name;
  if (watched_) print(0);
}

void ProgressLine::update(double share) {
  if (!watched_ || Clock::now() - printed_ < kInterval) return;
  print(share);
}

void ProgressLine::tell(const std::string& what, double share) {
  if (!watched_ || Clock::now() - printed_ < kInterval) return;
  printed_ = Clock::now();
  print_line(fmt::format("{}, {:.0f} %", what, 100 * share));
}

void ProgressLine::print(double share) {
  printed_ = Clock::now();
  const auto elapsed = std::chrono::duration_cast<std::chrono::seconds>(printed_ - start_).count();
  print_line(fmt::format("{} {} of {}: {}, {:.0f} % of its {}, {}:{:02} elapsed", words_.thing,
                         index_, things_, name_, 100 * share, words_.parts, elapsed / 60,
                         elapsed % 60));
}

void ProgressLine::print_line(std::string line) {
  const int width = std::max(terminal_width(Output::kStderr, 80) - 1, 1);
  line.resize(
      std::min(line.size(), static_cast<std::size_t>(width)));  // a folded line cannot be wiped
  std::fputs((kWipe + line).c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace orrery
