// Values of the command line in the place of those of a file.
#include "workloads/input/override.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace orrery {
namespace {

constexpr const char* kFile =
    "name: shop\n"
    "hours: {open: 8, close: !assumed 18}\n"
    "days: [mon, tue]\n"
    "rooms:\n"
    "  - name: front\n"
    "    shelves: [{name: top, width: 3}, {name: low, width: 4}]\n"
    "  - name: back\n"
    "    shelves: [{name: top, width: 5}]\n"
    "    boxes: [{name: red, width: 6}, {name: top, width: 7}]\n";

Node shop() { return parse_yaml_text(kFile, "shop.yaml"); }

// The file as text after an assignment, or what is wrong with that.
std::string after(const std::string& assignment) {
  Node root = shop();
  try {
    override_value(root, assignment);
  } catch (const InputError& error) {
    return error.what();
  }
  return to_text(root);
}

// The file as text with one text in it replaced.
std::string with(const std::string& right, const std::string& other) {
  std::string text = kFile;
  text.replace(text.find(right), right.size(), other);
  return to_text(parse_yaml_text(text, "shop.yaml"));
}

TEST(Override, ChangesTheValueAtAPath) {
  EXPECT_EQ(after("name=mill"), with("shop", "mill"));
  EXPECT_EQ(after("hours.open=9"), with("8", "9"));
  EXPECT_EQ(after("days=[wed, thu, fri]"), with("mon, tue", "wed, thu, fri"));
  EXPECT_EQ(after("days=[]"), with("mon, tue", ""));
  EXPECT_EQ(after("name=a=b"), with("shop", "a=b"));
  EXPECT_EQ(after("hours={open: 1}"), with("{open: 8, close: !assumed 18}", "{open: 1}"));
}

TEST(Override, FindsElementsOfListsByNameOrIndex) {
  for (const std::string path : {"rooms.front.shelves.low.width", "rooms.front.low.width",
                                 "rooms[0].shelves[1].width", "rooms[0].low.width"})
    EXPECT_EQ(after(path + "=9"), with("width: 4", "width: 9")) << path;
  EXPECT_EQ(after("days[1]=sun"), with("tue", "sun"));
  EXPECT_EQ(after("rooms.back.red.width=9"), with("width: 6", "width: 9"));
  EXPECT_EQ(after("front.low.width=9"), with("width: 4", "width: 9"));
}

TEST(Override, AddsKeysForTheReaderToJudge) {
  EXPECT_EQ(after("hours.lunch=12"), with("close: !assumed 18", "close: !assumed 18, lunch: 12"));
  EXPECT_EQ(after("owner.name=Ann"),
            with("name: shop\n", "name: shop\n") + "owner:\n  name: Ann\n");
  Node root = shop();
  override_value(root, "hours.clse=12");
  try {
    root.require("hours").allow_keys({"open", "close"});
    ADD_FAILURE() << "the key is taken";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "--set hours.clse=12: unknown key 'clse' in hours (did you mean 'close'?)");
  }
}

TEST(Override, TakesTheTagOfTheNewValue) {
  Node root = shop();
  override_values(root, {"hours.close=17", "hours.open=!fitted 7"});
  EXPECT_EQ(tags_of(root), (std::vector<TaggedValue>{{"hours.open", Origin::kFitted, 0}}));
}

TEST(Override, StandsInErrorsForFileAndLine) {
  Node root = shop();
  override_values(root, {"hours.open=9", "days=[sun, [a]]"});
  const std::vector<std::pair<std::string, std::string>> cases{
      {"hours.open", "--set hours.open=9: wrong"},
      {"hours.close", "shop.yaml:2: wrong"},
      {"days[1][0]", "--set days=[sun, [a]]: wrong"}};
  for (const auto& [path, sentence] : cases) {
    const Node& node = root.toward(path);
    EXPECT_EQ(node.path, path);
    EXPECT_EQ(InputError(node.where, "wrong").what(), sentence);
  }
}

TEST(Override, RefusesWhatLeadsNowhereAndWhatIsNoYaml) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"name", "PATH=VALUE is expected, e.g. pe.adders=2"},
      {"=8", "PATH=VALUE is expected, e.g. pe.adders=2"},
      {"name=", "is empty"},
      {"days=[mon", "not valid YAML: end of sequence flow not found"},
      {"days=[!noon 1]", "unknown tag '!noon' (known: !assumed, !fitted)"},
      {"name.first=Ann", "name has no parts, so no 'first'"},
      {"hours..open=1", "a path is keys with a dot between two"},
      {"rooms.frnt.low=1", "rooms has no element 'frnt' (did you mean 'front'?)"},
      {"rooms.front.lo.width=1", "rooms[0] has no element 'lo' (did you mean 'low'?)"},
      {"rooms[2].name=x", "rooms has no element [2]; it has 2, counted from [0]"},
      {"rooms[1x].name=x", "rooms has no element [1x]; it has 2, counted from [0]"},
      {"rooms[.name=x", "rooms has no element [; it has 2, counted from [0]"},
      {"days.mon=1", "days has no element 'mon'"}};
  for (const auto& [assignment, sentence] : cases)
    EXPECT_EQ(after(assignment), fmt::format("--set {}: {}", assignment, sentence));
  std::string deep = "a";
  for (int i = 0; i < 64; ++i) deep += ".a";
  EXPECT_EQ(after(deep + "=1"), "--set " + deep + "=1: the path has more than 64 keys");
}

}  // namespace
}  // namespace orrery
