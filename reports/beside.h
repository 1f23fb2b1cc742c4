// A run's figures beside published ones.
#pragma once

#include <string>
#include <vector>

#include "reports/published.h"
#include "sim/result/result.h"

namespace orrery {

// Names of what a layer and a total can be compared by: the numbers among the layer figures of
// result.json, every count as the CSV's columns name it, and a few that follow from them:
// gated_fraction, glb_array_mb, dram_mb, dram_plain_mb, frames_per_s.
std::vector<std::string> figures_of_a_layer();

// A published value, and ours.
struct Beside {
  PublishedFigure figure;
  PublishedValue value;  // one of the figure's
  double ours = 0;

  double ratio() const { return ours / value.value; }
  // Of a value with a window.
  bool inside() const;
};

// In the order of the file. Values of layers that did not run are left out, and so is a total of
// which a layer is missing.
std::vector<Beside> beside(const NetworkResult& result, const Published& published);

// A grid no wider than `width` (below 1: no limit), then the sources and notes of its figures.
std::string to_text(const std::vector<Beside>& rows, const Published& published, int width);

}  // namespace orrery
