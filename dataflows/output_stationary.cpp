#include "dataflows/output_stationary.h"

#include <optional>

#include "dataflows/mapping/fit.h"
#include "dataflows/pass/nest.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

// What the kinds have in common: the loops inside a PE, and what stays there.
Pattern kind(const char* name, const char* description, std::vector<SizedLoop> nest,
             std::vector<Dim> shrink) {
  using enum Dim;
  for (const Dim dim : {kC, kR, kS}) nest.push_back({dim, kOne, Place::kPe});
  return {.name = name,
          .description = description,
          .nest = std::move(nest),
          .keep = {.pe = {false, false, true}},
          .shrink = std::move(shrink)};
}

int busy_pes(const Mapping& mapping, const Layer& layer, const Machine& machine) {
  const Spread spread_of_pass = spread(take_apart(mapping, layer, machine), layer);
  return spread_of_pass.rows * spread_of_pass.cols;
}

}  // namespace

Pattern os_a() {
  using enum Dim;
  using enum Place;
  return kind("os_a", "output stationary: many pixels of one ofmap channel",
              {{kG, kOne, kDram},
               {kN, kOne, kDram},
               {kP, at_most(kArrayRows), kDram},
               {kQ, at_most(kArrayCols), kDram},
               {kM, at_most(kAll), kDram},
               {kC, at_most(kAll), kDram},
               {kR, at_most(kAll), kDram},
               {kM, kOne, kGlb},
               {kP, kOne, kRows},
               {kQ, kOne, kCols}},
              {kC, kR, kM, kQ, kP});
}

// P shrinks before Q: the rows of the array then hold as many columns of one ofmap row as they can.
Pattern os_b() {
  using enum Dim;
  using enum Place;
  return kind("os_b", "output stationary: several pixels of several ofmap channels",
              {{kG, kOne, kDram},
               {kN, kOne, kDram},
               {kP, at_most(kArrayRows), kDram},
               {kQ, at_most(kArrayRows), kDram},
               {kM, at_most(kAll), kDram},
               {kC, at_most(kAll), kDram},
               {kR, at_most(kAll), kDram},
               {kM, kArrayCols, kGlb},
               {kP, kOne, kRows},
               {kQ, kOne, kRows},
               {kM, kOne, kCols}},
              {kC, kR, kM, kP, kQ});
}

Pattern os_c() {
  using enum Dim;
  using enum Place;
  return kind("os_c", "output stationary: one pixel of many ofmap channels",
              {{kG, kOne, kDram},
               {kN, kOne, kDram},
               {kP, at_most(kAll), kDram},
               {kQ, at_most(kAll), kDram},
               {kM, at_most(kAll), kDram},
               {kC, at_most(kAll), kDram},
               {kR, at_most(kAll), kDram},
               {kM, kArrayPes, kGlb},
               {kP, kOne, kGlb},
               {kQ, kOne, kGlb},
               {kM, kArrayCols, kRows},
               {kM, kOne, kCols}},
              {kC, kR, kQ, kP, kM});
}

Mapping output_stationary(const Layer& layer, const Machine& machine) {
  std::optional<Mapping> best;
  std::optional<InputError> misfit;
  int most = 0;
  for (const Pattern& pattern : {os_a(), os_b(), os_c()}) {
    try {
      Mapping mapping = fit(pattern, layer, machine);
      const int busy = busy_pes(mapping, layer, machine);
      if (busy <= most) continue;
      most = busy;
      best = std::move(mapping);
    } catch (const InputError& error) {
      if (!misfit) misfit = error;
    }
  }
  if (!best) throw *misfit;
  return *best;
}

std::vector<Space> output_stationary_spaces(const Layer& layer, const Machine& machine) {
  std::vector<Space> spaces;
  std::optional<InputError> misfit;
  for (const Pattern& pattern : {os_a(), os_b(), os_c()}) {
    try {
      spaces.push_back(space_of(pattern, layer, machine));
    } catch (const InputError& error) {
      if (!misfit) misfit = error;
    }
  }
  if (spaces.empty()) throw *misfit;
  return spaces;
}

}  // namespace orrery
