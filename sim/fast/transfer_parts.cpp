#include "sim/fast/transfer_parts.h"

#include <algorithm>
#include <numeric>

namespace orrery {

std::int64_t TransferPart::words() const {
  return std::accumulate(spans.begin(), spans.end(), std::int64_t{0},
                         [](std::int64_t sum, const Span& s) { return sum + s.words; });
}

TransferParts::TransferParts(const Machine& machine, const Layer& layer, const Mapping& mapping,
                             const LinkValues* values)
    : machine_(machine),
      layer_(layer),
      map_(dram_map(layer, machine, mapping)),
      values_(values),
      ifmap_codes_(map_.ifmap_slots.boxes().size()),
      ofmap_codes_(map_.ofmap_slots.boxes().size()) {
  if (!mapping.nest.empty()) layout_ = largest_tiles(layer, machine, mapping);
}

bool TransferParts::codes(TransferKind kind) const {
  return (kind == TransferKind::kLoadIfmap && !map_.ifmap_slots.empty()) ||
         (kind == TransferKind::kStoreOfmap && !map_.ofmap_slots.empty());
}

CodedWords TransferParts::code(const TransferOrder& transfer) const {
  return code(transfer.box,
              transfer.kind == TransferKind::kLoadIfmap ? Tensor::kIfmap : Tensor::kPsum);
}

CodedWords TransferParts::code(const Box& box, Tensor t) const {
  const bool ifmap = t == Tensor::kIfmap;
  const TileSlots& slots = ifmap ? map_.ifmap_slots : map_.ofmap_slots;
  CodedWords& known = (ifmap ? ifmap_codes_ : ofmap_codes_)[slots.number(box)];
  if (known.words > 0) return known;
  const std::vector<Run> runs = coded_runs(layer_, machine_, box, t, layout_[index(t)]);
  const std::vector<std::int16_t> words = words_of(runs, ifmap ? values_->ifmap : values_->ofmap);
  known = {words.size(), static_cast<std::uint64_t>(std::ranges::count(words, 0)),
           static_cast<std::uint64_t>(tile_code_words(words))};
  return known;
}

std::vector<TransferPart> TransferParts::of(const TransferOrder& transfer) const {
  std::vector<TransferPart> parts;
  switch (transfer.kind) {
    case TransferKind::kLoadIfmap:
      return {tile(transfer.box, Tensor::kIfmap)};
    case TransferKind::kLoadFilter:
      return {filters(transfer.box)};
    case TransferKind::kLoadPsum:
      return {tile(transfer.box, Tensor::kPsum)};
    case TransferKind::kStorePsum:
      parts.push_back(tile(transfer.box, Tensor::kPsum));
      parts.back().kind = DramKind::kWrite;
      return parts;
    case TransferKind::kStoreOfmap:
      if (layer_.has_bias()) parts.push_back(biases(transfer.box));
      parts.push_back(ofmap(transfer.box));
      return parts;
    case TransferKind::kPoolPlanes:
      return planes(transfer.box);
  }
  return parts;
}

std::vector<Burst> TransferParts::bursts(const TransferOrder& transfer) const {
  const int burst_bytes = machine_.dram.setup->standard.organization.burst_bytes();
  std::vector<Burst> all;
  for (const TransferPart& part : of(transfer))
    append_bursts(all, part.spans, part.kind, machine_.word_bytes(), burst_bytes);
  return all;
}

TransferPart TransferParts::tile(const Box& box, Tensor t) const {
  if (t == Tensor::kIfmap && !map_.ifmap_slots.empty()) {
    const auto words = static_cast<std::int64_t>(code(box, t).moved);
    return {DramKind::kRead, {{map_.ifmap + map_.ifmap_slots.at(box), words}}};
  }
  const std::int64_t base = t == Tensor::kIfmap    ? map_.ifmap
                            : t == Tensor::kFilter ? map_.filter
                                                   : map_.psum;
  const int words = t == Tensor::kPsum ? machine_.words_per_psum() : 1;
  const std::vector<Run> runs =
      tile_runs(layer_, machine_, box, t, layout_[index(t)], map_.place(t));
  return {DramKind::kRead, gather(runs, base, words, map_.by_address).spans};
}

TransferPart TransferParts::filters(const Box& box) const {
  if (map_.filter_tiles.empty()) return tile(box, Tensor::kFilter);
  return {DramKind::kRead, {{map_.filter_tile(box), map_.tile_words}}};
}

TransferPart TransferParts::biases(const Box& box) const {
  TransferPart part;
  const std::int64_t words = machine_.words_per_psum();
  const std::int64_t size = box[Dim::kM].size() * words;
  for (int g = box[Dim::kG].lo; g < box[Dim::kG].hi; ++g) {
    const std::int64_t first = std::int64_t{g} * layer_.bound(Dim::kM) + box[Dim::kM].lo;
    part.spans.push_back({map_.bias + first * words, size});
  }
  return part;
}

// As it is, or pooled plane by plane.
TransferPart TransferParts::ofmap(const Box& box) const {
  TransferPart part{DramKind::kWrite, {}};
  if (!map_.ofmap_slots.empty()) {
    const auto words = static_cast<std::int64_t>(code(box, Tensor::kPsum).moved);
    part.spans = {{map_.ofmap + map_.ofmap_slots.at(box), words}};
    return part;
  }
  std::vector<Run> runs;
  if (layer_.post.pool.empty()) {
    runs = tile_runs(layer_, machine_, box, Tensor::kPsum, layout_[index(Tensor::kPsum)],
                     map_.ofmap_place);
  }
  const auto add = [&] {
    const std::vector<Span> spans = gather(runs, map_.ofmap, 1, map_.by_address).spans;
    part.spans.insert(part.spans.end(), spans.begin(), spans.end());
    runs.clear();
  };
  const auto planes = [&](int g, int n) {
    for (int m = box[Dim::kM].lo; m < box[Dim::kM].hi; ++m) {
      append_plane(runs, map_.ofmap_place, g, n, m, 0);
      if (!map_.by_address) add();
    }
  };
  for (int g = box[Dim::kG].lo; g < box[Dim::kG].hi && !layer_.post.pool.empty(); ++g) {
    for (int n = box[Dim::kN].lo; n < box[Dim::kN].hi; ++n) planes(g, n);
  }
  add();
  return part;
}

// Planes come in, and go out pooled: by address all of them, else one after the other.
std::vector<TransferPart> TransferParts::planes(const Box& box) const {
  std::vector<Run> in, out;
  std::vector<TransferPart> parts;
  const auto add = [&] {
    parts.push_back({DramKind::kRead, gather(in, map_.ifmap, 1, map_.by_address).spans});
    parts.push_back({DramKind::kWrite, gather(out, map_.ofmap, 1, map_.by_address).spans});
    in.clear();
    out.clear();
  };
  for (int n = box[Dim::kN].lo; n < box[Dim::kN].hi; ++n) {
    for (int g = box[Dim::kG].lo; g < box[Dim::kG].hi; ++g) {
      append_plane(in, map_.ifmap_place, g, n, 0, 0);
      append_plane(out, map_.ofmap_place, g, n, 0, 0);
      if (!map_.by_address) add();
    }
  }
  if (map_.by_address) add();
  return parts;
}

}  // namespace orrery
