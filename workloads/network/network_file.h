// The words of a network.yaml: what its author writes, before shapes are worked out.
//
// Where a list of numbers is wanted one number may stand alone: `stride: 4` is `stride: [4, 4]`.
#pragma once

#include <string>
#include <vector>

#include "workloads/input/fields.h"
#include "workloads/layer/layer.h"

namespace orrery {

template <>
struct EnumNames<PoolKind> {
  static constexpr std::array kNames{std::pair{PoolKind::kMax, "max"},
                                     std::pair{PoolKind::kAverage, "average"}};
};

template <>
struct EnumNames<Coding> {
  static constexpr std::array kNames{std::pair{Coding::kTwos, "twos"},
                                     std::pair{Coding::kUnsigned, "unsigned"},
                                     std::pair{Coding::kTernary, "ternary"},
                                     std::pair{Coding::kFiveLevel, "five_level"},
                                     std::pair{Coding::kPowerOfTwo, "power_of_two"},
                                     std::pair{Coding::kSign, "sign"}};
};

template <>
struct EnumNames<Rescaling> {
  static constexpr std::array kNames{
      std::pair{Rescaling::kShift, "shift"}, std::pair{Rescaling::kTflite, "tflite"},
      std::pair{Rescaling::kTfliteSingle, "tflite_single"}, std::pair{Rescaling::kOnnx, "onnx"}};
};

template <>
struct EnumNames<SignPadding> {
  static constexpr std::array kNames{std::pair{SignPadding::kMinusOne, "minus_one"},
                                     std::pair{SignPadding::kMasked, "masked"}};
};

template <>
struct EnumNames<Layout> {
  static constexpr std::array kNames{
      std::pair{Layout::kNchw, "nchw"}, std::pair{Layout::kNhwc, "nhwc"},
      std::pair{Layout::kTiled, "tiled"}, std::pair{Layout::kBankInterleaved, "bank_interleaved"}};
};

// Bounds that keep every product of two of them, and every coordinate, in an int.
inline constexpr int kMaxChannels = 1 << 20;
inline constexpr int kMaxPlane = 1 << 15;
inline constexpr int kMaxKernel = 1 << 10;

struct PoolWords {
  PoolKind kind = PoolKind::kMax;
  int size = 0;
  int stride = 0;
  int pad = 0;
  template <class V>
  void fields(V& v) {
    v.field("kind", kind, {.doc = "largest word of the window, or their mean"});
    v.field("size", size, {.doc = "rows and columns of the window", .min = 1, .max = kMaxKernel});
    v.field("stride", stride, {.doc = "step of the window", .min = 1, .max = kMaxKernel});
    v.field("pad", pad,
            {.doc = "rows and columns added on each side, which the window ignores",
             .min = 0,
             .max = kMaxKernel,
             .optional = true});
  }
};

struct ConvWords {
  std::vector<int> in, kernel, stride, dilation, pad;
  int filters = 0;
  int groups = 1;
  template <class V>
  void fields(V& v) {
    v.field(
        "in", in,
        {.doc = "ifmap channels, rows, columns, without padding", .min = 1, .max = kMaxChannels});
    v.field("filters", filters, {.doc = "ofmap channels", .min = 1, .max = kMaxChannels});
    v.field("kernel", kernel, {.doc = "filter rows, columns", .min = 1, .max = kMaxKernel});
    v.field("stride", stride,
            {.doc = "of rows, columns (1)", .min = 1, .max = kMaxKernel, .optional = true});
    v.field("dilation", dilation,
            {.doc = "of rows, columns (1)", .min = 1, .max = kMaxKernel, .optional = true});
    v.field("pad", pad,
            {.doc = "of rows, columns, or top, bottom, left, right (0)",
             .min = 0,
             .max = kMaxKernel,
             .optional = true});
    v.field("groups", groups,
            {.doc = "channels and filters are split into; as many as channels: depthwise",
             .min = 1,
             .max = kMaxChannels,
             .optional = true});
  }
};

struct FcWords {
  std::vector<int> in;
  int out = 0;
  template <class V>
  void fields(V& v) {
    v.field("in", in,
            {.doc = "neurons, or channels, rows, columns of the ifmap they see whole",
             .min = 1,
             .max = kMaxChannels});
    v.field("out", out, {.doc = "neurons", .min = 1, .max = kMaxChannels});
  }
};

// C (m x n) = A (m x k) * B (k x n): A is the ifmap, B the filters.
struct GemmWords {
  int m = 0, n = 0, k = 0;
  template <class V>
  void fields(V& v) {
    v.field("m", m, {.doc = "rows of A: ofmap rows P", .min = 1, .max = kMaxPlane});
    v.field("n", n, {.doc = "columns of B: filters M", .min = 1, .max = kMaxChannels});
    v.field("k", k, {.doc = "columns of A: channels C", .min = 1, .max = kMaxChannels});
  }
};

struct PoolLayerWords {
  std::vector<int> in;
  PoolWords window;
  template <class V>
  void fields(V& v) {
    v.field("in", in, {.doc = "ifmap channels, rows, columns", .min = 1, .max = kMaxChannels});
    window.fields(v);
  }
};

struct PostWords {
  bool bias = true;
  int requant_shift = 0;
  bool relu = false;
  std::vector<PoolWords> pool;
  Rescaling rescaling = Rescaling::kShift;
  std::vector<int> clamp;
  template <class V>
  void fields(V& v) {
    v.field("bias", bias, {.doc = "add a bias for each ofmap channel", .optional = true});
    v.field("requant_shift", requant_shift,
            {.doc = "bits cut from the right of a psum, rounding half up",
             .unit = "bit",
             .min = 0,
             .max = 31,
             .optional = true,
             .fallback = "by rule"});
    v.field("relu", relu, {.doc = "negative words become zero", .optional = true});
    v.field("pool", pool, {.doc = "pooling by the machine", .optional = true});
    v.field("rescaling", rescaling,
            {.doc = "psums are shifted by requant_shift, or rescaled channel by channel as "
                    "TensorFlow Lite (rounding twice or once) or ONNX does",
             .optional = true});
    v.field("clamp", clamp,
            {.doc = "least and largest code of an ofmap word (those of its code)",
             .min = -32768,
             .max = 32767,
             .optional = true});
  }
};

struct CodeWords {
  Coding coding = Coding::kTwos;
  int bits = 0, zero_point = 0;
  template <class V>
  void fields(V& v) {
    v.field("coding", coding, {.doc = "how an integer stands in its field"});
    v.field("bits", bits,
            {.doc = "of a field; twos and unsigned need it, the others have their own",
             .unit = "bit",
             .min = 0,
             .max = 16,
             .optional = true});
    v.field("zero_point", zero_point,
            {.doc = "the integer that means zero", .min = -32768, .max = 32767, .optional = true});
  }
};

struct ZeroPatternWords {
  double run = 0;
  std::vector<double> channels;
  template <class V>
  void fields(V& v) {
    v.field("run", run,
            {.doc = "mean length of a stretch of zeros, at least 1; 0: each word by itself",
             .unit = "word",
             .min = 0,
             .max = 1e6,
             .optional = true});
    v.field(
        "channels", channels,
        {.doc = "fractions of zeros of channels (of filters: of each filter), in turn, in place "
                "of the layer's",
         .min = 0,
         .max = 1,
         .optional = true});
  }
};

// One of conv, fc, gemm and pool says what the layer is.
struct LayerWords {
  std::string name, input;
  std::vector<ConvWords> conv;
  std::vector<FcWords> fc;
  std::vector<GemmWords> gemm;
  std::vector<PoolLayerWords> pool;
  PostWords post;
  std::vector<PoolWords> pool_after;
  std::string left_out;
  int operand_bits = 0;
  CodeWords ifmap, filter;
  std::string layout;
  SignPadding sign_padding = SignPadding::kMinusOne;
  int product_shift = 0;
  double ifmap_zeros = 0, filter_zeros = 0, ofmap_zeros = 0;
  ZeroPatternWords ifmap_pattern, filter_pattern;
  template <class V>
  void fields(V& v) {
    v.field("name", name, {.doc = "letters, digits, '_', '-' and '.'; names the files of tensors"});
    v.field("input", input,
            {.doc = "layer whose ofmap is read, or 'network' for data from outside "
                    "(the layer before; network for the first)",
             .optional = true});
    v.field("conv", conv, {.doc = "a convolution", .optional = true});
    v.field("fc", fc, {.doc = "a fully connected layer", .optional = true});
    v.field("gemm", gemm, {.doc = "a matrix product", .optional = true});
    v.field("pool", pool, {.doc = "a pooling layer", .optional = true});
    v.field("post", post, {.doc = "what happens to a finished psum", .optional = true});
    v.field("pool_after", pool_after,
            {.doc = "pooling off the accelerator, before the next layer", .optional = true});
    v.field("left_out", left_out,
            {.doc = "what the original does to the ofmap and is not done here, in words",
             .optional = true});
    v.field("operand_bits", operand_bits,
            {.doc = "8 or 16, signed",
             .unit = "bit",
             .min = 8,
             .max = 16,
             .optional = true,
             .fallback = "the machine's"});
    v.field("ifmap", ifmap,
            {.doc = "numbers of the ifmap, in place of operand_bits", .optional = true});
    v.field("filter", filter,
            {.doc = "numbers of the filters, in place of operand_bits", .optional = true});
    v.field("layout", layout,
            {.doc = "how its tensors lie in DRAM: nchw, nhwc, tiled, bank_interleaved, or some of "
                    "them alone: 'ifmap=nhwc,filter=tiled'",
             .optional = true,
             .fallback = "the network's"});
    v.field("sign_padding", sign_padding,
            {.doc = "padding of an ifmap of signs: -1, or products left out", .optional = true});
    v.field("product_shift", product_shift,
            {.doc = "bits cut from the right of each product",
             .unit = "bit",
             .min = 0,
             .max = 30,
             .optional = true,
             .fallback = "by rule"});
    v.field("ifmap_zeros", ifmap_zeros,
            {.doc = "fraction of zeros in the padded ifmap, for synthetic data",
             .min = 0,
             .max = 1,
             .optional = true});
    v.field("filter_zeros", filter_zeros,
            {.doc = "fraction of zeros in the filters, for synthetic data",
             .min = 0,
             .max = 1,
             .optional = true});
    v.field("ofmap_zeros", ofmap_zeros,
            {.doc = "fraction of zeros that ReLU is to leave in the ofmap, before pooling: "
                    "synthetic biases are drawn around what leaves so many; 0: around 0",
             .min = 0,
             .max = 0.99,
             .optional = true});
    v.field("ifmap_pattern", ifmap_pattern,
            {.doc = "how the zeros of the ifmap lie", .optional = true});
    v.field("filter_pattern", filter_pattern,
            {.doc = "how the zeros of the filters lie", .optional = true});
  }
};

struct NetworkWords {
  std::string name, source;
  std::string layout = "nchw";
  std::vector<LayerWords> layers;
  template <class V>
  void fields(V& v) {
    v.field("name", name, {.doc = "for people and for the names of results"});
    v.field("source", source, {.doc = "where shapes and fractions of zeros come from"});
    v.field("layout", layout,
            {.doc = "how tensors lie in DRAM, of layers that do not say", .optional = true});
    v.field("layers", layers, {.doc = "in an order in which each comes after the one it reads"});
  }
};

}  // namespace orrery
