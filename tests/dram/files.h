// The standards and policies that come with the project, and random requests for them.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "sim/dram/run.h"

namespace orrery {

inline const std::vector<std::string> kDramStandards{
    "ddr3-1600", "ddr4-2400", "ddr4-3200", "lpddr3-1600", "lpddr4-3200", "gddr6", "hbm2"};
inline const std::vector<std::string> kDramPolicies{
    "open", "closed", "in_order", "frugal", "dramsim3", "ramulator2", "ramulator2_row_hit"};

inline std::string dram_file(const std::string& name) {
  return std::string(ORRERY_SOURCE_DIR) + "/arch/dram/" + name + ".yaml";
}
inline DramSetup dram_setup(const std::string& standard, const std::string& policy) {
  DramSetup setup;
  setup.standard = read_dram_standard(dram_file(standard));
  setup.policy = read_dram_policy(dram_file("policies/" + policy));
  return setup;
}

// Streams, jumps, reads after writes, bursts and pauses, as the seed has it.
inline std::vector<DramRequest> random_requests(std::uint64_t seed, int n) {
  std::mt19937_64 random(seed);
  std::vector<DramRequest> all;
  DramRequest next;
  const std::uint64_t jump = 1 + random() % 8, write = 2 + random() % 6, pause = 1 + random() % 64;
  const std::uint64_t span = std::uint64_t{1} << (14 + random() % 17);
  for (int i = 0; i < n; ++i) {
    if (random() % pause == 0) next.cycle += static_cast<DramCycle>(random() % 3000);
    next.address = random() % jump == 0 ? random() % span : next.address + 64;
    next.kind = random() % write == 0 ? DramKind::kWrite : DramKind::kRead;
    all.push_back(next);
  }
  return all;
}

struct RecordedRun {
  DramResult result;
  std::vector<std::vector<DramIssued>> commands;  // by channel
};
inline RecordedRun recorded(const DramSetup& setup, const std::vector<DramRequest>& requests) {
  DramRun run(setup);
  RecordedRun r;
  r.commands.resize(run.memory().channels().size());
  for (std::size_t i = 0; i < r.commands.size(); ++i) {
    run.memory().channels()[i].record(&r.commands[i]);
  }
  for (const DramRequest& request : requests) run.feed(request);
  r.result = run.finish();
  return r;
}

}  // namespace orrery
