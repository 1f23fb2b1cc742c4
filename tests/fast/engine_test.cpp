// The fast engine against the SystemC engine, figure by figure.
#include "sim/fast/engine.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "sim/cycle/engine.h"
#include "tests/cycle/random_case.h"
#include "tests/fast/same.h"

namespace orrery::test {
namespace {

TEST(FastEngine, EqualsTheSystemCEngineOnRandomCases) {
  const bool all = std::getenv("ORRERY_ALL") != nullptr;
  const std::uint64_t cases = all ? 10'000 : 600;
  for (std::uint64_t seed = 1; seed <= cases; ++seed) {
    const Case c = random_case(seed);
    SCOPED_TRACE(c.text);
    for (const bool folds : {false, true}) {
      const std::string why = difference_of_engines(c.machine, c.layer, c.mapping, c.in, folds);
      ASSERT_EQ(why, "") << (folds ? "folded" : "unfolded");
    }
  }
}

}  // namespace
}  // namespace orrery::test
