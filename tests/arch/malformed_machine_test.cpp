// Broken machine files, and what is said of each.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "arch/machine/machine.h"

namespace orrery {
namespace {

// A legal machine, one structure a line.
const std::string kMachine =
    /*  1 */
    "name: m\n"
    /*  2 */
    "source: this test\n"
    /*  3 */
    "mac: mac_int16\n"
    /*  4 */
    "clocks: {core_mhz: 100, link_mhz: 50}\n"
    /*  5 */
    "numbers: {word_bits: 16, operand_bits: 16, product_bits: 16, psum_bits: 32, overflow: wrap}\n"
    /*  6 */
    "array: {rows: 2, cols: 3, psum_route: column}\n"
    /*  7 */
    "pe:\n"
    /*  8 */
    "  {ifmap_spad_words: 4, filter_spad_words: 4, psum_spad_words: 4, ifmap_fifo_words: 4,\n"
    /*  9 */
    "   filter_fifo_packets: 4, psum_in_fifo_packets: 4, psum_out_fifo_packets: 4,\n"
    /* 10 */
    "   pipeline_stages: 1, adders: 1}\n"
    /* 11 */
    "noc: {ifmap: {words_per_cycle: 1}, filter: {words_per_cycle: 1}, psum_in: {words_per_cycle: "
    "2},\n"
    /* 12 */
    "  psum_out: {words_per_cycle: 2}, psum_link: {words_per_cycle: 2}}\n"
    /* 13 */
    "levels:\n"
    /* 14 */
    "  - name: glb\n"
    /* 15 */
    "    stores:\n"
    /* 16 */
    "      - {name: a, holds: [ifmap, filter], banks: 4, bank_words: 64,\n"
    /* 17 */
    "         read_words_per_cycle: 1, write_words_per_cycle: 1}\n"
    /* 18 */
    "      - {name: b, holds: [psum], banks: 1, bank_words: 64,\n"
    /* 19 */
    "         read_words_per_cycle: 2, write_words_per_cycle: 2, prefetch_tiles: 0}\n"
    /* 20 */
    "dma: {words_per_cycle: 1, overlap: [filter], crossing_cycles: 0}\n"
    /* 21 */
    "dram: {megabytes: 1, bytes_per_second: 1e9, latency_ns: 0}\n"
    /* 22 */
    "post: {bias: true, requantize: true, relu: true, pooling: true, words_per_cycle: 1}\n"
    /* 23 */
    "controller: {setup_bits: 0, setup_mhz: 1}\n"
    /* 24 */
    "limits: {stride_rows: [1, 2], stride_cols: [1]}\n"
    /* 25 */
    "padding: stored\n"
    /* 26 */ "first_psum: zero\n";

struct Mistake {
  std::string right, wrong, message;
};

void replace(std::string& text, const std::string& right, const std::string& wrong) {
  const std::size_t at = text.find(right);
  ASSERT_NE(at, std::string::npos) << right;
  text.replace(at, right.size(), wrong);
}

// What reading `text` says.
std::string complaint(const std::string& text) {
  try {
    read_machine(parse_yaml_text(text, "m.yaml"));
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

const std::vector<Mistake> kMistakes{
    {"name: m\n", "name: ''\n", "m.yaml:1: name is empty; it must name the machine"},
    {"mac_int16", "mac_int17",
     "m.yaml:3: mac is 'mac_int17', which no MAC datapath is called (did you mean 'mac_int16'?)"},
    {"core_mhz: 100", "core_mhz: 0",
     "m.yaml:4: clocks.core_mhz is 0; it must be 0.001 to 100000 MHz"},
    {"core_mhz: 100", "core_mhz: 33.33333",
     "m.yaml:4: clocks.core_mhz is 33.33333; it must be a whole number of kHz"},
    {"operand_bits: 16", "operand_bits: 12",
     "m.yaml:5: numbers.operand_bits is 12; it must be 8 or 16"},
    {"operand_bits: 16", "operand_bits: 8",
     "m.yaml:5: numbers.operand_bits is 8; mac_int16 multiplies operands of 16 bits"},
    {"word_bits: 16", "word_bits: 8",
     "m.yaml:5: numbers.word_bits is 8; an operand of 16 bits must fit in a word"},
    {"product_bits: 16, psum_bits: 32", "product_bits: 24, psum_bits: 20",
     "m.yaml:5: numbers.psum_bits is 20; a product of 24 bits must fit in a psum"},
    {"psum_bits: 32", "psum_bits: 33",
     "m.yaml:5: numbers.psum_bits is 33; it must be 8 to 32 bits"},
    {"overflow: wrap", "overflow: warp",
     "m.yaml:5: numbers.overflow is 'warp'; it must be one of wrap, saturate"},
    {"rows: 2", "rows: 0", "m.yaml:6: array.rows is 0; it must be 1 to 1024 PEs"},
    {"rows: 2, cols: 3", "rows: 1024, cols: 65",
     "m.yaml:6: array has 1024 x 65 = 66560 PEs; at most 65536 are supported"},
    {"rows: 2, cols: 3", "row: 2, cols: 3",
     "m.yaml:6: unknown key 'row' in array (did you mean 'rows'?)"},
    {"{rows: 2, ", "{", "m.yaml:6: array lacks the key 'rows' (rows of the array, in PEs)"},
    {"ifmap_spad_words: 4", "ifmap_spad_words: four",
     "m.yaml:8: pe.ifmap_spad_words is 'four'; it must be a whole number"},
    {"adders: 1", "adders: 3", "m.yaml:10: pe.adders is 3; it must be 1 to 2"},
    {"read_words_per_cycle: 2, write_words_per_cycle: 2",
     "read_words_per_cycle: 2, write_words_per_cycle: 1",
     "m.yaml:19: a port of store b passes 1 words in a cycle; a psum takes 2 words and must pass "
     "at once"},
    {"ifmap: {words_per_cycle: 1}", "ifmap: {words_per_cycle: 6}", "accepted"},  // the port has one
    {"ifmap_fifo_words: 4", "ifmap_fifo_words: 0",
     "m.yaml:8: pe.ifmap_fifo_words is 0; it must be 1 to 1024 words"},
    {"core_mhz: 100", "core_mhz: 99999.999",
     "m.yaml:4: clocks.link_mhz is 50 beside a core of 99999.999; their edges would meet on a grid "
     "finer than a picosecond"},
    {"link_mhz: 50", "link_mhz: 0.0015",
     "m.yaml:4: clocks.link_mhz is 0.0015; it must be a whole number of kHz"},
    {"psum_in: {words_per_cycle: 2}", "psum_in: {words_per_cycle: 1}",
     "m.yaml:11: noc.psum_in.words_per_cycle is 1; a psum of 32 bits takes 2 words of 16 bits and "
     "must fit in a packet"},
    {"psum_link: {words_per_cycle: 2}", "psum_link: {words_per_cycle: 1}",
     "m.yaml:12: noc.psum_link.words_per_cycle is 1; a psum of 32 bits takes 2 words of 16 bits "
     "and must fit in a packet"},
    {"psum_out: {words_per_cycle: 2}", "psum_out: {words_per_cycle: 1}",
     "m.yaml:12: noc.psum_out.words_per_cycle is 1; a psum of 32 bits takes 2 words of 16 bits and "
     "must fit in "
     "a packet"},
    {"ifmap: {words_per_cycle: 1}", "ifmap: {words_per_cycle: 1, order: pe}", "accepted"},
    {"psum_in: {words_per_cycle: 2}", "psum_in: {words_per_cycle: 2, order: step_revers}",
     "m.yaml:11: noc.psum_in.order is 'step_revers'; it must be one of step, step_reversed, pe "
     "(did "
     "you mean 'step_reversed'?)"},
    {"psum_link: {words_per_cycle: 2}", "psum_link: {words_per_cycle: 2, order: pe}",
     "m.yaml:12: unknown key 'order' in noc.psum_link (known: words_per_cycle, latency_cycles)"},
};

const std::vector<Mistake> kStorageMistakes{
    {"  - name: glb\n", "  - {name: outer, stores: []}\n  - name: glb\n",
     "m.yaml:13: levels lists 2 levels; there must be exactly one between DRAM and the PEs"},
    {"[ifmap, filter]", "[ifmap, fliter]",
     "m.yaml:16: levels[0].stores[0].holds names the unknown tensor 'fliter' (did you mean "
     "'filter'?)"},
    {"[ifmap, filter]", "[ifmap, ifmap]", "m.yaml:16: levels[0].stores[0].holds names ifmap twice"},
    {"[ifmap, filter]", "[ifmap]", "m.yaml:15: no store of level 'glb' holds filter"},
    {"[ifmap, filter]", "[]",
     "m.yaml:16: levels[0].stores[0].holds names no tensor; it must name some of ifmap, filter, "
     "psum"},
    {"[psum]", "[psum, ifmap]",
     "m.yaml:18: levels[0].stores[1].banks is 1; a bank belongs to one tensor, so 2 "
     "tensors need 2 banks"},
    {"[psum], banks: 1", "[psum, ifmap], banks: 2",
     "m.yaml:18: ifmap is held by both 'a' and 'b'; one store must hold it"},
    {"name: b", "name: a", "m.yaml:18: two stores are called 'a'"},
    {"banks: 4, bank_words: 64", "banks: 4096, bank_words: 65537",
     "m.yaml:16: levels[0].stores[0] has 4096 banks x 65537 words = 268439552 words; at most "
     "268435456 are "
     "supported"},
    {"prefetch_tiles: 0", "prefetch_tiles: 2",
     "m.yaml:19: levels[0].stores[1].prefetch_tiles is 2, but psums are written back and cannot be "
     "prefetched"},
    {"name: a", "name: ''", "m.yaml:16: levels[0].stores[0].name is empty"},
    {"banks: 4", "accumulates: true, banks: 4",
     "m.yaml:16: levels[0].stores[0].accumulates is true, but the store holds no psums"},
    {"banks: 4", "tile_words: 16, banks: 4",
     "m.yaml:16: levels[0].stores[0].tile_words is 16; only filters alone can lie in DRAM as "
     "tiles"},
    {"prefetch_tiles: 0", "tile_words: 16",
     "m.yaml:19: levels[0].stores[1].tile_words is 16; only filters alone can lie in DRAM as "
     "tiles"},
    {"banks: 4", "prefetch_tiles: 1, banks: 4",
     "m.yaml:16: levels[0].stores[0].prefetch_tiles is 1; a queue holds the tiles of one tensor"},
    {"prefetch_tiles: 0", "prefetch_tiles: 65",
     "m.yaml:19: levels[0].stores[1].prefetch_tiles is 65; it must be 0 to 64 tiles"},
    {"prefetch_tiles: 0", "tile_words: -1",
     "m.yaml:19: levels[0].stores[1].tile_words is -1; it must be 0 to 16777216 words"},
    {"crossing_cycles: 0", "crossing_cycles: 0, outstanding: 0",
     "m.yaml:20: dma.outstanding is 0; it must be 1 to 64"},
    {"crossing_cycles: 0", "crossing_cycles: 0, burst_words: 0",
     "m.yaml:20: dma.burst_words is 0; it must be 1 to 65536 words"},
    {"overlap: [filter]", "overlap: [weights]",
     "m.yaml:20: dma.overlap names the unknown tensor 'weights' (known: ifmap, filter, psum)"},
    {"overlap: [filter]", "overlap: [psum, psum]", "m.yaml:20: dma.overlap names psum twice"},
    {"setup_mhz: 1", "setup_mhz: -1",
     "m.yaml:23: controller.setup_mhz is -1; it must be 0.001 to 100000 MHz"},
    {"stride_cols: [1]", "stride_cols: []",
     "m.yaml:24: limits.stride_cols is empty; it must list at least one stride"},
    {"stride_rows: [1, 2]", "stride_rows: [2, 2]",
     "m.yaml:24: limits.stride_rows lists 2 after 2; strides must ascend"},
    {"padding: stored", "padding: kept",
     "m.yaml:25: padding is 'kept'; it must be one of stored, generated"},
};

// A machine of PEs in lock step, by another array and PE.
const std::string kArray = "array: {rows: 2, cols: 3, psum_route: column}";
const std::string kLockStep = "array: {pace: lock_step, rows: 2, cols: 3, psum_route: column}";

struct PairOfChanges {
  std::string array;  // in place of kArray
  std::string right, wrong, message;
};

const std::vector<PairOfChanges> kMistakesOfPace{
    {"array: {pace: lockstep, rows: 2, cols: 3, psum_route: column}", "", "",
     "m.yaml:6: array.pace is 'lockstep'; it must be one of independent, lock_step (did you mean "
     "'lock_step'?)"},
    {kLockStep, "adders: 1", "adders: 2", "accepted"},
    {kLockStep, "adders: 1", "adders: 1",
     "m.yaml:10: pe.adders is 1; in lock step no merge takes a slot, so it must be 2"},
    {kLockStep, "adders: 1", "adders: 2, fifo_h_words: 4097",
     "m.yaml:10: pe.fifo_h_words is 4097; it must be 0 to 4096 steps"},
    {"array: {pace: lock_step, rows: 1024, cols: 257, psum_route: column}", "adders: 1",
     "adders: 2", "m.yaml:6: array has 1024 x 257 = 263168 PEs; at most 262144 are supported"},
    {"array: {pace: lock_step, delivery: systolic, rows: 2, cols: 3, psum_route: column}",
     "adders: 1", "adders: 2, fifo_v_words: 1",
     "m.yaml:6: array.delivery is systolic; PEs then hold no ifmap words for their neighbours "
     "(fifo_h_words, fifo_v_words)"},
    {"array: {pace: lock_step, delivery: systolic, rows: 2, cols: 3, psum_route: tree}",
     "adders: 1", "adders: 2",
     "m.yaml:6: array.psum_route is tree; a systolic array has column or in_place"},
    {"array: {pace: lock_step, pipelined: true, rows: 2, cols: 3, psum_route: column}", "adders: 1",
     "adders: 2",
     "m.yaml:6: array.pipelined is true, but the psum store does not accumulate: a pass could "
     "read psums that are still on their way"},
    {"array: {delivery: systolic, rows: 2, cols: 3, psum_route: column}", "", "",
     "m.yaml:6: array.delivery needs PEs in lock step; array.pace is independent"},
    {"array: {shadow_filters: true, rows: 2, cols: 3, psum_route: column}", "", "",
     "m.yaml:6: array.shadow_filters needs PEs in lock step; array.pace is independent"},
    {"array: {pipelined: true, rows: 2, cols: 3, psum_route: column}", "", "", "accepted"},
    {kArray, "adders: 1", "adders: 1, fifo_h_words: 1",
     "m.yaml:10: pe.fifo_h_words needs PEs in lock step; array.pace is independent"},
    {kArray, "adders: 1", "adders: 1, fifo_v_words: 1",
     "m.yaml:10: pe.fifo_v_words needs PEs in lock step; array.pace is independent"},
    {kArray, "adders: 1", "adders: 1, pools: true",
     "m.yaml:10: pe.pools needs PEs in lock step; array.pace is independent"},
    {"array: {rows: 2, cols: 3, psum_route: spill}", "", "",
     "m.yaml:6: array.psum_route is spill, but the psum store does not accumulate"},
    {"array: {rows: 2, cols: 3, psum_route: tree}", "overflow: wrap", "overflow: saturate",
     "m.yaml:5: numbers.overflow is saturate; with psum_route tree psums must wrap"},
    {"array: {rows: 256, cols: 256, psum_route: column}", "filter_spad_words: 4",
     "filter_spad_words: 2048",
     "m.yaml:8: pe.filter_spad_words is 2048; 65536 PEs may hold at most 67108864 of them "
     "together"},
    {"array: {rows: 256, cols: 256, psum_route: column}", "filter_spad_words: 4",
     "filter_spad_words: 1024", "accepted"},
};

TEST(MalformedMachine, SaysWhereAndWhyItIsWrong) {
  EXPECT_EQ(complaint(kMachine), "accepted");
  for (const auto& mistakes : {kMistakes, kStorageMistakes}) {
    for (const Mistake& mistake : mistakes) {
      std::string text = kMachine;
      replace(text, mistake.right, mistake.wrong);
      EXPECT_EQ(complaint(text), mistake.message);
    }
  }
}

TEST(MalformedMachine, SaysWhatDoesNotGoWithItsPaceAndRoute) {
  for (const PairOfChanges& change : kMistakesOfPace) {
    std::string text = kMachine;
    replace(text, kArray, change.array);
    replace(text, change.right, change.wrong);
    EXPECT_EQ(complaint(text), change.message);
  }
}

TEST(MalformedMachine, SaysWhatAStoreThatAccumulatesDoesNotGoWith) {
  std::string text = kMachine;
  replace(text, "prefetch_tiles: 0", "accumulates: true");
  EXPECT_EQ(complaint(text), "accepted");
  replace(text, "overflow: wrap", "overflow: saturate");
  EXPECT_EQ(complaint(text),
            "m.yaml:5: numbers.overflow is saturate; with psum_route column and a store that "
            "accumulates psums must wrap");
}

TEST(MalformedMachine, LeavesPsumsInLockStepAPortOfTheirOwn) {
  std::string text = kMachine;
  replace(text, kArray, kLockStep);
  replace(text, "adders: 1", "adders: 2");
  replace(text, "prefetch_tiles: 0", "shared_port: true");
  EXPECT_EQ(complaint(text),
            "m.yaml:6: array.pace is lock_step; psums then go in and out side by side, so the psum "
            "store cannot have a shared_port");
}

TEST(MalformedMachine, ServesPesInLockStepByTheStep) {
  const std::pair<std::string, int> buses[] = {
      {"ifmap", 11}, {"filter", 11}, {"psum_in", 11}, {"psum_out", 12}};
  for (const auto& [bus, line] : buses) {
    for (const std::string order : {"step", "step_reversed", "pe"}) {
      std::string text = kMachine;
      replace(text, kArray, kLockStep);
      replace(text, "adders: 1", "adders: 2");
      replace(text, bus + ": {", fmt::format("{}: {{order: {}, ", bus, order));
      EXPECT_EQ(complaint(text),
                order == "step"
                    ? "accepted"
                    : fmt::format("m.yaml:{}: noc.{}.order is {}; PEs in lock step take what a "
                                  "step needs together, so it must be step",
                                  line, bus, order));
    }
  }
}

TEST(MalformedMachine, SendsNoPacketThatItsFifosCannotTake) {
  std::string text = kMachine;
  replace(text, "read_words_per_cycle: 1", "read_words_per_cycle: 8");
  replace(text, "ifmap: {words_per_cycle: 1}", "ifmap: {words_per_cycle: 5}");
  EXPECT_EQ(complaint(text),
            "m.yaml:8: pe.ifmap_fifo_words is 4; a packet of the ifmap bus has 5 words");
  // In lock step there are no packets.
  replace(text, kArray, kLockStep);
  replace(text, "adders: 1", "adders: 2");
  EXPECT_EQ(complaint(text), "accepted");
}

TEST(MalformedMachine, CodesOnlyMapsOf16BitWords) {
  const std::string dma = "overlap: [filter], ";
  const std::vector<std::pair<std::string, std::string>> cases{
      {"compression: none, ", "accepted"},
      {"compression: rlc, compressed: [ofmap, ifmap], ", "accepted"},
      {"compression: rlc, ",
       "m.yaml:20: dma.compression is rlc, and dma.compressed names no tensor; it must name ifmap, "
       "ofmap or both"},
      {"compressed: [ifmaps], ",
       "m.yaml:20: dma.compressed names 'ifmaps'; it may name ifmap and ofmap (did you mean "
       "'ifmap'?)"},
      {"compressed: [ofmap, ofmap], ", "m.yaml:20: dma.compressed names ofmap twice"}};
  for (const auto& [words, said] : cases) {
    std::string text = kMachine;
    replace(text, dma, dma + words);
    EXPECT_EQ(complaint(text), said);
  }
  std::string text = kMachine;
  replace(text, dma, dma + cases[1].first);
  replace(text, "word_bits: 16", "word_bits: 32");
  EXPECT_EQ(complaint(text),
            "m.yaml:20: dma.compression is rlc, whose levels have 16 bits; numbers.word_bits is "
            "32, and it must be 16");
}

}  // namespace
}  // namespace orrery
