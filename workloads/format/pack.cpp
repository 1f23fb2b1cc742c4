#include "workloads/format/pack.h"

#include <utility>

namespace orrery {
namespace {

std::size_t size(int n) { return static_cast<std::size_t>(n); }

// Fields of `channels` planes of `plane` integers each, gathered into words, one plane of words for
// every `lanes` of them.
void pack_group(Code code, int lanes, int tail, const std::int16_t* in, int channels,
                std::size_t plane, std::vector<std::int16_t>& out) {
  for (int c = 0; c < channels; c += lanes) {
    for (std::size_t i = 0; i < plane; ++i) {
      unsigned word = 0;
      for (int lane = 0; lane < lanes; ++lane) {
        const int value = c + lane < channels ? in[size(c + lane) * plane + i] : tail;
        word |= static_cast<unsigned>(encode(code, value)) << (lane * code.bits);
      }
      out.push_back(static_cast<std::int16_t>(word));
    }
  }
}

void pack_tensor(Code code, int lanes, int tail, int channels, std::vector<std::int16_t>& data,
                 std::size_t plane) {
  const bool integers =
      lanes == 1 && (code.coding == Coding::kTwos || code.coding == Coding::kUnsigned);
  if (integers || plane == 0) return;
  std::vector<std::int16_t> words;
  const std::size_t group = size(channels) * plane;
  for (std::size_t first = 0; first < data.size(); first += group)
    pack_group(code, lanes, tail, &data[first], channels, plane, words);
  data = std::move(words);
}

// Lanes of the last words that hold no channel.
int empty_lanes(const Layer& layer) {
  return layer.bound(Dim::kC) * layer.packing.lanes - layer.channels();
}

// What they add to every psum, to be given back.
int sign_offset(const Layer& layer) {
  if (layer.ifmap_code().coding != Coding::kSign) return 0;
  return empty_lanes(layer) * layer.bound(Dim::kR) * layer.bound(Dim::kS);
}

}  // namespace

Layer packed(const Layer& layer, int lanes) {
  if (lanes == 1 || layer.kind == LayerKind::kPool) return layer;
  Layer words = unpacked(layer);
  words.packing = {lanes, words.bound(Dim::kC), words.post.bias};
  words.bounds[index(Dim::kC)] = (words.packing.channels + lanes - 1) / lanes;
  if (sign_offset(words) != 0) words.post.bias = true;
  return words;
}

Layer unpacked(const Layer& layer) {
  if (layer.packing.lanes == 1) return layer;
  Layer integers = layer;
  integers.bounds[index(Dim::kC)] = layer.packing.channels;
  integers.post.bias = layer.packing.biased;
  integers.packing = {};
  return integers;
}

Operands pack(const Layer& layer, const Operands& in) {
  Operands out = in;
  if (layer.kind == LayerKind::kPool) return out;
  const Code ifmap = layer.ifmap_code(), filter = layer.filter_code();
  const bool signs = ifmap.coding == Coding::kSign;
  const int lanes = layer.packing.lanes, channels = layer.channels();
  pack_tensor(ifmap, lanes, signs ? -1 : 0, channels, out.ifmap.data,
              size(layer.padded_rows()) * size(layer.padded_cols()));
  pack_tensor(filter, lanes, signs ? 1 : 0, channels, out.filter.data,
              size(layer.bound(Dim::kR)) * size(layer.bound(Dim::kS)));
  out.ifmap.shape = ifmap_shape(layer);
  out.filter.shape = filter_shape(layer);
  if (const int offset = sign_offset(layer); offset != 0) {
    out.bias.data.resize(size(layer.bound(Dim::kG)) * size(layer.bound(Dim::kM)));
    out.bias.shape = {static_cast<int>(out.bias.data.size())};
    for (std::int32_t& bias : out.bias.data) bias += offset;
  }
  return out;
}

std::int16_t padding_word(const Layer& layer) {
  const Code code = layer.ifmap_code();
  const bool one = layer.packing.lanes == 1;
  return one ? word_of(code, layer.padding_value()) : std::int16_t{0};
}

std::int16_t as_word(Code code, int lanes, std::int32_t stored) {
  if (lanes == 1 && code.coding == Coding::kTwos) return static_cast<std::int16_t>(stored);
  const int bits = lanes * code.bits;
  return static_cast<std::int16_t>(stored & ((1 << bits) - 1));
}

}  // namespace orrery
