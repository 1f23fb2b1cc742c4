// From the words of a layer to its loop nest.
#pragma once

#include <array>
#include <string>

#include "workloads/network/network_file.h"

namespace orrery {

// Channels, rows and columns of one image of a feature map.
using MapShape = std::array<int, 3>;
// "96x27x27".
std::string to_text(const MapShape& shape);

// What a layer takes in, without padding, and what the layers after it read: after both kinds of
// pooling.
MapShape taken(const Layer& layer);
MapShape given(const Layer& layer);

// A copy of the tree in which single values stand as lists of one wherever NetworkWords has a list.
Node with_lists(const Node& root);

// The layer with N = 1, `input` as written, and its open numbers as on a machine of Widths{}.
// `node` is the layer's, for messages; an impossible shape is an InputError at the line that makes
// it so.
Layer make_layer(const LayerWords& words, const Node& node);

}  // namespace orrery
