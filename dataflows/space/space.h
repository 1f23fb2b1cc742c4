// The mappings of one layer on one machine that a dataflow leaves open: a nest of fixed form, a
// list of sizes for each of its loops, and choices of order and of what the GLB keeps.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "dataflows/mapping/mapping.h"
#include "dataflows/pattern/pattern.h"

namespace orrery {

// A loop and the sizes that it may have.
struct SpaceLoop {
  Dim dim;
  Place place;
  std::vector<int> sizes;  // ascending, each >= 1
  // Sizes count blocks of the next loop over the dimension further in, not elements; never more
  // than the layer's bound together.
  bool of_blocks = false;
  bool operator==(const SpaceLoop&) const = default;
};

// In which order the loops of a place stand: as the nest lists them, or by what they leave alone,
// outermost first: G, then f: loops over N, P and Q, which reuse filters; i: over M, which reuses
// ifmaps; p: over C, R and S, which reuses psums.
inline constexpr std::array<const char*, 7> kLoopOrders{"",    "fip", "fpi", "ifp",
                                                        "ipf", "pfi", "pif"};

// One index for each decision, counted from 0: the size of each loop, then the order of the loops
// of DRAM, the order of those of the GLB, and the entry of `keeps`.
using Choice = std::vector<int>;

struct Space {
  std::string dataflow;
  std::vector<SpaceLoop> nest;  // places in the order of Mapping::nest
  std::array<bool, kTensors> keep_pe{};
  std::vector<std::array<bool, kTensors>> keeps;  // what the GLB may keep; not empty
  // The mapping that the dataflow makes by itself, which is in the space.
  Choice automatic;

  std::size_t decisions() const { return nest.size() + 3; }
  // Answers of decision `i`, at least 1.
  int answers(std::size_t i) const;
  // Choices in all; no more than `most` are counted.
  std::int64_t size(std::int64_t most) const;
};

// The mapping of a choice. Loops that turn once are left out, and a tensor of which the loops of
// the GLB reach no other words is kept or not as in the first entry of `keeps`: choices that do
// the same make equal mappings. Whether it fits, check() says.
Mapping mapping_of(const Space& space, const Choice& choice, const Layer& layer);

// ceil(size / n) for all n, none above `most`, ascending: the steps that cut `size` most evenly.
std::vector<int> even_sizes(int size, int most);

// Puts the sizes of `mapping`, of the same nest but for loops that turn once, into the lists of
// `space` where they are missing, and makes it its automatic choice. std::logic_error where the
// mapping is of another nest.
void include_automatic(Space& space, const Mapping& mapping, const Layer& layer);

// The space of a pattern: its free sizes take every even size up to their largest, and the GLB
// keeps any of the tensors that the pattern lets it keep. Throws InputError where fit() does.
Space space_of(const Pattern& pattern, const Layer& layer, const Machine& machine);

}  // namespace orrery
