#include "dataflows/pattern/pattern.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>

#include "dataflows/all.h"

namespace orrery {
namespace {

Pattern read_text(const std::string& text) {
  return read_pattern(parse_yaml_text(text, "mine.yaml"));
}

// The answer after the file's name.
std::string error_of(const std::string& text) {
  try {
    read_text(text);
  } catch (const InputError& error) {
    const std::string what = error.what();
    return what.substr(what.find(".yaml:") + 6);
  }
  return "";
}

TEST(Pattern, ReadsWhatItsAuthorWrites) {
  using enum Dim;
  using enum Place;
  const Pattern mine{.name = "mine",
                     .description = "what it is for",
                     .nest = {{kG, kOne, kDram},
                              {kM, at_most(kArrayPes), kDram},
                              {kC, at_most({.number = 4, .rows = true}), kDram},
                              {kP, kAll, kDram},
                              {kQ, at_most({.number = 16}), kDram},
                              {kM, kArrayCols, kGlb},
                              {kM, kOne, kCols},
                              {kC, {.number = 4}, kRows},
                              {kC, kOne, kPe},
                              {kR, kOne, kPe}},
                     .keep = {.pe = {false, false, true}},
                     .shrink = {kC, kQ, kM}};
  EXPECT_EQ(read_text("shrink: [C, Q, M]\n"
                      "name: mine\n"
                      "keep: {pe: [psum]}\n"
                      "description: what it is for\n"
                      "pe: [C 1, R 1]\n"
                      "cols: [M 1]\n"
                      "rows: [C 4]\n"
                      "glb: [M cols]\n"
                      "dram: [G 1, M <=cols*rows, C <=rows*4, P all, Q <=16]\n"),
            mine);
}

TEST(Pattern, ShrinksFromTheLastLoopWhereItsAuthorDoesNotSay) {
  const std::string text = "name: a\nkeep: {pe: []}\npe: [M 1]\n";
  EXPECT_EQ(read_text(text + "dram: [M <=all, N 1, C <=all]\nglb: [M <=cols, P <=2]\n").shrink,
            (std::vector{Dim::kP, Dim::kM, Dim::kC}));
  EXPECT_TRUE(read_text(text + "dram: [M all]\n").shrink.empty());
}

TEST(Pattern, OfEachBuiltInReadsBack) {
  for (const Dataflow& one : kDataflows) {
    if (one.pattern == nullptr) continue;
    EXPECT_EQ(read_text(to_yaml(one.pattern())), one.pattern()) << to_yaml(one.pattern());
  }
}

Size random_size(std::mt19937& random) {
  if (random() % 4 == 0) return {.all = true, .free = random() % 2 == 0};
  return {.number = static_cast<int>(1 + random() % 3),
          .rows = random() % 2 == 0,
          .cols = random() % 2 == 0,
          .free = random() % 2 == 0};
}

TEST(Pattern, ReadsRandomOnesBack) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    Pattern p{.name = "x: \"y\"", .description = "", .nest = {}, .keep = {}, .shrink = {}};
    if (random() % 2 == 0) p.description = "a 'line' of # words";
    for (const Place place : {Place::kDram, Place::kGlb, Place::kCols, Place::kRows}) {
      for (auto loops = random() % 4; loops > 0; --loops) {
        p.nest.push_back({kAllDims[random() % kDims], random_size(random), place});
      }
    }
    p.nest.push_back({kAllDims[random() % kDims], kOne, Place::kPe});
    for (const Tensor t : kAllTensors) p.keep.pe[index(t)] = random() % 2 == 0;
    for (const Tensor t : kAllTensors) p.keep.glb[index(t)] = random() % 2 == 0;
    p.shrink = default_shrink(p.nest);
    std::shuffle(p.shrink.begin(), p.shrink.end(), random);
    EXPECT_EQ(read_text(to_yaml(p)), p) << "seed " << seed << "\n" << to_yaml(p);
  }
}

// A file whose loops start at line 3, and the answer to it after the file's name.
using Malformed = std::pair<std::string, std::string>;

std::string mine(const std::string& lines) { return "name: mine\nkeep: {pe: [psum]}\n" + lines; }

const std::string kNoSize =
    "' is no size; it must be a number, rows, cols, a product such as 4*rows, or all";
const std::string kNoLoop =
    "'; a loop is a dimension (G, N, M, C, P, Q, R, S) and a size, as in 'M 16' or 'M <=cols'";

std::vector<Malformed> malformed_files() {
  return {
      {"", " is empty"},
      {"- M 1\n", "1: the file must be a map of keys and values"},
      {"keep: {pe: []}\npe: [M 1]\n",
       "1: the file lacks the key 'name' (name of the dataflow in reports)"},
      {"name: \"\"\nkeep: {pe: []}\npe: [M 1]\n", "1: name is empty; it must be a name"},
      {"name: mine\npe: [M 1]\n",
       "1: the file lacks the key 'keep' (the tensors that the PEs keep, and the GLB)"},
      {"name: mine\nkeep: [psum]\npe: [M 1]\n",
       "2: keep must be a map with the key 'pe', and 'glb' where the GLB is to keep less"},
      {"name: mine\nkeep: {glb: [psum]}\npe: [M 1]\n",
       "2: keep lacks the key 'pe' (the tensors that the PEs keep)"},
      {"name: mine\nkeep: {pes: [psum]}\npe: [M 1]\n",
       "2: unknown key 'pes' in keep (did you mean 'pe'?)"},
      {"name: mine\nkeep: {pe: [filters]}\npe: [M 1]\n",
       "2: keep.pe[0] is 'filters'; it must be one of ifmap, filter, psum (did you mean "
       "'filter'?)"},
      {"name: mine\ndescription: [a]\nkeep: {pe: []}\npe: [M 1]\n",
       "2: description is a list; it must be a text"},
      {mine(""),
       "1: the file has no loops; at least one of dram, glb, rows, cols, pe must list some"},
      {mine("row: [C 1]\npe: [M 1]\n"), "3: unknown key 'row' in the file (did you mean 'rows'?)"},
      {mine("layer: CONV1\npe: [M 1]\n"),
       "3: unknown key 'layer' in the file (known: name, description, keep, shrink, dram, glb, "
       "rows, cols, pe)"},
      {mine("dram: M 1\n"), "3: dram is 'M 1'; it must be a list"},
      {mine("dram: [M <=all?]\n"), "3: not valid YAML: unknown token"},
  };
}

std::vector<Malformed> malformed_loops() {
  return {
      {mine("dram: [M 1,\n  K 1]\n"), "4: dram[1] is 'K 1" + kNoLoop},
      {mine("dram: [M]\n"), "3: dram[0] is 'M" + kNoLoop},
      {mine("dram: [M col]\n"), "3: dram[0]: 'col" + kNoSize + " (did you mean 'cols'?)"},
      {mine("dram: [M <=row]\n"), "3: dram[0]: 'row" + kNoSize + " (did you mean 'rows'?)"},
      {mine("dram: [M <16]\n"), "3: dram[0]: '<16" + kNoSize},
      {mine("dram: [M -1]\n"), "3: dram[0]: '-1" + kNoSize},
      {mine("dram: [M 2*]\n"), "3: dram[0]: '" + kNoSize},
      {mine("dram: [M 2*all]\n"), "3: dram[0]: 'all" + kNoSize + " (did you mean 'all'?)"},
      {mine("dram: [M 0]\n"), "3: dram[0] is 0; it must be 1 to 1048576"},
      {mine("dram: [M 2*3]\n"), "3: dram[0]: a size has one number"},
      {mine("dram: [M rows*rows]\n"), "3: dram[0]: a size names 'rows' once"},
      {mine("pe: [M 2]\n"), "3: pe[0]: inside a PE loops step by 1"},
      {mine("pe: [M <=1]\n"), "3: pe[0]: inside a PE loops step by 1"},
      {mine("pe: [M 1, C 1, M 1]\n"), "3: pe[2]: M turns inside the PE already"},
  };
}

std::vector<Malformed> malformed_shrinks() {
  const std::string nest = mine("dram: [M <=all, C <=rows, P 1]\n");
  return {
      {nest + "shrink: M\n", "4: shrink is 'M'; it must be a list"},
      {nest + "shrink: [M]\n", "4: shrink leaves out C, which has a free size"},
      {nest + "shrink: [M, C, M]\n", "4: shrink names M twice"},
      {nest + "shrink: [M, C, P]\n",
       "4: shrink[2] is 'P', which has no free size (those that have: C, M)"},
      {nest + "shrink: [M, c]\n",
       "4: shrink[1] is 'c', which has no free size (those that have: C, M)"},
  };
}

TEST(Pattern, AnswersMalformedFilesWithTheLine) {
  for (const auto& cases : {malformed_files(), malformed_loops(), malformed_shrinks()}) {
    for (const auto& [text, message] : cases) EXPECT_EQ(error_of(text), message) << text;
  }
}

std::string content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(std::string(ORRERY_SOURCE_DIR) + "/" + path).rdbuf();
  return text.str();
}

TEST(Pattern, OfEachBuiltInStandsInTheDocs) {
  const std::string page = content("docs/dataflow.md");
  for (const Dataflow& one : kDataflows) {
    if (one.pattern == nullptr) continue;
    const std::string block = "```yaml\n" + to_yaml(one.pattern()) + "```\n";
    EXPECT_NE(page.find(block), std::string::npos) << block;
  }
}

}  // namespace
}  // namespace orrery
