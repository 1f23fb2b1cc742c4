// How tensors lie in DRAM, and which bursts hold their words.
#include "workloads/network/layout.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "sim/machine/dram_bursts.h"
#include "sim/random/conv.h"

namespace orrery::test {
namespace {

Extents random_extents(Rng& rng) {
  return {rng.in(1, 3), rng.in(1, 3), rng.in(1, 5), rng.in(1, 7), rng.in(1, 7)};
}

TEST(Layout, HoldsEachElementOnce) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Rng rng(seed);
    const Extents extent = random_extents(rng), tile = random_extents(rng);
    for (const Tensor t : kAllTensors) {
      for (const Layout layout : {Layout::kNchw, Layout::kNhwc, Layout::kTiled}) {
        const TensorPlace place = tensor_place(t, layout, extent, tile);
        std::set<std::int64_t> seen;
        place.for_each([&](std::int64_t, std::int64_t at) { seen.insert(at); });
        std::size_t count = 1;
        for (const std::int64_t n : extent) count *= static_cast<std::size_t>(n);
        EXPECT_EQ(seen.size(), count) << "seed " << seed << " layout " << static_cast<int>(layout);
        EXPECT_TRUE(*seen.begin() == 0 && *seen.rbegin() < place.elements) << "seed " << seed;
      }
    }
  }
}

// Ifmaps of 2 groups, 3 images, 4 channels, 5 rows, 6 columns.
TEST(Layout, PutsElementsWhereItsNameSays) {
  const Extents extent{2, 3, 4, 5, 6}, tile{1, 1, 2, 3, 6};
  const auto at = [&](Layout layout, std::array<std::int64_t, kAxes> x) {
    return tensor_place(Tensor::kIfmap, layout, extent, tile).at(x);
  };
  const std::array<std::int64_t, kAxes> x{1, 2, 3, 4, 5};
  EXPECT_EQ(at(Layout::kNchw, x), (((2 * 2 + 1) * 4 + 3) * 5 + 4) * 6 + 5);
  EXPECT_EQ(at(Layout::kNhwc, x), (((2 * 5 + 4) * 6 + 5) * 2 + 1) * 4 + 3);
  // Blocks of 2 channels x 3 rows x 6 columns, 36 elements; 3 images x 2 groups x 2 x 2 of them,
  // the last rows' one row short. Channel 3 and row 4 are each the second in their block.
  EXPECT_EQ(at(Layout::kTiled, x), (((2 * 2 + 1) * 2 + 1) * 2 + 1) * 36 + (1 * 3 + 1) * 6 + 5);
}

TEST(Layout, IsReadFromWordsAndBack) {
  for (const char* words :
       {"nchw", "nhwc", "tiled", "bank_interleaved", "ifmap=nhwc,filter=tiled,ofmap=nchw"}) {
    EXPECT_EQ(to_text(parse_layouts(words)), words);
  }
  for (const auto& [words, answer] : std::vector<std::pair<const char*, const char*>>{
           {"nchv", "there is no layout 'nchv' (did you mean 'nchw'?)"},
           {"ifmaps=nchw", "no tensor 'ifmaps' has a layout (did you mean 'ifmap'?)"},
           {"ifmap=nchw,ifmap=nhwc", "the layout of ifmap is given twice"},
           {"ifmap=bank_interleaved",
            "bank_interleaved is for all tensors of a layer, or for none"},
           {"ifmap=nchw,nhwc", "'nhwc' is not TENSOR=LAYOUT"}}) {
    try {
      parse_layouts(words);
      ADD_FAILURE() << words;
    } catch (const InputError& mistake) {
      EXPECT_STREQ(mistake.what(), answer);
    }
  }
}

// Each word belongs to the burst of its last byte; a burst is asked for if any byte is wanted.
TEST(Bursts, CoverEachWordOnce) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    Rng rng(seed);
    const int word_bytes = rng.in(1, 5), burst_bytes = 8 << rng.in(0, 4);
    std::vector<Span> spans;
    std::map<std::int64_t, std::int64_t> wanted;
    std::int64_t word = rng.in(0, 40);
    for (int i = rng.in(1, 12); i > 0; --i, word += rng.in(1, 30)) {
      spans.push_back({word, rng.in(1, 60)});
      for (const std::int64_t end = word + spans.back().words; word < end; ++word) {
        for (int byte = 0; byte < word_bytes; ++byte)
          wanted.try_emplace((word * word_bytes + byte) / burst_bytes, 0);
        ++wanted[((word + 1) * word_bytes - 1) / burst_bytes];
      }
    }
    std::vector<Burst> bursts;
    append_bursts(bursts, spans, DramKind::kRead, word_bytes, burst_bytes);
    std::map<std::int64_t, std::int64_t> asked;
    for (const Burst& b : bursts) {
      EXPECT_EQ(b.address % static_cast<std::uint64_t>(burst_bytes), 0U);
      EXPECT_TRUE(
          asked.try_emplace(static_cast<std::int64_t>(b.address) / burst_bytes, b.words).second);
    }
    EXPECT_EQ(asked, wanted) << "seed " << seed;
  }
}

}  // namespace
}  // namespace orrery::test
