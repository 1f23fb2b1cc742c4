#include "tests/sim/plain_script.h"

#include <cstdint>
#include <map>
#include <utility>

namespace orrery::test {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

// All steps of the counters, and with each the window it belongs to.
std::vector<std::pair<std::int64_t, Operation>> unrolled_steps(const PassProgram& program) {
  std::vector<std::pair<std::int64_t, Operation>> steps;
  for (std::int64_t k = 0; k < program.macs(); ++k) {
    Operation mac;
    std::int64_t rest = k, window = k;
    for (int i = program.counters - 1; i >= 0; --i) {
      const Counter& c = program.counter[at(i)];
      const int step = static_cast<int>(rest % c.bound);
      rest /= c.bound;
      mac.ifmap += step * c.ifmap_stride;
      mac.filter += step * c.filter_stride;
      mac.psum += step * c.psum_stride;
      if (i >= program.window) window /= c.bound;
    }
    steps.emplace_back(window, mac);
  }
  return steps;
}

}  // namespace

Script write_script(const PassProgram& program, int packet_psums, int adders) {
  auto steps = unrolled_steps(program);
  std::map<std::pair<std::int64_t, int>, std::size_t> first, last;  // by window and psum
  for (std::size_t k = 0; k < steps.size(); ++k) {
    const std::pair psum{steps[k].first, steps[k].second.psum};
    first.try_emplace(psum, k);
    last[psum] = k;
  }
  Script script;
  const auto add = [&](Operation op) {
    op.begins_packet = op.psum % packet_psums == 0;
    op.ends_packet = (op.psum + 1) % packet_psums == 0 || op.psum + 1 == program.window_psums;
    script.operations.push_back(op);
  };
  script.last_ifmap.assign(at(program.ifmap_words), -1);
  script.last_filter.assign(at(program.filter_words), -1);
  for (std::size_t k = 0; k < steps.size(); ++k) {
    auto [window, mac] = steps[k];
    mac.starts = first.at({window, mac.psum}) == k;
    mac.leaves = adders == 2 && last.at({window, mac.psum}) == k;
    const int now = static_cast<int>(script.operations.size());
    script.last_ifmap.at(at(mac.ifmap)) = now;
    script.last_filter.at(at(mac.filter)) = now;
    add(mac);
    const bool window_ends = k + 1 == steps.size() || steps[k + 1].first != window;
    for (int psum = 0; adders == 1 && window_ends && psum < program.window_psums; ++psum)
      add({.mac = false, .psum = psum, .leaves = true});
  }
  return script;
}

}  // namespace orrery::test
