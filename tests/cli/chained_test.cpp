// `--data chained`: each layer reads what the simulated machine made of the layer before.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "tests/cli/program.h"
#include "workloads/chain/chain.h"
#include "workloads/golden/golden.h"
#include "workloads/network/widths.h"
#include "workloads/tensor/operands.h"

namespace orrery {
namespace {

namespace json = boost::json;

using Chained = Cli;

const Arguments kChained{"--data", "chained"};
constexpr Widths kSixteen{.operand_bits = 16, .product_bits = 16, .psum_bits = 16};
constexpr Widths kEight{.operand_bits = 8, .product_bits = 32, .psum_bits = 32};

// Max pooling without padding, the only kind between the layers here.
OperandTensor pooled(const OperandTensor& map, const Pool& pool) {
  const int rows = pool.out(map.shape[2]), cols = pool.out(map.shape[3]);
  OperandTensor out{{map.shape[0], map.shape[1], rows, cols}, {}};
  const auto at = [&](int plane, int row, int col) {
    return map.data[static_cast<std::size_t>((plane * map.shape[2] + row) * map.shape[3] + col)];
  };
  for (int i = 0; i < map.shape[0] * map.shape[1] * rows * cols; ++i) {
    const int plane = i / (rows * cols), row = i / cols % rows * pool.stride,
              col = i % cols * pool.stride;
    std::int16_t largest = std::numeric_limits<std::int16_t>::min();
    for (int tap = 0; tap < pool.size * pool.size; ++tap) {
      largest = std::max(largest, at(plane, row + tap / pool.size, col + tap % pool.size));
    }
    out.data.push_back(largest);
  }
  return out;
}

// The words of a map in the middle of a layer's padded planes.
OperandTensor padded(const OperandTensor& map, const Layer& layer) {
  OperandTensor out{ifmap_shape(layer), {}};
  auto word = map.data.begin();
  for (int i = 0; i < out.shape[0] * out.shape[1] * out.shape[2] * out.shape[3]; ++i) {
    const int row = i / out.shape[3] % out.shape[2] - layer.pad_top;
    const int col = i % out.shape[3] - layer.pad_left;
    const bool inside = row >= 0 && row < layer.ifmap_rows && col >= 0 && col < layer.ifmap_cols;
    out.data.push_back(inside ? *word++ : std::int16_t{0});
  }
  EXPECT_EQ(word, map.data.end()) << layer.name;
  return out;
}

// Each layer's hash and shifts in a chain that no machine plays.
std::vector<std::string> golden_chain(const Network& network, const Widths& widths, int seed) {
  std::vector<std::string> lines;
  std::map<std::string, OperandTensor> maps;
  for (Layer layer : network.layers) {
    Operands in = synthetic_operands(layer, static_cast<std::uint64_t>(seed), widths.psum_bits);
    if (!layer.input.empty()) in.ifmap = padded(maps.at(layer.input), layer);
    calibrate(layer, in, widths, static_cast<std::uint64_t>(seed));
    OperandTensor ofmap = golden_ofmap(
        layer, in, {layer.product_shift, widths.product_bits, widths.psum_bits}, plain_reduction());
    lines.push_back(fmt::format("{} {} {} {}", layer.name, layer.product_shift,
                                layer.post.requant_shift, sha256(ofmap)));
    for (const Pool& pool : layer.pool_after) ofmap = pooled(ofmap, pool);
    maps[layer.name] = std::move(ofmap);
  }
  return lines;
}

// The same of a result.
std::vector<std::string> lines_of(const json::object& result) {
  std::vector<std::string> lines = of_layers(result, "name");
  for (const char* key : {"product_shift", "requant_shift", "ofmap_sha256"}) {
    const auto values = of_layers(result, key);
    for (std::size_t i = 0; i < lines.size(); ++i) lines[i] += " " + values[i];
  }
  return lines;
}

Network network_at(const std::string& path, int batch, const std::vector<std::string>& layers,
                   const Widths& widths) {
  return at_widths(select(read_network(path), batch, layers), widths);
}

// This machine's psums wrap, so that the order of additions does not matter.
TEST_F(Chained, TutorialIsTheChainOfTheGoldenReference) {
  for (const auto& [batch, seed] : {std::pair{1, 1}, {3, 9}}) {
    const json::object result =
        simulated(kChained + Arguments{"tutorial_4x4", "tutorial", "--batch", std::to_string(batch),
                                       "--seed", std::to_string(seed)});
    EXPECT_EQ(result.at("data"), "chained");
    EXPECT_EQ(result.at("total").at("check"), "equal");
    const Network network = network_at(ORRERY_SOURCE_DIR "/workloads/tutorial", batch, {}, kEight);
    EXPECT_EQ(lines_of(result), golden_chain(network, kEight, seed));
  }
}

TEST_F(Chained, AlexNetBeginsAsTheChainOfTheGoldenReference) {
  const std::vector<std::string> layers{"CONV1", "CONV2", "CONV3"};
  const json::object result =
      simulated(kChained + Arguments{"eyeriss", "alexnet", "--layers", "CONV1,CONV2,CONV3"});
  EXPECT_EQ(result.at("total").at("check"), "equal");
  const Network network = network_at(ORRERY_SOURCE_DIR "/workloads/alexnet", 1, layers, kSixteen);
  EXPECT_EQ(lines_of(result), golden_chain(network, kSixteen, 1));
}

// A is read twice, once pooled and padded and once flattened, and D by nobody; E reads data of its
// own.
const std::string kFork =
    "name: fork\nsource: s\nlayers:\n"
    "- {name: A, conv: {in: [2, 9, 9], filters: 4, kernel: 2}, left_out: dropout,\n"
    "   pool_after: {kind: max, size: 3, stride: 2}}\n"
    "- {name: B, conv: {in: [4, 3, 3], filters: 3, kernel: 3, pad: [0, 1, 2, 1]}}\n"
    "- {name: C, input: A, fc: {in: 36, out: 5}}\n"
    "- {name: D, input: A, gemm: {m: 9, n: 2, k: 4}, post: {relu: true}}\n"
    "- {name: E, input: network, fc: {in: [4, 3, 3], out: 7}}\n"
    "- {name: F, input: B, fc: {in: 24, out: 5}}\n";

TEST_F(Chained, ALayerMayHaveSeveralReaders) {
  const std::string fork = file("fork.yaml", kFork);
  const json::object result = simulated(kChained + Arguments{"tutorial_4x4", fork});
  EXPECT_EQ(result.at("total").at("check"), "equal");
  EXPECT_EQ(lines_of(result), golden_chain(network_at(fork, 1, {}, kEight), kEight, 1));
}

// Psums of tutorial_2x2 saturate, so that the layers before must add in the machine's order.
TEST_F(Chained, ChosenLayersAreThoseOfTheWholeRun) {
  for (const std::string machine : {"tutorial_2x2", "tutorial_4x4"}) {
    const json::object all = simulated(kChained + Arguments{machine, "tutorial"});
    const json::object two =
        simulated(kChained + Arguments{machine, "tutorial", "--layers", "GEMM,DILATED"});
    ASSERT_EQ(of_layers(two, "name"), (std::vector<std::string>{"DILATED", "GEMM"}));
    EXPECT_EQ(two.at("layers").at(0), all.at("layers").at(1));
    EXPECT_EQ(two.at("layers").at(1), all.at("layers").at(4));
  }
}

// The layers that are not chosen need not fit the machine.
TEST_F(Chained, LayersBeforeTheChosenOnesMayBeOnesThatTheMachineCannotRun) {
  const std::string machine =
      changed("m.yaml", "arch/tutorial_4x4.yaml", "pooling: true", "pooling: false");
  const Arguments run{"tutorial", "--layers", "GEMM"};
  EXPECT_EQ(lines_of(simulated(kChained + Arguments{machine} + run)),
            lines_of(simulated(kChained + Arguments{"tutorial_4x4"} + run)));
  expect_mistake(Arguments{"simulate", machine, "tutorial", "--json", path("x.json")} + kChained,
                 "layer POOL: it is a pooling layer; the machine has no pooling");
}

TEST_F(Chained, TheSameSeedGivesTheSameBytes) {
  const Arguments run = kChained + Arguments{"tutorial_4x4", "tutorial", "--seed"};
  const std::string seven = json_text(run + Arguments{"7"});
  EXPECT_EQ(json_text(run + Arguments{"7"}), seven);
  const auto hashes = of_layers(json::parse(seven).as_object(), "ofmap_sha256");
  const auto others = of_layers(simulated(run + Arguments{"8"}), "ofmap_sha256");
  for (std::size_t i = 0; i < hashes.size(); ++i) EXPECT_NE(hashes[i], others[i]) << i;
}

TEST_F(Chained, ChangesOnlyLayersThatReadOthers) {
  const json::object chained = simulated(kChained + Arguments{"tutorial_2x2", "tutorial"});
  const json::object synthetic = simulated({"tutorial_2x2", "tutorial"});
  for (const std::size_t i : {1U, 2U, 3U, 4U}) {
    EXPECT_NE(chained.at("layers").at(i).at("ofmap_sha256"),
              synthetic.at("layers").at(i).at("ofmap_sha256"));
    EXPECT_EQ(chained.at("layers").at(i).at("cycles"), synthetic.at("layers").at(i).at("cycles"));
  }
}

TEST_F(Chained, SaysWhatIsLeftOutAndWhatIsNotSimulated) {
  const Arguments run{"simulate", "tutorial_4x4", file("fork.yaml", kFork), "--layers", "F"};
  const Answer chained = orrery(run + kChained);
  EXPECT_TRUE(
      chained.out.ends_with("left out after A: dropout\n"
                            "by the golden reference, not simulated: A, B\n"))
      << chained.out;
  EXPECT_EQ(chained.err, "");
  EXPECT_EQ(orrery(run).out.find("left out"), std::string::npos);
  const Answer shown = orrery({"show", path("fork.yaml")});
  EXPECT_TRUE(shown.out.ends_with("\nleft out after A: dropout\n")) << shown.out;
}

TEST_F(Chained, AWordThatIsNearlyItIsNoFolder) {
  expect_mistake({"simulate", "tutorial_4x4", "tutorial", "--data", "chaind"},
                 "--data: there is no folder 'chaind' (did you mean 'chained'?)");
}

// The same network on machines of both widths.
TEST_F(Chained, ANetworkWithoutWidthsRunsOnEveryMachine) {
  const std::string fork = file("fork.yaml", kFork);
  for (const std::string machine : {"tutorial_2x2", "tutorial_4x4", "eyeriss"}) {
    for (const Arguments& data : {kChained, Arguments{}}) {
      EXPECT_EQ(simulated(data + Arguments{machine, fork}).at("total").at("check"), "equal");
    }
  }
  const Answer shown = orrery({"show", fork});
  EXPECT_NE(shown.out.find("machine"), std::string::npos) << shown.out;
}

}  // namespace
}  // namespace orrery
