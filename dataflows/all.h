// The dataflows that map a layer by themselves.
#pragma once

#include <array>
#include <string_view>

#include "dataflows/mapping/mapping.h"
#include "dataflows/no_local_reuse.h"
#include "dataflows/output_stationary.h"
#include "dataflows/row_stationary.h"
#include "dataflows/weight_stationary.h"

namespace orrery {

struct Dataflow {
  std::string_view name;
  std::string_view description;
  Mapping (*map)(const Layer&, const Machine&);
};

inline constexpr std::array kDataflows{
    Dataflow{"rs", "row stationary: filter rows, ifmap windows and psums stay in the PEs",
             row_stationary},
    Dataflow{"ws", "weight stationary: filter taps stay, psums leave after each product",
             weight_stationary},
    Dataflow{"os", "output stationary: psums stay until they are finished", output_stationary},
    Dataflow{"nlr", "no local reuse: nothing stays in the PEs", no_local_reuse},
};

// The dataflow of that name; InputError naming the nearest for an unknown one.
const Dataflow& dataflow(std::string_view name);

}  // namespace orrery
