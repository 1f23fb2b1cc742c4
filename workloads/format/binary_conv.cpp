// Convolutions of bits and the scales that XNOR-Net gives to their places.
#include <array>
#include <bit>
#include <cmath>
#include <stdexcept>

#include "workloads/format/binary.h"

namespace orrery {
namespace {

std::size_t size(int n) { return static_cast<std::size_t>(n); }

void require(bool holds, const char* sentence) {
  if (!holds) throw std::invalid_argument(sentence);
}

void require_layer(const BinaryConv& l) {
  require(l.channels >= 1 && l.rows >= 1 && l.cols >= 1 && l.filters >= 1 && l.filter_rows >= 1 &&
              l.filter_cols >= 1 && l.stride >= 1 && l.pad >= 0,
          "sizes and stride of a binary convolution are at least 1, its padding at least 0");
  require(l.padding != BinaryPadding::kNone || l.pad == 0, "a layer without padding pads");
  require(l.filter_rows <= l.rows + 2 * l.pad && l.filter_cols <= l.cols + 2 * l.pad,
          "the window must fit the padded plane");
}

// [block][channels][places] of signs to [block][place][words of channels].
std::vector<BitWord> packed(std::span<const std::int16_t> signs, std::size_t blocks,
                            std::size_t channels, std::size_t places) {
  const std::size_t words = words_for(channels);
  std::vector<BitWord> out(blocks * places * words);
  for (std::size_t block = 0; block < blocks; ++block) {
    for (std::size_t c = 0; c < channels; ++c) {
      for (std::size_t place = 0; place < places; ++place) {
        if (signs[(block * channels + c) * places + place] < 0) continue;
        out[(block * places + place) * words + c / kBitsPerWord] |= BitWord{1}
                                                                    << (c % kBitsPerWord);
      }
    }
  }
  return out;
}

// sum of a * b over the channels of one place; unused bits of both are zero, i.e. equal.
std::int32_t place_dot(const BitWord* a, const BitWord* b, std::size_t words, int channels) {
  int unequal = 0;
  for (std::size_t i = 0; i < words; ++i) unequal += std::popcount(a[i] ^ b[i]);
  return channels - 2 * unequal;
}

// The ifmap place that tap (r, s) of the window at (p, q) reads, or -1 outside of the plane.
int tapped(const BinaryConv& l, int p, int q, int r, int s) {
  const int row = p * l.stride + r - l.pad;
  const int col = q * l.stride + s - l.pad;
  const bool inside = row >= 0 && row < l.rows && col >= 0 && col < l.cols;
  return inside ? row * l.cols + col : -1;
}

// Bits of channels at every place of the plane and of each filter.
struct PackedConv {
  const BinaryConv& layer;
  std::size_t words;
  std::vector<BitWord> ifmap, filters, minus_one;

  std::int32_t psum(const BitWord* filter, int p, int q) const {
    std::int32_t sum = 0;
    for (int r = 0; r < layer.filter_rows; ++r) {
      for (int s = 0; s < layer.filter_cols; ++s, filter += words) {
        const int place = tapped(layer, p, q, r, s);
        if (place < 0 && layer.padding == BinaryPadding::kMasked) continue;
        const BitWord* bits = place < 0 ? minus_one.data() : &ifmap[size(place) * words];
        sum += place_dot(bits, filter, words, layer.channels);
      }
    }
    return sum;
  }
};

}  // namespace

std::string_view name(BinaryPadding padding) {
  constexpr std::array<std::string_view, 3> kNames{"masked", "minus_one", "none"};
  return kNames.at(static_cast<std::size_t>(padding));
}

std::vector<std::int32_t> binary_conv(std::span<const std::int16_t> ifmap,
                                      std::span<const std::int16_t> filters,
                                      const BinaryConv& layer) {
  require_layer(layer);
  const std::size_t channels = size(layer.channels);
  const std::size_t places = size(layer.rows) * size(layer.cols);
  const std::size_t taps = size(layer.filter_rows) * size(layer.filter_cols);
  require(
      ifmap.size() == channels * places && filters.size() == size(layer.filters) * channels * taps,
      "the operands of a binary convolution do not have its sizes");
  const std::size_t words = words_for(channels);
  const PackedConv conv{layer, words, packed(ifmap, 1, channels, places),
                        packed(filters, size(layer.filters), channels, taps),
                        std::vector<BitWord>(words)};
  std::vector<std::int32_t> psums;
  psums.reserve(size(layer.filters) * size(layer.out_rows()) * size(layer.out_cols()));
  for (int m = 0; m < layer.filters; ++m) {
    const BitWord* filter = &conv.filters[size(m) * taps * words];
    for (int p = 0; p < layer.out_rows(); ++p) {
      for (int q = 0; q < layer.out_cols(); ++q) psums.push_back(conv.psum(filter, p, q));
    }
  }
  return psums;
}

std::vector<float> input_scales(std::span<const float> ifmap, const BinaryConv& layer) {
  require_layer(layer);
  const std::size_t places = size(layer.rows) * size(layer.cols);
  require(ifmap.size() == size(layer.channels) * places,
          "the ifmap of a binary convolution does not have its size");
  std::vector<double> mean(places);
  for (std::size_t i = 0; i < ifmap.size(); ++i) {
    mean[i % places] += std::abs(double{ifmap[i]}) / layer.channels;
  }
  std::vector<float> scales;
  for (int p = 0; p < layer.out_rows(); ++p) {
    for (int q = 0; q < layer.out_cols(); ++q) {
      double sum = 0;
      for (int r = 0; r < layer.filter_rows; ++r) {
        for (int s = 0; s < layer.filter_cols; ++s) {
          const int place = tapped(layer, p, q, r, s);
          if (place >= 0) sum += mean[size(place)];
        }
      }
      scales.push_back(static_cast<float>(sum / (layer.filter_rows * layer.filter_cols)));
    }
  }
  return scales;
}

}  // namespace orrery
