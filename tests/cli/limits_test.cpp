// What is too large, or does not go together, is answered before memory is taken and before
// anything is written.
#include <fmt/format.h>

#include <array>

#include "tests/cli/program.h"

namespace orrery {
namespace {

using Limits = Cli;

std::string network(const std::string& layer) {
  return "name: n\nsource: s\nlayers: [{name: A, " + layer + "}]\n";
}

// Nests for layer A; the answer names the line in which its mapping starts, 2.
std::string mapping(const std::string& keep, const std::string& loops) {
  return "mappings:\n  - layer: A\n    dataflow: mine\n    keep: {" + keep + "}\n" + loops;
}

// Of 150 MB of addresses, the program alone takes some 50. The sanitizers need terabytes.
Answer in_little_memory(const Arguments& arguments) {
#if defined(__SANITIZE_ADDRESS__)
  return run_program(ORRERY_PROGRAM, arguments);
#else
  std::string line = "ulimit -v 150000; exec \"$0\" \"$@\"";
  return run_program("/bin/sh", Arguments{"-c", line, ORRERY_PROGRAM} + arguments);
#endif
}

struct TooLarge {
  std::string machine, layer, nest, sentence;
};

const std::vector<TooLarge> kTooLarge{
    {"tutorial_4x4", "operand_bits: 8, conv: {in: [1, 32768, 32768], filters: 1, kernel: 1}", "",
     "layer A: its tensors take 8193 MB of DRAM; machine tutorial_4x4 has 64 MB"},
    {"tutorial_4x4", "operand_bits: 8, fc: {in: 65536, out: 1024}", "    pe: [M 1]\n",
     ":2: layer A: C is covered in blocks of 65536 only; a loop with step 1 is missing"},
    {"tutorial_4x4", "operand_bits: 8, fc: {in: 65536, out: 1024}", "    pe: [M 1, C 1]\n",
     ":2: layer A: the ifmap tile of 2 x 65536 words needs 128 banks of 1024; store shared has 16"},
    {"tutorial_tree_2x2", "fc: {in: 4096, out: 2048}", "    pe: [M 1, C 1]\n",
     ":2: layer A: a pass takes 8388608 steps; at most 4194304 are played in lock step"},
    {"tutorial_2x2", "pool: {in: [1, 512, 512], kind: max, size: 2, stride: 2}", "",
     "layer A: a plane of 262144 words does not fit store fmap, which has 2048"}};

TEST_F(Limits, OfSizeAreFoundBeforeMemoryIsTaken) {
  for (const TooLarge& t : kTooLarge) {
    Arguments run{"simulate", t.machine, file("n.yaml", network(t.layer)), "--json",
                  path("x.json")};
    std::string file_named;
    if (!t.nest.empty()) {
      file_named = file("m.yaml", mapping("glb: [], pe: [filter, psum]", t.nest));
      run = run + Arguments{"--mapping", file_named};
    }
    const Answer answer = in_little_memory(run);
    EXPECT_EQ(answer.code, 2) << t.sentence;
    EXPECT_EQ(answer.err, "orrery: " + file_named + t.sentence + "\n");
    EXPECT_EQ(answer.out, "");
    EXPECT_FALSE(std::filesystem::exists(path("x.json")));
  }
}

// Machine, keep, loops and why they do not go together.
const std::vector<std::array<std::string, 4>> kMisfits{
    {"tutorial_systolic_4x4", "glb: [filter], pe: []",
     "    glb: [C 4]\n    rows: [C 1]\n    pe: [M 1]\n",
     "store filter only streams the filters of the next pass; keep cannot name filter"},
    {"tutorial_systolic_4x4", "glb: [], pe: []", "    glb: [C 4]\n    rows: [C 1]\n    pe: [M 1]\n",
     "the filter tile has 32 words; a tile of store filter has 16"},
    {"tutorial_systolic_4x4", "glb: [], pe: [psum]", "    pe: [M 1, C 1]\n",
     "the psum spad must hold 1 psums; it has 0"},
    {"tutorial_systolic_4x4", "glb: [], pe: []",
     "    dram: [M 4]\n    glb: [M 2]\n    cols: [C 2]\n    pe: [M 1, C 1]\n",
     "C lies across columns; psums of this machine are summed along a column, so reductions go to "
     "rows"},
    {"tutorial_in_place_3x3", "glb: [], pe: []", "    rows: [C 2]\n    pe: [M 1, C 1]\n",
     "C lies across rows; each psum of this machine stays in place in one PE, so reductions turn "
     "in time"},
    {"tutorial_tree_2x2", "glb: [], pe: []", "    rows: [M 4]\n    pe: [M 1, C 1]\n",
     "M lies across rows; the adder tree of a column sums all its rows, so rows are for "
     "reductions (C, R, S)"},
    {"tutorial_spill_2x3", "glb: [], pe: []", "    pe: [M 1, C 1]\n",
     "psums do not stay in the PE, so C cannot turn inside it: a pass visits a psum once"}};

TEST_F(Limits, OfMachinesInLockStepNameTheLineOfTheMapping) {
  const std::string fc = file("n.yaml", network("operand_bits: 8, fc: {in: 6, out: 8}"));
  for (const auto& [machine, keep, loops, sentence] : kMisfits) {
    const std::string mine = file("m.yaml", mapping(keep, loops));
    expect_mistake({"simulate", machine, fc, "--mapping", mine},
                   fmt::format("{}:2: layer A: {}", mine, sentence));
  }
}

// tutorial_systolic_4x4 with one text replaced, and the answer to it after the file's name.
const std::vector<std::array<std::string, 3>> kMalformedMachines{
    {"pace: lock_step", "pace: independent",
     ":27: array.delivery needs PEs in lock step; array.pace is independent"},
    {"delivery: systolic", "delivery: diagonal",
     ":27: array.delivery is 'diagonal'; it must be one of multicast, systolic"},
    {"psum_route: column", "psum_route: tree",
     ":28: array.psum_route is tree; a systolic array has column or in_place"},
    {"accumulates: true", "accumulates: false",
     ":30: array.pipelined is true, but the psum store does not accumulate: a pass could read "
     "psums that are still on their way"},
    {"overflow: wrap", "overflow: saturate",
     ":21: numbers.overflow is saturate; with psum_route column and a store that accumulates psums "
     "must wrap"},
    {"adders: 2", "adders: 1",
     ":41: pe.adders is 1; in lock step no merge takes a slot, so it must be 2"}};

TEST_F(Limits, OfPartsOfAMachineNameItsLine) {
  for (const auto& [right, wrong, sentence] : kMalformedMachines) {
    const std::string m = changed("m.yaml", "arch/tutorial_systolic_4x4.yaml", right, wrong);
    for (const char* command : {"simulate", "map"})
      expect_mistake({command, m, "tutorial"}, m + sentence);
    expect_mistake({"show", m}, m + sentence);
  }
}

}  // namespace
}  // namespace orrery
