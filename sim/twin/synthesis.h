// Synthesizes the twins, and plain units for scale, to cells of a 45 nm library.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "arch/mac/all.h"

namespace orrery {

// What rtl/synthesis/synthesize prints.
struct Cells {
  int cells = 0, registers = 0;         // registers are cells too
  int depth = 0;                        // cells on the longest path between registers or ports
  double area_um2 = 0, area_gates = 0;  // gates: NAND2 of the same library
};

struct Design {
  std::string name;                    // of a twin or of a unit
  std::string setting;                 // in words; empty: a twin that is set at run time
  std::vector<std::string> arguments;  // of the script
  double published_um2 = 0;            // of such a unit, in 45 nm; 0: none
  std::string source;                  // of the published area
};

struct Synthesized {
  Design design;
  Cells cells;
};

// The settings that a datapath is made for: the widest operands of every filter coding and
// organisation, no zero points, psums of 32 bits that wrap.
std::vector<MacRegisters> usual_settings(const Mac& mac);

// The twin of a datapath as it is, then with each usual setting for good.
std::vector<Design> designs_of(const Mac& mac);
// Adders, multipliers and MACs of one width.
std::vector<Design> units();

struct SynthesisOptions {
  std::filesystem::path script;  // rtl/synthesis/synthesize
  // Told now and then, from any thread but one at a time: share of the designs done, 0..1.
  std::function<void(double)> progress;
};

// As many at a time as there are cores; in the order of the designs. Throws InputError where yosys
// is missing, std::runtime_error where it fails.
std::vector<Synthesized> synthesize(const std::vector<Design>& designs,
                                    const SynthesisOptions& options);

}  // namespace orrery
