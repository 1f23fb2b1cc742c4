#include "reports/bounds.h"

#include <gtest/gtest.h>

#include "tests/reports/sample.h"

namespace orrery {
namespace {

// A took 1000 cycles and its dram words are those of the first six actions: 0 + 1 + ... + 5 = 15.
TEST(BoundsReport, PutsEachLimitBesideWhatWasTaken) {
  NetworkResult result = sample();
  result.layers.pop_back();
  const std::string text = to_bounds(result, 0);
  for (const char* line : {"array                       10            10\n",
                           "noc_psum_out               110           110\n",
                           "binds             noc_psum_out  noc_psum_out\n",
                           "cycles                   1,000         1,000\n",
                           "of the least            9.09 x        9.09 x\n",
                           "each once                    5             5\n",
                           "of the least            1.88 x        1.88 x\n"})
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
}

TEST(BoundsReport, IsEmptyWithoutBounds) {
  NetworkResult result = sample();
  result.layers[0].bounds.reset();
  EXPECT_EQ(to_bounds(result, 0), "");
}

}  // namespace
}  // namespace orrery
