// Layers of trained networks on the simulated array, with real data: every code that leaves the
// machine is the golden one, under TensorFlow Lite's arithmetic and under ONNX's.
#include <gtest/gtest.h>

#include "arch/machine/machine.h"
#include "dataflows/all.h"
#include "sim/cycle/engine.h"
#include "tests/workloads/format/model.h"
#include "workloads/input/override.h"
#include "workloads/tensor/operands.h"

namespace orrery::test {
namespace {

Machine machine_with_int8(const std::string& name) {
  Node file = parse_yaml(std::filesystem::path(ORRERY_SOURCE_DIR) / "arch" / (name + ".yaml"));
  override_values(file, mac_overrides(read_machine(file), "mac_int8"));
  return read_machine(file);
}

// A layer of the model as the machine knows it: planes before channels.
struct Translated {
  Layer layer;
  Operands in;
  int channels = 0;  // of the ofmap
};

bool is_depthwise(const ModelLayer& l) { return l.kind == "DEPTHWISE_CONV_2D"; }

void set_plane(Layer& layer, const ModelLayer& l) {
  layer.kind = LayerKind::kConv;
  layer.ifmap_rows = l.in_shape[1], layer.ifmap_cols = l.in_shape[2];
  const int p = l.out_shape[1], q = l.out_shape[2], r = l.w_shape[1], s = l.w_shape[2];
  const int channels = l.in_shape[3], filters = l.out_shape[3];
  layer.bounds = is_depthwise(l) ? std::array{channels, 1, filters / channels, 1, p, q, r, s}
                                 : std::array{1, 1, filters, channels, p, q, r, s};
  layer.stride_rows = l.stride_rows, layer.stride_cols = l.stride_cols;
  layer.pad_top = l.pad_top, layer.pad_left = l.pad_left;
  const auto after = [](int out, int stride, int taps, int extent, int before) {
    return std::max(0, (out - 1) * stride + taps - extent - before);
  };
  layer.pad_bottom = after(p, l.stride_rows, r, layer.ifmap_rows, l.pad_top);
  layer.pad_right = after(q, l.stride_cols, s, layer.ifmap_cols, l.pad_left);
}

Layer layer_of(const ModelLayer& l, Requant rule) {
  Layer layer;
  layer.name = l.file;
  if (l.kind == "FULLY_CONNECTED") {
    layer.kind = LayerKind::kFc;
    layer.bounds = {1, 1, l.w_shape[0], l.w_shape[1], 1, 1, 1, 1};
  } else {
    set_plane(layer, l);
  }
  layer.operand_bits = 8;
  layer.formats.ifmap_zero = l.in.zero_point;
  layer.formats.ofmap_zero = l.out.zero_point;
  layer.post.rescaling = rule == Requant::kOnnx ? Rescaling::kOnnx : Rescaling::kTflite;
  layer.post.clamp = {static_cast<int>(l.range.least), static_cast<int>(l.range.most)};
  return layer;
}

// Axes [outer][inner] change places.
template <class T>
std::vector<T> turned(const std::vector<double>& values, std::size_t inner) {
  const std::size_t outer = values.size() / inner;
  std::vector<T> out;
  for (std::size_t i = 0; i < inner; ++i) {
    for (std::size_t o = 0; o < outer; ++o) out.push_back(static_cast<T>(values[o * inner + i]));
  }
  return out;
}

Translated translate(const ModelLayer& l, Requant rule) {
  Translated t{layer_of(l, rule), {}, l.out_shape.back()};
  const auto inputs = static_cast<std::size_t>(l.in_shape.back());
  t.in.ifmap = padded_ifmap(t.layer, turned<std::int16_t>(l.data.at("x").values, inputs));
  const std::vector<double>& w = l.data.at("w").values;
  t.in.filter.shape = filter_shape(t.layer);
  if (is_depthwise(l)) {  // [R][S][channel]
    t.in.filter.data = turned<std::int16_t>(w, static_cast<std::size_t>(l.w_shape[3]));
  } else {  // [M][R][S][C], one filter after the other
    const std::size_t filter = w.size() / static_cast<std::size_t>(l.w_shape[0]);
    for (std::size_t at = 0; at < w.size(); at += filter) {
      const std::vector<double> one(w.begin() + static_cast<std::ptrdiff_t>(at),
                                    w.begin() + static_cast<std::ptrdiff_t>(at + filter));
      const auto planes = turned<std::int16_t>(one, inputs);
      t.in.filter.data.insert(t.in.filter.data.end(), planes.begin(), planes.end());
    }
  }
  const std::vector<double>& b = l.data.at("b").values;
  t.in.bias = {{static_cast<int>(b.size())}, {b.begin(), b.end()}};
  t.in.rescale = channels(l, rule);
  return t;
}

Codes golden(const ModelLayer& l, Requant rule) {
  std::vector<double> y = l.data.at("y").values;
  const std::vector<double>& places = l.data.at("onnx_idx").values;
  for (std::size_t i = 0; i < places.size() && rule == Requant::kOnnx; ++i)
    y.at(static_cast<std::size_t>(places[i])) = l.data.at("onnx_val").values[i];
  return turned<std::int16_t>(y, static_cast<std::size_t>(l.out_shape.back()));
}

TEST(SimulatedModels, GiveTheGoldenCodesOfEveryLayerUnderBothSemantics) {
  const std::vector<Model> models = read_models();
  if (models.empty()) {
    GTEST_SKIP() << "no trained networks in " << models_folder()
                 << "; ORRERY_SHARED names the folder that holds models/";
  }
  const Machine machine = machine_with_int8("eyeriss");
  int layers = 0;
  for (const Model& model : models) {
    for (const ModelLayer& l : model.layers) {
      if (!l.data.contains("w")) continue;
      for (const Requant rule : {Requant::kTflite, Requant::kOnnx}) {
        const Translated t = translate(l, rule);
        OperandTensor ofmap;
        RunOptions options;
        options.ofmap = &ofmap;
        const LayerResult result =
            run_layer(machine, t.layer, find_dataflow("rs")->map(t.layer, machine), t.in, options);
        EXPECT_EQ(result.check, Check::kEqual) << result.difference;
        EXPECT_EQ(ofmap.data, golden(l, rule)) << model.name << "/" << l.file << " " << name(rule);
        ++layers;
      }
    }
  }
  EXPECT_GT(layers, 40);
}

}  // namespace
}  // namespace orrery::test
