#include "workloads/tensor/operands.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "workloads/format/pack.h"
#include "workloads/format/random.h"
#include "workloads/input/input_error.h"
#include "workloads/sparse/zero_draw.h"
#include "workloads/tensor/npy.h"
#include "workloads/tensor/scale.h"
#include "workloads/tensor/synthetic.h"

namespace orrery {
namespace {

// Probability of a zero inside the plane, so that the padded plane holds a share of zeros in
// expectation.
double zeros_inside(const Layer& layer, double share) {
  const double inside = static_cast<double>(layer.ifmap_rows) * layer.ifmap_cols;
  const double padded = static_cast<double>(layer.padded_rows()) * layer.padded_cols();
  return std::clamp((share * padded - (padded - inside)) / inside, 0.0, 1.0);
}

// Calls fill(position in the padded tensor, plane) for each word inside a plane; the rest stay
// zero.
template <class Fill>
void for_each_inside(const Layer& layer, Fill fill) {
  const std::int64_t planes =
      std::int64_t{layer.bound(Dim::kN)} * layer.bound(Dim::kG) * layer.bound(Dim::kC);
  for (std::int64_t plane = 0; plane < planes; ++plane) {
    for (int row = 0; row < layer.ifmap_rows; ++row) {
      const std::int64_t start =
          (plane * layer.padded_rows() + layer.pad_top + row) * layer.padded_cols() +
          layer.pad_left;
      for (int col = 0; col < layer.ifmap_cols; ++col) fill(start + col, plane);
    }
  }
}

// Padding, and zeros inside.
void fill_padding(const Layer& layer, OperandTensor& ifmap) {
  std::ranges::fill(ifmap.data, static_cast<std::int16_t>(layer.padding_value()));
}

template <class T>
T zeros(const std::vector<int>& shape) {
  T tensor;
  tensor.shape = shape;
  tensor.data.resize(static_cast<std::size_t>(elements(shape)));
  return tensor;
}

// Throws InputError for a number that the code does not have.
OperandTensor read_operands(const std::filesystem::path& path, const std::vector<int>& shape,
                            Code code) {
  if (code.coding == Coding::kTwos) return read_npy_operands(path, shape, code.bits);
  OperandTensor tensor = read_npy_operands(path, shape, 16);
  for (std::size_t i = 0; i < tensor.data.size(); ++i) {
    if (representable(code, tensor.data[i])) continue;
    throw InputError({path.string(), 0}, fmt::format("word {} is {}, which the layer's code, {}, "
                                                     "does not have",
                                                     i, tensor.data[i], to_string(code)));
  }
  return tensor;
}

// What does not depend on the channel.
RequantChannel rescale_of(const Layer& layer) {
  RequantChannel channel;
  channel.rule = layer.post.rescaling == Rescaling::kOnnx           ? Requant::kOnnx
                 : layer.post.rescaling == Rescaling::kTfliteSingle ? Requant::kTfliteSingle
                                                                    : Requant::kTflite;
  channel.zero_point = layer.formats.ofmap_zero;
  channel.range = {layer.least_ofmap(), layer.most_ofmap()};
  return channel;
}

std::size_t rescaled_channels(const Layer& layer) {
  const bool shifts = layer.post.rescaling == Rescaling::kShift;
  return shifts ? 0 : static_cast<std::size_t>(layer.bound(Dim::kG) * layer.bound(Dim::kM));
}

std::vector<RequantChannel> read_rescale(const Layer& layer, const std::filesystem::path& stem) {
  std::vector<RequantChannel> channels(rescaled_channels(layer), rescale_of(layer));
  if (channels.empty()) return channels;
  const std::vector<int> shape{static_cast<int>(channels.size())};
  if (layer.post.rescaling == Rescaling::kOnnx) {
    const std::vector<float> scales = read_npy_floats(stem.string() + ".scale.npy", shape);
    for (std::size_t i = 0; i < channels.size(); ++i) channels[i].scale = scales[i];
    return channels;
  }
  const PsumTensor mantissas = read_npy_psums(stem.string() + ".multiplier.npy", shape);
  const PsumTensor shifts = read_npy_psums(stem.string() + ".shift.npy", shape);
  for (std::size_t i = 0; i < channels.size(); ++i) {
    if (mantissas.data[i] < 0 || shifts.data[i] < -31 || shifts.data[i] > 30) {
      throw InputError({stem.string() + ".multiplier.npy", 0},
                       fmt::format("channel {} has multiplier {} and shift {}; multipliers are not "
                                   "negative, shifts -31 to 30",
                                   i, mantissas.data[i], shifts.data[i]));
    }
    channels[i].fixed = {mantissas.data[i], shifts.data[i]};
  }
  return channels;
}

std::vector<int> bias_shape(const Layer& layer) {
  return {layer.has_bias() ? layer.bound(Dim::kG) * layer.bound(Dim::kM) : 0};
}

OperandTensor synthetic_ifmap(const Layer& layer, std::uint64_t seed) {
  OperandTensor ifmap = zeros<OperandTensor>(ifmap_shape(layer));
  fill_padding(layer, ifmap);
  const RandomStream stream(seed, layer.name + "/ifmap");
  const Code code = layer.ifmap_code();
  const int channels = layer.bound(Dim::kG) * layer.bound(Dim::kC);
  std::vector<double> shares = shares_of(layer.ifmap_pattern, channels, layer.ifmap_zeros);
  for (double& share : shares) share = synthetic_zeros(code, zeros_inside(layer, share));
  ZeroDraw draw(layer.ifmap_pattern, shares);
  std::int64_t image = -1;
  for_each_inside(layer, [&](std::int64_t at, std::int64_t plane) {
    if (std::exchange(image, plane / channels) != plane / channels) draw.begin();
    const std::uint64_t number = stream.at(at);
    if (draw.zero(static_cast<std::size_t>(plane % channels), number)) return;
    ifmap.data[static_cast<std::size_t>(at)] = static_cast<std::int16_t>(
        around(code, layer.formats.ifmap_zero, synthetic_positive(code, number)));
  });
  return ifmap;
}

OperandTensor synthetic_filter(const Layer& layer, std::uint64_t seed) {
  OperandTensor filter = zeros<OperandTensor>(filter_shape(layer));
  if (filter.data.empty()) return filter;
  const RandomStream stream(seed, layer.name + "/filter");
  const Code code = layer.filter_code();
  const auto filters = static_cast<std::size_t>(filter.shape[0]);
  std::vector<double> shares = shares_of(layer.filter_pattern, filter.shape[0], layer.filter_zeros);
  for (double& share : shares) share = synthetic_zeros(code, share);
  ZeroDraw draw(layer.filter_pattern, shares);
  const std::size_t words = filter.data.size() / filters;
  for (std::size_t i = 0; i < filter.data.size(); ++i) {
    if (i % words == 0) draw.begin();
    const std::uint64_t number = stream.at(static_cast<std::int64_t>(i));
    const int value = draw.zero(i / words, number) ? 0 : synthetic_non_zero(code, number);
    filter.data[i] = static_cast<std::int16_t>(around(code, layer.formats.filter_zero, value));
  }
  return filter;
}

}  // namespace

Operands synthetic_operands(const Layer& words, std::uint64_t seed, int psum_bits) {
  const Layer layer = unpacked(words);
  const Magnitudes m = synthetic_magnitudes(layer);
  PsumTensor biases = synthetic_biases(layer, seed, bias_bits(layer, m, psum_bits));
  const std::int32_t centre = bias_centre(layer, m, psum_bits);
  for (std::int32_t& bias : biases.data) bias += centre;
  return {synthetic_ifmap(layer, seed), synthetic_filter(layer, seed), std::move(biases),
          synthetic_rescale(layer, seed)};
}

std::vector<RequantChannel> synthetic_rescale(const Layer& words, std::uint64_t seed) {
  const Layer layer = unpacked(words);
  const RandomStream stream(seed, layer.name + "/rescale");
  std::vector<RequantChannel> channels(rescaled_channels(layer), rescale_of(layer));
  constexpr std::int64_t kLeast = std::int64_t{1} << 30;
  for (std::size_t i = 0; i < channels.size(); ++i) {
    const auto random = static_cast<std::int64_t>(stream.at(static_cast<std::int64_t>(i)) >> 34);
    const auto mantissa = static_cast<std::int32_t>(kLeast + random);
    channels[i].fixed = {mantissa, -layer.post.requant_shift};
    channels[i].scale = static_cast<float>(std::ldexp(mantissa, -layer.post.requant_shift - 31));
  }
  return channels;
}

PsumTensor synthetic_biases(const Layer& words, std::uint64_t seed, int bits) {
  const Layer layer = unpacked(words);
  PsumTensor bias = zeros<PsumTensor>(bias_shape(layer));
  const RandomStream stream(seed, layer.name + "/bias");
  const std::int64_t reach = std::int64_t{1} << bits;
  const auto values = static_cast<std::uint64_t>(2 * reach + 1);
  for (std::size_t i = 0; i < bias.data.size(); ++i) {
    const std::uint64_t number = stream.at(static_cast<std::int64_t>(i));
    bias.data[i] = static_cast<std::int32_t>(static_cast<std::int64_t>(number % values) - reach);
  }
  return bias;
}

OperandTensor padded_ifmap(const Layer& reader, const std::vector<std::int16_t>& words) {
  const Layer layer = unpacked(reader);
  OperandTensor ifmap = zeros<OperandTensor>(ifmap_shape(layer));
  fill_padding(layer, ifmap);
  std::size_t next = 0;
  for_each_inside(layer, [&](std::int64_t at, std::int64_t) {
    ifmap.data[static_cast<std::size_t>(at)] = words.at(next++);
  });
  return ifmap;
}

Operands operands_from_directory(const Layer& words, const std::filesystem::path& dir) {
  const Layer layer = unpacked(words);
  const auto file = [&](std::string_view tensor) {
    return dir / (layer.name + "." + std::string(tensor) + ".npy");
  };
  Layer unpadded = layer;
  unpadded.pad_top = unpadded.pad_bottom = unpadded.pad_left = unpadded.pad_right = 0;
  const OperandTensor given =
      read_operands(file("ifmap"), ifmap_shape(unpadded), layer.ifmap_code());

  Operands out{padded_ifmap(layer, given.data), {filter_shape(layer), {}}, {bias_shape(layer), {}}};
  out.rescale = read_rescale(layer, dir / layer.name);
  if (layer.kind != LayerKind::kPool) {
    out.filter = read_operands(file("filter"), filter_shape(layer), layer.filter_code());
  }
  if (layer.has_bias()) out.bias = read_npy_psums(file("bias"), bias_shape(layer));
  return out;
}

}  // namespace orrery
