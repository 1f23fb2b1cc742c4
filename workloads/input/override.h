// Values of the command line in the place of those of a file.
#pragma once

#include <string>
#include <vector>

#include "workloads/input/node.h"

namespace orrery {

// Puts a value into the tree of a file. `assignment` is "PATH=VALUE":
//
// - PATH is the keys on the way, with a dot between two: "pe.adders". An element of a list is meant
//   by its `name`, or by its index in brackets; the key of the list may be left out before a name:
//   "levels.glb.stores.fmap.banks", "levels.glb.fmap.banks", "levels[0].stores[1].banks".
// - VALUE is YAML: "8", "[filter, ifmap]", "!assumed 4".
//
// Keys that the file does not have are added, so that whoever reads the tree judges them as its
// own. Errors about the value, there as here, say "--set PATH=VALUE" for file and line. Throws
// InputError where PATH leads nowhere or VALUE is not YAML.
void override_value(Node& root, const std::string& assignment);

// One after the other.
void override_values(Node& root, const std::vector<std::string>& assignments);

}  // namespace orrery
