// Compared dataflows beside published energies.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "reports/compare.h"
#include "workloads/input/fields.h"

namespace orrery {

// One published figure: the energy of a MAC, and its parts by level.
struct PublishedEnergy {
  std::string layers;  // a kind of layer: conv or fc
  int pes = 0, batch = 0;
  std::string dataflow;
  double energy = 0;                               // of a MAC, in MACs
  double rf = 0, array = 0, buffer = 0, dram = 0;  // accesses for each MAC

  template <class V>
  void fields(V& v) {
    v.field("layers", layers, {.doc = "kind of the layers: conv or fc"});
    v.field("pes", pes, {.doc = "PEs", .min = 1, .max = 65536});
    v.field("batch", batch, {.doc = "images", .min = 1, .max = 65536});
    v.field("dataflow", dataflow, {.doc = "name of a dataflow"});
    v.field("energy", energy, {.doc = "of a MAC", .unit = "MAC", .min = 0});
    v.field("rf", rf, {.doc = "RF accesses for each MAC", .min = 0});
    v.field("array", array, {.doc = "transfers between PEs for each MAC", .min = 0});
    v.field("buffer", buffer, {.doc = "buffer accesses for each MAC", .min = 0});
    v.field("dram", dram, {.doc = "DRAM accesses for each MAC", .min = 0});
  }
};

struct PublishedComparison {
  std::string name, source;
  // Energy of an access, in MACs: with these, ours become accesses as the source charges them.
  double rf_cost = 1, array_cost = 1, buffer_cost = 1, dram_cost = 1;
  std::vector<PublishedEnergy> values;

  template <class V>
  void fields(V& v) {
    v.field("name", name, {.doc = "what the figures are of"});
    v.field("source", source, {.doc = "the publication"});
    v.field("rf_cost", rf_cost, {.doc = "energy of an RF access", .unit = "MAC", .min = 1e-9});
    v.field("array_cost", array_cost,
            {.doc = "energy of a transfer between PEs", .unit = "MAC", .min = 1e-9});
    v.field("buffer_cost", buffer_cost,
            {.doc = "energy of a buffer access", .unit = "MAC", .min = 1e-9});
    v.field("dram_cost", dram_cost, {.doc = "energy of a DRAM access", .unit = "MAC", .min = 1e-9});
    v.field("values", values, {.doc = "the figures"});
  }
};

// Throws InputError with file:line.
PublishedComparison read_comparison(const std::filesystem::path& path);

// A grid of all published values whose run is among `runs` and refused no layer of that kind, ours
// beside them. `also`: the same runs
// priced by another table, in the same order, or empty; only its energies are shown.
std::string beside_text(const std::vector<ComparedRun>& runs, const std::vector<ComparedRun>& also,
                        const PublishedComparison& published, int width);

}  // namespace orrery
