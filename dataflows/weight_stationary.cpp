#include "dataflows/weight_stationary.h"

#include "dataflows/mapping/fit.h"

namespace orrery {

Mapping weight_stationary(const Layer& layer, const Machine& machine) {
  using enum Dim;
  using enum Place;
  const Mapping largest{.dataflow = "ws",
                        .nest = {{kG, 1, kDram},
                                 {kN, layer.bound(kN), kDram},
                                 {kP, layer.bound(kP), kDram},
                                 {kM, machine.array.cols, kDram},
                                 {kC, machine.array.rows, kDram},
                                 {kR, 1, kGlb},
                                 {kS, 1, kGlb},
                                 {kC, 1, kRows},
                                 {kM, 1, kCols},
                                 {kN, 1, kPe},
                                 {kP, 1, kPe},
                                 {kQ, 1, kPe}},
                        .keep = {.glb = glb_keeps(machine), .pe = {false, true, false}}};
  return fit(largest, {1, 2, 4, 3}, layer, machine);
}

}  // namespace orrery
