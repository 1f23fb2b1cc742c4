#include "sim/fast/array_times.h"

#include "sim/fast/independent_times.h"

namespace orrery {

std::unique_ptr<ArrayTimes> array_times(const Machine& machine, const Layer& layer,
                                        const Mapping& mapping) {
  return std::make_unique<IndependentTimes>(machine, layer, mapping);
}

void add(PassRecord& sum, const PassRecord& record, std::int64_t times) {
  sum.cycles += record.cycles * times;
  sum.steps += record.steps * times;
  const auto add_all = [times](auto& to, const auto& from) {
    for (std::size_t i = 0; i < to.size(); ++i)
      to[i] += from[i] * static_cast<std::uint64_t>(times);
  };
  add_all(sum.pe_cycles, record.pe_cycles);
  add_all(sum.before_mac, record.before_mac);
  add_all(sum.counts.value, record.counts.value);
}

PassRecord difference(const PassRecord& later, const PassRecord& earlier) {
  PassRecord out = later;
  add(out, earlier, -1);
  return out;
}

}  // namespace orrery
