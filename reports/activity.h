// What `orrery activity` found, as tables and as JSON.
#pragma once

#include <string>
#include <vector>

#include "sim/activity/layer_activity.h"

namespace orrery {

// For each layer its parts, then a row a layer.
std::string to_table(const std::vector<LayerActivity>& layers, const Machine& machine, int width);

// docs/activity.md lists the keys.
std::string to_json(const std::vector<LayerActivity>& layers, const Machine& machine);

}  // namespace orrery
