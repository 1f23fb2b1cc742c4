#include "workloads/network/zeros.h"

#include <fmt/format.h>

#include <numeric>

#include "workloads/sparse/zero_draw.h"

namespace orrery {
namespace {

void check(const ZeroPatternWords& words, const Node& node, std::string_view key,
           std::string_view share) {
  const Node* pattern = node.find(key);
  if (pattern == nullptr) return;
  const Node& run = pattern->toward("run");
  if (words.run > 0 && words.run < 1)
    run.fail(fmt::format("{} is {}; it must be 0 or at least 1", run.path, words.run));
  const Node* channels = pattern->find("channels");
  if (channels == nullptr) return;
  if (words.channels.empty())
    channels->fail(channels->path + " is empty; it must have a fraction for at least one channel");
  if (node.find(share) == nullptr) return;
  channels->fail(fmt::format("{} and {}.{}: one says it all", channels->path, node.path, share));
}

// The layer's fraction: its own, or the mean of the channels'.
double mean_share(const ZeroPattern& pattern, int channels, double share) {
  if (pattern.channels.empty()) return share;
  const std::vector<double> all = shares_of(pattern, channels, share);
  return std::accumulate(all.begin(), all.end(), 0.0) / channels;
}

}  // namespace

void set_zeros(Layer& layer, const LayerWords& words, const Node& node) {
  check(words.ifmap_pattern, node, "ifmap_pattern", "ifmap_zeros");
  check(words.filter_pattern, node, "filter_pattern", "filter_zeros");
  if (words.ofmap_zeros > 0 && !(layer.has_bias() && layer.post.relu)) {
    const Node& at = node.toward("ofmap_zeros");
    at.fail(at.path + " is given; it is for layers with post.bias and post.relu");
  }
  layer.ofmap_zeros = words.ofmap_zeros;
  layer.ifmap_pattern = {words.ifmap_pattern.run, words.ifmap_pattern.channels};
  layer.filter_pattern = {words.filter_pattern.run, words.filter_pattern.channels};
  const int groups = layer.bound(Dim::kG);
  layer.ifmap_zeros =
      mean_share(layer.ifmap_pattern, groups * layer.bound(Dim::kC), words.ifmap_zeros);
  layer.filter_zeros =
      mean_share(layer.filter_pattern, groups * layer.bound(Dim::kM), words.filter_zeros);
}

}  // namespace orrery
