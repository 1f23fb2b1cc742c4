#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "arch/mac/all.h"
#include "dataflows/mapping/check_lock_step.h"
#include "dataflows/mapping/check_mac.h"
#include "dataflows/pass/nest.h"
#include "dataflows/pass/pass.h"

namespace orrery {
namespace {

// Everything that the rules look at.
struct Case {
  const Mapping& mapping;
  const Layer& layer;
  const Machine& machine;
  Nest nest;
  Box glb, pass;  // the largest
};

std::string limit(std::string_view what, int value, int most) {
  if (most == 0 || value <= most) return {};
  return fmt::format("{} is {}; the machine supports at most {}", what, value, most);
}

std::string stride_limit(std::string_view axis, int value, const std::vector<int>& known) {
  if (known.empty() || std::ranges::find(known, value) != known.end()) return {};
  return fmt::format("a {} stride of {} is not one of the machine's ({})", axis, value,
                     fmt::join(known, ", "));
}

std::string check_layer(const Case& c) {
  const Layer& layer = c.layer;
  const Limits& limits = c.machine.limits;
  if (layer.kind == LayerKind::kPool) {
    std::string sentence = check_pooling(c.mapping, layer, c.machine);
    if (!sentence.empty()) return sentence;
  }
  if (std::string sentence = check_mac(layer, c.machine); !sentence.empty()) return sentence;
  for (const std::string& sentence :
       {limit("filter height", layer.bound(Dim::kR), limits.filter_rows),
        limit("filter width", layer.bound(Dim::kS), limits.filter_cols),
        stride_limit("vertical", layer.stride_rows, limits.stride_rows),
        stride_limit("horizontal", layer.stride_cols, limits.stride_cols)}) {
    if (!sentence.empty()) return sentence;
  }
  return {};
}

std::string check_order(const Case& c) {
  const auto rank = [](Place p) {
    return p == Place::kCols ? 2 : (p == Place::kPe ? 3 : static_cast<int>(p));
  };
  const auto& nest = c.mapping.nest;
  for (std::size_t i = 0; i < nest.size(); ++i) {
    if (nest[i].step < 1)
      return fmt::format("the step of {} is {}; it must be at least 1", name(nest[i].dim),
                         nest[i].step);
    if (i > 0 && rank(nest[i].place) < rank(nest[i - 1].place)) {
      return fmt::format("a {} loop follows a {} loop; places go dram, glb, rows and cols, pe",
                         name(nest[i].place), name(nest[i - 1].place));
    }
  }
  return {};
}

std::string check_cover(const Case& c) {
  Box box = c.layer.box();
  for (const auto* loops : {&c.nest.dram, &c.nest.glb, &c.nest.spatial}) box = nominal(*loops, box);
  std::array<bool, kDims> turned{};
  for (const Loop& loop : c.nest.pe) {
    if (loop.step != 1)
      return fmt::format("PE loop {} has step {}; inside a PE loops step by 1", name(loop.dim),
                         loop.step);
    if (std::exchange(turned[index(loop.dim)], true))
      return fmt::format("PE loop {} is named twice", name(loop.dim));
  }
  for (const Dim d : kAllDims) {
    if (box[d].size() > 1 && !turned[index(d)]) {
      return fmt::format("{} is covered in blocks of {} only; a loop with step 1 is missing",
                         name(d), box[d].size());
    }
  }
  static_assert(PassProgram::kMaxCounters >= kDims, "a PE has a counter for every dimension");
  return {};
}

std::string check_array(const Case& c) {
  const Spread s = spread(c.nest, c.layer);
  if (s.rows <= c.machine.array.rows && s.cols <= c.machine.array.cols) return {};
  return fmt::format("the mapping spreads over {} x {} PEs; the array has {} x {}", s.rows, s.cols,
                     c.machine.array.rows, c.machine.array.cols);
}

// Why psums that come by `route` do not allow a loop over `d` to spread over rows or columns.
std::string misplaced(PsumRoute route, Dim d, Place place) {
  const bool on_rows = place == Place::kRows;
  const auto sentence = [&](std::string_view why) {
    return fmt::format("{} lies across {}; {}", name(d), on_rows ? "rows" : "columns", why);
  };
  switch (route) {
    case PsumRoute::kColumn:
      if (!is_reduction(d) || on_rows) return {};
      return sentence("psums of this machine are summed along a column, so reductions go to rows");
    case PsumRoute::kTree:
      if (is_reduction(d) == on_rows) return {};
      return sentence(on_rows ? "the adder tree of a column sums all its rows, so rows are for "
                                "reductions (C, R, S)"
                              : "psums of this machine are summed by the adder tree of a column, "
                                "so reductions go to rows");
    case PsumRoute::kInPlace:
      if (!is_reduction(d)) return {};
      return sentence(
          "each psum of this machine stays in place in one PE, so reductions turn in "
          "time");
    case PsumRoute::kSpill:
      return {};
  }
  return {};
}

std::string check_route(const Case& c) {
  const Spread s = spread(c.nest, c.layer);
  for (std::size_t i = 0; i < c.nest.spatial.size(); ++i) {
    if (s.trips[i] == 1) continue;
    const Loop& loop = c.nest.spatial[i];
    std::string sentence = misplaced(c.machine.array.psum_route, loop.dim, loop.place);
    if (!sentence.empty()) return sentence;
  }
  return {};
}

// Independent PEs that hand psums up a column do so to their neighbours.
bool has_chains(const Machine& machine) {
  return machine.array.psum_route == PsumRoute::kColumn && machine.array.pace == Pace::kIndependent;
}

std::string check_neighbours(const Case& c) {
  if (!has_chains(c.machine)) return {};
  const Spread s = spread(c.nest, c.layer);
  bool inside = false;
  for (std::size_t i = 0; i < c.nest.spatial.size(); ++i) {
    const Dim d = c.nest.spatial[i].dim;
    if (c.nest.spatial[i].place != Place::kRows || s.trips[i] == 1) continue;
    if (inside && !is_reduction(d)) {
      return fmt::format(
          "row loop {} lies inside a reduction; the rows of a psum chain must be neighbours",
          name(d));
    }
    inside = inside || is_reduction(d);
  }
  return {};
}

// Sizes that blocks of one dimension have inside `loops`: those of whole blocks and of ragged ones.
std::set<int> block_sizes(std::set<int> sizes, const std::vector<Loop>& loops, Dim d) {
  for (const Loop& loop : loops) {
    if (loop.dim != d) continue;
    std::set<int> cut;
    for (const int size : sizes) {
      cut.insert(std::min(size, loop.step));
      if (size > loop.step && size % loop.step != 0) cut.insert(size % loop.step);
    }
    sizes = cut;
  }
  return sizes;
}

// Whether a PE that works lies below one that does not in a chain of `pass`.
bool has_gap(const Case& c, const Spread& s, const Box& pass) {
  const int chain = chain_length(c.nest, s);
  bool ended = false;
  for (int row = 0; row < chain; ++row) {
    const bool works = pe_box(c.nest, s, pass, row, 0).has_value();
    if (works && ended) return true;
    ended = !works;
  }
  return false;
}

// In each shape that a pass can have, the PEs of a psum chain are neighbours.
std::string check_gaps(const Case& c) {
  if (!has_chains(c.machine)) return {};
  const Spread s = spread(c.nest, c.layer);
  const auto sizes = [&](Dim d) {
    return block_sizes(block_sizes({c.layer.bound(d)}, c.nest.dram, d), c.nest.glb, d);
  };
  Box pass = c.pass;
  for (const int channels : sizes(Dim::kC)) {
    for (const int rows : sizes(Dim::kR)) {
      for (const int cols : sizes(Dim::kS)) {
        pass[Dim::kC] = {0, channels}, pass[Dim::kR] = {0, rows}, pass[Dim::kS] = {0, cols};
        if (!has_gap(c, s, pass)) continue;
        return fmt::format(
            "a pass over {} channels and {} x {} taps leaves a gap in the psum chain of the rows",
            channels, rows, cols);
      }
    }
  }
  return {};
}

std::string check_steps(const Case& c) {
  return check_lock_step(c.nest, c.layer, c.machine, c.pass);
}

std::string spad_overflow(std::string_view what, std::int64_t need, int have,
                          std::string_view unit) {
  if (need <= have) return {};
  return fmt::format("the {} spad must hold {} {}; it has {}", what, need, unit, have);
}

// The ifmap words that a PE must hold together, at most: a block at a ragged edge, in which a loop
// that parts windows takes one step, can need more than the largest.
int ifmap_live(const Case& c, Box pe, std::size_t dim) {
  if (dim == kDims) return pe_program(c.layer, c.mapping, c.nest.pe, pe, pe).ifmap_live;
  const Dim d = kAllDims[dim];
  std::set<int> sizes{c.layer.bound(d)};
  for (const auto* loops : {&c.nest.dram, &c.nest.glb, &c.nest.spatial})
    sizes = block_sizes(sizes, *loops, d);
  int most = 0;
  for (const int size : sizes) {
    pe[d] = {0, size};
    most = std::max(most, ifmap_live(c, pe, dim + 1));
  }
  return most;
}

std::string check_spads(const Case& c) {
  const Nest& nest = c.nest;
  const Box pe = nominal(nest.spatial, c.pass);
  const PassProgram program = pe_program(c.layer, c.mapping, nest.pe, pe, pe);
  if (!c.mapping.keep.pe[index(Tensor::kPsum)]) {
    for (const Loop& loop : nest.pe) {
      if (is_reduction(loop.dim) && pe[loop.dim].size() > 1) {
        return fmt::format(
            "psums do not stay in the PE, so {} cannot turn inside it: a pass visits a psum once",
            name(loop.dim));
      }
    }
  }
  const int live =
      c.mapping.keep.pe[index(Tensor::kIfmap)] ? ifmap_live(c, pe, 0) : program.ifmap_live;
  // A psum that leaves with its only MAC in the PE needs no place to stay.
  const bool stay = program.window < program.counters;
  for (const std::string& sentence :
       {spad_overflow("ifmap", live, c.machine.pe.ifmap_spad_words, "words"),
        spad_overflow("filter", c.layer.kind == LayerKind::kPool ? 0 : program.filter_live,
                      c.machine.pe.filter_spad_words, "words"),
        spad_overflow("psum", stay ? program.window_psums : 0, c.machine.pe.psum_spad_words,
                      "psums")}) {
    if (!sentence.empty()) return sentence;
  }
  return {};
}

std::string check_store(const Case& c, const Store& store) {
  int banks = 0;
  std::string parts;
  for (const Tensor t : kAllTensors) {
    if (std::ranges::find(store.holds, name(t)) == store.holds.end()) continue;
    std::int64_t words = footprint_words(c.layer, tile_box(c.mapping, t, c.glb, c.pass), t);
    if (t == Tensor::kPsum) words *= c.machine.words_per_psum();
    if (store.tile_words > 0 && words > store.tile_words) {
      return fmt::format("the {} tile has {} words; a tile of store {} has {}", name(t), words,
                         store.name, store.tile_words);
    }
    words = std::max<std::int64_t>(words, store.tile_words);
    // A tile that is filled while another is in use needs room of its own; a prefetch store frees
    // words as the array takes them.
    const int copies = c.machine.overlaps(t) && !store.prefetches() ? 2 : 1;
    const std::int64_t take = (words + store.bank_words - 1) / store.bank_words * copies;
    if (take > store.banks) {
      return fmt::format("the {} tile of {}{} words needs {} banks of {}; store {} has {}", name(t),
                         copies == 2 ? "2 x " : "", words, take, store.bank_words, store.name,
                         store.banks);
    }
    banks += static_cast<int>(take);
    parts += fmt::format("{}{} {}", parts.empty() ? "" : ", ", name(t), take);
  }
  if (banks <= store.banks) return {};
  return fmt::format("the tiles need {} banks of store {} ({}); it has {}", banks, store.name,
                     parts, store.banks);
}

std::string check_stores(const Case& c) {
  for (const Store& store : c.machine.levels.back().stores) {
    for (const Tensor t : kAllTensors) {
      const bool held = std::ranges::find(store.holds, name(t)) != store.holds.end();
      if (held && store.prefetches() && c.mapping.keep.glb[index(t)]) {
        return fmt::format("store {} only streams the {}s of the next pass; keep cannot name {}",
                           store.name, name(t), name(t));
      }
    }
    if (std::string sentence = check_store(c, store); !sentence.empty()) return sentence;
  }
  return {};
}

std::string check_post(const Case& c) {
  if (c.layer.kind == LayerKind::kPool) return {};
  const PostProcess& wants = c.layer.post;
  const Post& has = c.machine.post;
  if (wants.bias && !has.bias) return "the layer has biases; the machine does not add them";
  const bool multiplies = wants.rescaling != Rescaling::kShift;
  if ((wants.requant_shift > 0 || multiplies) && !has.requantize)
    return "the layer requantizes; the machine cannot";
  if (multiplies && find_mac(c.machine.mac)->traits.singles)
    return fmt::format("{} gives psums that are singles; only integers are rescaled",
                       c.machine.mac);
  if (wants.relu && !has.relu) return "the layer ends in ReLU; the machine has none";
  if (wants.pool.empty()) return {};
  if (!has.pooling) return "the layer ends in pooling; the machine has none";
  const Box& tile = tile_box(c.mapping, Tensor::kPsum, c.glb, c.pass);
  for (const Dim d : {Dim::kP, Dim::kQ}) {
    if (tile[d].size() != c.layer.bound(d)) {
      return fmt::format(
          "pooling needs whole planes in the GLB; the psum tile covers {} of {} along {}",
          tile[d].size(), c.layer.bound(d), name(d));
    }
  }
  return {};
}

}  // namespace

std::string check(const Mapping& mapping, const Layer& layer, const Machine& machine) {
  if (machine.has_lanes()) {
    return "the machine's lanes pass over zeros and play layers as their words come; it takes no "
           "mapping";
  }
  Case c{mapping, layer, machine, take_apart(mapping, layer, machine), {}, {}};
  // In this order: a later rule may count on the earlier ones.
  for (const auto rule : {check_layer, check_order}) {
    if (std::string sentence = rule(c); !sentence.empty()) return sentence;
  }
  c.glb = nominal(c.nest.dram, layer.box());
  c.pass = nominal(c.nest.glb, c.glb);
  for (const auto rule : {check_cover, check_array, check_route, check_neighbours, check_gaps,
                          check_steps, check_spads, check_stores, check_post}) {
    if (std::string sentence = rule(c); !sentence.empty()) return sentence;
  }
  return {};
}

}  // namespace orrery
