#include <fmt/format.h>

#include <algorithm>

#include "dataflows/tiling/tiling.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

// [ISCA]: Chen, Emer, Sze, ISCA 2016, Section VI.
constexpr int kRowStationaryWords = 256;  // [ISCA] 512 bytes in each PE

}  // namespace

// A PE to the side wants a word as many steps later as the stride; the PE above, in a nest whose
// taps turn column by column, stride x filter columns later (docs/lock_step.md).
ArrayNeeds array_needs(std::string_view dataflow, const std::vector<Layer>& layers) {
  int beside = 0, above = 0;
  for (const Layer& layer : layers) {
    if (layer.bound(Dim::kS) == 1 || layer.bound(Dim::kQ) == 1) continue;
    beside = std::max(beside, layer.stride_cols);
    above = std::max(above, layer.stride_rows * layer.bound(Dim::kS));
  }
  if (dataflow == "rs") {
    return {.rf_words = kRowStationaryWords,
            .why = "filter rows, ifmap windows and psums, pooled (ISCA 2016: 512 bytes)"};
  }
  if (dataflow == "ws") {
    return {.rf_words = 1,
            .fifo_v_words = beside,
            .fifos_in_rf = false,
            .why = "one filter word; the delay between neighbours is the psums' pipeline"};
  }
  if (dataflow == "os_a") {
    return {.rf_words = 1 + beside + above,
            .psum_route = PsumRoute::kInPlace,
            .fifo_h_words = beside,
            .fifo_v_words = above,
            .why = fmt::format("a psum, and ifmap words for neighbours: {} and {}, the largest "
                               "stride, and stride x filter columns, of the layers",
                               beside, above)};
  }
  if (dataflow == "os_b") {
    return {.rf_words = 1 + beside,
            .psum_route = PsumRoute::kInPlace,
            .fifo_v_words = beside,
            .why = fmt::format("a psum, and {} ifmap words for a neighbour, the largest stride "
                               "of the layers",
                               beside)};
  }
  if (dataflow == "os_c")
    return {.rf_words = 1, .psum_route = PsumRoute::kInPlace, .why = "a psum"};
  if (dataflow == "nlr") return {.rf_words = 0, .why = "none"};
  throw InputError(
      fmt::format("there is no rule of equal area for dataflow '{}'{}", dataflow,
                  did_you_mean(dataflow, {"rs", "ws", "os_a", "os_b", "os_c", "nlr"})));
}

}  // namespace orrery
