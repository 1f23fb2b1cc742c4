// Machines as files: the published one against its figures, all of them read back, broken ones
// refused.
#include "arch/machine/machine.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

namespace orrery {
namespace {

const std::filesystem::path kArch = std::filesystem::path(ORRERY_SOURCE_DIR) / "arch";

std::vector<std::filesystem::path> machine_files() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(kArch)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  return files;
}

int store_words(const Store& store) { return store.banks * store.bank_words; }

// JSSC 2017: 168 PEs, 181.5 KB of SRAM = 108 KB GLB + 168 x 448 B filter spads, 100 KB for fmaps, 8
// KB for filters.
TEST(Eyeriss, HasThePublishedArrayAndStorage) {
  const Machine m = read_machine(kArch / "eyeriss.yaml");
  EXPECT_EQ(m.pes(), 168);
  const int glb_words =
      store_words(m.store_of(Tensor::kIfmap)) + store_words(m.store_of(Tensor::kFilter));
  EXPECT_EQ(store_words(m.store_of(Tensor::kIfmap)), 51200);
  EXPECT_EQ(store_words(m.store_of(Tensor::kFilter)), 4096);
  EXPECT_EQ(&m.store_of(Tensor::kIfmap), &m.store_of(Tensor::kPsum));
  EXPECT_EQ(2 * glb_words, 108 * 1024);
  EXPECT_EQ(2 * (glb_words + m.pes() * m.pe.filter_spad_words), 181 * 1024 + 512);
  EXPECT_EQ(2 * (m.pe.ifmap_spad_words + m.pe.filter_spad_words + m.pe.psum_spad_words), 520);
}

// JSSC 2017: 33.6 GMAC/s at 200 MHz, a 64-bit link at 60 MHz, 16-bit psums; set-up in less than 100
// us.
TEST(Eyeriss, HasThePublishedRatesAndWidths) {
  const Machine m = read_machine(kArch / "eyeriss.yaml");
  EXPECT_DOUBLE_EQ(m.pes() * m.clocks.core_mhz, 33'600);
  EXPECT_DOUBLE_EQ(m.clocks.link_mhz * m.dma.words_per_cycle * m.numbers.word_bits / 8, 480);
  EXPECT_EQ(m.words_per_psum(), 1);
  EXPECT_LT(m.controller.setup_bits / m.controller.setup_mhz, 100);
  EXPECT_TRUE(m.overlaps(Tensor::kFilter));
  EXPECT_FALSE(m.overlaps(Tensor::kIfmap) || m.overlaps(Tensor::kPsum));
  EXPECT_GT(m.dram.bytes_per_second, 480e6);
}

TEST(Eyeriss, TakesTheShiftOfTheLayerAndTheWidthsOfTheMachine) {
  Layer layer;
  layer.product_shift = 9;
  const Machine m = read_machine(kArch / "eyeriss.yaml");
  EXPECT_EQ(m.arithmetic(layer), (Arithmetic{9, 16, 16, Overflow::kWrap}));
}

TEST(Eyeriss, TellsAssumedAndFittedValuesFromPublishedOnes) {
  const std::string drawing = block_diagram(read_machine(kArch / "eyeriss.yaml"));
  for (const char* line :
       {"\nAssumed: ", "\n  pe.psum_in_fifo_packets = 4 (line ",
        "\nFitted: ", "\n  levels[0].stores[0].shared_port = false (line ", "12 x 14 = 168 PEs",
        "25 x 2048 words, 100.0 KB", "480 MB/s", "520 bytes a PE"}) {
    EXPECT_NE(drawing.find(line), std::string::npos) << line << "\n" << drawing;
  }
  EXPECT_EQ(drawing.find("pe.filter_spad_words"), std::string::npos) << "a published value";
}

TEST(Machine, PsumsWiderThanAWordTakeSeveral) {
  Machine m = read_machine(kArch / "tutorial_4x4.yaml");
  EXPECT_EQ(m.words_per_psum(), 2);
  m.numbers.psum_bits = 17;
  EXPECT_EQ(m.words_per_psum(), 2);
  m.numbers.psum_bits = 16;
  EXPECT_EQ(m.words_per_psum(), 1);
}

TEST(Machine, EveryFileReadsBackEqualFromItsOwnYaml) {
  EXPECT_GE(machine_files().size(), 3U);
  for (const auto& path : machine_files()) {
    Machine machine = read_machine(path);
    Machine again = read_machine(parse_yaml_text(to_yaml(machine), "again.yaml"));
    EXPECT_EQ(to_yaml(again), to_yaml(machine)) << path;
    EXPECT_EQ(again.tags.size(), machine.tags.size()) << path;
    again.tags = machine.tags = {};  // they stand in other lines
    EXPECT_EQ(again, machine) << path;
  }
}

TEST(Machine, DrawsBoxesWithStraightSides) {
  for (const auto& path : machine_files()) {
    Machine machine = read_machine(path);
    machine.pe.filter_spad_words = 65536;
    machine.levels[0].stores[0].name =
        "a store with a name that is rather long for its column in the box";
    std::istringstream drawing(block_diagram(machine));
    std::size_t width = 0;
    for (std::string line; std::getline(drawing, line);) {
      if (!line.starts_with("  +") && !line.starts_with("  |")) continue;
      if (width == 0) width = line.size();
      EXPECT_EQ(line.size(), width) << line;
    }
  }
}

TEST(Machine, DocumentsEveryKeyOfItsFiles) {
  const std::string table = document_machine();
  for (const char* row :
       {"| `array.rows` | PE | 1 to 1024 | required |",
        "| `numbers.overflow` |  | wrap, saturate |", "| `levels[].stores[].bank_words` | word |",
        "| `limits.filters` |  | 0 to 1048576 | 0 |"}) {
    EXPECT_NE(table.find(row), std::string::npos) << row;
  }
}

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

// kMachine with one text replaced; what reading it says.
std::string complaint(const Mistake& mistake) {
  std::string text = kMachine;
  const std::size_t at = text.find(mistake.right);
  if (at == std::string::npos)
    return "the test replaces '" + mistake.right + "', which is not there";
  text.replace(at, mistake.right.size(), mistake.wrong);
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
    {"psum_out: {words_per_cycle: 2}", "psum_out: {words_per_cycle: 1}",
     "m.yaml:12: noc.psum_out.words_per_cycle is 1; a psum of 32 bits takes 2 words of 16 bits and "
     "must fit in "
     "a packet"},
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

TEST(Machine, SaysWhereAndWhyANumberIsWrong) {
  EXPECT_EQ(complaint({"name: m", "name: m", ""}), "accepted");
  for (const Mistake& mistake : kMistakes) EXPECT_EQ(complaint(mistake), mistake.message);
}

TEST(Machine, SaysWhereAndWhyStorageIsWrong) {
  for (const Mistake& mistake : kStorageMistakes) EXPECT_EQ(complaint(mistake), mistake.message);
}

// 65,536 PEs of 2,048 words each would be 2^27 words of filters.
TEST(Machine, RefusesSpadsThatTogetherAreTooLarge) {
  Machine m = read_machine(parse_yaml_text(kMachine, "m.yaml"));
  m.array.rows = m.array.cols = 256;
  m.pe.filter_spad_words = 2048;
  EXPECT_THROW(read_machine(parse_yaml_text(to_yaml(m), "m.yaml")), InputError);
  m.pe.filter_spad_words = 1024;
  EXPECT_NO_THROW(read_machine(parse_yaml_text(to_yaml(m), "m.yaml")));
}

}  // namespace
}  // namespace orrery
