#include "tests/sim/pe_seen.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>
#include <utility>

namespace orrery::test {
namespace {

using Field = std::pair<std::string, std::string>;  // name and value

void add(std::vector<Field>& fields, const std::string& name, const PeOperandRegisters& r) {
  fields.emplace_back(name + ".fifo_packets", std::to_string(r.fifo_packets));
  fields.emplace_back(name + ".arrived", std::to_string(r.arrived));
  fields.emplace_back(name + ".loaded", std::to_string(r.loaded));
  fields.emplace_back(name + ".freed", std::to_string(r.freed));
}

std::vector<Field> fields_of(const PeSeen& s) {
  const PeRegisters& r = s.registers;
  std::vector<Field> fields{
      {"phase", std::to_string(static_cast<int>(r.phase))},
      {"step", fmt::format("{}", r.step)},
      {"exhausted", std::to_string(r.exhausted)},
      {"merge_at", std::to_string(r.merge_at)},
      {"psum_in_packets", std::to_string(r.psum_in_packets)},
      {"psum_out_packets", std::to_string(r.psum_out_packets)},
      {"psum_out_ready", std::to_string(r.psum_out_ready)},
      {"ifmap spad", fmt::format("{}", s.ifmap)},
      {"filter spad", fmt::format("{}", s.filter)},
      {"psum spad", fmt::format("{}", s.psum)},
      {"state", std::string(kPeStateNames[static_cast<std::size_t>(s.state)])},
      {"psum_out", fmt::format("{}", s.psum_out)}};
  add(fields, "ifmap", r.ifmap);
  add(fields, "filter", r.filter);
  for (std::size_t i = 0; i < kPeSignals.size(); ++i)
    fields.emplace_back(kPeSignals[i], std::to_string(s.signals[i]));
  return fields;
}

// The packet of `words` that begins at `sent`: none beyond the stream, nor across the end of a run.
template <class Word>
std::span<const Word> packet(const std::vector<Word>& words, std::size_t sent, int width, int run) {
  const auto full = static_cast<std::size_t>(width), end = static_cast<std::size_t>(run);
  return std::span(words).subspan(sent, std::min({full, end - sent % end, words.size() - sent}));
}

}  // namespace

std::string difference(const PeSeen& one, const PeSeen& other) {
  const std::vector<Field> a = fields_of(one), b = fields_of(other);
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) return fmt::format("{} is {} and {}", a[i].first, a[i].second, b[i].second);
  }
  return "";
}

PeInputs PeSurroundings::offer() {
  const PeSetup& s = case_.setup;
  const PassProgram program = work().program;
  PeInputs in;
  if (happens(case_.ifmap))
    in.ifmap = packet(stream().ifmap, ifmap_, s.ifmap_packet_words, program.ifmap_words);
  if (happens(case_.filter))
    in.filter = packet(stream().filter, filter_, s.filter_packet_words, program.filter_words);
  if (happens(case_.psum_in))
    in.psum = packet(stream().psum, psum_, s.packet_psums, program.window_psums);
  in.takes_psum_out = happens(case_.psum_out);
  in.hold_psums = happens(case_.hold);
  return in;
}

void PeSurroundings::advance(const PeInputs& in, const PeSeen& seen) {
  if (seen.signals[0]) ifmap_ += in.ifmap.size();
  if (seen.signals[1]) filter_ += in.filter.size();
  if (seen.signals[2]) psum_ += in.psum.size();
  if (in.takes_psum_out) taken_ += static_cast<std::int64_t>(seen.psum_out.size());
}

bool PeSurroundings::starts_pass(const PeRegisters& before) {
  const PassProgram program = work().program;
  const bool done = before.phase == PeRegisters::Phase::kDone &&
                    before.ifmap.loaded == program.ifmap_words &&
                    before.filter.loaded == program.filter_words;
  if (!done || pass_ + 1 == case_.passes() || rng_.in(0, 2) > 0) return false;
  ++pass_;
  ifmap_ = filter_ = psum_ = 0;
  return true;
}

bool PeSurroundings::all_psums_left() const {
  std::int64_t psums = 0;
  for (int pass = 0; pass < case_.passes(); ++pass) {
    const PassProgram program = case_.work(pass).program;
    psums += program.windows * program.window_psums;
  }
  return taken_ == psums;
}

}  // namespace orrery::test
