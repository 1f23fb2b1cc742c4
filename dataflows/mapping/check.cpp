#include <fmt/format.h>

#include <algorithm>
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
  for (const auto* loops : {&c.nest.dram, &c.nest.glb, &c.nest.rows, &c.nest.cols})
    box = nominal(*loops, box);
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
  if (s.rows() > c.machine.array.rows || s.cols() > c.machine.array.cols) {
    return fmt::format("the mapping spreads over {} x {} PEs; the array has {} x {}", s.rows(),
                       s.cols(), c.machine.array.rows, c.machine.array.cols);
  }
  for (const Loop& loop : c.nest.cols) {
    if (is_reduction(loop.dim)) {
      return fmt::format(
          "{} lies across columns; psums of this machine are summed along a column, so reductions "
          "go to rows",
          name(loop.dim));
    }
  }
  // A chain is a run of neighbouring rows.
  bool inside = false;
  for (std::size_t i = 0; i < c.nest.rows.size(); ++i) {
    const Dim d = c.nest.rows[i].dim;
    if (s.row_trips[i] == 1) continue;
    if (inside && !is_reduction(d)) {
      return fmt::format(
          "row loop {} lies inside a reduction; the rows of a psum chain must be neighbours",
          name(d));
    }
    inside = inside || is_reduction(d);
  }
  return {};
}

// With two reductions on rows, a ragged inner one would leave a gap inside the chain.
std::string check_gaps(const Case& c) {
  const Spread s = spread(c.nest, c.layer);
  bool outer = false;
  for (std::size_t i = 0; i < c.nest.rows.size(); ++i) {
    const Loop& loop = c.nest.rows[i];
    if (!is_reduction(loop.dim) || s.row_trips[i] == 1) continue;
    const int bound = c.layer.bound(loop.dim);
    if (outer && bound % c.pass[loop.dim].size() != 0) {
      return fmt::format(
          "{} passes cover {} of {}; the last one would leave a gap in the psum chain of the rows",
          name(loop.dim), c.pass[loop.dim].size(), bound);
    }
    outer = true;
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
  const Box pe = nominal(nest.cols, nominal(nest.rows, c.pass));
  const PassProgram program = pe_program(c.layer, c.mapping, nest.pe, pe);
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
    const int copies = c.machine.overlaps(t) && !store.prefetch ? 2 : 1;
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
      if (held && store.prefetch && c.mapping.keep.glb[index(t)]) {
        return fmt::format("store {} only streams the {}s of the next pass; keep cannot name {}",
                           store.name, name(t), name(t));
      }
    }
    if (std::string sentence = check_store(c, store); !sentence.empty()) return sentence;
  }
  return {};
}

std::string check_post(const Case& c) {
  if (c.layer.post.pool.empty()) return {};
  if (!c.machine.post.pooling) return "the layer ends in pooling; the machine has none";
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
