// The user's mistakes: each is answered with exit code 2 and one sentence on stderr, nothing on
// stdout, and no file.
#include <fmt/format.h>

#include <array>

#include "tests/cli/program.h"

namespace orrery {
namespace {

using Mistakes = Cli;

const std::string kKnownOptions =
    "(known: --help, --batch, --layers, --dataflow, --mapping, --layout, --mac, --set, --seed, "
    "--engine, "
    "--values, "
    "--data, --prune, --check, "
    "--json, --csv, --beside, --energy, --bounds, --why, --quiet)";

TEST_F(Mistakes, InTheCommandAreAnsweredWithTheNearest) {
  expect_mistake({}, "no command given; orrery --help lists the commands");
  expect_mistake({"simlate"}, "unknown command 'simlate' (did you mean 'simulate'?)");
  expect_mistake({"run"},
                 "unknown command 'run' (known: simulate, map, compare, verify, synth, activity, "
                 "dram, stats, list, "
                 "show, version, "
                 "--help, --version)");
  expect_mistake({"version", "x"}, "unexpected argument 'x' of version");
  expect_mistake({"list", "x"}, "unexpected argument 'x' of list");
  expect_mistake({"show"}, "FILE is required; orrery show --help shows the options");
  expect_mistake({"show", "eyeris"},
                 "no machine, network or energy table 'eyeris' (did you mean 'eyeriss'?)");
  expect_mistake(
      {"show", "workloads/alexnt"},
      "no machine, network or energy table 'workloads/alexnt' (did you mean 'alexnet'?)");
}

// Arguments of simulate.
const std::vector<std::pair<Arguments, std::string>> kWrongNames{
    {{"tutorial_44", "tutorial"}, "no machine 'tutorial_44' (did you mean 'tutorial_4x4'?)"},
    {{"arch/tutorial_4x5.yaml", "tutorial"},
     "no machine 'arch/tutorial_4x5.yaml' (did you mean 'tutorial_4x4'?)"},
    {{"tutorial_4x4", "tutorail"}, "no network 'tutorail' (did you mean 'tutorial'?)"},
    {{"tutorial_4x4", "workloads/alexnt/network.yaml"},
     "no network 'workloads/alexnt/network.yaml' (did you mean 'alexnet'?)"},
    {{"tutorial_4x4", "workloads/tensor"}, "the folder workloads/tensor holds no network.yaml"},
    {{"tutorial", "tutorial_4x4"}, "'tutorial' is a network; the machine comes first"},
    {{"tutorial_4x4", "tutorial_2x2"}, "'tutorial_2x2' is a machine; the network comes second"},
    {{"tutorial_4x4", "tutorial", "--layers", "FCC"},
     "tutorial has no layer 'FCC' (did you mean 'FC'?)"},
    {{"tutorial_4x4", "tutorial", "--layers", ""},
     "tutorial has no layer '' (known: STRIDED, DILATED, DEPTHWISE, POOL, GEMM, FC)"},
    {{"tutorial_4x4", "tutorial", "--dataflow", "RS"},
     "there is no dataflow 'RS' (did you mean 'rs'?)"},
    {{"tutorial_4x4", "tutorial", "--dataflow", "row"},
     "there is no dataflow 'row' (known: rs, ws, os, os_a, os_b, os_c, nlr, stripe)"},
    {{"tutorial_4x4", "tutorial", "--mapping", "none.yaml"}, "there is no file none.yaml"},
    {{"tutorial_4x4", "tutorial", "--engine", "rlt"},
     "--engine: 'rlt' is none of cycle, fast and rtl (known: cycle, fast, rtl)"},
    {{"tutorial_4x4", "tutorial", "--engine", "rtl", "--values", "off"},
     "--values off is for --engine fast; the rtl engine plays values"},
    {{"tutorial_4x4", "tutorial", "--engine", "rtl"},
     "layer STRIDED: the RTL PE with mac_int8 needs pe.pipeline_stages from 3 to 32, not 2"},
    {{"tutorial_4x4", "tutorial", "more"}, "unexpected argument 'more' of simulate"},
    {{"tutorial_4x4", "tutorial", "--bacth", "2"},
     "unknown option --bacth of simulate (did you mean '--batch'?)"},
    {{"tutorial_4x4", "tutorial", "-q"}, "unknown option -q of simulate " + kKnownOptions}};

TEST_F(Mistakes, InNamesAreAnsweredWithTheNearest) {
  for (const auto& [arguments, sentence] : kWrongNames)
    expect_mistake(Arguments{"simulate"} + arguments, sentence);
}

TEST_F(Mistakes, InValuesThatAnEngineHasNotAreToldBeforeTheRun) {
  const std::vector<std::pair<Arguments, std::string>> cases{
      {{"--values", "link"}, "--values link is for --engine fast; the cycle engine plays values"},
      {{"--engine", "fast"}, "--engine fast computes no values; say --values off, or link"},
      {{"--engine", "fast", "--values", "off", "--layers", "STRIDED", "--set",
        "dma.compression=rlc", "--set", "dma.compressed=[ofmap]"},
       "--values off: machine tutorial_4x4 has dma.compression, and what passes the link then "
       "depends on values; say --values link"}};
  for (const auto& [arguments, sentence] : cases)
    expect_mistake(Arguments{"simulate", "tutorial_4x4", "tutorial"} + arguments, sentence);
}

TEST_F(Mistakes, InValuesOfOptionsSayWhatIsRight) {
  const std::vector<std::pair<Arguments, std::string>> cases{
      {{"--batch", "0"}, "--batch: '0' is not a whole number from 1 to 65536"},
      {{"--batch", "65537"}, "--batch: '65537' is not a whole number from 1 to 65536"},
      {{"--batch", "-1"}, "--batch: '-1' is not a whole number from 1 to 65536"},
      {{"--batch", "1.5"}, "--batch: '1.5' is not a whole number from 1 to 65536"},
      {{"--batch", "0x2"}, "--batch: '0x2' is not a whole number from 1 to 65536"},
      {{"--batch"}, "--batch takes one value, once"},
      {{"--batch", "1", "--batch", "2"}, "--batch takes one value, once"},
      {{"--seed", "-1"}, "--seed: '-1' is not a whole number from 0 to 18446744073709551615"},
      {{"--seed", "18446744073709551616"},
       "--seed: '18446744073709551616' is not a whole number from 0 to 18446744073709551615"},
      {{"--seed="}, "--seed takes one value, once"},
      {{"--check", "maybe"}, "--check: 'maybe' is neither on nor off"},
      {{"--values", "some"}, "--values: 'some' is neither on, off nor link"},
      {{"--json", ""}, "--json: the file needs a name"},
      {{"--csv"}, "--csv takes one value, once"}};
  for (const auto& [arguments, sentence] : cases) {
    expect_mistake(Arguments{"simulate", "tutorial_4x4", "tutorial"} + arguments,
                   sentence + "; orrery simulate --help shows the options");
  }
  expect_mistake({"simulate"}, "MACHINE is required; orrery simulate --help shows the options");
  expect_mistake({"map", "tutorial_4x4"},
                 "NETWORK is required; orrery map --help shows the options");
}

TEST_F(Mistakes, InOutputPathsAreFoundBeforeTheRun) {
  const Arguments run{"simulate", "tutorial_4x4", "tutorial"};
  const std::string none = path("none");
  for (const std::string option : {"--json", "--csv"}) {
    expect_mistake(run + Arguments{option, none + "/x"},
                   fmt::format("cannot write {}/x: there is no folder {}", none, none));
    expect_mistake(run + Arguments{option, folder_.string()},
                   fmt::format("cannot write {}: it is a folder", folder_.string()));
  }
  expect_mistake({"map", "tutorial_4x4", "tutorial", "--yaml", none + "/x"},
                 fmt::format("cannot write {}/x: there is no folder {}", none, none));
  expect_mistake(run + Arguments{"--json", path("x"), "--csv", path("x")},
                 "--json and --csv both name " + path("x"));
  const std::string other = path("../") + folder_.filename().string() + "/x";
  expect_mistake(run + Arguments{"--json", path("x"), "--csv", other},
                 "--json and --csv both name " + other);
}

// A text of a network, and the answer to it after the file's name.
using Malformed = std::pair<std::string, std::string>;

// One layer of the name A in line 3; `%` is the rest of it.
std::string layer_a(const std::string& rest) {
  return "name: n\nsource: s\nlayers: [{name: A, " + rest + "}]\n";
}

std::vector<Malformed> malformed_text() {
  const std::string nested(5000, '[');
  return {
      {nested, ":1: values nest more than 64 deep"},
      {"name: " + nested.substr(0, 70) + std::string(70, ']'), ":1: values nest more than 64 deep"},
      {std::string("name: n\nsource: a\0b\n", 20), ":2: byte 0x00 is not text in UTF-8"},
      {"name: n\nsource: a\x04"
       "b\n",
       ":2: byte 0x04 is not text in UTF-8"},
      {"name: \xff\n", ":1: byte 0xff is not text in UTF-8"},
      {"name: n\n\nsource: \xe2\x82\n", ":3: byte 0xe2 is not text in UTF-8"},
      {"\xff\xfen\0a\0m\0e\0", ":1: byte 0xff is not text in UTF-8"},
      {"name: ''\nsource: s\nlayers: []\n", ":1: name is empty; it must name the network"},
      {"source: s\nname: \"a\\nb\"\nlayers: []\n",
       ":2: name has a line break or another control character"},
      {"name: n\nlayers: []\n",
       ":1: the file lacks the key 'source' (where shapes and fractions of zeros come from)"},
      {"name: n\nsource: s\n",
       ":1: the file lacks the key 'layers' (in an order in which each comes after the one it "
       "reads)"},
      {"name: n\nsource: s\nlayers: 3\n", ":3: layers is '3'; it must be a list"},
      {"name: n\nsource: s\nlayers:\n", ":3: layers is empty; it must be a list"},
      {"name: n\nsource: s\nlayers: [3]\n", ":3: layers[0] must be a map of keys and values"},
      {"name: n\nsource: s\nlayers: {A: {}}\n", ":3: layers is a map; it must be a list"},
  };
}

std::vector<Malformed> malformed_layers() {
  const std::string fc = "fc: {in: 1, out: 1}";
  const std::string conv = "{in: [1, 4, 4], filters: 1, kernel: 1}";
  return {
      {layer_a("conv: [" + conv + ", " + conv + "]"),
       ":3: layers[0].conv is a list; it must be a map of keys and values"},
      {layer_a("conv: []"), ":3: layers[0].conv is a list; it must be a map of keys and values"},
      {layer_a("conv: "), ":3: layers[0].conv must be a map of keys and values"},
      {layer_a("conv: {in: [1, 4, 4], filters: 1, kernel: []}"),
       ":3: layers[0].conv.kernel must have 1 or 2 numbers (rows, columns), but has 0"},
      {layer_a("fc: {in: [], out: 1}"),
       ":3: layers[0].fc.in must have 1 or 3 numbers (channels, rows, columns), but has 0"},
      {layer_a("fc: {in: 0x10, out: 1}"),
       ":3: layers[0].fc.in is '0x10'; it must be a whole number"},
      {layer_a("fc: {in: +1, out: 1}"), ":3: layers[0].fc.in is '+1'; it must be a whole number"},
      {layer_a("fc: {in: 1, out: 1e3}"),
       ":3: layers[0].fc.out is '1e3'; it must be a whole number"},
      {layer_a("gemm: {m: 32769, n: 1, k: 1}"),
       ":3: layers[0].gemm.m is 32769; it must be 1 to 32768"},
      {layer_a("gemm: {m: 1, n: 1}"),
       ":3: layers[0].gemm lacks the key 'k' (columns of A: channels C)"},
      {layer_a("ifmap_zeros: 50%, " + fc),
       ":3: layers[0].ifmap_zeros is '50%'; it must be a number"},
      {layer_a("filter_zeros: .nan, " + fc),
       ":3: layers[0].filter_zeros is '.nan'; it must be a number"},
      {layer_a("product_shift: 31, " + fc),
       ":3: layers[0].product_shift is 31; it must be 0 to 30 bits"},
      {layer_a("post: {requant_shift: 32}, " + fc),
       ":3: layers[0].post.requant_shift is 32; it must be 0 to 31 bits"},
      {layer_a("post: {relu: 1}, " + fc),
       ":3: layers[0].post.relu is '1'; it must be true or false"},
      {layer_a("post: relu, " + fc), ":3: layers[0].post must be a map of keys and values"},
      {layer_a("input: A, " + fc), ":3: A reads 'A', which is no earlier layer (known: network)"},
      {layer_a("fc: {in: 1, out: 1}, fc: {in: 1, out: 1}"),
       ":3: key 'fc' stands twice (first in line 3)"},
      {layer_a("padding: 1, " + fc),
       ":3: unknown key 'padding' in layers[0] (known: name, input, conv, fc, gemm, pool, post, "
       "pool_after, left_out, operand_bits, ifmap, filter, layout, sign_padding, product_shift, "
       "ifmap_zeros, filter_zeros, ofmap_zeros, ifmap_pattern, filter_pattern)"},
      {layer_a("kind: !guess 1, " + fc), ":3: unknown tag '!guess' (known: !assumed, !fitted)"},
  };
}

TEST_F(Mistakes, InNetworksAreAnsweredWithFileAndLine) {
  for (const auto& cases : {malformed_text(), malformed_layers()}) {
    for (const auto& [text, sentence] : cases) {
      const std::string network = file("n.yaml", text);
      expect_mistake({"simulate", "tutorial_4x4", network, "--json", path("x.json")},
                     network + sentence);
    }
  }
}

TEST_F(Mistakes, OfKindOfFileAreAnsweredWithTheFirstKeyThatIsWrong) {
  expect_mistake({"simulate", "tutorial_4x4", "arch/tutorial_4x4.yaml"},
                 "arch/tutorial_4x4.yaml:7: unknown key 'description' in the file (known: name, "
                 "source, layout, layers)");
}

// tutorial_2x2 with one text replaced, and the answer to it after the file's name.
struct MalformedMachine {
  std::string right, wrong, sentence;
};
const std::vector<MalformedMachine> kMalformedMachines{
    {"adders: 2", "adders: true", ":37: pe.adders is 'true'; it must be a whole number"},
    {"rows: 2", "rows: 2_0", ":24: array.rows is '2_0'; it must be a whole number"},
    {"rows: 2", "rows: !fitted", ":24: array.rows is ''; it must be a whole number"},
    {"cols: 2", "cols: 2,", ":25: array.cols is '2,'; it must be a whole number"},
    {"levels:", "levles:", ":46: unknown key 'levles' in the file (did you mean 'levels'?)"},
    {"second: 1e8", "second: .inf", ":70: dram.bytes_per_second is '.inf'; it must be a number"},
    {"second: 1e8", "second: 1e400", ":70: dram.bytes_per_second is '1e400'; it must be a number"},
    {"megabytes: 16", "megabytes: -1", ":69: dram.megabytes is -1; it must be 0 to 1048576 MB"},
    {"[filter]", "filter", ":57: levels[0].stores[1].holds is 'filter'; it must be a list"},
    {"overlap: []", "overlap: none", ":65: dma.overlap is 'none'; it must be a list"},
    {"port: true", "port: yes",
     ":55: levels[0].stores[0].shared_port is 'yes'; it must be true or false"},
    {"bits: 100", "bits: 1e2", ":81: controller.setup_bits is '1e2'; it must be a whole number"},
    {"first_psum: zero", "first_psum: 0", ":93: first_psum is '0'; it must be one of read, zero"},
    {"name: tutorial_2x2", "name: [a]", ":7: name is a list; it must be a text"},
    {"--- !assumed", "--- !assumd", ":6: unknown tag '!assumd' (did you mean '!assumed'?)"},
    {"clocks:", "clocks: *c", ":12: not valid YAML: the referenced anchor is not defined"},
    {"pe:", "---\npe:", ":29: a second YAML document starts here"}};

TEST_F(Mistakes, InMachinesAreAnsweredWithFileAndLine) {
  for (const MalformedMachine& m : kMalformedMachines) {
    const std::string machine = changed("m.yaml", "arch/tutorial_2x2.yaml", m.right, m.wrong);
    for (const std::string command : {"simulate", "map"})
      expect_mistake({command, machine, "tutorial"}, machine + m.sentence);
    expect_mistake({"show", machine}, machine + m.sentence);
  }
}

// Legal layers, and why tutorial_4x4 cannot run them.
TEST_F(Mistakes, OfLayersThatTheMachineCannotRunAreFoundBeforeTheRun) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"operand_bits: 16, fc: {in: 8, out: 8}",
       "the layer has 16-bit operands; the machine multiplies 8 bits"},
      {"operand_bits: 8, conv: {in: [1, 9, 9], filters: 1, kernel: 1, stride: [5, 1]}",
       "a vertical stride of 5 is not one of the machine's (1, 2, 3, 4)"},
      {"operand_bits: 8, conv: {in: [1, 9, 9], filters: 1, kernel: 1, stride: [1, 5]}",
       "a horizontal stride of 5 is not one of the machine's (1, 2, 3, 4)"},
      // 2^26 filter words of 2 bytes, and a little.
      {"operand_bits: 8, fc: {in: 65536, out: 1024}",
       "its tensors take 129 MB of DRAM; machine tutorial_4x4 has 64 MB"}};
  for (const auto& [layer, why] : cases) {
    const std::string network = file("n.yaml", layer_a(layer));
    expect_mistake({"simulate", "tutorial_4x4", network, "--csv", path("x.csv")},
                   "layer A: " + why);
  }
}

TEST_F(Mistakes, OfMachinesThatLackAPartAreFoundBeforeTheRun) {
  const std::vector<std::array<std::string, 3>> cases{
      {"pooling: true", "pooling: false",
       "layer POOL: it is a pooling layer; the machine has no pooling"},
      {"bias: true", "bias: false",
       "layer STRIDED: the layer has biases; the machine does not add them"},
      {"relu: true", "relu: false", "layer STRIDED: the layer ends in ReLU; the machine has none"},
      {"requantize: true", "requantize: false",
       "layer DILATED: the layer requantizes; the machine cannot"}};
  for (const auto& [right, wrong, sentence] : cases) {
    const std::string machine = changed("m.yaml", "arch/tutorial_4x4.yaml", right, wrong);
    expect_mistake({"simulate", machine, "tutorial", "--json", path("x.json")}, sentence);
  }
}

}  // namespace
}  // namespace orrery
