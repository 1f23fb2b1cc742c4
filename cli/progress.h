// One line on stderr that tells how far a run is, rewritten in place.
#pragma once

#include <chrono>
#include <string>

namespace orrery {

class ProgressLine {
 public:
  // "layer 2 of 8: CONV2, 40 % of its passes", or other words.
  struct Words {
    const char *thing = "layer", *parts = "passes";
  };
  // Nothing is shown where the user asked for quiet, or stderr is no terminal.
  ProgressLine(bool quiet, std::size_t layers) : ProgressLine(quiet, layers, Words{}) {}
  ProgressLine(bool quiet, std::size_t things, Words words);
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  // Wipes the line, so that what is printed next, a message of failure included, starts on a clean
  // one.
  ~ProgressLine();

  // The next thing begins.
  void begin(const std::string& name);
  // Other work: what it is at, and the share that is done, 0..1. As cheap as update().
  void tell(const std::string& what, double share);
  // The share of its work that is done, 0..1. Cheap to call often: most calls print
  // nothing.
  void update(double share);

 private:
  using Clock = std::chrono::steady_clock;
  void print(double share);
  void print_line(std::string line);

  const bool watched_;
  std::size_t things_;
  Words words_;
  std::size_t index_ = 0;
  std::string name_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point printed_{};
};

}  // namespace orrery
