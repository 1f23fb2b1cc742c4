#include "workloads/tensor/operands.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include "workloads/format/pack.h"
#include "workloads/input/input_error.h"
#include "workloads/tensor/npy.h"
#include "workloads/tensor/scale.h"
#include "workloads/tensor/synthetic.h"

namespace orrery {
namespace {

// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014, with
// Stafford's mix 13): its n-th number is mix(key + n * kGamma), so any can be had alone.
constexpr std::uint64_t kGamma = 0x9e3779b97f4a7c15;
std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

// Random numbers by position.
class Stream {
 public:
  Stream(std::uint64_t seed, std::string_view layer, std::string_view tensor) {
    // FNV-1a over "layer/tensor"; mixing twice keeps neighbouring seeds apart.
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : std::string(layer) + "/" + std::string(tensor)) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }
    key_ = mix(mix(seed + kGamma) ^ hash);
  }
  std::uint64_t at(std::int64_t position) const {
    return mix(key_ + static_cast<std::uint64_t>(position) * kGamma);
  }

 private:
  std::uint64_t key_ = 0;
};

// A word that is zero with a given probability, decided by the upper half of a number; the lower
// half is for the value of the others.
class ZeroOr {
 public:
  explicit ZeroOr(double probability)
      : threshold_(static_cast<std::uint64_t>(std::llround(probability * 4294967296.0))) {}
  bool zero(std::uint64_t number) const { return (number >> 32) < threshold_; }

 private:
  std::uint64_t threshold_;
};

// Probability of a zero inside the plane, so that the padded plane holds ifmap_zeros in
// expectation.
double zeros_inside(const Layer& layer) {
  const double inside = static_cast<double>(layer.ifmap_rows) * layer.ifmap_cols;
  const double padded = static_cast<double>(layer.padded_rows()) * layer.padded_cols();
  return std::clamp((layer.ifmap_zeros * padded - (padded - inside)) / inside, 0.0, 1.0);
}

// Calls fill(position in the padded tensor) for each word inside a plane; the rest stay zero.
template <class Fill>
void for_each_inside(const Layer& layer, Fill fill) {
  const std::int64_t planes =
      std::int64_t{layer.bound(Dim::kN)} * layer.bound(Dim::kG) * layer.bound(Dim::kC);
  for (std::int64_t plane = 0; plane < planes; ++plane) {
    for (int row = 0; row < layer.ifmap_rows; ++row) {
      const std::int64_t start =
          (plane * layer.padded_rows() + layer.pad_top + row) * layer.padded_cols() +
          layer.pad_left;
      for (int col = 0; col < layer.ifmap_cols; ++col) fill(start + col);
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

std::vector<int> bias_shape(const Layer& layer) {
  return {layer.has_bias() ? layer.bound(Dim::kG) * layer.bound(Dim::kM) : 0};
}

}  // namespace

Operands synthetic_operands(const Layer& words, std::uint64_t seed, int psum_bits) {
  const Layer layer = unpacked(words);
  Operands out{
      zeros<OperandTensor>(ifmap_shape(layer)), zeros<OperandTensor>(filter_shape(layer)),
      synthetic_biases(layer, seed, bias_bits(layer, synthetic_magnitudes(layer), psum_bits))};
  const Formats& formats = layer.formats;

  const Stream ifmap(seed, layer.name, "ifmap");
  const Code x = layer.ifmap_code(), w = layer.filter_code();
  const ZeroOr ifmap_zero(synthetic_zeros(x, zeros_inside(layer)));
  fill_padding(layer, out.ifmap);
  for_each_inside(layer, [&](std::int64_t at) {
    const std::uint64_t number = ifmap.at(at);
    if (ifmap_zero.zero(number)) return;
    out.ifmap.data[static_cast<std::size_t>(at)] =
        static_cast<std::int16_t>(around(x, formats.ifmap_zero, synthetic_positive(x, number)));
  });

  const Stream filter(seed, layer.name, "filter");
  const ZeroOr filter_zero(synthetic_zeros(w, layer.filter_zeros));
  for (std::size_t i = 0; i < out.filter.data.size(); ++i) {
    const std::uint64_t number = filter.at(static_cast<std::int64_t>(i));
    const int value = filter_zero.zero(number) ? 0 : synthetic_non_zero(w, number);
    out.filter.data[i] = static_cast<std::int16_t>(around(w, formats.filter_zero, value));
  }

  return out;
}

PsumTensor synthetic_biases(const Layer& words, std::uint64_t seed, int bits) {
  const Layer layer = unpacked(words);
  PsumTensor bias = zeros<PsumTensor>(bias_shape(layer));
  const Stream stream(seed, layer.name, "bias");
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
  for_each_inside(
      layer, [&](std::int64_t at) { ifmap.data[static_cast<std::size_t>(at)] = words.at(next++); });
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
  if (layer.kind != LayerKind::kPool) {
    out.filter = read_operands(file("filter"), filter_shape(layer), layer.filter_code());
  }
  if (layer.has_bias()) out.bias = read_npy_psums(file("bias"), bias_shape(layer));
  return out;
}

}  // namespace orrery
