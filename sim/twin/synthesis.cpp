#include "sim/twin/synthesis.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "sim/twin/config.h"
#include "sim/twin/script.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

constexpr const char* kHorowitz = "Horowitz, ISSCC 2014";
constexpr const char* kBitFusion = "Sharma et al. (Bit Fusion), ISCA 2018";
constexpr int kNoYosys = 2;  // exit code of the script

struct Published {
  int bits;
  double um2;
};
constexpr Published kAdders[] = {{8, 36}, {16, 67}, {32, 137}};
constexpr Published kMultipliers[] = {{8, 282}, {32, 3495}};
constexpr Published kMacs45[] = {{2, 124.9}, {4, 282}, {8, 688}, {16, 2203}};

// The widest code that the rule takes, of those with the coding.
std::vector<Code> widest(const OperandRule& rule) {
  if (rule.takes({Coding::kTwos, 1})) return {{Coding::kTwos, rule.most_bits}};
  std::vector<Code> codes;
  for (const Code code : {kTernaryCode, kFiveLevelCode, kPowerOfTwoCode, kSignCode}) {
    if (rule.takes(code)) codes.push_back(code);
  }
  return codes;
}

std::string in_words(Code code) {
  return code.coding == Coding::kTwos ? fmt::format("{}", code.bits)
                                      : std::string(name(code.coding));
}

std::string in_words(const Mac& mac, const MacRegisters& r) {
  std::string text = fmt::format("{} x {}", in_words(r.ifmap), in_words(r.filter));
  if (mac.traits.tables)
    text += fmt::format(", {}", kLutOrganisationNames[static_cast<std::size_t>(r.lut)]);
  return text;
}

Cells parse(const Design& design, const Said& said) {
  if (said.code == kNoYosys) throw InputError(said.text);
  std::istringstream in(said.text);
  Cells c;
  in >> c.cells >> c.registers >> c.depth >> c.area_um2 >> c.area_gates;
  if (said.code != 0 || !in)
    throw std::runtime_error(fmt::format("synthesis of {}: {}", design.name, said.text));
  return c;
}

Design unit_mac(Published p, int psum_bits) {
  return {"unit_mac",
          fmt::format("{0} x {0}, psum {1}", p.bits, psum_bits),
          {"unit_mac", fmt::format("Bits={}", p.bits), fmt::format("PsumBits={}", psum_bits)},
          p.um2,
          kBitFusion};
}

}  // namespace

std::vector<MacRegisters> usual_settings(const Mac& mac) {
  std::vector<MacRegisters> settings;
  for (const Code x : widest(mac.traits.ifmap)) {
    for (const Code w : widest(mac.traits.filter)) {
      MacRegisters r{{}, x, w, 0, 0, LutOrganisation::kProductTable};
      const std::size_t organisations = mac.traits.tables ? kLutOrganisationNames.size() : 1;
      for (std::size_t i = 0; i < organisations; ++i) {
        r.lut = static_cast<LutOrganisation>(i);
        if (why_not(mac, r).empty()) settings.push_back(r);
      }
    }
  }
  return settings;
}

std::vector<Design> designs_of(const Mac& mac) {
  const std::string name(mac.name);
  std::vector<Design> designs{{name, "", {name}, 0, ""}};
  for (const MacRegisters& r : usual_settings(mac)) {
    const std::string bits = fmt::format("61'h{:x}", config_bits(r));
    designs.push_back({name, in_words(mac, r), {name, "--cfg", bits}, 0, ""});
  }
  return designs;
}

std::vector<Design> units() {
  std::vector<Design> list;
  const auto add = [&list](const char* name, Published p) {
    const std::string bits = fmt::format("Bits={}", p.bits);
    list.push_back({name, fmt::format("{} bits", p.bits), {name, bits}, p.um2, kHorowitz});
  };
  for (const Published p : kAdders) add("unit_adder", p);
  for (const Published p : kMultipliers) add("unit_multiplier", p);
  // The psum's width is not published: enough for 256 products, and that of the twins.
  for (const Published p : kMacs45) list.push_back(unit_mac(p, 2 * p.bits + 8));
  for (const Published p : kMacs45) list.push_back(unit_mac(p, 32));
  return list;
}

std::vector<Synthesized> synthesize(const std::vector<Design>& designs,
                                    const SynthesisOptions& options) {
  std::vector<Synthesized> results(designs.size());
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::size_t done = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < designs.size(); i = next++) {
      results[i] = {designs[i],
                    parse(designs[i], run_script(options.script, designs[i].arguments))};
      const std::lock_guard lock(mutex);
      ++done;
      if (options.progress)
        options.progress(static_cast<double>(done) / static_cast<double>(designs.size()));
    }
  };
  std::vector<std::future<void>> workers;
  const unsigned cores = std::max(std::thread::hardware_concurrency(), 1U);
  for (unsigned i = 0; i < cores; ++i) workers.push_back(std::async(std::launch::async, work));
  for (std::future<void>& worker : workers) worker.get();
  return results;
}

}  // namespace orrery
