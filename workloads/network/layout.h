// The layouts of tensors in DRAM, as a network's author or the command line says them.
#pragma once

#include <string>

#include "workloads/layer/layer.h"

namespace orrery {

// "nchw" for all tensors, or some of them: "ifmap=nhwc,filter=tiled", the others nchw. Throws
// InputError for an unknown word, a tensor named twice, and bank_interleaved for some but not all.
TensorLayouts parse_layouts(const std::string& text);

// The words for them.
std::string to_text(const TensorLayouts& layouts);

// The names of the layouts, in the order of Layout.
std::vector<std::string> layout_names();

// Why a layer cannot lie so; empty: it can.
std::string misfit(const TensorLayouts& layouts);

}  // namespace orrery
