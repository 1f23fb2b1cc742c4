// Standards, policies, mappings and traces as their authors write them.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "reports/dram.h"
#include "sim/dram/trace.h"
#include "tests/dram/files.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

namespace fs = std::filesystem;

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class DramInput : public testing::Test {
 protected:
  DramInput() {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "tables");
  }
  ~DramInput() override { fs::remove_all(folder_); }
  DramInput(const DramInput&) = delete;
  DramInput& operator=(const DramInput&) = delete;

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }
  template <class Body>
  static std::string mistake(const Body& body) {
    try {
      body();
    } catch (const InputError& e) {
      return e.what();
    }
    return "no mistake";
  }
  // What reading ddr4-2400 says with one text in it, or in its table, replaced.
  std::string with(const std::string& right, const std::string& wrong) const {
    std::string standard = text_of(dram_file("ddr4-2400")),
                table = text_of(dram_file("tables/jedec"));
    for (std::string* text : {&standard, &table}) {
      const auto found = text->find(right);
      if (found != std::string::npos) text->replace(found, right.size(), wrong);
    }
    write("tables/jedec.yaml", table);
    const std::string path = write("x.yaml", standard);
    return mistake([&] { read_dram_standard(path); });
  }
  std::vector<DramRequest> requests(const std::string& text) const {
    const DramMemory memory(dram_setup("ddr4-2400", "open"));
    DramTrace trace(write("t", text), DramTraceFormat::kDetect, memory);
    std::vector<DramRequest> all;
    while (const auto r = trace.next()) all.push_back(*r);
    return all;
  }

  const fs::path folder_ =
      fs::path(testing::TempDir()) /
      (std::string("orrery_dram_") + testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(DramInput, AStandardIsHeldToItsOwnNumbers) {
  const std::vector<std::array<std::string, 3>> cases{
      {"  cl: 17\n", "  clx: 17\n", "unknown key 'clx'"},
      {"  rrd_l: 6\n", "  rrd_l: 3\n", "rrd_l is 3, below rrd_s (4)"},
      {"  rows: 65536\n", "  rows: 65535\n",
       "organization.rows is 65535; it must be a power of two"},
      {"  refi: 9360", "  refi: 100", "refi is 100, below rfc (420)"},
      {"idd4r: 135", "idd4r: 40", "idd4r, idd4w or idd5b is below idd3n"},
      {"tables/jedec.yaml", "tables/jedek.yaml", "there is no file"},
      {"clocks: rcd_rd}", "clocks: rcd}",
       "no timing parameter is called 'rcd' (did you mean 'rc'?)"},
      {"clocks: rcd_rd}", "clocks: rcd_rd +}", "is no sum of timing parameters"},
      {"scope: rank, clocks: faw", "scope: bank, clocks: faw", "scope must be rank"},
      {"  bank_groups: 4\n", "  bank_groups: 16\n", "ok"},
      {"  banks_per_group: 4\n", "  banks_per_group: 32\n", "it must be at most"}};
  for (const auto& [right, wrong, sentence] : cases) {
    const std::string said = with(right, wrong);
    if (sentence == "ok") {
      EXPECT_EQ(said, "no mistake") << wrong;
    } else {
      EXPECT_NE(said.find(sentence), std::string::npos) << wrong << "\n" << said;
      EXPECT_NE(said.find(".yaml:"), std::string::npos) << said;
    }
  }
}

TEST_F(DramInput, APolicyIsHeldToItsOwnNumbers) {
  const std::vector<std::array<std::string, 2>> cases{
      {"drain_start: 40\n", "drain_start is above write_queue"},
      {"drain_stop: 30\n", "drain_stop is above drain_start"},
      {"drain_idle: 3\n", "such writes must be posted"},
      {"bank_queue: 8\n", "drain is snapshot with bank_queue"},
      {"page: opened\n", "did you mean 'open'?"},
      {"hit_cap: 0\n", "hit_cap"}};
  for (const auto& [line, sentence] : cases) {
    const std::string path = write("p.yaml", "name: p\ndescription: p\n" + line);
    const std::string said = mistake([&] { read_dram_policy(path); });
    EXPECT_NE(said.find(sentence), std::string::npos) << line << said;
  }
}

TEST_F(DramInput, AMappingTakesAddressesApartAndPutsThemTogether) {
  for (const std::string& standard : kDramStandards) {
    const DramOrganization o = read_dram_standard(dram_file(standard)).organization;
    for (const std::string mapping :
         {"ro|ra|co|ba|bg|ch", "ch|ra|bg|ba|ro|co", "co|ro|ba|ch|bg|ra"}) {
      const AddressMap map(mapping, o, 4, 2);
      const auto bytes = static_cast<std::uint64_t>(o.bytes() * 8);
      for (std::uint64_t a = 0; a < bytes; a += bytes / 1021) {
        const DramPlace p = map.place(a);
        EXPECT_EQ(map.address(p), map.burst(a)) << mapping;
        EXPECT_EQ(map.flat_bank(a),
                  (p.rank * o.bank_groups + p.group) * o.banks_per_group + p.bank);
      }
    }
  }
}

TEST_F(DramInput, AMappingNamesEveryFieldOnce) {
  const DramOrganization o = read_dram_standard(dram_file("ddr4-2400")).organization;
  EXPECT_EQ(mistake([&] { AddressMap("ro|co|ba", o, 1, 1); }),
            "the mapping ro|co|ba leaves out bg, of which there are 4; e.g. ro|ra|co|ba|bg|ch");
  EXPECT_EQ(mistake([&] { AddressMap("ro|co|ba|bg|ro", o, 1, 1); }),
            "the mapping ro|co|ba|bg|ro names ro twice");
  EXPECT_EQ(mistake([&] { AddressMap("row|co|ba|bg", o, 1, 1); }),
            "a mapping has no field 'row' (did you mean 'ro'?)");
}

TEST_F(DramInput, TheThreeFormatsSayTheSame) {
  const std::vector<DramRequest> expected{{0, 0x1000, DramKind::kRead},
                                          {7, 0x40, DramKind::kWrite}};
  EXPECT_EQ(requests("cycle,address,kind\n0,4096,R\n# a remark\n\n7, 0x40 ,W\r\n"), expected);
  EXPECT_EQ(requests("0x1000 READ 0\n40 WRITE 7"), expected);
  const std::vector<DramRequest> at_once{{0, 0x1000, DramKind::kRead}, {0, 64, DramKind::kWrite}};
  EXPECT_EQ(requests("LD 0x1000\nST 64\n"), at_once);
  // channel, rank, bank group, bank, row, column of the device under ro|ra|co|ba|bg|ch.
  EXPECT_EQ(requests("R 0,0,0,0,0,32\nW 0,0,1,0,0,0\n"), at_once);
}

TEST_F(DramInput, ATracesMistakesAreAnsweredWithFileAndLine) {
  const std::vector<std::array<std::string, 2>> cases{
      {"0,64,R\n1,x,R\n", "t:2: 'x' is no address; a line is cycle,address,R|W"},
      {"0,64,Q\n", "t:1: 'Q' is neither R nor W; a line is cycle,address,R|W"},
      {"5,64,R\n4,64,R\n", "t:2: cycle 4 comes after cycle 5; a trace is in the order of time"},
      {"0,64,R,9\n", "t:1: '9' is one word too many"},
      {"0x40 REED 0\n",
       "t:1: 'REED' is neither READ nor WRITE; a line is ADDRESS READ|WRITE CYCLE"},
      {"R 0,0,1,2\n",
       "t:1: 0,0,1,2 has 4 levels; ddr4-2400 has 6: channel, rank, bank group, bank, row, column"},
      {"R 0,0,4,0,0,0\n", "t:1: bank group 4 is above 3, the last one"}};
  for (const auto& [text, sentence] : cases) {
    const std::string said = mistake([&] { requests(text); });
    EXPECT_TRUE(said.ends_with(sentence)) << said;
  }
}

TEST_F(DramInput, DocsListTheFields) {
  const std::string page = text_of(std::string(ORRERY_SOURCE_DIR) + "/docs/dram.md");
  for (const std::string& table :
       {document_dram_standard(), document_dram_constraint(), document_dram_policy()}) {
    EXPECT_NE(page.find("\n\n" + table), std::string::npos) << table;
  }
}

TEST_F(DramInput, LatenciesKeepTheirClasses) {
  DramLatencies l;
  for (std::int64_t i = 0; i < 100000; ++i) {
    const std::size_t c = DramLatencies::class_of(i);
    ASSERT_LE(DramLatencies::least(c), i);
    ASSERT_GT(DramLatencies::least(c + 1), i);
    l.add(i);
  }
  EXPECT_NEAR(static_cast<double>(l.quantile(0.5)), 50000, 50000 / 16.0);
  EXPECT_DOUBLE_EQ(l.mean(), 49999.5);
}

}  // namespace
}  // namespace orrery
