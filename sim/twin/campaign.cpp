#include "sim/twin/campaign.h"

#include <fmt/format.h>

#include <utility>

#include "sim/twin/config.h"

namespace orrery {
namespace {

constexpr std::uint64_t kCyclesAfterMismatch = 8;
constexpr std::uint64_t kResetIn = 64;  // cycles, on average, of stretches with resets
constexpr std::uint64_t kPaceSeed = 0x5bd1e995;

// Offers the pairs of a stretch one after the other, with pauses.
class Driver {
 public:
  explicit Driver(const Stretch& stretch) : stretch_(stretch) { take_next(); }

  bool is_done() const { return next_ > stretch_.pairs; }

  // The inputs of a cycle.
  RtlInputs inputs(std::uint64_t cycle) {
    RtlInputs in = offered_;
    if (stretch_.idle == 0 && stretch_.stall == 0 && !stretch_.resets) {
      in.valid = !is_done();
      in.ready = true;
      return in;
    }
    const std::uint64_t random = draw(stretch_.seed ^ kPaceSeed, stretch_.first * 64 + cycle);
    in.valid = !is_done() && random % 16 >= stretch_.idle;
    in.ready = random / 16 % 16 >= stretch_.stall;
    in.reset = stretch_.resets && (random >> 8) % kResetIn == 0;
    return in;
  }

  // The pair of these inputs was taken.
  void take_next() {
    if (next_++ >= stretch_.pairs) return;
    const OperandPair pair = operand_pair(stretch_, next_ - 1);
    offered_.ifmap = pair.ifmap;
    offered_.filter = pair.filter;
    offered_.psum = pair.psum;
    offered_.last = pair.last;
  }

 private:
  const Stretch& stretch_;
  std::uint64_t next_ = 0;  // pairs offered so far
  RtlInputs offered_;
};

struct Difference {
  std::string port;
  std::int64_t expected = 0, got = 0;
};

std::optional<Difference> difference(const RtlOutputs& expected, const RtlOutputs& got) {
  if (expected.ready != got.ready) return Difference{"ready_o", expected.ready, got.ready};
  if (expected.valid != got.valid) return Difference{"valid_o", expected.valid, got.valid};
  if (!expected.valid) return std::nullopt;
  if (expected.psum != got.psum) return Difference{"psum_o", expected.psum, got.psum};
  if (expected.action != got.action) return Difference{"action_o", expected.action, got.action};
  return std::nullopt;
}

void reset(Rtl& rtl, const Stretch& stretch) {
  rtl.configure(config_bits(stretch.registers));
  rtl.settle({.reset = true});
  rtl.clock();
}

std::string setting(const MacRegisters& r) {
  const Arithmetic& a = r.arithmetic;
  return fmt::format("ifmap {} zero {}, filter {} zero {}, {}, shift {}, product {}, psum {} {}",
                     to_string(r.ifmap), r.ifmap_zero, to_string(r.filter), r.filter_zero,
                     kLutOrganisationNames.at(static_cast<std::size_t>(r.lut)), a.product_shift,
                     a.product_bits, a.psum_bits,
                     a.overflow == Overflow::kWrap ? "wrap" : "saturate");
}

}  // namespace

std::string to_string(const Mismatch& m) {
  std::string text = fmt::format("{}: cycle {}: {} is {}, expected {}", m.stretch.mac->name,
                                 m.cycle, m.port, m.got, m.expected);
  if (m.port == "psum_o" || m.port == "action_o") {
    text += fmt::format("; ifmap {}, filter {}, psum {}{}", m.pair.ifmap, m.pair.filter,
                        m.pair.psum_in, m.pair.last ? ", last" : "");
  }
  return text + "; " + setting(m.stretch.registers);
}

StretchResult play(Rtl& rtl, const Stretch& stretch) {
  StretchResult result;
  Reference reference(*stretch.mac, stretch.registers);
  Driver driver(stretch);
  reset(rtl, stretch);
  std::uint64_t end = ~std::uint64_t{0};
  for (std::uint64_t cycle = 1; cycle < end; ++cycle) {
    if (driver.is_done() && reference.is_empty() && !result.first) break;
    const RtlInputs in = driver.inputs(cycle);
    const RtlOutputs expected = reference.outputs(in), got = rtl.settle(in);
    if (auto d = difference(expected, got)) {
      ++result.mismatches;
      if (!result.first) {
        result.first =
            Mismatch{stretch, cycle, std::move(d->port), reference.leaving(), d->expected, d->got};
        end = cycle + kCyclesAfterMismatch;
      }
    }
    rtl.clock();
    reference.clock(in);
    if (in.valid && expected.ready && !in.reset) driver.take_next();
  }
  result.pairs = reference.left();
  return result;
}

Verdict play_all(Rtl& rtl, const Mac& mac, const CampaignOptions& options) {
  const std::vector<Sweep> all = sweeps(mac, options.random);
  std::uint64_t pairs = 0, done = 0;
  for (const Sweep& sweep : all) pairs += sweep.pairs;
  Verdict verdict;
  for (std::size_t i = 0; i < all.size() && !verdict.first; ++i) {
    const std::uint64_t seed = draw(options.seed, i);
    const std::uint64_t stretches = (all[i].pairs + kStretchPairs - 1) / kStretchPairs;
    for (std::uint64_t k = 0; k < stretches && !verdict.first; ++k) {
      StretchResult result = play(rtl, stretch(mac, all[i], k, seed));
      verdict.pairs += result.pairs;
      verdict.mismatches += result.mismatches;
      verdict.first = std::move(result.first);
      done += kStretchPairs;
      if (options.progress) options.progress(done, pairs);
    }
  }
  verdict.coverage = rtl.coverage();
  return verdict;
}

void write_wave(Rtl& fresh, const Mismatch& mismatch, const std::filesystem::path& file) {
  fresh.trace(file);
  play(fresh, mismatch.stretch);
}

}  // namespace orrery
