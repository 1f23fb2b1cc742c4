#include "dataflows/output_stationary.h"

#include "dataflows/mapping/fit.h"

namespace orrery {

Mapping output_stationary(const Layer& layer, const Machine& machine) {
  using enum Dim;
  using enum Place;
  const Mapping largest{.dataflow = "os",
                        .nest = {{kG, 1, kDram},
                                 {kN, 1, kDram},
                                 {kP, machine.array.rows, kDram},
                                 {kQ, machine.array.cols, kDram},
                                 {kM, layer.bound(kM), kDram},
                                 {kC, layer.bound(kC), kDram},
                                 {kR, layer.bound(kR), kDram},
                                 {kM, 1, kGlb},
                                 {kP, 1, kRows},
                                 {kQ, 1, kCols},
                                 {kC, 1, kPe},
                                 {kR, 1, kPe},
                                 {kS, 1, kPe}},
                        .keep = {.glb = glb_keeps(machine), .pe = {false, false, true}}};
  return fit(largest, {5, 6, 4, 3, 2}, layer, machine);
}

}  // namespace orrery
