// A run of a memory as text for a terminal and as JSON.
#pragma once

#include <string>

#include "sim/dram/run.h"

namespace orrery {

// Raised whenever a key is removed or changes its meaning; added keys leave it.
inline constexpr int kDramJsonSchema = 1;

enum class DramEnergyModel : unsigned char { kCurrents, kFlat };

// Time, bandwidth, rows, latencies, commands and energy by part, no wider than `width` characters
// where that can be (below 1: no limit). kFlat: bits times the standard's flat_pj_per_bit.
std::string dram_table(const DramResult& result, DramEnergyModel model, int width);

// The same as one object, with the parts of each channel; every key stands in docs/dram.md.
std::string dram_json(const DramResult& result, DramEnergyModel model);

// Issued commands, a line each: "cycle,command,channel,rank,group,bank,row,column"; levels that a
// command does not name are empty.
std::string dram_commands_title();
void append_dram_commands(std::string& out, const DramSetup& setup, int channel,
                          const std::vector<DramIssued>& commands);

}  // namespace orrery
