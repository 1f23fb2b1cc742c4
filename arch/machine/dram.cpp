// A machine's DRAM: a plain link, or a memory of a standard.
#include <cmath>
#include <numeric>

#include "arch/dram/dram_files.h"
#include "arch/machine/machine.h"
#include "arch/machine/validate.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

// Ticks of a second of which engines can count those of a layer: 2.5 hours at least.
constexpr std::int64_t kMostTicksPerSecond = 1'000'000'000'000'000;
constexpr double kLeastBandwidth = 1e3;

// What `read` answers; its mistakes at the line of `key`.
template <class Read>
auto at_key(const Node& root, const char* key, Read read) {
  try {
    return read();
  } catch (const InputError& mistake) {
    root.toward(key).fail(fmt::format("{}: {}", key, mistake.what()));
  }
}

void check_plain(const Machine& m, const Node& root) {
  if (m.dram.megabytes < 1) {
    root.toward("dram.megabytes")
        .fail("dram.megabytes is 0; without a dram.standard it must be 1 to 1048576 MB");
  }
  if (m.dram.bytes_per_second < kLeastBandwidth) {
    root.toward("dram.bytes_per_second")
        .fail(fmt::format("dram.bytes_per_second is {}; without a dram.standard it must be at "
                          "least {} byte/s",
                          m.dram.bytes_per_second, kLeastBandwidth));
  }
}

// The edges of all three clocks lie on a grid that 64 bits can count.
void check_grid(const Machine& m, const Node& root) {
  const auto hz = [](double mhz) { return std::llround(mhz * 1e6); };
  const std::int64_t picoseconds = 1'000'000'000'000;
  const std::int64_t edges = std::lcm(hz(m.clocks.core_mhz), hz(m.clocks.link_mhz));
  const std::int64_t memory = picoseconds / std::gcd(picoseconds, m.dram.setup->standard.tck_ps);
  if (edges / std::gcd(edges, memory) <= kMostTicksPerSecond / memory) return;
  root.toward("dram.standard")
      .fail(fmt::format("dram.standard is {} with a clock of {} ps; beside a core of {} MHz and a "
                        "link of {} MHz edges would meet on a grid finer than a femtosecond",
                        m.dram.standard, m.dram.setup->standard.tck_ps, m.clocks.core_mhz,
                        m.clocks.link_mhz));
}

}  // namespace

std::int64_t Dram::capacity_bytes() const { return setup ? setup->bytes() : megabytes << 20; }

double Dram::peak_bytes_per_second() const {
  return setup ? setup->peak_bytes_per_second() : bytes_per_second;
}

double Dram::first_word_ns() const {
  if (!setup) return latency_ns;
  const DramStandard& s = setup->standard;
  return (s.timing.rcd_rd + s.timing.cl + s.timing.dqsck + s.organization.burst_clocks()) *
         (s.tck_ps / 1000.0);
}

void settle_dram(Machine& m, const Node& root) {
  if (m.dram.standard.empty()) return check_plain(m, root);
  const std::filesystem::path folder = std::filesystem::path(root.where.file).parent_path();
  DramSetup setup;
  setup.standard = at_key(root, "dram.standard", [&] {
    return read_dram_standard(dram_standard_file(m.dram.standard, folder));
  });
  setup.policy = at_key(root, "dram.policy",
                        [&] { return read_dram_policy(dram_policy_file(m.dram.policy, folder)); });
  setup.mapping = m.dram.mapping;
  setup.channels = m.dram.channels;
  setup.ranks = m.dram.ranks;
  if (const DramMisfit wrong = misfit(setup); !wrong.sentence.empty()) {
    const std::string key = "dram." + wrong.key;
    root.toward(key).fail(fmt::format("{}: {}", key, wrong.sentence));
  }
  m.dram.setup = std::move(setup);
  check_grid(m, root);
}

}  // namespace orrery
