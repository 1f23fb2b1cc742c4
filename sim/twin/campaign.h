// Plays a twin and the C++ datapath side by side.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/twin/reference.h"
#include "sim/twin/rtl.h"
#include "sim/twin/stimulus.h"

namespace orrery {

// Where a module's ports first differ from what they must show.
struct Mismatch {
  Stretch stretch;
  std::uint64_t cycle = 0;  // from the reset at the beginning of the stretch
  std::string port;         // "ready_o", "valid_o", "psum_o" or "action_o"
  PairResult pair;          // that leaves; of meaning for psum_o and action_o
  std::int64_t expected = 0, got = 0;
};
// One line: cycle, operands, both values, and the setting.
std::string to_string(const Mismatch& mismatch);

struct StretchResult {
  std::uint64_t pairs = 0;       // that left, or were passed over, as they must
  std::uint64_t mismatches = 0;  // cycles that differ
  std::optional<Mismatch> first;
};

// From a reset to an empty pipeline. After the first mismatch some cycles more are played, for the
// wave, and counted.
StretchResult play(Rtl& rtl, const Stretch& stretch);

struct Verdict {
  std::uint64_t pairs = 0, mismatches = 0;
  std::optional<Mismatch> first;
  std::vector<CoverPoint> coverage;
};

struct CampaignOptions {
  std::uint64_t seed = 1;
  std::uint64_t random = 0;  // random pairs on top of those that are enumerated
  // Told now and then: pairs done, and all there are. May be empty.
  std::function<void(std::uint64_t, std::uint64_t)> progress;
};

// All sweeps of the datapath, up to the first stretch with a mismatch.
Verdict play_all(Rtl& rtl, const Mac& mac, const CampaignOptions& options);

// The failing stretch once more, on a fresh module, every signal into an FST file.
void write_wave(Rtl& fresh, const Mismatch& mismatch, const std::filesystem::path& file);

}  // namespace orrery
