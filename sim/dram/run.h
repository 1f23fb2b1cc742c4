// A run of requests through a memory, and what came of it.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/dram/energy.h"
#include "sim/dram/memory.h"

namespace orrery {

struct DramRequest {
  DramCycle cycle = 0;  // not before which it comes
  std::uint64_t address = 0;
  DramKind kind = DramKind::kRead;
  bool operator==(const DramRequest&) const = default;
};

// Cycles from a request's coming to its last data, counted in classes: 0 to 15 each on its own,
// then sixteen to each doubling.
class DramLatencies {
 public:
  static constexpr std::size_t kClasses = std::size_t{16} * 60;
  void add(std::int64_t cycles) {
    ++count_[class_of(cycles)];
    ++n_;
    sum_ += cycles;
    most_ = std::max(most_, cycles);
  }
  std::uint64_t n() const { return n_; }
  double mean() const { return n_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(n_); }
  std::int64_t most() const { return most_; }
  // The least cycles that are not exceeded by this share (0 to 1), to a sixteenth of a doubling.
  std::int64_t quantile(double share) const;
  std::uint64_t count(std::size_t i) const { return count_[i]; }
  // The fewest cycles of a class.
  static std::int64_t least(std::size_t i);
  static std::size_t class_of(std::int64_t cycles);

 private:
  std::vector<std::uint64_t> count_ = std::vector<std::uint64_t>(kClasses);
  std::uint64_t n_ = 0;
  std::int64_t sum_ = 0, most_ = 0;
};

struct DramChannelResult {
  DramCounts counts;
  std::vector<DramStateCycles> ranks;
  DramEnergy energy;
};

struct DramResult {
  DramSetup setup;
  double derating = 1;
  DramCycle cycles = 0;  // until the last request was done
  std::uint64_t reads = 0, writes = 0;
  DramLatencies read_latency, write_latency;
  std::vector<DramChannelResult> channels;

  DramCounts counts() const;
  DramEnergy energy() const;
  double seconds() const { return static_cast<double>(cycles) * setup.standard.tck_ps * 1e-12; }
  std::uint64_t bytes() const;
};

// Feeds requests in order, at most one a cycle and channel, each when its cycle has come and its
// channel has room; a request that waits for room holds back those behind it.
class DramRun {
 public:
  explicit DramRun(const DramSetup& setup, double derating = 1)
      : memory_(setup), derating_(derating), last_put_(memory_.channels().size(), -1) {}
  DramMemory& memory() { return memory_; }
  void feed(const DramRequest& request);
  // Plays until all is done.
  DramResult finish();

 private:
  void collect(DramChannel& channel);

  DramMemory memory_;
  double derating_;
  std::vector<DramCycle> last_put_;
  DramCycle now_ = 0, end_ = 0;
  DramResult result_;
};

}  // namespace orrery
