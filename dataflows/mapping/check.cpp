#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "dataflows/mapping/mapping.h"
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
  if (layer.kind == LayerKind::kPool) return "a pooling layer has no mapping: it has no MACs";
  if (layer.operand_bits > c.machine.numbers.operand_bits) {
    return fmt::format("the layer has {}-bit operands; the machine multiplies {} bits",
                       layer.operand_bits, c.machine.numbers.operand_bits);
  }
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
  if (c.machine.array.psum_route != PsumRoute::kColumn) {
    return "psums of this machine do not meet along a column, the one route that is played today";
  }
  const Spread s = spread(c.nest, c.layer);
  if (s.rows > c.machine.array.rows || s.cols > c.machine.array.cols) {
    return fmt::format("the mapping spreads over {} x {} PEs; the array has {} x {}", s.rows,
                       s.cols, c.machine.array.rows, c.machine.array.cols);
  }
  for (const Loop& loop : c.nest.spatial) {
    if (loop.place == Place::kCols && is_reduction(loop.dim)) {
      return fmt::format(
          "{} lies across columns; psums of this machine are summed along a column, so reductions "
          "go to rows",
          name(loop.dim));
    }
  }
  // A chain is a run of neighbouring rows.
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

std::string spad_overflow(std::string_view what, std::int64_t need, int have,
                          std::string_view unit) {
  if (need <= have) return {};
  return fmt::format("the {} spad must hold {} {}; it has {}", what, need, unit, have);
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
  for (const std::string& sentence :
       {spad_overflow("ifmap", program.ifmap_live, c.machine.pe.ifmap_spad_words, "words"),
        spad_overflow("filter", program.filter_live, c.machine.pe.filter_spad_words, "words"),
        spad_overflow("psum", program.window_psums, c.machine.pe.psum_spad_words, "psums")}) {
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
  const PostProcess& wants = c.layer.post;
  const Post& has = c.machine.post;
  if (wants.bias && !has.bias) return "the layer has biases; the machine does not add them";
  if (wants.requant_shift > 0 && !has.requantize)
    return "the layer requantizes; the machine cannot";
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
  Case c{mapping, layer, machine, take_apart(mapping, layer, machine), {}, {}};
  // In this order: a later rule may count on the earlier ones.
  for (const auto rule : {check_layer, check_order}) {
    if (std::string sentence = rule(c); !sentence.empty()) return sentence;
  }
  c.glb = nominal(c.nest.dram, layer.box());
  c.pass = nominal(c.nest.glb, c.glb);
  for (const auto rule :
       {check_cover, check_array, check_gaps, check_spads, check_stores, check_post}) {
    if (std::string sentence = rule(c); !sentence.empty()) return sentence;
  }
  return {};
}

}  // namespace orrery
