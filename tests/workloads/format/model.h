// Trained INT8 networks with goldens for every layer, kept beside the project; tests that use them
// skip where they are absent. Layout NHWC, weights OHWI (depthwise 1HWC), fully connected OI.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/workloads/npz.h"
#include "workloads/format/affine.h"

namespace orrery::test {

using Codes = std::vector<std::int16_t>;

struct ModelLayer {
  int number = 0;
  std::string kind, file;
  int input = -1, input2 = -1;  // layers they come from; -1: the network's input
  std::vector<int> in_shape, out_shape, w_shape;
  Affine in, in2, out;
  int stride_rows = 1, stride_cols = 1, window_rows = 1, window_cols = 1;
  int pad_top = 0, pad_left = 0;
  CodeRange range = kInt8;
  double beta = 1;
  std::vector<std::uint32_t> out_crc32;  // of each sample, under the rule kTflite
  std::map<std::string, NpzArray> data;
};

struct Model {
  std::string name;
  std::vector<ModelLayer> layers;
  std::map<std::string, NpzArray> samples;
};

// $ORRERY_SHARED/models, or ../shared/models beside the source tree.
std::filesystem::path models_folder();
std::vector<Model> read_models();

Codes codes(const NpzArray& array);
// int32 accumulators of a convolution, depthwise convolution or fully connected layer.
std::vector<std::int32_t> accumulators(const ModelLayer& layer, const Codes& x);
// How the accumulators of each output channel are rescaled.
std::vector<RequantChannel> channels(const ModelLayer& layer, Requant rule);
// The layer's output codes; x2 is the second operand of an addition.
Codes run(const ModelLayer& layer, const Codes& x, const Codes& x2, Requant rule);

}  // namespace orrery::test
