// The laws that the source tree keeps, as functions of a folder: each returns its breaches, one
// sentence each.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

using Breaches = std::vector<std::string>;

// Floors from the ground up; an include may go down, never up. Tests stand above all of them.
inline constexpr std::string_view kFloors[]{"workloads", "arch", "dataflows", "sim",
                                            "reports",   "cli",  "tests"};

// Includes in quotes that name a higher floor, or that are no path from the root.
Breaches upward_includes(const std::filesystem::path& root);

// Includes of SystemC or TLM in a floor, outside sim/cycle and sim/sparse/cycle.
Breaches stray_systemc(const std::filesystem::path& root);

// Words that code of the floors up to sim must not know: the machines arch/*.yaml and the networks
// workloads/*/network.yaml; in sim also the dataflows, by the file dataflows/<name>.h and by the
// literals `dataflow_names`. Case does not count, nor do comments: they cite sources.
Breaches known_names(const std::filesystem::path& root,
                     const std::vector<std::string>& dataflow_names);

// C++ files of more than 400 lines.
Breaches long_files(const std::filesystem::path& root);

// *.cpp files that no target compiles, by the build's compile_commands.json.
Breaches uncompiled_sources(const std::filesystem::path& root,
                            const std::filesystem::path& compile_commands);

}  // namespace orrery
