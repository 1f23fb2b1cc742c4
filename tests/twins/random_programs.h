// Programs of a PE that no layer and no mapping stand behind.
#pragma once

#include "dataflows/pass/pass_program.h"
#include "sim/random/rng.h"

namespace orrery::test {

// The most words of a stream that random_program() needs in the spad together.
inline constexpr int kLiveWords = 6;

struct ProgramLimits {
  int steps = 3;           // of a counter; up to 4
  int gaps_up_to = 65535;  // the length of a stream up to which words are left out; 0: none is
  int window_psums = 1;
};
// Eight counters: the innermost slide, stand still or go back over few words, those outside go on
// from there. Streams have at most 65535 words, as many as there are positions.
PassProgram random_program(Rng& rng, const ProgramLimits& limits);

// One psum of 65535 products, in one counter.
PassProgram long_sum(int counter);

// One psum of a few products whose words lie far apart in both streams: one counter, of any
// strides.
PassProgram far_steps(Rng& rng, int counter);

// One psum of up to 65535 products, each of the next word of one stream or both, in all counters.
PassProgram dense_sum(Rng& rng);

// Windows of one psum, a product each, all of the same pair of words.
PassProgram long_windows(int counter, int windows);

// One psum: a window of a few words of each stream, in the counters inside `counter`, slides along
// at most `words` words, up to 65535, of one stream or both.
PassProgram sliding_sum(Rng& rng, int counter, int words);

}  // namespace orrery::test
