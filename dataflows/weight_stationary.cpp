#include "dataflows/weight_stationary.h"

namespace orrery {

Pattern weight_stationary() {
  using enum Dim;
  using enum Place;
  return {.name = "ws",
          .description = "weight stationary: filter taps stay, psums leave after each product",
          .nest = {{kG, kOne, kDram},
                   {kN, at_most(kAll), kDram},
                   {kP, at_most(kAll), kDram},
                   {kQ, at_most(kAll), kDram},
                   {kM, at_most(kArrayCols), kDram},
                   {kC, at_most(Size{.number = 2, .rows = true}), kDram},
                   {kC, kArrayRows, kGlb},
                   {kR, kOne, kGlb},
                   {kS, kOne, kGlb},
                   {kC, kOne, kRows},
                   {kM, kOne, kCols},
                   {kN, kOne, kPe},
                   {kP, kOne, kPe},
                   {kQ, kOne, kPe}},
          .keep = {.pe = {false, true, false}},
          .shrink = {kN, kP, kQ, kC, kM}};
}

}  // namespace orrery
