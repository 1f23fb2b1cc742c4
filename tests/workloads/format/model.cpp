#include "tests/workloads/format/model.h"

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "workloads/format/affine_layers.h"

namespace orrery::test {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

std::size_t size(int n) { return static_cast<std::size_t>(n); }

int integer(const json::object& o, const char* key, int otherwise) {
  const json::value* v = o.if_contains(key);
  return v == nullptr ? otherwise : v->to_number<int>();
}

std::vector<int> integers(const json::object& o, const char* key) {
  const json::value* v = o.if_contains(key);
  return v == nullptr ? std::vector<int>{} : json::value_to<std::vector<int>>(*v);
}

Affine affine(const json::object& o, const std::string& tensor) {
  const json::value* scale = o.if_contains(tensor + "_scale");
  if (scale == nullptr) return {};
  return {static_cast<float>(scale->as_double()), integer(o, (tensor + "_zp").c_str(), 0)};
}

int source(const json::object& o, const char* key) {
  const json::value* v = o.if_contains(key);
  return v == nullptr || v->is_string() ? -1 : v->to_number<int>();
}

ModelLayer layer_of(const json::object& o, const fs::path& folder) {
  ModelLayer l;
  l.number = integer(o, "n", 0);
  l.kind = json::value_to<std::string>(o.at("kind"));
  l.file = json::value_to<std::string>(o.at("file"));
  l.input = source(o, "in_from"), l.input2 = source(o, "in2_from");
  l.in_shape = integers(o, "in_shape"), l.out_shape = integers(o, "out_shape");
  l.w_shape = integers(o, "w_shape");
  l.in = affine(o, "in"), l.in2 = affine(o, "in2"), l.out = affine(o, "out");
  const json::object& options = o.at("options").as_object();
  l.stride_rows = integer(options, "sh", 1), l.stride_cols = integer(options, "sw", 1);
  l.window_rows = integer(options, "kh", 1), l.window_cols = integer(options, "kw", 1);
  if (const json::value* beta = options.if_contains("beta")) l.beta = beta->to_number<double>();
  const std::vector<int> pads = integers(o, "pads_tlbr");
  if (!pads.empty()) l.pad_top = pads[0], l.pad_left = pads[1];
  l.out_crc32 = json::value_to<std::vector<std::uint32_t>>(o.at("out_crc32"));
  l.data = read_npz(folder / l.file);
  const bool is_unsigned = l.kind == "QUANTIZE" && l.out.zero_point == 127;
  l.range =
      is_unsigned ? kUint8 : CodeRange{integer(o, "act_min", -128), integer(o, "act_max", 127)};
  return l;
}

// Planes [C][H][W] of [H][W][C], and back.
Codes to_planes(const Codes& x, int channels) {
  const std::size_t c = size(channels), places = x.size() / c;
  Codes out(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) out[i % c * places + i / c] = x[i];
  return out;
}

Codes from_planes(const Codes& x, int channels) {
  const std::size_t c = size(channels), places = x.size() / c;
  Codes out(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) out[i % places * c + i / places] = x[i];
  return out;
}

Codes pooled(const ModelLayer& l, const Codes& x, Requant rule) {
  const int channels = l.in_shape[3];
  const PoolWindow window{l.in_shape[1],  l.in_shape[2], l.window_rows, l.window_cols,
                          l.stride_rows,  l.stride_cols, l.pad_top,     l.pad_left,
                          l.out_shape[1], l.out_shape[2]};
  const PoolKind kind = l.kind == "MAX_POOL_2D" ? PoolKind::kMax : PoolKind::kAverage;
  return from_planes(affine_pool(kind, to_planes(x, channels), window, rule, l.in, l.range),
                     channels);
}

// The accumulator of output channel k at (p, q).
std::int32_t accumulator(const ModelLayer& l, const Codes& x, int p, int q, int k) {
  const bool depthwise = l.kind == "DEPTHWISE_CONV_2D";
  const int rows = l.w_shape[1], cols = l.w_shape[2], inputs = l.in_shape[3];
  const NpzArray& w = l.data.at("w");
  auto sum = static_cast<std::int32_t>(l.data.at("b").values[size(k)]);
  for (int r = 0; r < rows; ++r) {
    for (int s = 0; s < cols; ++s) {
      const int row = p * l.stride_rows + r - l.pad_top, col = q * l.stride_cols + s - l.pad_left;
      if (row < 0 || row >= l.in_shape[1] || col < 0 || col >= l.in_shape[2]) continue;
      const std::size_t place = size(row * l.in_shape[2] + col) * size(inputs);
      if (depthwise) {
        const double tap = w.values[size((r * cols + s) * l.w_shape[3] + k)];
        const int c = k / (l.w_shape[3] / inputs);
        sum += static_cast<std::int32_t>(tap) * (x[place + size(c)] - l.in.zero_point);
        continue;
      }
      const double* taps = &w.values[size(((k * rows + r) * cols + s) * inputs)];
      for (int c = 0; c < inputs; ++c) {
        sum += static_cast<std::int32_t>(taps[c]) * (x[place + size(c)] - l.in.zero_point);
      }
    }
  }
  return sum;
}

}  // namespace

fs::path models_folder() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests read the environment in one thread.
  const char* shared = std::getenv("ORRERY_SHARED");
  return (shared != nullptr ? fs::path(shared) : fs::path(ORRERY_SOURCE_DIR) / ".." / "shared") /
         "models";
}

std::vector<Model> read_models() {
  std::vector<Model> models;
  if (!fs::is_directory(models_folder())) return models;
  for (const auto& entry : fs::directory_iterator(models_folder())) {
    std::ifstream file(entry.path() / "meta.json");
    if (!file) continue;
    const json::value meta = json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
    Model model{entry.path().filename().string(), {}, read_npz(entry.path() / "samples.npz")};
    for (const json::value& layer : meta.at("layers").as_array()) {
      model.layers.push_back(layer_of(layer.as_object(), entry.path()));
    }
    models.push_back(std::move(model));
  }
  return models;
}

Codes codes(const NpzArray& array) { return {array.values.begin(), array.values.end()}; }

std::vector<std::int32_t> accumulators(const ModelLayer& layer, const Codes& x) {
  ModelLayer l = layer;
  if (l.kind == "FULLY_CONNECTED") {
    l.in_shape = {1, 1, 1, layer.in_shape[1]}, l.out_shape = {1, 1, 1, layer.out_shape[1]};
    l.w_shape = {layer.w_shape[0], 1, 1, layer.w_shape[1]};
  }
  std::vector<std::int32_t> out;
  for (int p = 0; p < l.out_shape[1]; ++p) {
    for (int q = 0; q < l.out_shape[2]; ++q) {
      for (int k = 0; k < l.out_shape[3]; ++k) out.push_back(accumulator(l, x, p, q, k));
    }
  }
  return out;
}

std::vector<RequantChannel> channels(const ModelLayer& layer, Requant rule) {
  const std::vector<double>& scales = layer.data.at("w_scale").values;
  const auto product =
      layer.kind == "FULLY_CONNECTED" ? ScaleProduct::kFloat : ScaleProduct::kDouble;
  std::vector<RequantChannel> out;
  for (std::size_t k = 0; k < layer.data.at("b").values.size(); ++k) {
    out.push_back(requant_channel(rule, layer.in.scale,
                                  static_cast<float>(scales[k % scales.size()]), layer.out,
                                  layer.range, product));
  }
  return out;
}

Codes run(const ModelLayer& layer, const Codes& x, const Codes& x2, Requant rule) {
  Codes out;
  if (layer.kind == "SOFTMAX") return affine_softmax(x, layer.in, layer.beta, rule);
  if (layer.kind.ends_with("POOL_2D")) return pooled(layer, x, rule);
  if (layer.kind == "QUANTIZE") {
    const AffineChange l = affine_change(rule, layer.in, layer.out, layer.range);
    for (const std::int16_t code : x) out.push_back(static_cast<std::int16_t>(change(code, l)));
    return out;
  }
  if (layer.kind == "ADD") {
    const AffineAdd l = affine_add(rule, layer.in, layer.in2, layer.out, layer.range);
    for (std::size_t i = 0; i < x.size(); ++i) {
      out.push_back(static_cast<std::int16_t>(add(x[i], x2.at(i), l)));
    }
    return out;
  }
  const std::vector<RequantChannel> rescale = channels(layer, rule);
  for (const std::int32_t sum : accumulators(layer, x)) {
    out.push_back(static_cast<std::int16_t>(requantize(sum, rescale[out.size() % rescale.size()])));
  }
  return out;
}

}  // namespace orrery::test
