// What the user asked for on the command line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace orrery {

// Which layers, on what, by which mapping.
struct Selection {
  std::string machine;              // a path or a name
  std::string mac;                  // its MAC datapath, in place of its own; empty: its own
  std::vector<std::string> set;     // its changed values, each "PATH=VALUE" (override.h)
  std::string network;              // a path or a name
  int batch = 1;                    // images
  std::vector<std::string> layers;  // all, if empty
  // Maps the layers that `mapping` leaves out: a name or a file; empty for the machine's own.
  std::string dataflow;
  std::string mapping;  // file of mappings; empty for none
  std::string prune;    // file of rules by which filters are pruned; empty: they are not
  std::string layout;   // of all layers in DRAM (workloads/network/layout.h); empty: the network's
};

// Of `dram`.
struct DramOptions {
  std::string standard, trace;  // names or paths
  std::string policy = "open";  // a name or a path
  std::string mapping = "ro|ra|co|ba|bg|ch";
  std::string format = "auto";
  std::string energy = "currents";
  int channels = 1, ranks = 1;
  double derating = 1;
  std::filesystem::path commands;  // file to write; empty for none
};

struct Options {
  Selection selection;
  std::uint64_t seed = 1;
  // "cycle": with clocks; "rtl": with clocks, the array in RTL; or "fast": without, and without
  // values.
  std::string engine = "cycle";
  // "on": real values; "off": only what does not depend on them; "link": on the link.
  std::string values = "on";
  std::string data = "synthetic";  // "chained", or a folder of .npy files
  std::string check = "on";        // "on": compare each ofmap with the golden reference; or "off"
  std::string beside;              // file of published figures; empty for none
  std::filesystem::path json, csv, yaml;  // files to write; empty for none
  bool quiet = false;
  bool why = false;     // print the cycles of each overhead
  bool bounds = false;  // print what no run can beat
  std::string file;     // of `show`
  // Energy table. Of `show`: whose prices to print; empty for none. Of `simulate` and of
  // `map --search`: by which to judge; empty for `sram`, built from the machine's sizes.
  std::string energy;
  bool search = false;               // of `map`: look for better mappings than the dataflow's own
  std::string objective = "energy";  // of `map --search` and `compare`: "energy", "cycles" or "edp"
  int budget = 150;                  // of `map --search`: mappings judged for a layer, at most
  double seconds = 0;                // of `map --search`: for a layer, at most; 0: no limit

  // Of `compare`.
  // Datapaths, beside each other in place of dataflows. Of `verify` and `synth`: whose twins;
  // empty: all.
  std::vector<std::string> macs;
  std::vector<std::string> dataflows;  // empty: all of the taxonomy
  std::vector<int> batches{1}, pes;    // pes empty: the machine's
  bool equal_area = false, show_machines = false;

  // Of `verify`.
  bool array = false;                  // arrays, not the twins of datapaths
  bool coverage = false;               // of arrays: lines and toggles
  std::optional<std::uint64_t> cases;  // random pairs of each twin, or cases of each array
  bool all = false;                    // 10^8 random pairs, or all datapaths in arrays
  // Of the first mismatch: a file, empty: verify-<twin>.fst; of arrays a folder, empty:
  // verify-array.
  std::filesystem::path wave;

  int bits = 16;  // of `stats`: operands that the network leaves open, 8 or 16

  DramOptions dram;
};

// What `data` asks for. Chained: filters are synthetic, and an ifmap is what the layer before made.
enum class Source { kSynthetic, kChained, kFolder };
inline Source source(const Options& options) {
  if (options.data == "synthetic") return Source::kSynthetic;
  return options.data == "chained" ? Source::kChained : Source::kFolder;
}

// The program's answers to its caller.
inline constexpr int kExitDone = 0;
inline constexpr int kExitDiffers = 1;  // an ofmap differs from the golden reference
inline constexpr int kExitMistake = 2;  // the user's, told on stderr
inline constexpr int kExitFault = 3;    // the program's own, or no memory left

// The commands. Each prints its result on stdout, returns an exit code, and throws InputError for
// what the user got wrong.
int simulate_command(const Options& options);
int map_command(const Options& options);
int compare_command(const Options& options);
int verify_command(const Options& options);
int synth_command(const Options& options);
int activity_command(const Options& options);
int dram_command(const Options& options);
int stats_command(const Options& options);
int list_command(const Options& options);
int show_command(const Options& options);
int version_command(const Options& options);

}  // namespace orrery
