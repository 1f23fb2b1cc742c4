// What becomes of a psum on its way out, held against the golden reference, which shares no code
// with it.
#include "sim/machine/post_unit.h"

#include <gtest/gtest.h>

#include <limits>

#include "sim/random/conv.h"
#include "workloads/golden/golden.h"

namespace orrery::test {
namespace {

constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();

// A psum of one word, its bias and the way it is rescaled.
struct PsumCase {
  Layer layer;
  std::int32_t psum = 0, bias = 0;
  RequantChannel channel;
};

std::int32_t any_psum(Rng& rng) {
  const std::int32_t bits = rng.in(0, 29);
  const std::int32_t small = rng.in(-(1 << bits), 1 << bits);
  const std::int32_t corners[] = {-kMost - 1, kMost, 0, 1, -1, 1 << bits, -(1 << bits)};
  return rng.in(0, 3) == 0 ? corners[rng.in(0, 6)] : small;
}

PsumCase random_case(Rng& rng) {
  PsumCase c;
  c.layer.name = "L";
  c.layer.operand_bits = 8;
  c.layer.post.relu = rng.in(0, 1) == 1;
  c.layer.post.requant_shift = rng.in(0, 31);
  c.layer.post.rescaling = static_cast<Rescaling>(rng.in(0, 3));
  c.layer.formats.ofmap_zero = rng.in(-20, 20);
  c.layer.post.clamp = {rng.in(-128, 0), rng.in(20, 127)};
  c.psum = any_psum(rng);
  c.bias = any_psum(rng);
  c.channel.rule = static_cast<Requant>(std::max(0, static_cast<int>(c.layer.post.rescaling) - 1));
  // Halves are common with mantissas of one bit.
  c.channel.fixed = {rng.in(0, 1) == 1 ? 1 << 30 : rng.in(1 << 30, kMost), rng.in(-31, 4)};
  c.channel.scale = rng.in(0, 1) == 1 ? std::ldexp(1.0F, rng.in(-31, 1))
                                      : static_cast<float>(rng.in(1, 1 << 20)) * 0x1p-40F;
  c.channel.zero_point = c.layer.formats.ofmap_zero;
  c.channel.range = {c.layer.post.clamp.front(), c.layer.post.clamp.back()};
  return c;
}

TEST(PostUnit, FinishesPsumsAsTheGoldenReferenceDoes) {
  for (std::uint64_t seed = 1; seed <= 200'000; ++seed) {
    Rng rng(seed);
    const PsumCase c = random_case(rng);
    const bool shifts = c.layer.post.rescaling == Rescaling::kShift;
    Operands in;
    in.bias = {{1}, {c.bias}};
    if (!shifts) in.rescale = {c.channel};
    const PsumTensor psum{{1, 1, 1, 1}, {c.psum}};
    ASSERT_EQ(PostUnit(c.layer).finish(c.psum, c.bias, shifts ? nullptr : &c.channel),
              golden_post(c.layer, psum, in).data.front())
        << "seed " << seed << ": psum " << c.psum << ", bias " << c.bias << ", rule "
        << static_cast<int>(c.layer.post.rescaling) << ", mantissa " << c.channel.fixed.mantissa
        << ", shift " << c.channel.fixed.shift << ", scale " << c.channel.scale;
  }
}

}  // namespace
}  // namespace orrery::test
