// What files of mappings and of dataflows have in common: nests, lists of tensors, names.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "dataflows/mapping/mapping.h"
#include "workloads/input/node.h"

namespace orrery {

// "dram", "glb", "rows", "cols" and "pe".
std::vector<std::string> place_keys();

// The child under `key`; InputError with its meaning `doc` where it is missing.
const Node& required(const Node& map, std::string_view key, std::string_view doc);
// A text that is not empty.
std::string required_name(const Node& map, std::string_view key, std::string_view doc);

// "M 16", of which the size is for the caller to read.
struct WrittenLoop {
  Dim dim;
  Node size;
  Place place;
};
// The loops under the keys of places, at least one. Temporal places come in their order whatever
// the order of the file; rows and columns in the order in which they stand there. `form` ends the
// sentence "a loop is a dimension and", for InputErrors.
std::vector<WrittenLoop> read_loops(const Node& map, std::string_view form);

// The same written: a line for each place, such as "rows: [M 2, R 1]", after `indent`. Loops of one
// place must stand together, or the file would say another nest; InputError with `whose` nest it
// is.
struct LoopText {
  Place place;
  std::string text;
};
std::string loops_text(const std::vector<LoopText>& nest, std::string_view indent,
                       const std::string& whose);

// A list of tensors, each at most once.
std::array<bool, kTensors> read_tensors(const Node& node);
std::string tensors_text(const std::array<bool, kTensors>& tensors);

// `text` as it is where YAML reads it back as the same text, else in double quotes.
std::string scalar(const std::string& text);

}  // namespace orrery
