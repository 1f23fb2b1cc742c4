#include "sim/twin/verify.h"

#include <fmt/format.h>

#include <chrono>
#include <stdexcept>

#include "sim/twin/parallel.h"
#include "sim/twin/script.h"

namespace orrery {
namespace {

// What each proof of a twin relies on: the cutting of products and the addition to psums.
constexpr std::string_view kWidths = "widths";

void prove(const std::filesystem::path& prover, TwinReport& report) {
  if (!has_proof(prover, report.name)) return;
  report.proof = Proof::kHolds;
  for (const std::string& name : {report.name, std::string(kWidths)}) {
    const Said said = run_script(prover, {name});
    if (said.code != 0) report.proof = Proof::kFails;
    report.proof_says += (report.proof_says.empty() ? "" : "; ") + said.text;
  }
}

void play_twin(const Twin& twin, const VerifyOptions& options,
               const std::function<void(std::uint64_t, std::uint64_t)>& progress,
               TwinReport& report) {
  const Mac* mac = find_mac(twin.name);
  if (mac == nullptr) throw std::logic_error(fmt::format("no datapath is named {}", twin.name));
  report.enumerated = enumerated(*mac);
  const std::unique_ptr<Rtl> rtl = twin.make();
  Verdict verdict = play_all(*rtl, *mac, {options.seed, options.cases, progress});
  report.pairs = verdict.pairs;
  report.mismatches = verdict.mismatches;
  report.first = verdict.first;
  report.lines = coverage_of(verdict.coverage, CoverPoint::Kind::kLine);
  report.toggles = coverage_of(verdict.coverage, CoverPoint::Kind::kToggle);
  if (!report.first) return;
  report.wave =
      options.wave.empty() ? fmt::format("verify-{}.fst", report.name) : options.wave.string();
  write_wave(*twin.make(), *report.first, report.wave);
}

}  // namespace

bool has_proof(const std::filesystem::path& prover, std::string_view name) {
  if (prover.empty()) return false;
  const std::string names = '\n' + run_script(prover, {"--list"}).text + '\n';
  return names.find(fmt::format("\n{}\n", name)) != names.npos;
}

std::vector<TwinReport> verify(const std::vector<Twin>& twins, const VerifyOptions& options) {
  std::vector<TwinReport> reports(twins.size());
  Shares shares(twins.size(), options.progress);
  in_parallel(twins.size(), [&](std::size_t i) {
    const auto start = std::chrono::steady_clock::now();
    reports[i].name = twins[i].name;
    const auto progress = [&shares, i](std::uint64_t done, std::uint64_t of) {
      shares.tell(i, static_cast<double>(done) / static_cast<double>(of));
    };
    play_twin(twins[i], options, progress, reports[i]);
    prove(options.prover, reports[i]);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    reports[i].seconds = took.count();
  });
  return reports;
}

}  // namespace orrery
