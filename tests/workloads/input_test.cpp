// What users write in files: read, checked, printed back and documented.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "workloads/input/fields.h"

namespace orrery {

enum class Colour : std::uint8_t { kRed, kBlue };
template <>
struct EnumNames<Colour> {
  static constexpr std::array kNames{std::pair{Colour::kRed, "red"},
                                     std::pair{Colour::kBlue, "blue"}};
};

namespace {

struct Wheel {
  int teeth = 7;
  std::vector<int> gears = {};
  template <class V>
  void fields(V& v) {
    v.field("teeth", teeth, {.doc = "teeth of a wheel", .unit = "cog", .min = 1, .max = 1024});
    v.field("gears", gears, {.doc = "a | b", .min = 1, .max = 3, .optional = true});
  }
  bool operator==(const Wheel&) const = default;
};

struct Clock {
  std::string name;
  bool strikes = true;
  double mhz = 1.5;
  Colour colour = Colour::kRed;
  std::int64_t seconds = 0;
  Wheel wheel;
  std::vector<Wheel> spares = {};
  template <class V>
  void fields(V& v) {
    v.field("name", name, {.doc = "name"});
    v.field("strikes", strikes, {.doc = "strikes", .optional = true});
    v.field("mhz", mhz, {.doc = "rate", .unit = "MHz", .min = 0.5, .optional = true});
    v.field("colour", colour, {.doc = "colour", .optional = true});
    v.field("seconds", seconds, {.doc = "age", .unit = "second", .min = 0, .optional = true});
    v.field("wheel", wheel, {.doc = "wheel"});
    v.field("spares", spares, {.doc = "spares", .optional = true});
  }
  bool operator==(const Clock&) const = default;
};

// What reading a Clock from `text`, as file c.yaml, says; empty if it is accepted.
std::string complaint(const std::string& text) {
  try {
    read<Clock>(parse_yaml_text(text, "c.yaml"));
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

struct Mistake {
  std::string text, message;
};

void expect_complaints(const std::vector<Mistake>& mistakes) {
  for (const auto& [text, message] : mistakes) EXPECT_EQ(complaint(text), message) << text;
}

const char* const kFull =
    "name: \"12\"\n"
    "strikes: false\n"
    "mhz: !fitted 7e-1\n"
    "colour: blue\n"
    "seconds: 9007199254740992\n"  // 2^53
    "wheel:\n"
    "  teeth: !assumed 9\n"
    "  gears: !fitted [1, 3]\n"
    "spares:\n"
    "  - {teeth: 1}\n"
    "  - {teeth: !assumed 1024, gears: [2]}\n";

TEST(Input, ReadsEveryTypeOfField) {
  const Clock clock = read<Clock>(parse_yaml_text(kFull, "c.yaml"));
  EXPECT_EQ(clock.name, "12");
  EXPECT_FALSE(clock.strikes);
  EXPECT_EQ(clock.mhz, 0.7);
  EXPECT_EQ(clock.colour, Colour::kBlue);
  EXPECT_EQ(clock.seconds, std::int64_t{1} << 53);
  EXPECT_EQ(clock.wheel, (Wheel{9, {1, 3}}));
  EXPECT_EQ(clock.spares, (std::vector<Wheel>{{1, {}}, {1024, {2}}}));
}

TEST(Input, KeepsDefaultsOfAbsentOptionalFields) {
  const Clock clock = read<Clock>(parse_yaml_text("name: x\nwheel: {teeth: 2}", "c.yaml"));
  const Clock expected{.name = "x", .wheel = {2, {}}};
  EXPECT_EQ(clock, expected);
}

TEST(Input, PrintsWhatReadsBackEqualWithItsTags) {
  const Node root = parse_yaml_text(kFull, "c.yaml");
  const std::string text = print_yaml(read<Clock>(root), tags_of(root));
  const Node again = parse_yaml_text(text, "again.yaml");
  EXPECT_EQ(read<Clock>(again), read<Clock>(root));
  EXPECT_EQ(print_yaml(read<Clock>(again), tags_of(again)), text);
}

TEST(Input, QuotesTextsThatYamlWouldTakeForSomethingElse) {
  for (const std::string name :
       {"null", "~", "", "a: b", "# no", "!assumed", "- x", "tab\there", "é\nü"}) {
    const Clock clock{.name = name, .wheel = {2, {}}};
    EXPECT_EQ(read<Clock>(parse_yaml_text(print_yaml(clock), "c.yaml")), clock) << name;
  }
}

TEST(Input, CollectsTaggedValuesWithPathAndLine) {
  const std::vector<TaggedValue> expected{{"mhz", Origin::kFitted, 3},
                                          {"wheel.teeth", Origin::kAssumed, 7},
                                          {"wheel.gears", Origin::kFitted, 8},
                                          {"spares[1].teeth", Origin::kAssumed, 11}};
  EXPECT_EQ(tags_of(parse_yaml_text(kFull, "c.yaml")), expected);
}

TEST(Input, PointsAtTheLineOfAPathOrAsNearAsItExists) {
  const Node root = parse_yaml_text(kFull, "c.yaml");
  EXPECT_EQ(root.toward("spares[1].teeth").where.line, 11);
  EXPECT_EQ(root.toward("wheel.absent").path, "wheel");
  EXPECT_EQ(root.toward("wheelwright").path, "");
}

TEST(Input, NamesUnknownAndMissingKeys) {
  expect_complaints({
      {"name: x\nwheel:\n  teth: 3",
       "c.yaml:3: unknown key 'teth' in wheel (did you mean 'teeth'?)"},
      {"name: x\nwheel: {teeth: 3, zzz: 1}",
       "c.yaml:2: unknown key 'zzz' in wheel (known: teeth, gears)"},
      {"nam: x", "c.yaml:1: unknown key 'nam' in the file (did you mean 'name'?)"},
      {"name: x\nwheel:\n  gears: []",
       "c.yaml:2: wheel lacks the key 'teeth' (teeth of a wheel, in cogs)"},
      {"name: x\nname: y", "c.yaml:2: key 'name' stands twice (first in line 1)"},
      {"name: x\n[a]: y", "c.yaml:2: a key must be a single word"},
  });
}

TEST(Input, NamesWrongTypesAndValuesOutOfRange) {
  expect_complaints({
      {"name: x\nwheel: {teeth: 0}", "c.yaml:2: wheel.teeth is 0; it must be 1 to 1024 cogs"},
      {"name: x\nwheel: {teeth: 9999999999}",
       "c.yaml:2: wheel.teeth is 9999999999; it must be 1 to 1024 cogs"},
      {"name: x\nwheel: {teeth: 1.5}", "c.yaml:2: wheel.teeth is '1.5'; it must be a whole number"},
      {"name: x\nwheel: {teeth: [1]}",
       "c.yaml:2: wheel.teeth is a list; it must be a whole number"},
      {"name: x\nwheel: {teeth: 1, gears: [1, 4]}",
       "c.yaml:2: wheel.gears[1] is 4; it must be 1 to 3"},
      {"name: x\nwheel: {teeth: 1, gears: 2}", "c.yaml:2: wheel.gears is '2'; it must be a list"},
      {"name: x\nwheel: 3", "c.yaml:2: wheel must be a map of keys and values"},
      {"name: x\nmhz: 0.25\nwheel: {teeth: 1}",
       "c.yaml:2: mhz is 0.25; it must be at least 0.5 MHz"},
      {"name: x\nmhz: nan\nwheel: {teeth: 1}", "c.yaml:2: mhz is 'nan'; it must be a number"},
      {"name: x\nstrikes: yes\nwheel: {teeth: 1}",
       "c.yaml:2: strikes is 'yes'; it must be true or false"},
      {"name: x\ncolour: blu\nwheel: {teeth: 1}",
       "c.yaml:2: colour is 'blu'; it must be one of red, blue (did you mean 'blue'?)"},
      {"name:\nwheel: {teeth: 1}", "c.yaml:1: name is empty; it must be a text"},
      {"name: x\nmhz: !asumed 3", "c.yaml:2: unknown tag '!asumed' (did you mean '!assumed'?)"},
  });
}

TEST(Input, RefusesWhatIsNotOneYamlDocument) {
  expect_complaints({
      {"", "c.yaml: is empty"},
      {"- 1", "c.yaml:1: the file must be a map of keys and values"},
      {"name: x\n---\nname: y", "c.yaml:3: a second YAML document starts here"},
      {"name: x\nwheel: &loop [*loop]", "c.yaml:2: values nest more than 64 deep"},
  });
  EXPECT_TRUE(complaint("name: [x\n").starts_with("c.yaml:2: not valid YAML: "))
      << complaint("name: [x\n");
}

// Ten lists of ten aliases each, seven times over, name 10^7 values in a few hundred bytes.
TEST(Input, RefusesAliasesThatUnfoldWithoutBound) {
  std::string text = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i < 7; ++i) {
    text += fmt::format("a{0}: &a{0} [*a{1}", i, i - 1);
    for (int j = 1; j < 10; ++j) text += fmt::format(", *a{}", i - 1);
    text += "]\n";
  }
  EXPECT_NE(complaint(text).find("more than 100000 values"), std::string::npos) << complaint(text);
}

class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::string& name)
      : path_(std::filesystem::temp_directory_path() / name) {
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

TEST(Input, NamesFilesThatCannotBeRead) {
  const TemporaryFolder folder("orrery_input_test_" + std::to_string(std::random_device{}()));
  std::ofstream(folder.path() / "clock.yaml") << "name: x\nwheel: {teeth: 3}\n";
  EXPECT_EQ(read_yaml<Clock>(folder.path() / "clock.yaml").wheel.teeth, 3);
  const auto message = [](const std::filesystem::path& path) -> std::string {
    try {
      parse_yaml(path);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  const std::string base = folder.path().string();
  EXPECT_EQ(message(base + "/clok.yaml"),
            base + "/clok.yaml: there is no such file (did you mean 'clock.yaml'?)");
  EXPECT_EQ(message(base), base + ": is a folder; a YAML file is expected");
  std::ofstream(folder.path() / "large.yaml") << std::string((4 << 20) + 1, ' ');
  EXPECT_EQ(message(base + "/large.yaml"), base + "/large.yaml: has more than 4194304 bytes");
}

TEST(Input, DocumentsEveryFieldInATable) {
  EXPECT_EQ(document<Clock>(),
            "| name | unit | range | default | meaning |\n"
            "|---|---|---|---|---|\n"
            "| `name` |  |  | required | name |\n"
            "| `strikes` |  | true, false | true | strikes |\n"
            "| `mhz` | MHz | at least 0.5 | 1.5 | rate |\n"
            "| `colour` |  | red, blue | red | colour |\n"
            "| `seconds` | second | at least 0 | 0 | age |\n"
            "| `wheel.teeth` | cog | 1 to 1024 | required | teeth of a wheel |\n"
            "| `wheel.gears` |  | 1 to 3 | [] | a \\| b |\n"
            "| `spares[].teeth` | cog | 1 to 1024 | required | teeth of a wheel |\n"
            "| `spares[].gears` |  | 1 to 3 | [] | a \\| b |\n");
}

TEST(Nearest, IsWithinAThirdOfTheWordOrOneEdit) {
  const std::vector<std::string> known{"rows", "cols", "psum_route"};
  EXPECT_EQ(nearest("rwos", known), "");  // two edits, a third of four letters is one
  EXPECT_EQ(nearest("row", known), "rows");
  EXPECT_EQ(nearest("ROWS", known), "rows");
  EXPECT_EQ(nearest("psm_rute", known), "psum_route");
  EXPECT_EQ(nearest("z", {"y", "x"}), "y");
  EXPECT_EQ(nearest(std::string(100'000, 'r'), known), "");
  EXPECT_EQ(did_you_mean("zzz", {}), "");
}

}  // namespace
}  // namespace orrery
