#include "arch/dram/dram_standard.h"

#include <bit>
#include <cctype>
#include <limits>

#include "arch/dram/fields_of_dram_standard.h"

namespace orrery {
namespace {

constexpr std::int64_t kMostRankBytes = std::int64_t{1} << 40;
constexpr int kMostClocks = 1 << 20;  // of a constraint
constexpr int kMostBanks = 64;        // of a rank: masks of banks are 64 bits wide

// Visitor: the value of one integer field.
struct FindClocks {
  std::string_view wanted;
  const int* found = nullptr;
  void field(std::string_view name, int& member, const FieldSpec&) {
    if (name == wanted) found = &member;
  }
};

void check_power_of_two(int value, const std::string& path, const Node& root) {
  if (std::has_single_bit(static_cast<unsigned>(value))) return;
  root.toward(path).fail(fmt::format("{} is {}; it must be a power of two", path, value));
}

void check_organization(const DramStandard& s, const Node& root) {
  const DramOrganization& o = s.organization;
  const std::pair<const char*, int> sizes[] = {{"channel_bits", o.channel_bits},
                                               {"device_bits", o.device_bits},
                                               {"bank_groups", o.bank_groups},
                                               {"banks_per_group", o.banks_per_group},
                                               {"rows", o.rows},
                                               {"columns", o.columns},
                                               {"burst_length", o.burst_length},
                                               {"beats_per_clock", o.beats_per_clock}};
  for (const auto& [key, value] : sizes) {
    check_power_of_two(value, fmt::format("organization.{}", key), root);
  }
  const auto at_most = [&](const char* key, int value, const char* limit, int most) {
    if (value <= most) return;
    root.toward(fmt::format("organization.{}", key))
        .fail(fmt::format("{} is {}; it must be at most {}, {}", key, value, limit, most));
  };
  at_most("device_bits", o.device_bits, "channel_bits", o.channel_bits);
  at_most("beats_per_clock", o.beats_per_clock, "burst_length", o.burst_length);
  at_most("burst_length", o.burst_length, "columns", o.columns);
  at_most("banks_per_group", o.banks_per_group, "what makes 64 banks", kMostBanks / o.bank_groups);
  if (o.bytes() > kMostRankBytes) {
    root.toward("organization")
        .fail(fmt::format("a rank has {} bytes; at most {}", o.bytes(), kMostRankBytes));
  }
}

void check_timing(const DramStandard& s, const Node& root) {
  const DramTiming& t = s.timing;
  struct Pair {
    const char *large, *small;
    int large_value, small_value;
  };
  const Pair pairs[] = {{"rrd_l", "rrd_s", t.rrd_l, t.rrd_s}, {"ccd_l", "ccd_s", t.ccd_l, t.ccd_s},
                        {"wtr_l", "wtr_s", t.wtr_l, t.wtr_s}, {"rc", "ras", t.rc, t.ras},
                        {"rp_all", "rp", t.rp_all, t.rp},     {"refi", "rfc", t.refi, t.rfc},
                        {"faw", "rrd_s", t.faw, t.rrd_s}};
  for (const Pair& p : pairs) {
    if (p.large_value >= p.small_value) continue;
    root.toward(fmt::format("timing.{}", p.large))
        .fail(
            fmt::format("{} is {}, below {} ({})", p.large, p.large_value, p.small, p.small_value));
  }
  if ((t.rfc_bank > 0) != (t.refi_bank > 0)) {
    root.toward("timing").fail("rfc_bank and refi_bank come together, or not at all");
  }
}

void check_rails(const DramStandard& s, const Node& root) {
  if (s.rails.empty()) root.toward("rails").fail("rails is empty; it must name a supply");
  for (std::size_t i = 0; i < s.rails.size(); ++i) {
    const DramRail& r = s.rails[i];
    const Node& at = root.toward(fmt::format("rails[{}]", i));
    if (r.idd3n < r.idd2n) at.fail(fmt::format("{}: idd3n is below idd2n", r.name));
    if (r.idd4r < r.idd3n || r.idd4w < r.idd3n || r.idd5b < r.idd3n) {
      at.fail(fmt::format("{}: idd4r, idd4w or idd5b is below idd3n", r.name));
    }
  }
}

std::vector<DramConstraint> read_table(const DramStandard& s, const std::filesystem::path& path) {
  const Node root = parse_yaml(path);
  std::vector<DramConstraint> table = read<DramConstraints>(root).constraints;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const Node& at = root.toward(fmt::format("constraints[{}]", i));
    table[i].value = evaluate_clocks(table[i].clocks, s, at);
    if (table[i].value >= kMostClocks) {
      at.fail(fmt::format("{} is {} clocks; at most {}", table[i].clocks, table[i].value,
                          kMostClocks - 1));
    }
    if (table[i].window > 1 && table[i].scope != DramScope::kRank) {
      at.fail("a window belongs to a rank; scope must be rank");
    }
  }
  std::erase_if(table, [](const DramConstraint& row) { return row.value <= 0; });
  return table;
}

int term_value(const std::string& term, const DramStandard& s, const Node& at) {
  if (std::isdigit(static_cast<unsigned char>(term.front())) != 0) {
    if (term.size() > 6 || term.find_first_not_of("0123456789") != std::string::npos) {
      at.fail(fmt::format("'{}' is no whole number up to 999999", term));
    }
    return std::stoi(term);
  }
  if (term == "burst") return s.organization.burst_clocks();
  DramTiming timing = s.timing;
  FindClocks find{term};
  timing.fields(find);
  if (find.found != nullptr) return *find.found;
  KeyLister lister;
  timing.fields(lister);
  lister.keys.emplace_back("burst");
  at.fail(
      fmt::format("no timing parameter is called '{}'{}", term, did_you_mean(term, lister.keys)));
}

}  // namespace

std::int64_t DramOrganization::bytes() const {
  return std::int64_t{rows} * columns * banks() * (channel_bits / 8);
}

int evaluate_clocks(const std::string& sum, const DramStandard& standard, const Node& at) {
  std::string text;
  for (const char c : sum) {
    if (c != ' ') text += c;
  }
  int total = 0;
  std::size_t i = 0;
  while (i <= text.size()) {
    int sign = 1;
    if (i > 0) sign = text[i - 1] == '-' ? -1 : 1;
    const std::size_t end = std::min(text.find_first_of("+-", i), text.size());
    if (end == i) at.fail(fmt::format("'{}' is no sum of timing parameters", sum));
    total += sign * term_value(text.substr(i, end - i), standard, at);
    i = end + 1;
  }
  return total;
}

DramStandard read_dram_standard(const std::filesystem::path& path) {
  const Node root = parse_yaml(path);
  DramStandard s = read<DramStandard>(root);
  s.file = root.where.file;
  s.tags = tags_of(root);
  check_organization(s, root);
  check_timing(s, root);
  check_rails(s, root);
  const std::filesystem::path table = path.parent_path() / s.constraints;
  if (!std::filesystem::is_regular_file(table)) {
    root.toward("constraints").fail(fmt::format("there is no file {}", table.string()));
  }
  s.table = read_table(s, table);
  return s;
}

std::string document_dram_standard() { return document<DramStandard>(); }
std::string document_dram_constraint() { return document<DramConstraint>(); }

std::string name(DramCommand command) {
  static constexpr std::array<const char*, kDramCommands> kNames{
      "ACT", "PRE", "PREA", "RD", "RDA", "WR", "WRA", "REF", "REFpb", "PDE", "PDX"};
  return kNames[static_cast<std::size_t>(command)];
}

}  // namespace orrery
