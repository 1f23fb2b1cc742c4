// A layer is a perfect loop nest over eight dimensions that index three tensors.
//
//   for g, n, m, p, q, c, r, s:
//     psum[n][g][m][p][q] += ifmap[n][g][c][p*U + r*D][q*U + s*D] * filter[g][m][c][r][s]
//
// Ifmap rows and columns count in the padded plane. A fully connected layer and a GEMM are the same
// nest with one-element planes; a depthwise layer has one channel and M/G filters in each of G
// groups.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/format/code.h"

namespace orrery {

// G groups, N batch, M ofmap channels (of one group), C ifmap channels (of one group), P and Q
// ofmap rows and columns, R and S filter rows and columns.
enum class Dim : std::uint8_t { kG, kN, kM, kC, kP, kQ, kR, kS };
inline constexpr int kDims = 8;
inline constexpr std::array<Dim, kDims> kAllDims{Dim::kG, Dim::kN, Dim::kM, Dim::kC,
                                                 Dim::kP, Dim::kQ, Dim::kR, Dim::kS};
constexpr std::size_t index(Dim d) { return static_cast<std::size_t>(d); }
// "G", "N", "M", "C", "P", "Q", "R" or "S".
std::string_view name(Dim d);

// The three operands of the loop nest. An ofmap is a finished psum.
enum class Tensor : std::uint8_t { kIfmap, kFilter, kPsum };
inline constexpr int kTensors = 3;
inline constexpr std::array<Tensor, kTensors> kAllTensors{Tensor::kIfmap, Tensor::kFilter,
                                                          Tensor::kPsum};
constexpr std::size_t index(Tensor t) { return static_cast<std::size_t>(t); }
// "ifmap", "filter" or "psum".
std::string_view name(Tensor t);

// True where a step along `d` reaches other words of `t`.
bool indexes(Dim d, Tensor t);
// True for C, R and S: the dimensions over which psums are summed.
bool is_reduction(Dim d);

// Half-open: lo <= x < hi.
struct Range {
  int lo = 0;
  int hi = 0;
  int size() const { return hi - lo; }
  bool operator==(const Range&) const = default;
};

// A block of the iteration space, one range a dimension in the order of Dim.
struct Box {
  std::array<Range, kDims> range;
  Range& operator[](Dim d) { return range[index(d)]; }
  const Range& operator[](Dim d) const { return range[index(d)]; }
  // Number of points, i.e. of MACs.
  std::int64_t points() const;
  bool operator==(const Box&) const = default;
};

enum class LayerKind : std::uint8_t { kConv, kFc, kGemm, kPool };
std::string_view name(LayerKind k);

enum class PoolKind : std::uint8_t { kMax, kAverage };

// Pooling window over a plane; ofmap rows = (rows + 2*pad - size) / stride + 1 (floor).
// Max ignores padding; average divides by the taps inside the plane, half away from zero.
struct Pool {
  PoolKind kind = PoolKind::kMax;
  int size = 2;
  int stride = 2;
  int pad = 0;
  // Rows (or columns) of the pooled plane.
  int out(int rows) const { return (rows + 2 * pad - size) / stride + 1; }
  bool operator==(const Pool&) const = default;
};

// What stands in the padding of an ifmap of signs, which have no zero: -1, or nothing, with the
// products there left out.
enum class SignPadding : std::uint8_t { kMinusOne, kMasked };

// The numbers that a layer's words stand for: codes, and for ifmap, filter and ofmap the code's
// integer that means zero. A code of no bits is two's complement of operand_bits.
struct Formats {
  Code ifmap{Coding::kTwos, 0}, filter{Coding::kTwos, 0}, ofmap{Coding::kTwos, 0};
  int ifmap_zero = 0, filter_zero = 0, ofmap_zero = 0;
  SignPadding sign_padding = SignPadding::kMinusOne;
  bool states_ifmap = false, states_filter = false;  // by the network's author
  bool operator==(const Formats&) const = default;
};

// How a psum with its bias is brought to the scale of the ofmap.
//   kShift         right arithmetically by requant_shift, rounding half up:
//                  floor((x + 2^(shift-1)) / 2^shift)
//   kTflite        by a fixed-point multiplier of its ofmap channel, rounded twice
//   kTfliteSingle  the same, rounded once
//   kOnnx          by a float of its ofmap channel, half to even
// The last three are those of workloads/format/affine.h; the bias is then added in int32, where it
// saturates.
enum class Rescaling : std::uint8_t { kShift, kTflite, kTfliteSingle, kOnnx };

// What happens to a finished psum on its way to DRAM, in this order: add the bias of its ofmap
// channel, rescale, add the ofmap's zero point, saturate to the ofmap's code and to the clamp, ReLU
// (no less than the zero point), pool. An ofmap of signs has a threshold instead: +1 where psum +
// bias >= 0, else -1.
struct PostProcess {
  bool bias = true;
  int requant_shift = 0;  // 0..31
  bool relu = false;
  std::vector<Pool> pool;  // none or one
  Rescaling rescaling = Rescaling::kShift;
  std::vector<int> clamp{};  // none, or the least and the largest code
  bool operator==(const PostProcess&) const = default;
};

// Numbers that the author of a network leaves open: the layer then takes its width from the machine
// and its shifts from a rule (workloads/network/widths.h). The layer's own members hold the values
// chosen last.
struct Unstated {
  bool operand_bits = false;
  bool product_shift = false;
  bool requant_shift = false;
  bool operator==(const Unstated&) const = default;
};

// Of a layer whose ifmap and filter words hold several channels each, as the machine moves them
// (workloads/format/pack.h): the fields of a word, and what the layer was before.
struct Packing {
  int lanes = 1;
  int channels = 0;     // bound of C
  bool biased = false;  // post.bias
  bool operator==(const Packing&) const = default;
};

// How the zeros of synthetic words lie (workloads/sparse/zero_draw.h).
struct ZeroPattern {
  double run = 0;  // mean length of a stretch of zeros, at least 1; 0: each word by itself
  // Shares of zeros of the channels, in turn; of filters: of each filter. Empty: the layer's share.
  std::vector<double> channels;
  bool operator==(const ZeroPattern&) const = default;
};

// How a tensor lies in DRAM. Channels of all groups count as one axis, groups outside.
//   kNchw             images, channels, rows, columns, the last one densest; filters m, c, r, s
//   kNhwc             images, rows, columns, channels; filters m, r, s, c
//   kTiled            cut into blocks of the size of a tile of the mapping (of ifmaps: how far
//   tiles
//                     lie apart), each block by itself, blocks and the words in them as kNchw
//   kBankInterleaved  as kNchw, with a DRAM row's worth of words in each bank before the next bank,
//                     and all banks before the next row; where DRAM has no banks it is kNchw
enum class Layout : std::uint8_t { kNchw, kNhwc, kTiled, kBankInterleaved };

// Unfinished psums lie as the ofmap. Bank-interleaved are all tensors of a layer, or none.
struct TensorLayouts {
  Layout ifmap = Layout::kNchw, filter = Layout::kNchw, ofmap = Layout::kNchw;
  bool operator==(const TensorLayouts&) const = default;
};

struct Layer {
  std::string name;
  LayerKind kind = LayerKind::kConv;
  std::array<int, kDims> bounds{1, 1, 1, 1, 1, 1, 1, 1};  // G N M C P Q R S, each >= 1
  int stride_rows = 1, stride_cols = 1;                   // U
  int dilation_rows = 1, dilation_cols = 1;               // D
  int pad_top = 0, pad_bottom = 0, pad_left = 0, pad_right = 0;
  int ifmap_rows = 1, ifmap_cols = 1;  // H and W without padding
  int operand_bits = 16;               // 8 or 16, signed; of an ifmap of another code: its bits
  Formats formats;
  Packing packing;
  int product_shift = 0;  // bits cut from the right of each product, see Arithmetic
  PostProcess post;
  TensorLayouts layouts;
  Unstated unstated;
  double ifmap_zeros = 0;   // fraction of zeros in the padded ifmap, 0..1, for synthetic data
  double filter_zeros = 0;  // fraction of zeros in the filters
  double ofmap_zeros = 0;   // that ReLU is to leave before pooling, for synthetic biases; 0: any
  ZeroPattern ifmap_pattern, filter_pattern;
  std::string input;  // layer whose ofmap this one reads; empty: the network's input
  // For kind kPool only: the window and its padding. Each channel is a group of one (G = channels,
  // C = M = 1), R and S are the window's; there are no filters.
  Pool pool;
  // None or one: pooling off the accelerator, between this layer and the ones that read it.
  std::vector<Pool> pool_after;
  // What the original network does to the ofmap and this one leaves out, in words; empty: nothing.
  std::string left_out;

  int bound(Dim d) const { return bounds[index(d)]; }
  // The whole iteration space.
  Box box() const;
  // Pairs of words that meet, of the whole batch: the product of the bounds; 0 for pooling layers.
  std::int64_t word_pairs() const;
  // Multiply-accumulates: the same, where a word holds one channel.
  std::int64_t macs() const;
  // Ifmap channels of a group, however many a word holds.
  int channels() const { return packing.lanes > 1 ? packing.channels : bound(Dim::kC); }
  Code ifmap_code() const { return or_operand_bits(formats.ifmap); }
  Code filter_code() const { return or_operand_bits(formats.filter); }
  Code ofmap_code() const { return or_operand_bits(formats.ofmap); }
  // What stands in the padding of a plane: the integer that means zero, or -1 where there is none.
  int padding_value() const {
    return ifmap_code().coding == Coding::kSign ? -1 : formats.ifmap_zero;
  }
  // Codes that an ofmap word may have, ReLU aside: those of its code within the clamp.
  int least_ofmap() const { return post.clamp.empty() ? least(ofmap_code()) : post.clamp.front(); }
  int most_ofmap() const { return post.clamp.empty() ? most(ofmap_code()) : post.clamp.back(); }
  bool has_bias() const { return kind != LayerKind::kPool && post.bias; }
  // Filter words, and filter words plus one bias for each ofmap channel.
  std::int64_t filter_words() const;
  std::int64_t parameters() const;
  int padded_rows() const { return ifmap_rows + pad_top + pad_bottom; }
  int padded_cols() const { return ifmap_cols + pad_left + pad_right; }
  bool operator==(const Layer&) const = default;

 private:
  Code or_operand_bits(Code code) const {
    return code.bits == 0 ? Code{Coding::kTwos, operand_bits} : code;
  }
};

// The distinct coordinates, ascending, that the windows of ofmap coordinates `out` with taps `taps`
// touch: {o * stride + t * dilation}. A window shorter than its stride leaves gaps, which are not
// listed.
std::vector<int> touched(Range out, Range taps, int stride, int dilation);
// Their number, without making the list.
int touched_count(Range out, Range taps, int stride, int dilation);

// Distinct words of `t` that the points of `box` touch.
std::int64_t footprint_words(const Layer& layer, const Box& box, Tensor t);

}  // namespace orrery
