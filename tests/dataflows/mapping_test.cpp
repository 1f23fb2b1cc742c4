#include "dataflows/mapping/mapping.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <random>
#include <utility>

namespace orrery {
namespace {

Layer small_layer() {
  Layer layer;
  layer.name = "small";
  layer.bounds = {1, 2, 6, 3, 5, 4, 3, 3};  // G N M C P Q R S
  layer.ifmap_rows = 7;
  layer.ifmap_cols = 6;
  return layer;
}

Mapping small_mapping() {
  using enum Dim;
  using enum Place;
  Mapping m;
  m.dataflow = "rs";
  m.keep.glb[index(Tensor::kFilter)] = false;
  m.nest = {{kN, 1, kDram}, {kC, 2, kDram}, {kM, 4, kGlb}, {kM, 2, kRows}, {kR, 1, kRows},
            {kP, 1, kCols}, {kQ, 1, kPe},   {kS, 1, kPe},  {kC, 1, kPe},   {kM, 1, kPe}};
  return m;
}

// A file of the test's own that goes with the test.
class File {
 public:
  explicit File(const std::string& text) {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::temp_directory_path() / fmt::format("orrery_{}.yaml", test->name());
    std::ofstream(path_) << text;
  }
  ~File() { std::filesystem::remove(path_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string error_of(const std::string& text) {
  const File file(text);
  try {
    read_mappings(file.path());
  } catch (const InputError& error) {
    const std::string what = error.what();
    const std::string prefix = file.path().string() + ":";
    return what.starts_with(prefix) ? what.substr(prefix.size()) : what;
  }
  return "";
}

TEST(Mapping, CountsTripsAndClipsTheLastBlock) {
  const Box box = small_layer().box();
  const Loop loop{Dim::kM, 4, Place::kGlb};
  EXPECT_EQ(trips(loop, box), 2);
  EXPECT_EQ(block(loop, box, 0)[Dim::kM], (Range{0, 4}));
  const Box last = block(loop, box, 1);
  EXPECT_EQ(last[Dim::kM], (Range{4, 6}));
  EXPECT_EQ(block({Dim::kM, 1, Place::kPe}, last, 1)[Dim::kM], (Range{5, 6}));
  const Loop huge{Dim::kM, std::numeric_limits<int>::max(), Place::kGlb};
  EXPECT_EQ(trips(huge, box), 1);
  EXPECT_EQ(block(huge, last, 0), last);
}

TEST(Mapping, PrintsAsALoopNest) {
  // Tiles: ifmap n*c*(p+2)*(q+2), filter m*c*9, psum n*m*p*q words of each level's block.
  EXPECT_EQ(to_string(small_mapping(), small_layer()),
            R"(rs mapping of small, tiles in words
dram: ifmap 252, filter 162, psum 240
for N in 0..2 step 1: 2 trips
  for C in 0..3 step 2: 2 trips
    glb: ifmap 84, filter 72 (bypassed), psum 120
    for M in 0..6 step 4: 2 trips
      pass
        par M in 0..4 step 2: 2 rows
          par R in 0..3 step 1: 3 rows
            par P in 0..5 step 1: 5 cols
              pe: ifmap 12, filter 12, psum 8
              for Q in 0..4 step 1: 4 trips
                for S in 0..3 step 1: 3 trips
                  for C in 0..2 step 1: 2 trips
                    for M in 0..2 step 1: 2 trips
                      mac
)");
}

TEST(Mapping, WritesAReadableFile) {
  EXPECT_EQ(to_yaml({{"small", small_mapping()}}), R"(mappings:
  - layer: small
    dataflow: rs
    keep: {glb: [ifmap, psum], pe: [ifmap, filter, psum]}
    dram: [N 1, C 2]
    glb: [M 4]
    rows: [M 2, R 1]
    cols: [P 1]
    pe: [Q 1, S 1, C 1, M 1]
)");
}

TEST(Mapping, ReadsWhatItWrites) {
  std::vector<NamedMapping> all{{"small", small_mapping()},
                                {"no: \"plain\" name\\\n", small_mapping()}};
  all[1].mapping.keep = {{false, false, false}, {false, true, false}};
  // Columns outside rows.
  all.push_back({"null", all[0].mapping});
  std::swap(all[2].mapping.nest[3], all[2].mapping.nest[5]);
  all[2].mapping.dataflow = "my own";
  const File file(to_yaml(all));
  const std::vector<NamedMapping> read = read_mappings(file.path());
  ASSERT_EQ(read.size(), all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(read[i].layer, all[i].layer);
    EXPECT_EQ(read[i].mapping, all[i].mapping) << to_yaml({read[i]});
  }
}

TEST(Mapping, ReadsRandomNestsBack) {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    Mapping m{.dataflow = "any", .nest = {}, .keep = {}};
    for (const Place place : {Place::kDram, Place::kGlb, Place::kRows, Place::kCols, Place::kPe}) {
      for (auto loops = random() % 4 + (place == Place::kPe ? 1 : 0); loops > 0; --loops) {
        m.nest.push_back(
            {kAllDims[random() % kDims], static_cast<int>(1 + random() % 1000), place});
      }
    }
    for (const Tensor t : kAllTensors) m.keep.pe[index(t)] = random() % 2 == 0;
    const File file(to_yaml({{"layer", m}}));
    EXPECT_EQ(read_mappings(file.path()).at(0).mapping, m) << "seed " << seed << "\n"
                                                           << to_yaml({{"layer", m}});
  }
}

TEST(Mapping, RefusesToWriteWhatAFileCannotSay) {
  Mapping m = small_mapping();
  std::swap(m.nest[4], m.nest[5]);
  try {
    to_yaml({{"small", m}});
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "the mapping of small has loops of 'rows' apart from each other, which a "
                 "file cannot say; they must stand together");
  }
}

// A file with one entry, whose lines start at line 2, after `- layer: a`.
std::string entry(const std::string& lines) { return "mappings:\n - layer: a\n" + lines; }

constexpr std::string_view kGood = "   dataflow: rs\n   keep: {glb: [], pe: []}\n";

// Text of a file, and the answer to it after the file's name.
using Malformed = std::pair<std::string, std::string>;

std::vector<Malformed> malformed() {
  const std::string good(kGood);
  return {
      {"- a\n- b\n", "1: the file must be a map with the key 'mappings'"},
      {"mapping: []\n", "1: unknown key 'mapping' in the file (did you mean 'mappings'?)"},
      {"{}\n", "1: the file lacks the key 'mappings' (a list of mappings, one for each layer)"},
      {"mappings: 3\n", "1: mappings is '3'; it must be a list"},
      {"mappings:\n - CONV1\n", "2: mappings[0] must be a map that starts with 'layer:'"},
      {"mappings:\n - dataflow: rs\n",
       "2: mappings[0] lacks the key 'layer' (the name of a layer of the network)"},
      {entry("   keep: {glb: [], pe: []}\n"),
       "2: mappings[0] lacks the key 'dataflow' (whose idea the mapping is)"},
      {entry("   dataflow: rs\n"),
       "2: mappings[0] lacks the key 'keep' (the tensors that the GLB and the PEs keep)"},
      {entry("   dataflow: rs\n   keep: [ifmap]\n"),
       "4: mappings[0].keep must be a map with the keys 'glb' and 'pe'"},
      {entry("   dataflow: rs\n   keep: {glb: [ifmaps], pe: []}\n"),
       "4: mappings[0].keep.glb[0] is 'ifmaps'; it must be one of ifmap, filter, psum (did you "
       "mean "
       "'ifmap'?)"},
      {entry("   dataflow: rs\n   keep: {glb: [], pe: [psum, psum]}\n"),
       "4: mappings[0].keep.pe names 'psum' twice"},
      {entry("   dataflow: rs\n   keep: {pe: []}\n"),
       "4: mappings[0].keep lacks the key 'glb' (the tensors that the GLB keeps)"},
      {entry("   dataflow: rs\n   keep: {glb: []}\n"),
       "4: mappings[0].keep lacks the key 'pe' (the tensors that the PEs keep)"},
      {entry("   dataflow: rs\n   keep: {glb: [], pe: [], spad: []}\n"),
       "4: unknown key 'spad' in mappings[0].keep (known: glb, pe)"},
      {entry("   dataflow: rs\n   keep: {glb: ifmap, pe: []}\n"),
       "4: mappings[0].keep.glb is 'ifmap'; it must be a list"},
      {entry("   dataflow: ''\n"), "3: mappings[0].dataflow is empty; it must be a name"},
      {entry("   dataflow: [rs]\n"), "3: mappings[0].dataflow is a list; it must be a text"},
      {"mappings:\n - layer: ''\n", "2: mappings[0].layer is empty; it must be a name"},
      {entry(good),
       "2: mappings[0] has no loops; at least one of dram, glb, rows, cols, pe must list some"},
      {entry(good + "   drams: [M 1]\n"),
       "5: unknown key 'drams' in mappings[0] (did you mean 'dram'?)"},
      {entry(good + "   dram: [M 1]\n   dram: [C 1]\n"),
       "6: key 'dram' stands twice (first in line 5)"},
      {entry(good + "   pe: M 1\n"), "5: mappings[0].pe is 'M 1'; it must be a list"},
      {entry(good + "   pe: [Q 1,\n     X 1]\n"),
       "6: mappings[0].pe[1] is 'X 1'; a loop is a dimension (G, N, M, C, P, Q, R, S) and a step, "
       "as in "
       "'M 16'"},
      {entry(good + "   pe: [M]\n"),
       "5: mappings[0].pe[0] is 'M'; a loop is a dimension (G, N, M, C, P, "
       "Q, R, S) and a step, as in 'M 16'"},
      {entry(good + "   pe: [M 0]\n"), "5: mappings[0].pe[0] is 0; it must be 1 to 2147483647"},
      {entry(good + "   pe: [M -1]\n"), "5: mappings[0].pe[0] is -1; it must be 1 to 2147483647"},
      {entry(good + "   pe: [M 2147483648]\n"),
       "5: mappings[0].pe[0] is 2147483648; it must be 1 to 2147483647"},
      {entry(good + "   pe: [{M: 1}]\n"), "5: mappings[0].pe[0] is a map; it must be a text"},
      {entry(good + "   pe: []\n"),
       "2: mappings[0] has no loops; at least one of dram, glb, rows, cols, pe must list some"},
      {entry(good + "   pe: [M 1.5]\n"),
       "5: mappings[0].pe[0] is '1.5'; it must be a whole number"},
      {entry(good + "   pe: [M 1 C 1]\n"),
       "5: mappings[0].pe[0] is '1 C 1'; it must be a whole number"},
      {entry(good + "   pe: [M 1]\n - layer: a\n" + good + "   pe: [M 1]\n"),
       "6: layer 'a' has a mapping above already"},
      {entry(good + "   pe: [M 1\n"), "6: not valid YAML: end of sequence flow not found"},
  };
}

TEST(Mapping, AnswersMalformedFilesWithTheLine) {
  for (const auto& [text, message] : malformed()) EXPECT_EQ(error_of(text), message) << text;
}

}  // namespace
}  // namespace orrery
