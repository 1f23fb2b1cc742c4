// The requests that a transfer makes to DRAM.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/dram/waiting.h"
#include "sim/machine/dram_map.h"

namespace orrery {

// Neighbouring words.
struct Span {
  std::int64_t word = 0, words = 0;
};

// Runs as the DMA moves them: the words of all spans, one span after the other, and where among
// them each run begins.
struct Gathering {
  std::vector<Span> spans;
  std::vector<std::int64_t> at;  // by run
  std::int64_t words = 0;
};
// Runs of elements of `words_each` words, of a tensor that begins at word `base`. By address,
// neighbours that meet are one span; else each run is one, in the given order.
Gathering gather(const std::vector<Run>& runs, std::int64_t base, int words_each, bool by_address);

// A request to a memory with bursts: one of them, of which so many words are wanted.
struct Burst {
  DramKind kind = DramKind::kRead;
  std::uint64_t address = 0;  // byte, a whole number of bursts
  std::int64_t words = 0;
};
// Appends the aligned bursts that cover the spans, each once where spans that follow each other
// share it. A word that lies in two bursts comes with the second.
void append_bursts(std::vector<Burst>& bursts, const std::vector<Span>& spans, DramKind kind,
                   int word_bytes, int burst_bytes);

// The memory that a machine names, as the layer's layout has its addresses.
DramSetup memory_setup(const Machine& machine, const Layer& layer);

}  // namespace orrery
