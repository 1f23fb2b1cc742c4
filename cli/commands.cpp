#include "cli/commands.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "sim/mapper/search.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

// CLI11 would wrap a negative number around and cut a large one.
CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
  const auto check = [=](const std::string& text) -> std::string {
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    const bool whole = error == std::errc{} && stopped == end;
    if (whole && number >= least && number <= most) return "";
    return fmt::format("'{}' is not a whole number from {} to {}", text, least, most);
  };
  return {check, ""};
}

void declare_set(CLI::App& app, Options& options) {
  app.add_option("--mac", options.selection.mac,
                 "another MAC datapath for the machine, with the widths that go with it: a name "
                 "that `orrery list` shows");
  app.add_option("--set", options.selection.set,
                 "another value for a field of the machine, e.g. pe.adders=2 or "
                 "levels.glb.fmap.banks=50; may be repeated")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);  // MACHINE and NETWORK may follow
}

void declare_selection(CLI::App& app, Options& options) {
  Selection& s = options.selection;
  app.add_option("MACHINE", s.machine, "machine: a YAML file, or a name that `orrery list` shows")
      ->required();
  app.add_option("NETWORK", s.network, "network: a folder, a network.yaml, or a name")->required();
  app.add_option("--batch", s.batch, "images run together [1]")->check(whole_number(1, 65536));
  app.add_option("--layers", s.layers, "only these layers, e.g. CONV1,FC6")
      ->delimiter(',')
      ->allow_extra_args(false);  // MACHINE and NETWORK may follow
  app.add_option(
      "--dataflow", s.dataflow,
      "dataflow of the automatic mapping: a name that `orrery list` shows, or a YAML file [the "
      "machine's own, else rs]");
  app.add_option("--mapping", s.mapping,
                 "mappings of some layers; the others are mapped automatically");
  app.add_option("--layout", s.layout,
                 "how tensors lie in DRAM: nchw, nhwc, tiled, bank_interleaved, or e.g. "
                 "ifmap=nhwc,filter=tiled [the network's]");
  declare_set(app, options);
}

std::string on_or_off(const std::string& text) {
  return text == "on" || text == "off" ? "" : fmt::format("'{}' is neither on nor off", text);
}

std::string on_off_or_link(const std::string& text) {
  return text == "link" || on_or_off(text).empty()
             ? ""
             : fmt::format("'{}' is neither on, off nor link", text);
}

std::string one_of_objectives(const std::string& text) {
  const auto& names = kObjectiveNames;
  if (std::find(names.begin(), names.end(), text) != names.end()) return "";
  const std::vector<std::string> known(names.begin(), names.end());
  return fmt::format("'{}' is not one of {}{}", text, fmt::join(known, ", "),
                     did_you_mean(text, known));
}

std::string file_name(const std::string& text) {
  return text.empty() ? "the file needs a name" : "";
}

// An option that names a file to write.
void add_output(CLI::App& app, const char* name, std::filesystem::path& path, const char* what) {
  app.add_option(name, path, what)->type_name("FILE")->check(CLI::Validator(file_name, ""));
}

std::string eight_or_sixteen(const std::string& text) {
  return text == "8" || text == "16" ? "" : fmt::format("'{}' is neither 8 nor 16", text);
}

void declare_prune(CLI::App& app, Options& options) {
  app.add_option("--prune", options.selection.prune,
                 "rules by which filters are pruned before the run (docs/sparsity.md)")
      ->type_name("FILE")
      ->check(CLI::Validator(file_name, ""));
}

void declare_simulate(CLI::App& app, Options& options) {
  declare_selection(app, options);
  app.add_option("--seed", options.seed, "seed of the synthetic data [1]")
      ->check(whole_number(0, std::numeric_limits<std::uint64_t>::max()));
  app.add_option(
      "--engine", options.engine,
      "what plays the layers: 'cycle' (SystemC, clock by clock), 'fast' (the same cycles "
      "and counts, computed), or 'rtl' ('cycle' with the PE array in RTL) [cycle]");
  app.add_option("--values", options.values,
                 "play real values, on or off; the fast engine wants off, or link: those that pass "
                 "the link as codes, made by the golden reference [on]")
      ->check(CLI::Validator(on_off_or_link, "on|off|link"));
  app.add_option("--data", options.data,
                 "'synthetic'; 'chained': each layer reads what the layer before made; or a folder "
                 "of .npy files [synthetic]");
  declare_prune(app, options);
  app.add_option("--check", options.check, "compare with the golden reference, on or off [on]")
      ->check(CLI::Validator(on_or_off, "on|off"));
  add_output(app, "--json", options.json, "write every figure to this file (docs/json.md)");
  add_output(app, "--csv", options.csv, "write a line for each layer to this file");
  app.add_option("--beside", options.beside,
                 "published figures to print beside those of the run (docs/published.md)")
      ->type_name("FILE");
  app.add_option("--energy", options.energy,
                 "energy table that prices the run: a path or a name [sram]");
  app.add_flag("--bounds", options.bounds,
               "print the cycles and DRAM words that no run can beat, layer by layer");
  app.add_flag("--why", options.why, "print each overhead and its cycles, layer by layer");
  app.add_flag("--quiet", options.quiet, "no table and no progress");
}

void declare_map(CLI::App& app, Options& options) {
  declare_selection(app, options);
  add_output(app, "--yaml", options.yaml,
             "write the mappings to this file, as --mapping reads them");
  CLI::Option* search = app.add_flag(
      "--search", options.search, "look for better mappings of the same dataflow (docs/mapper.md)");
  app.add_option("--objective", options.objective,
                 "what is to be least: energy, cycles or edp, their product [energy]")
      ->check(CLI::Validator(one_of_objectives, "energy|cycles|edp"))
      ->needs(search);
  app.add_option("--budget", options.budget, "mappings judged for a layer, at most [150]")
      ->check(whole_number(1, 100'000'000))
      ->needs(search);
  app.add_option("--seconds", options.seconds,
                 "time for a layer, at most; the answer then depends on the computer [no limit]")
      ->check(CLI::PositiveNumber)
      ->needs(search);
  app.add_option("--energy", options.energy,
                 "energy table that the search judges by: a path or a name [sram]")
      ->needs(search);
  app.add_flag("--quiet", options.quiet, "no progress");
}

void declare_compare(CLI::App& app, Options& options) {
  Selection& s = options.selection;
  app.add_option("MACHINE", s.machine, "machine: a YAML file, or a name that `orrery list` shows")
      ->required();
  app.add_option("NETWORK", s.network, "network: a folder, a network.yaml, or a name")->required();
  const auto add_list = [&](const char* name, auto& list, const char* what) {
    return app.add_option(name, list, what)->delimiter(',')->allow_extra_args(false);
  };
  add_list("--dataflows", options.dataflows, "only these [rs,ws,os_a,os_b,os_c,nlr]");
  add_list("--macs", options.macs,
           "MAC datapaths instead of dataflows: each on the machine's array, with values");
  add_list("--batch", options.batches, "images run together; several: a run for each [1]")
      ->check(whole_number(1, 65536));
  add_list("--layers", s.layers, "only these layers, e.g. CONV1,FC6");
  app.add_option("--energy", options.energy, "energy table: a path or a name [isca2016]");
  app.add_option("--objective", options.objective,
                 "what the best mapping has least of: energy, cycles or edp [energy]");
  CLI::Option* search = app.add_flag("--search", options.search,
                                     "let the mapper look further for each layer (docs/mapper.md)");
  app.add_option("--budget", options.budget, "mappings that the mapper judges for a layer [150]")
      ->check(whole_number(1, 100'000'000))
      ->needs(search);
  app.add_flag("--equal-area", options.equal_area,
               "idealized machines of equal storage area, one for each dataflow");
  add_list("--pes", options.pes, "with --equal-area: numbers of PEs [the machine's]")
      ->check(whole_number(1, 1024));
  app.add_flag("--show-machines", options.show_machines,
               "with --equal-area: print the machines as YAML, and run nothing");
  add_output(app, "--json", options.json, "write every figure to this file (docs/compare.md)");
  app.add_option("--beside", options.beside, "published energies to print beside those of the runs")
      ->type_name("FILE");
  app.add_flag("--quiet", options.quiet, "no table and no progress");
  declare_set(app, options);
}

// A whole number, or one like 1e6.
std::string put_cases(const std::string& text, Options& options) {
  double number = -1;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  constexpr double kMost = 1e12;
  const bool whole = error == std::errc{} && stopped == end && number == std::floor(number);
  if (!whole || number < 0 || number > kMost)
    return fmt::format("'{}' is not a whole number from 0 to 1e12", text);
  options.cases = static_cast<std::uint64_t>(number);
  return "";
}

void declare_macs(CLI::App& app, Options& options) {
  app.add_option("--mac", options.macs, "only these datapaths, e.g. mac_lut,mac_int8 [all]")
      ->delimiter(',')
      ->allow_extra_args(false);
}

void declare_verify(CLI::App& app, Options& options) {
  app.add_flag("--array", options.array,
               "RTL arrays in lock step with the C++ arrays, on random machines and layers");
  app.add_flag("--coverage", options.coverage,
               "count the lines and toggles of arrays, too: takes ten times as long; of twins they "
               "always are");
  declare_macs(app, options);
  app.add_option("--seed", options.seed, "seed of the random pairs or cases [1]")
      ->check(whole_number(0, std::numeric_limits<std::uint64_t>::max()));
  CLI::Option* cases = app.add_option_function<std::string>(
      "--cases", [](const std::string&) {},
      "random pairs of each twin, on top of those that are enumerated [1e6]; cases of each array "
      "[250]");
  cases->check(
      CLI::Validator([&options](const std::string& text) { return put_cases(text, options); }, ""));
  app.add_flag(
         "--all", options.all,
         "10^8 random pairs, shared by the twins; arrays with every datapath, 1000 cases each")
      ->excludes(cases);
  add_output(app, "--json", options.json, "write the reports to this file (docs/verify.md)");
  add_output(
      app, "--wave", options.wave,
      "write the wave of a mismatch to this FST file [verify-<twin>.fst]; of arrays: waves of "
      "both, to a folder [verify-array]");
  app.add_flag("--quiet", options.quiet, "no table and no progress");
}

void declare_activity(CLI::App& app, Options& options) {
  declare_selection(app, options);
  app.add_option("--seed", options.seed, "seed of the synthetic data [1]")
      ->check(whole_number(0, std::numeric_limits<std::uint64_t>::max()));
  app.add_option("--data", options.data, "'synthetic', or a folder of .npy files [synthetic]");
  app.add_option("--energy", options.energy,
                 "energy table whose assumption stands beside: a path or a name [sram]");
  add_output(app, "--json", options.json, "write every figure to this file (docs/activity.md)");
  app.add_flag("--quiet", options.quiet, "no table and no progress");
}

void declare_synth(CLI::App& app, Options& options) {
  declare_macs(app, options);
  add_output(app, "--json", options.json, "write the areas to this file (docs/synthesis.md)");
  app.add_flag("--quiet", options.quiet, "no table and no progress");
}

void declare_dram(CLI::App& app, Options& options) {
  DramOptions& d = options.dram;
  app.add_option("--standard", d.standard,
                 "DRAM standard: a YAML file, or a name that `orrery list` shows")
      ->required();
  app.add_option("--trace", d.trace, "requests, a line each (docs/dram.md)")
      ->type_name("FILE")
      ->required();
  app.add_option("--format", d.format, "of the trace: csv, dramsim3 or ramulator2 [auto]");
  app.add_option("--policy", d.policy, "rules of the controller: a YAML file, or a name [open]");
  app.add_option("--mapping", d.mapping,
                 "fields of an address from high to low [ro|ra|co|ba|bg|ch]");
  app.add_option("--channels", d.channels, "channels [1]")->check(whole_number(1, 64));
  app.add_option("--ranks", d.ranks, "ranks of a channel [1]")->check(whole_number(1, 64));
  app.add_option("--energy", d.energy,
                 "'currents' of the devices, or 'flat': so much a bit [currents]");
  app.add_option("--derating", d.derating, "times the currents of the data sheet [1]")
      ->check(CLI::Range(0.01, 10.0));
  add_output(app, "--json", options.json, "write every figure to this file (docs/dram.md)");
  add_output(app, "--commands", d.commands, "write every command that was issued to this file");
  app.add_flag("--quiet", options.quiet, "no table and no progress");
}

void declare_stats(CLI::App& app, Options& options) {
  Selection& s = options.selection;
  app.add_option("NETWORK", s.network, "network: a folder, a network.yaml, or a name")->required();
  app.add_option("--batch", s.batch, "images run together [1]")->check(whole_number(1, 65536));
  app.add_option("--layers", s.layers, "only these layers, e.g. CONV1,FC6")
      ->delimiter(',')
      ->allow_extra_args(false);  // NETWORK may follow
  app.add_option("--seed", options.seed, "seed of the synthetic data [1]")
      ->check(whole_number(0, std::numeric_limits<std::uint64_t>::max()));
  app.add_option("--data", options.data,
                 "'synthetic'; 'chained': each layer reads what the golden reference made of the "
                 "layer before; or a folder of .npy files [synthetic]");
  declare_prune(app, options);
  app.add_option("--bits", options.bits, "operands that the network leaves open, 8 or 16 [16]")
      ->check(CLI::Validator(eight_or_sixteen, "8|16"));
  add_output(app, "--json", options.json, "write every figure to this file (docs/sparsity.md)");
  app.add_flag("--quiet", options.quiet, "no table and no progress");
}

void declare_show(CLI::App& app, Options& options) {
  app.add_option("FILE", options.file, "a machine, a network or an energy table: a path or a name")
      ->required();
  app.add_option("--energy", options.energy,
                 "print the prices of this energy table on the machine: a path or a name");
  declare_set(app, options);
}

void declare_nothing(CLI::App&, Options&) {}

constexpr Command kCommands[] = {
    {"simulate", "Run a network on a machine, cycle by cycle, and report each layer",
     "  orrery simulate arch/eyeriss.yaml workloads/alexnet --batch 4\n"
     "  orrery simulate eyeriss alexnet --layers CONV1,CONV2 --seed 7 --json result.json\n"
     "  orrery simulate eyeriss alexnet --engine fast --values off\n"
     "  orrery simulate eyeriss alexnet --data chained\n"
     "  orrery simulate tutorial_4x4 tutorial --engine rtl --set pe.pipeline_stages=3\n"
     "  orrery simulate eyeriss alexnet --energy eyeriss65 --bounds\n"
     "  orrery simulate eyeriss alexnet --set array.cols=16 --set dma.overlap=[ifmap,filter]\n"
     "  orrery simulate eyeriss alexnet --batch 4 \\\n"
     "    --mapping workloads/alexnet/mappings/eyeriss-table3.yaml \\\n"
     "    --beside workloads/alexnet/published/eyeriss-jssc-table5.yaml\n"
     "  orrery simulate eie alexnet --layers FC6,FC7,FC8 \\\n"
     "    --prune workloads/alexnet/pruning/deep-compression.yaml\n"
     "  orrery simulate tutorial_4x4 tutorial --check off --csv layers.csv --quiet\n\n"
     "Exit codes: 0 done; 1 an ofmap differs from the golden reference; 2 a mistake in what\n"
     "was given; 3 a fault of the program.",
     declare_simulate, simulate_command},
    {"map", "Show how each layer is laid on a machine, and whether it fits",
     "  orrery map eyeriss alexnet --batch 4\n"
     "  orrery map eyeriss alexnet --layers CONV3 --yaml mine.yaml\n"
     "  orrery map eyeriss alexnet --mapping mine.yaml\n"
     "  orrery map eyeriss alexnet --search --yaml best.yaml\n"
     "  orrery map eyeriss alexnet --search --objective edp --energy eyeriss65 --budget 1000",
     declare_map, map_command},
    {"compare", "Compare the dataflows on a machine, or on machines of equal storage area",
     "  orrery compare eyeriss alexnet --layers CONV1,CONV2,CONV3,CONV4,CONV5 --batch 4\n"
     "  orrery compare eyeriss alexnet --dataflows rs,ws --objective edp --json compare.json\n"
     "  orrery compare eyeriss alexnet --equal-area --pes 256,512,1024 --batch 1,16,64 \\\n"
     "    --beside workloads/alexnet/published/isca2016.yaml\n"
     "  orrery compare eyeriss alexnet --equal-area --pes 256 --show-machines\n"
     "  orrery compare eyeriss alexnet --macs mac_int8,mac_lut,mac_binary --layers CONV1,CONV2",
     declare_compare, compare_command},
    {"verify",
     "Play the RTL beside the C++: MAC datapaths, which are also proved, or arrays in lock step",
     "  orrery verify\n  orrery verify --mac mac_lut --seed 7 --cases 1e6\n"
     "  orrery verify --all --json verify.json --wave failing.fst\n"
     "  orrery verify --array --cases 1000 --seed 7\n\n"
     "Exit codes: 0 all agree; 1 a twin or an array differs, or a proof fails; 2 a mistake in what "
     "was given.",
     declare_verify, verify_command},
    {"synth",
     "Map the RTL twins to gates with yosys: cells, depth and area, beside published units",
     "  orrery synth\n  orrery synth --mac mac_int8,mac_ternary --json areas.json", declare_synth,
     synth_command},
    {"activity",
     "Count the switches in the gates of a PE under a layer's operands, zeros gated and not",
     "  orrery activity eyeriss alexnet --layers CONV3\n"
     "  orrery activity eyeriss alexnet --layers CONV1,CONV2,CONV3,CONV4,CONV5 --energy eyeriss65 "
     "\\\n"
     "    --json activity.json",
     declare_activity, activity_command},
    {"dram", "Run a trace of memory requests through a DRAM and its controller",
     "  orrery dram --standard ddr4-2400 --trace requests.csv\n"
     "  orrery dram --standard lpddr4-3200 --trace requests.csv --policy closed --channels 2 \\\n"
     "    --mapping 'ro|ra|co|ba|ch' --json result.json --commands commands.csv\n"
     "  orrery dram --standard ddr4-2400 --trace dram.trc --policy dramsim3",
     declare_dram, dram_command},
    {"stats", "Count the zeros of a network's tensors, and what each sparse code makes of them",
     "  orrery stats workloads/alexnet\n"
     "  orrery stats alexnet --layers FC6,FC7,FC8 \\\n"
     "    --prune workloads/alexnet/pruning/deep-compression.yaml\n"
     "  orrery stats alexnet --data chained --bits 8 --json stats.json\n\n"
     "Exit codes: 0 done; 1 a stream does not decode to its tensor; 2 a mistake in what was given.",
     declare_stats, stats_command},
    {"list", "List the machines, networks, dataflows, energy tables and MACs at hand",
     "  orrery list", declare_nothing, list_command},
    {"show",
     "Show a machine as a block diagram with its area, the layers of a network, or an energy table",
     "  orrery show eyeriss\n  orrery show eyeriss --set array.cols=16\n"
     "  orrery show workloads/alexnet/network.yaml\n"
     "  orrery show isca2016\n  orrery show eyeriss --energy sram",
     declare_show, show_command},
    {"version", "Print the version", "  orrery version", declare_nothing, version_command},
};

}  // namespace

std::span<const Command> commands() { return kCommands; }

}  // namespace orrery
