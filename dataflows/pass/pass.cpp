#include "dataflows/pass/pass.h"

#include <algorithm>

#include "dataflows/pass/streams.h"

namespace orrery {
namespace {

// Links each PE to the one above it in its chain; those where a chain starts merge with `entry`.
void link_chains(std::vector<PeRole>& pes, PsumSource entry, int chain, int cols, int rows) {
  std::vector<int> at(static_cast<std::size_t>(rows * cols), -1);
  const auto cell = [&](int row, int col) -> int& {
    return at[static_cast<std::size_t>(row * cols + col)];
  };
  for (std::size_t i = 0; i < pes.size(); ++i) cell(pes[i].row, pes[i].col) = static_cast<int>(i);
  for (PeRole& pe : pes) {
    if (pe.row % chain != 0) {
      pe.psum_sink = PsumSink::kAbove;
      pe.above = cell(pe.row - 1, pe.col);
    }
    const bool last = pe.row % chain == chain - 1 || cell(pe.row + 1, pe.col) < 0;
    pe.psum_source = last ? entry : PsumSource::kBelow;
  }
}

// Where the psums of each PE come from and go to.
void route_psums(std::vector<PeRole>& pes, const Machine& machine, const Nest& nest,
                 const Spread& across) {
  const PsumSource entry = machine.accumulates_at_store() ? PsumSource::kNone : PsumSource::kNoc;
  switch (machine.array.psum_route) {
    case PsumRoute::kColumn:
      link_chains(pes, entry, chain_length(nest, across), across.cols, across.rows);
      break;
    case PsumRoute::kTree:
      // One PE of each tree merges the old psums.
      for (PeRole& pe : pes) pe.psum_source = pe.row == 0 ? entry : PsumSource::kNone;
      break;
    case PsumRoute::kInPlace:
    case PsumRoute::kSpill:
      for (PeRole& pe : pes) pe.psum_source = entry;
      break;
  }
}

std::array<int, kDims> first_point(const Box& box) {
  std::array<int, kDims> point;
  for (const Dim d : kAllDims) point[index(d)] = box[d].lo;
  return point;
}

// `widest_slides`: along which axes the windows of the widest PE slide.
PeKind kind_of(const Layer& layer, const Mapping& mapping, const Nest& nest, const Box& box,
               const Box& widest, const std::array<bool, 2>& widest_slides) {
  PeKind kind{
      pe_program(layer, mapping, nest.pe, box, widest), turning_loops(nest.pe, box, widest), {}};
  kind.one_axis = sliding_axes(layer, mapping, kind.loops);
  // A PE in which one loop of an axis does not turn walks along the axis either way; it keeps to
  // the order of the widest.
  if (box[Dim::kP].size() == 1 || box[Dim::kR].size() == 1) kind.one_axis[0] = widest_slides[0];
  if (box[Dim::kQ].size() == 1 || box[Dim::kS].size() == 1) kind.one_axis[1] = widest_slides[1];
  return kind;
}

// The mapped PEs and what they run. PEs whose boxes have the same size are of one kind.
class Crew {
 public:
  Crew(const Layer& layer, const Mapping& mapping, const Nest& nest, const Spread& across,
       const Box& pass) {
    const Box widest = nominal(nest.spatial, pass);
    const std::array<bool, 2> slides =
        sliding_axes(layer, mapping, turning_loops(nest.pe, widest, widest));
    for (int row = 0; row < across.rows; ++row) {
      for (int col = 0; col < across.cols; ++col) {
        const std::optional<Box> box = pe_box(nest, across, pass, row, col);
        if (!box) continue;
        const std::size_t kind = number_of(sizes(*box));
        if (kind == kinds.size())
          kinds.push_back(kind_of(layer, mapping, nest, *box, widest, slides));
        shares.push_back({.pe = static_cast<std::int32_t>(shares.size()),
                          .turn = nest_place(nest, across, row, col),
                          .kind = kind,
                          .first = first_point(*box)});
        roles.push_back({.row = row, .col = col, .program = static_cast<int>(kind)});
      }
    }
  }

  std::vector<PeKind> kinds;
  std::vector<PeShare> shares;
  std::vector<PeRole> roles;

 private:
  using Sizes = std::array<int, kDims>;
  static Sizes sizes(const Box& box) {
    Sizes sizes;
    for (const Dim d : kAllDims) sizes[index(d)] = box[d].size();
    return sizes;
  }
  std::size_t number_of(const Sizes& sizes) {
    const auto it = std::ranges::find(sizes_, sizes);
    const auto number = static_cast<std::size_t>(it - sizes_.begin());
    if (it == sizes_.end()) sizes_.push_back(sizes);
    return number;
  }

  std::vector<Sizes> sizes_;  // of each kind
};

}  // namespace

TileLayout tile_layout(const Layer& layer, const Box& tile, Tensor t) {
  std::array<int, kDims> last;
  for (const Dim d : kAllDims) last[index(d)] = tile[d].hi - 1;
  const Coordinates from = origin(layer, t, tile), to = coordinates(layer, t, last);
  TileLayout layout;
  std::int64_t stride = 1;
  for (std::size_t a = kAxes; a-- > 0;) {
    layout.extent[a] = to[a] - from[a] + 1;
    layout.stride[a] = stride;
    stride *= layout.extent[a];
  }
  return layout;
}

Coordinates coordinates(const Layer& layer, Tensor t, const std::array<int, kDims>& point) {
  const auto at = [&](Dim d) { return point[index(d)]; };
  using enum Dim;
  switch (t) {
    case Tensor::kIfmap:
      return {at(kG), at(kN), at(kC), at(kP) * layer.stride_rows + at(kR) * layer.dilation_rows,
              at(kQ) * layer.stride_cols + at(kS) * layer.dilation_cols};
    case Tensor::kFilter:
      return {at(kG), at(kM), at(kC), at(kR), at(kS)};
    case Tensor::kPsum:
      return {at(kG), at(kN), at(kM), at(kP), at(kQ)};
  }
  return {};
}

Coordinates origin(const Layer& layer, Tensor t, const Box& box) {
  return coordinates(layer, t, first_point(box));
}

Pass compile_pass(const Layer& layer, const Machine& machine, const Mapping& mapping,
                  const Box& pass, const std::array<TileLayout, kTensors>& layout) {
  const Nest nest = take_apart(mapping, layer, machine);
  const Spread across = spread(nest, layer);
  Crew crew(layer, mapping, nest, across, pass);
  route_psums(crew.roles, machine, nest, across);
  PassView view{.layer = layer, .box = pass, .kinds = crew.kinds};
  for (std::size_t i = 0; i < nest.spatial.size(); ++i) {
    if (across.trips[i] > 1) view.split[index(nest.spatial[i].dim)] = true;
  }
  std::vector<PeShare> entering, leaving;
  for (std::size_t i = 0; i < crew.roles.size(); ++i) {
    if (crew.roles[i].psum_source == PsumSource::kNoc) entering.push_back(crew.shares[i]);
    if (crew.roles[i].psum_sink == PsumSink::kNoc) leaving.push_back(crew.shares[i]);
  }
  const auto stream = [&](Tensor t, const std::vector<PeShare>& shares, const Carriage& carriage) {
    return build_stream(view, t, shares, carriage, layout[index(t)]);
  };
  Pass out;
  out.psums_per_packet = packet_psums(machine);
  const Noc& noc = machine.noc;
  out.ifmap =
      stream(Tensor::kIfmap, crew.shares, {packet_words(machine, Tensor::kIfmap), noc.ifmap.order});
  out.filter = stream(Tensor::kFilter, crew.shares,
                      {packet_words(machine, Tensor::kFilter), noc.filter.order});
  out.psum_in = stream(Tensor::kPsum, entering, {out.psums_per_packet, noc.psum_in.order});
  const bool spills = machine.array.psum_route == PsumRoute::kSpill;
  out.psum_out = stream(
      Tensor::kPsum, leaving,
      {out.psums_per_packet, noc.psum_out.order, spills ? Sharing::kApart : Sharing::kTogether});
  out.pes = std::move(crew.roles);
  for (const PeKind& kind : crew.kinds) out.programs.push_back(kind.program);
  return out;
}

}  // namespace orrery
