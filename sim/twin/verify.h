// Verifies twins: plays each beside its datapath, and proves what can be proved.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/twin/campaign.h"
#include "sim/twin/coverage.h"
#include "sim/twin/twins.h"

namespace orrery {

enum class Proof : std::uint8_t {
  kNone,  // there is no reference expression
  kHolds,
  kFails,
};

struct TwinReport {
  std::string name;
  std::uint64_t pairs = 0, mismatches = 0;
  std::string enumerated;  // stimulus.h
  Proof proof = Proof::kNone;
  std::string proof_says;  // what the prover said
  Coverage lines, toggles;
  double seconds = 0;
  std::optional<Mismatch> first;
  std::filesystem::path wave;  // of the first mismatch; empty: none
};

struct VerifyOptions {
  std::uint64_t seed = 1;
  std::uint64_t cases = 1'000'000;  // random pairs of each twin
  std::filesystem::path prover;     // rtl/proof/prove; empty: nothing is proved
  std::filesystem::path wave;       // of the first mismatch; empty: verify-<twin>.fst
  // Told now and then, from any thread but one at a time: share of the work done, 0..1.
  std::function<void(double)> progress;
};

// The twins of these names, as many at a time as there are cores. Reports are in the order of the
// twins, and but for seconds the same on any number of cores. Throws std::logic_error for a twin
// that no datapath has the name of.
std::vector<TwinReport> verify(const std::vector<Twin>& twins, const VerifyOptions& options);

// Whether `prover --list` has the name.
bool has_proof(const std::filesystem::path& prover, std::string_view name);

}  // namespace orrery
