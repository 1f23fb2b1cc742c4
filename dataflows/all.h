// The dataflows that map a layer by themselves.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "dataflows/mapping/fit.h"
#include "dataflows/mapping/mapping.h"
#include "dataflows/no_local_reuse.h"
#include "dataflows/output_stationary.h"
#include "dataflows/row_stationary.h"
#include "dataflows/space/space.h"
#include "dataflows/weight_stationary.h"

namespace orrery {

// `map` throws InputError where nothing fits.
struct Dataflow {
  std::string_view name;
  std::string_view description;
  Mapping (*map)(const Layer&, const Machine&);
  // What a search may choose from: that of `map` is the automatic choice of one of them. Throws
  // as `map` does.
  std::vector<Space> (*spaces)(const Layer&, const Machine&);
  Pattern (*pattern)() = nullptr;  // what `map` fits; none where it searches or chooses
};

template <Pattern (*kPattern)()>
Mapping fit_pattern(const Layer& layer, const Machine& machine) {
  return fit(kPattern(), layer, machine);
}

template <Pattern (*kPattern)()>
std::vector<Space> pattern_space(const Layer& layer, const Machine& machine) {
  return {space_of(kPattern(), layer, machine)};
}

inline constexpr std::array kDataflows{
    Dataflow{"rs", "row stationary: filter rows, ifmap windows and psums stay in the PEs",
             row_stationary, row_stationary_spaces},
    Dataflow{"ws", "weight stationary: filter taps stay, psums leave after each product",
             fit_pattern<weight_stationary>, pattern_space<weight_stationary>, weight_stationary},
    Dataflow{"os", "output stationary: of os_a, os_b and os_c the one that busies most PEs",
             output_stationary, output_stationary_spaces},
    Dataflow{"os_a", "output stationary: many pixels of one ofmap channel", fit_pattern<os_a>,
             pattern_space<os_a>, os_a},
    Dataflow{"os_b", "output stationary: several pixels of several ofmap channels",
             fit_pattern<os_b>, pattern_space<os_b>, os_b},
    Dataflow{"os_c", "output stationary: one pixel of many ofmap channels", fit_pattern<os_c>,
             pattern_space<os_c>, os_c},
    Dataflow{"nlr", "no local reuse: nothing stays in the PEs", fit_pattern<no_local_reuse>,
             pattern_space<no_local_reuse>, no_local_reuse},
};

// The dataflow of that name, or null.
const Dataflow* find_dataflow(std::string_view name);

}  // namespace orrery
