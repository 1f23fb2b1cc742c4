// The least times between commands, written down from the data sheets' rules once more: nothing of
// the table of constraints or of its interpreter is used.
#pragma once

#include <string>
#include <vector>

#include "sim/dram/channel.h"

namespace orrery {

enum class DramNear { kSameBank, kSameGroup, kSameRank, kOtherRank };

// Clocks after `earlier` before which `later` must not issue, 0 where nothing is between them.
int least_gap(const DramStandard& standard, DramCommand earlier, DramCommand later, DramNear near);

// Replays a channel's commands: states of banks, gaps, windows of four activates, one command a
// bus, nothing in power-down, refreshes not later than nine intervals apart. Returns what is wrong,
// a sentence each, at most ten.
std::vector<std::string> check_commands(const DramStandard& standard, int ranks,
                                        const std::vector<DramIssued>& commands);

}  // namespace orrery
