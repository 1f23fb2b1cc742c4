#include "workloads/network/shapes.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

#include "workloads/network/widths.h"
#include "workloads/network/zeros.h"

namespace orrery {
namespace {

// Ends of the paths whose value is a list in NetworkWords and may stand alone in the file.
constexpr std::array<std::string_view, 13> kListPaths{
    "].conv",     "].fc",     "].gemm",       "].pool",       "].pool_after",
    ".post.pool", ".conv.in", ".conv.kernel", ".conv.stride", ".conv.dilation",
    ".conv.pad",  ".fc.in",   ".pool.in"};

// Those of them that are a list in NetworkWords only for being absent or there once.
constexpr std::array<std::string_view, 4> kKindPaths{"].conv", "].fc", "].gemm", "].pool"};

template <std::size_t N>
bool ends_with_one(const std::string& path, const std::array<std::string_view, N>& ends) {
  return std::any_of(ends.begin(), ends.end(),
                     [&](std::string_view end) { return path.ends_with(end); });
}

Pool make_pool(const PoolWords& w) { return {w.kind, w.size, w.stride, w.pad}; }

[[noreturn]] void fail_length(const Node& node, std::string_view wanted, std::size_t given) {
  node.fail(fmt::format("{} must have {}, but has {}", node.path, wanted, given));
}

// One number for rows and columns, or one each.
std::pair<int, int> pair_of(const Node& node, std::string_view key, const std::vector<int>& given,
                            int absent) {
  if (given.empty() && node.find(key) == nullptr) return {absent, absent};
  if (given.size() == 1) return {given[0], given[0]};
  if (given.size() == 2) return {given[0], given[1]};
  fail_length(node.toward(key), "1 or 2 numbers (rows, columns)", given.size());
}

void set_padding(Layer& layer, const Node& node, const std::vector<int>& pad) {
  if (pad.size() == 4) {
    layer.pad_top = pad[0], layer.pad_bottom = pad[1];
    layer.pad_left = pad[2], layer.pad_right = pad[3];
    return;
  }
  if (pad.size() > 2) {
    fail_length(node.toward("pad"), "1, 2 (rows, columns) or 4 numbers (top, bottom, left, right)",
                pad.size());
  }
  const auto [rows, cols] = pair_of(node, "pad", pad, 0);
  layer.pad_top = layer.pad_bottom = rows;
  layer.pad_left = layer.pad_right = cols;
}

MapShape map_shape(const Node& node, const std::vector<int>& in,
                   std::string_view wanted = "3 numbers (channels, rows, columns)") {
  const Node& at = node.toward("in");
  if (in.size() != 3) fail_length(at, wanted, in.size());
  for (const int extent : {in[1], in[2]}) {
    if (extent <= kMaxPlane) continue;
    at.fail(fmt::format("{} has a plane of {} rows or columns; at most {}", at.path, extent,
                        kMaxPlane));
  }
  return {in[0], in[1], in[2]};
}

void set(Layer& layer, Dim d, int bound) { layer.bounds[index(d)] = bound; }

// Ofmap extent of a window with `taps` along one axis.
int ofmap_extent(const Node& node, std::string_view axis, int padded, int taps, int stride,
                 int dilation) {
  const int reach = dilation * (taps - 1) + 1;
  if (reach <= padded) return (padded - reach) / stride + 1;
  node.fail(fmt::format("{} reaches over {} {}, but the padded ifmap has {}", node.path, reach,
                        axis, padded));
}

int share(const Node& node, int groups, int of, std::string_view what) {
  if (of % groups == 0) return of / groups;
  const Node& at = node.toward("groups");
  at.fail(fmt::format("{} is {}, which does not divide the {} {}", at.path, groups, of, what));
}

void shape_conv(Layer& layer, const ConvWords& w, const Node& node) {
  layer.kind = LayerKind::kConv;
  const MapShape in = map_shape(node, w.in);
  layer.ifmap_rows = in[1];
  layer.ifmap_cols = in[2];
  const auto [rows, cols] = pair_of(node, "kernel", w.kernel, 1);
  std::tie(layer.stride_rows, layer.stride_cols) = pair_of(node, "stride", w.stride, 1);
  std::tie(layer.dilation_rows, layer.dilation_cols) = pair_of(node, "dilation", w.dilation, 1);
  set_padding(layer, node, w.pad);
  set(layer, Dim::kG, w.groups);
  set(layer, Dim::kC, share(node, w.groups, in[0], "channels"));
  set(layer, Dim::kM, share(node, w.groups, w.filters, "filters"));
  set(layer, Dim::kR, rows);
  set(layer, Dim::kS, cols);
  const Node& at = node.toward("kernel");
  set(layer, Dim::kP,
      ofmap_extent(at, "rows", layer.padded_rows(), rows, layer.stride_rows, layer.dilation_rows));
  set(layer, Dim::kQ,
      ofmap_extent(at, "columns", layer.padded_cols(), cols, layer.stride_cols,
                   layer.dilation_cols));
}

// A convolution whose filters are as large as the ifmap.
void shape_fc(Layer& layer, const FcWords& w, const Node& node) {
  layer.kind = LayerKind::kFc;
  const MapShape in = w.in.size() == 1
                          ? MapShape{w.in[0], 1, 1}
                          : map_shape(node, w.in, "1 or 3 numbers (channels, rows, columns)");
  layer.ifmap_rows = in[1];
  layer.ifmap_cols = in[2];
  set(layer, Dim::kM, w.out);
  set(layer, Dim::kC, in[0]);
  set(layer, Dim::kR, in[1]);
  set(layer, Dim::kS, in[2]);
}

// A convolution of one tap over m rows of one word: rows of A are ofmap rows, so N stays the batch.
void shape_gemm(Layer& layer, const GemmWords& w) {
  layer.kind = LayerKind::kGemm;
  layer.ifmap_rows = w.m;
  set(layer, Dim::kP, w.m);
  set(layer, Dim::kM, w.n);
  set(layer, Dim::kC, w.k);
}

// Shape after a pool. `node` is the pool's.
MapShape pooled(const MapShape& in, const Pool& pool, const Node& node) {
  if (pool.pad >= pool.size) {
    node.fail(
        fmt::format("{} pads by {}, so that a window of {} sees nothing; pad less than its size",
                    node.path, pool.pad, pool.size));
  }
  if (pool.size > std::min(in[1], in[2]) + 2 * pool.pad) {
    node.fail(fmt::format("{} has a window of {}x{}, but the plane is {}x{}", node.path, pool.size,
                          pool.size, in[1], in[2]));
  }
  return {in[0], pool.out(in[1]), pool.out(in[2])};
}

void shape_pool(Layer& layer, const PoolLayerWords& w, const Node& node) {
  layer.kind = LayerKind::kPool;
  layer.pool = make_pool(w.window);
  layer.post.bias = false;
  const MapShape in = map_shape(node, w.in);
  const MapShape out = pooled(in, layer.pool, node);
  layer.ifmap_rows = in[1];
  layer.ifmap_cols = in[2];
  layer.stride_rows = layer.stride_cols = layer.pool.stride;
  layer.bounds = {in[0], 1, 1, 1, out[1], out[2], layer.pool.size, layer.pool.size};
}

// Only the keys of a pooling layer mean something there.
void check_pool_keys(const Node& node) {
  for (const std::string_view key : {"post", "product_shift", "filter_zeros", "filter_pattern",
                                     "filter", "sign_padding", "pool_after"}) {
    if (node.find(key) == nullptr) continue;
    const Node& at = node.toward(key);
    at.fail(fmt::format("{} means nothing: a pooling layer has no products", at.path));
  }
}

void check_name(const Node& node, const std::string& name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  };
  const bool ok = !name.empty() && name.size() <= 100 && name[0] != '.' &&
                  std::all_of(name.begin(), name.end(), allowed);
  const Node& at = node.toward("name");
  if (!ok) {
    at.fail(fmt::format("{} is '{}'; it must be 1 to 100 letters, digits, '_', '-' or '.'", at.path,
                        name));
  }
  if (name == "network" || name == "total") {
    at.fail(
        fmt::format("{} is '{}', which stands for something else; choose another", at.path, name));
  }
}

void check_clamp(const std::vector<int>& clamp, const Node& node) {
  if (clamp.empty() || (clamp.size() == 2 && clamp.front() <= clamp.back())) return;
  const Node& at = node.toward("post.clamp");
  at.fail(at.path + " must be the least code, then the largest");
}

void set_post(Layer& layer, const LayerWords& w, const Node& node) {
  check_clamp(w.post.clamp, node);
  layer.post = {w.post.bias, w.post.requant_shift, w.post.relu, {}, w.post.rescaling, w.post.clamp};
  for (const PoolWords& pool : w.post.pool) layer.post.pool.push_back(make_pool(pool));
  for (const PoolWords& pool : w.pool_after) layer.pool_after.push_back(make_pool(pool));
}

// Bits that the author need not write.
int bits_of(Coding coding) {
  for (const Code code : {kTernaryCode, kFiveLevelCode, kPowerOfTwoCode, kSignCode}) {
    if (code.coding == coding) return code.bits;
  }
  return 0;
}

Code make_code(const CodeWords& w, const Node& node) {
  const Code code{w.coding, w.bits == 0 ? bits_of(w.coding) : w.bits};
  if (!is_valid(code)) {
    node.toward("bits").fail(
        fmt::format("{} has {} bits; twos have 1 to 16, unsigned 1 to 15, ternary 2, five_level 3, "
                    "power_of_two 4 and sign 1",
                    node.path, w.bits));
  }
  const bool zero_is_number = w.zero_point == 0 || representable(code, w.zero_point);
  if (!zero_is_number) {
    node.toward("zero_point")
        .fail(fmt::format("{}.zero_point is {}, which is no number of {}", node.path, w.zero_point,
                          to_string(code)));
  }
  return code;
}

void set_codes(Layer& layer, const LayerWords& w, const Node& node) {
  const Node *ifmap = node.find("ifmap"), *filter = node.find("filter");
  layer.formats.sign_padding = w.sign_padding;
  layer.formats.states_ifmap = ifmap != nullptr;
  layer.formats.states_filter = filter != nullptr;
  if (ifmap != nullptr) {
    layer.formats.ifmap = make_code(w.ifmap, *ifmap);
    layer.formats.ifmap_zero = w.ifmap.zero_point;
    layer.operand_bits = layer.formats.ifmap.bits;
  }
  if (filter != nullptr) {
    layer.formats.filter = make_code(w.filter, *filter);
    layer.formats.filter_zero = w.filter.zero_point;
  }
  if (layer.unstated.operand_bits || (ifmap == nullptr && filter == nullptr)) return;
  node.toward("operand_bits")
      .fail(fmt::format("{} has operand_bits and a code; one says it all", node.path));
}

// What the author states, and what is left open.
void set_numbers(Layer& layer, const LayerWords& w, const Node& node) {
  const Node* post = node.find("post");
  layer.unstated = {.operand_bits = node.find("operand_bits") == nullptr,
                    .product_shift = node.find("product_shift") == nullptr,
                    .requant_shift = post == nullptr || post->find("requant_shift") == nullptr};
  layer.product_shift = w.product_shift;
  set_codes(layer, w, node);
  if (layer.unstated.operand_bits) return;
  layer.operand_bits = w.operand_bits;
  if (w.operand_bits == 8 || w.operand_bits == 16) return;
  const Node& at = node.toward("operand_bits");
  at.fail(fmt::format("{} is {}; it must be 8 or 16", at.path, w.operand_bits));
}

// One line of words.
std::string left_out(const LayerWords& w, const Node& node) {
  if (node.find("left_out") == nullptr) return "";
  const Node& at = node.toward("left_out");
  const auto control = [](char c) { return static_cast<unsigned char>(c) < ' '; };
  if (w.left_out.empty()) at.fail(at.path + " is empty; it must say what is left out");
  if (std::any_of(w.left_out.begin(), w.left_out.end(), control)) {
    at.fail(at.path + " has a line break or another control character");
  }
  return w.left_out;
}

void check_pools(const Layer& layer, const Node& node) {
  MapShape shape{layer.bound(Dim::kG) * layer.bound(Dim::kM), layer.bound(Dim::kP),
                 layer.bound(Dim::kQ)};
  const auto check = [&](const std::vector<Pool>& pools, std::string_view key) {
    const Node& at = node.toward(key);
    if (pools.size() > 1)
      at.fail(fmt::format("{} has {} pools; at most one", at.path, pools.size()));
    for (const Pool& pool : pools) shape = pooled(shape, pool, at);
  };
  check(layer.post.pool, "post.pool");
  check(layer.pool_after, "pool_after");
}

}  // namespace

std::string to_text(const MapShape& shape) {
  return fmt::format("{}x{}x{}", shape[0], shape[1], shape[2]);
}

MapShape taken(const Layer& layer) {
  return {layer.bound(Dim::kG) * layer.bound(Dim::kC), layer.ifmap_rows, layer.ifmap_cols};
}

MapShape given(const Layer& layer) {
  MapShape shape{layer.bound(Dim::kG) * layer.bound(Dim::kM), layer.bound(Dim::kP),
                 layer.bound(Dim::kQ)};
  for (const auto& pools : {layer.post.pool, layer.pool_after}) {
    for (const Pool& pool : pools) shape = {shape[0], pool.out(shape[1]), pool.out(shape[2])};
  }
  return shape;
}

Node with_lists(const Node& root) {
  Node copy = root;
  for (Node& item : copy.items) item = with_lists(item);
  const bool list_given = copy.kind == Node::Kind::kList;
  if (list_given && ends_with_one(copy.path, kKindPaths)) {
    copy.fail(copy.path + " is a list; it must be a map of keys and values");
  }
  if (list_given || !ends_with_one(copy.path, kListPaths)) return copy;
  Node list;
  list.kind = Node::Kind::kList;
  list.where = copy.where;
  list.path = copy.path;
  list.items.push_back(std::move(copy));
  return list;
}

Layer make_layer(const LayerWords& words, const Node& node) {
  const std::size_t kinds =
      words.conv.size() + words.fc.size() + words.gemm.size() + words.pool.size();
  if (kinds != 1) {
    node.fail(fmt::format("{} ({}) must have exactly one of conv, fc, gemm and pool", node.path,
                          words.name));
  }
  check_name(node, words.name);
  Layer layer;
  layer.name = words.name;
  layer.input = words.input;
  layer.left_out = left_out(words, node);
  set_post(layer, words, node);
  set_numbers(layer, words, node);
  for (const ConvWords& w : words.conv) shape_conv(layer, w, node.toward("conv"));
  for (const FcWords& w : words.fc) shape_fc(layer, w, node.toward("fc"));
  for (const GemmWords& w : words.gemm) shape_gemm(layer, w);
  for (const PoolLayerWords& w : words.pool) {
    check_pool_keys(node);
    shape_pool(layer, w, node.toward("pool"));
  }
  if (layer.kind != LayerKind::kPool) check_pools(layer, node);
  set_zeros(layer, words, node);
  settle_widths(layer, Widths{});
  return layer;
}

}  // namespace orrery
