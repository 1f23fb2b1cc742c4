// MAC datapaths beside each other on one array: cycles, energy, words moved, and whether ofmaps are
// their golden ones.
#pragma once

#include <string>
#include <vector>

#include "sim/result/result.h"

namespace orrery {

// A network on the array with one datapath.
struct ComparedMac {
  NetworkResult result;       // priced
  std::string ifmap, filter;  // codes of its operands
  int lanes = 1;              // fields of a word
  int psum_bits = 0;
  std::string refused;  // why it cannot run; then no layers
};

// A line for each datapath, then what could not run.
std::string to_text(const std::vector<ComparedMac>& runs, int width);

// {"schema": 1, "runs": [...]}: results as in docs/json.md, with the members of docs/compare.md.
std::string to_json(const std::vector<ComparedMac>& runs);

}  // namespace orrery
