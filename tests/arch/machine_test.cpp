// Machines as files: the published one against its figures, all of them read back.
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

}  // namespace
}  // namespace orrery
