// `orrery stats`, and `orrery simulate` on machines whose lanes pass over zeros.
#include "tests/cli/program.h"

namespace orrery {
namespace {

namespace json = boost::json;

const Arguments kFc8{"--layers", "FC8", "--prune",
                     "workloads/alexnet/pruning/deep-compression.yaml"};

class Sparse : public Cli {
 protected:
  json::value answer(const Arguments& arguments) const {
    const Answer a = orrery(arguments + Arguments{"--quiet", "--json", path("s.json")});
    EXPECT_EQ(a.code, 0) << a.err;
    EXPECT_EQ(a.out + a.err, "");
    return json::parse(content(path("s.json")));
  }
};

TEST_F(Sparse, StatsTellSharesStretchesAndSizes) {
  const Answer a = orrery(Arguments{"stats", "alexnet"} + kFc8);
  EXPECT_EQ(a.code, 0) << a.err;
  for (const char* text :
       {"alexnet: zeros of its tensors, batch 1, synthetic data, seed 1, 16 bits, "
        "pruned by deep-compression",
        "\nFC8 ifmap ", "\nFC8 filter ", "75.0%"})
    EXPECT_NE(a.out.find(text), std::string::npos) << text << "\n" << a.out;
}

// 4,096,000 filters, of which a quarter stays.
TEST_F(Sparse, StatsInJsonHaveEveryFigure) {
  const json::value r = answer(Arguments{"stats", "alexnet"} + kFc8);
  EXPECT_EQ(r.at("schema").to_number<int>(), 1);
  ASSERT_EQ(r.at("tensors").as_array().size(), 2U);
  const json::value& filter = r.at("tensors").as_array()[1];
  EXPECT_EQ(filter.at("words").to_number<int>(), 4096000);
  EXPECT_EQ(filter.at("zeros").to_number<int>(), 3072000);
  EXPECT_EQ(filter.at("bits").to_number<int>(), 65536000);
  EXPECT_EQ(filter.at("codes").at("bitmask").at("bits").to_number<int>(), 4096000 + 16 * 1024000);
  EXPECT_EQ(filter.at("codes").at("csc_shared").at("why_not").as_string(),
            "it has more than 16 values, zero included");
  for (const auto& [name, code] : filter.at("codes").as_object())
    EXPECT_TRUE(code.at("decodes").as_bool()) << name;
}

TEST_F(Sparse, StatsOfAChainHaveOfmapsAndEqualRunsEqualBytes) {
  const Arguments run{"stats", "tutorial", "--data", "chained", "--bits", "8", "--seed", "3"};
  const json::value first = answer(run), again = answer(run);
  EXPECT_EQ(json::serialize(first), json::serialize(again));
  int ofmaps = 0;
  for (const json::value& tensor : first.at("tensors").as_array())
    ofmaps += tensor.at("tensor") == "ofmap" ? 1 : 0;
  EXPECT_GT(ofmaps, 1);
}

TEST_F(Sparse, LanesPlayALayerAlikeByBothEngines) {
  const Arguments run = Arguments{"simulate", "eie", "alexnet"} + kFc8;
  const json::value clocked = answer(run);
  const json::value fast = answer(run + Arguments{"--engine", "fast"});
  const json::value& a = clocked.at("layers").as_array()[0];
  const json::value& b = fast.at("layers").as_array()[0];
  EXPECT_EQ(json::serialize(a), json::serialize(b));
  EXPECT_EQ(a.at("check").as_string(), "equal");
  EXPECT_GT(a.at("lane_cycles").at("queue_full").to_number<int>(), 0);
}

TEST_F(Sparse, MistakesAreAnswered) {
  expect_mistake({"simulate", "eie", "alexnet", "--layers", "CONV3"},
                 "layer CONV3: its filters of 3 x 3 meet 13 x 13 windows that overlap; lanes that "
                 "walk columns multiply a matrix by vectors: fc, gemm, and filters of 1 x 1");
  expect_mistake(
      {"simulate", "eie", "alexnet", "--bounds"},
      "--bounds is not for eie: its lanes pass over zeros, and play layers as their words "
      "come");
  expect_mistake({"simulate", "eyeriss", "alexnet", "--engine", "fast", "--values", "off",
                  "--prune", "workloads/alexnet/pruning/deep-compression.yaml"},
                 "--prune changes values, and --values is off");
  expect_mistake({"stats", "alexnet", "--layers", "FC9"},
                 "alexnet has no layer 'FC9' (did you mean 'FC6'?)");
}

}  // namespace
}  // namespace orrery
