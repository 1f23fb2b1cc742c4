#include "sim/machine/dram_bursts.h"

#include <algorithm>
#include <numeric>

namespace orrery {

Gathering gather(const std::vector<Run>& runs, std::int64_t base, int words_each, bool by_address) {
  std::vector<std::size_t> order(runs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (by_address) std::ranges::sort(order, {}, [&](std::size_t i) { return runs[i].dram; });
  Gathering all;
  all.at.resize(runs.size());
  for (const std::size_t i : order) {
    const std::int64_t word = base + runs[i].dram * words_each,
                       words = std::int64_t{runs[i].size} * words_each;
    all.at[i] = all.words;
    all.words += words;
    if (by_address && !all.spans.empty() &&
        all.spans.back().word + all.spans.back().words == word) {
      all.spans.back().words += words;
    } else {
      all.spans.push_back({word, words});
    }
  }
  return all;
}

void append_bursts(std::vector<Burst>& bursts, const std::vector<Span>& spans, DramKind kind,
                   int word_bytes, int burst_bytes) {
  const std::size_t first = bursts.size();
  for (const Span& span : spans) {
    const std::int64_t from = span.word * word_bytes, end = from + span.words * word_bytes;
    std::int64_t left = span.words;
    for (std::int64_t at = from / burst_bytes * burst_bytes; at < end; at += burst_bytes) {
      const std::int64_t last = std::min(end, at + burst_bytes);
      const std::int64_t words = left - (end - last + word_bytes - 1) / word_bytes;
      left -= words;
      const auto address = static_cast<std::uint64_t>(at);
      if (bursts.size() > first && bursts.back().address == address) {
        bursts.back().words += words;
      } else {
        bursts.push_back({kind, address, words});
      }
    }
  }
}

DramSetup memory_setup(const Machine& machine, const Layer& layer) {
  DramSetup setup = *machine.dram.setup;
  if (layer.layouts.ifmap == Layout::kBankInterleaved) setup.mapping = kBankInterleavedMapping;
  return setup;
}

}  // namespace orrery
