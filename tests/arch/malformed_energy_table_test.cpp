// Broken energy tables, and what is said of each.
#include <gtest/gtest.h>

#include "arch/energy/energy_table.h"

namespace orrery {
namespace {

const std::string kTable =
    /* 1 */
    "name: t\n"
    /* 2 */
    "description: d\n"
    /* 3 */
    "source: this test\n"
    /* 4 */
    "technology: none\n"
    /* 5 */
    "unit: pJ\n"
    /* 6 */
    "convention: hardware\n"
    /* 7 */
    "prices:\n"
    /* 8 */
    "  - {action: noc.*.hop, value: 2, bits: 16, source: s}\n"
    /* 9 */
    "  - {action: noc.psum.hop, value: 0, reason: r}\n"
    /* 10 */
    "  - {action: glb.*.array_read, from: sram, source: s}\n"
    /* 11 */
    "  - {action: mac.none.compute, part: a, value: 1, bits: 8, law: square, source: s}\n"
    /* 12 */
    "  - {action: mac.none.compute, part: b, value: 1, source: s}\n"
    /* 13 */
    "per_cycle:\n"
    /* 14 */
    "  - {name: leakage, milliwatts: 3, source: s}\n"
    /* 15 */ "  - {name: clock, value: 1, source: s}\n";

struct Mistake {
  std::string right, wrong, message;
};

// What reading the table with one text replaced says.
std::string complaint(const Mistake& mistake) {
  std::string text = kTable;
  const std::size_t at = text.find(mistake.right);
  if (at == std::string::npos) return "no '" + mistake.right + "'";
  text.replace(at, mistake.right.size(), mistake.wrong);
  try {
    read_energy_table(parse_yaml_text(text, "t.yaml"));
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

const std::vector<Mistake> kMistakes{
    {"name: t", "name: t", "accepted"},
    {"name: t\n", "name: ''\n", "t.yaml:1: name is empty; it must name the table"},
    {"unit: pJ", "unit: nJ",
     "t.yaml:5: unit is 'nJ'; it must be one of pJ, MAC (did you mean 'pJ'?)"},
    {"convention: hardware", "convention: hard",
     "t.yaml:6: convention is 'hard'; it must be one of published, hardware"},
    {"noc.*.hop", "noc.*.hopp",
     "t.yaml:8: no action is called 'noc.*.hopp' (did you mean 'noc.*.hop'?)"},
    {"noc.psum.hop", "noc.psums.hop",
     "t.yaml:9: no action is called 'noc.psums.hop' (did you mean 'noc.psum.hop'?)"},
    {"noc.psum.hop", "noc.bias.hop",
     "t.yaml:9: no action is called 'noc.bias.hop' (did you mean 'noc.ifmap.hop'?)"},
    {"noc.psum.hop", "wires",
     "t.yaml:9: no action is called 'wires'; arch/counts/actions.def lists them"},
    {"value: 2", "value: -1", "t.yaml:8: prices[0].value is -1; it must be 0 to 1000000000"},
    {"value: 2", "value: two", "t.yaml:8: prices[0].value is 'two'; it must be a number"},
    {"value: 0, reason: r", "value: 0, source: s",
     "t.yaml:9: noc.psum.hop costs 0 without a reason"},
    {"value: 2, bits: 16, source: s", "source: s", "t.yaml:8: noc.*.hop costs 0 without a reason"},
    {"value: 2, bits: 16, source: s", "value: 2", "t.yaml:8: noc.*.hop names no source"},
    {"bits: 8, ", "",
     "t.yaml:11: mac.none.compute follows a width; bits must say which its value is for"},
    {"part: b", "part: a",
     "t.yaml:12: mac.none.compute is priced twice (first in line 11); parts of a price need names"},
    {"part: b", "part: b, less: noc.psum.hop",
     "t.yaml:12: parts of mac.none.compute differ in less, unless, without or shown_as"},
    {"bits: 16", "node_nm: 5", "t.yaml:8: node_nm is 5; it must be 7 to 90 nm, or 0"},
    {"bits: 16", "unless: noc.*.hip",
     "t.yaml:8: no action is called 'noc.*.hip' (did you mean 'noc.*.hop'?)"},
    {"bits: 16", "shown_as: nok.psum",
     "t.yaml:8: no part of the energy is called 'nok.psum' (did you mean 'noc.psum'?)"},
    {"source: s}\n  - {action: noc.psum", "soruce: s}\n  - {action: noc.psum",
     "t.yaml:8: unknown key 'soruce' in prices[0] (did you mean 'source'?)"},
};

const std::vector<Mistake> kModelMistakes{
    {"glb.*.array_read", "noc.*.bus_word",
     "t.yaml:10: noc.*.bus_word is no memory of the chip; it needs a value"},
    {"from: sram", "from: sram, value: 3",
     "t.yaml:10: glb.*.array_read has both a value and a model"},
    {"from: sram", "from: dram",
     "t.yaml:10: prices[2].from is 'dram'; it must be one of value, sram (did you mean 'sram'?)"},
    {"unit: pJ", "unit: MAC",
     "t.yaml:10: the memory model gives pJ; the unit of this table is MAC"},
    {"milliwatts: 3", "value: 0", "t.yaml:14: leakage costs 0 without a reason"},
    {"milliwatts: 3", "milliwatts: 3, value: 2",
     "t.yaml:14: leakage has both a value and milliwatts"},
    {"milliwatts: 3", "from: sram",
     "t.yaml:14: the memory model knows glb and spad; level is control"},
    {"milliwatts: 3", "level: glb, from: sram", "accepted"},
    {"name: clock", "name: leakage", "t.yaml:15: leakage of control is priced twice"},
    {"  - {name: clock, value: 1, source: s}\n", "",
     "t.yaml:13: per_cycle prices no clock; what costs nothing needs a value of 0 and a reason"},
};

TEST(MalformedEnergyTable, NamesTheLineAndWhatWouldBeRight) {
  for (const auto& list : {kMistakes, kModelMistakes}) {
    for (const Mistake& m : list) EXPECT_EQ(complaint(m), m.message) << m.wrong;
  }
}

}  // namespace
}  // namespace orrery
