#include "dataflows/pass/lock_step_pass.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "dataflows/pass/pe_loops.h"

namespace orrery {
namespace {

using Point = std::array<int, kDims>;

Point first_point(const Box& box) {
  Point point;
  for (const Dim d : kAllDims) point[index(d)] = box[d].lo;
  return point;
}

// Words between two points in the tile of `t`.
std::int32_t distance(const Layer& layer, Tensor t, const TileLayout& layout, const Point& from,
                      const Point& to) {
  const Coordinates a = coordinates(layer, t, from), b = coordinates(layer, t, to);
  std::int64_t words = 0;
  for (std::size_t axis = 0; axis < kAxes; ++axis)
    words += (b[axis] - a[axis]) * layout.stride[axis];
  return static_cast<std::int32_t>(words);
}

// A row (or column) of the array. Where a PE's block begins, and its place in the nest, are those
// of its row plus those of its column.
struct Line {
  std::array<std::size_t, kTensors> number{};  // of its offset, in Lines::offsets
  int place = 0;
  std::size_t kind = 0;  // lines of one kind have PEs of the same kinds
};

// The rows, or the columns, of an array.
struct Lines {
  std::vector<Line> line;
  std::vector<int> example;                                 // a line of each kind
  std::array<std::vector<std::int32_t>, kTensors> offsets;  // distinct ones, in the order of lines
};

// Whether no two sums of an element of each are alike, by the simplest sign of it: all of `near`
// lie within the least gap of `far`.
bool lie_apart(const std::vector<std::int32_t>& near, std::vector<std::int32_t> far) {
  std::ranges::sort(far);
  const auto [low, high] = std::ranges::minmax(near);
  for (std::size_t i = 1; i < far.size(); ++i)
    if (far[i] - far[i - 1] <= high - low) return false;
  return true;
}

// Numbers the words at all sums of a row's and a column's offset; returns the number of each, row
// after row, and appends the offsets of words to `offsets`.
std::vector<std::int32_t> number_words(const std::vector<std::int32_t>& rows,
                                       const std::vector<std::int32_t>& cols,
                                       std::vector<std::int32_t>& offsets) {
  std::vector<std::int32_t> numbers;
  const bool distinct = lie_apart(rows, cols) || lie_apart(cols, rows);
  std::unordered_map<std::int32_t, std::int32_t> known;
  numbers.reserve(rows.size() * cols.size());
  for (const std::int32_t row : rows) {
    for (const std::int32_t col : cols) {
      auto number = static_cast<std::int32_t>(offsets.size());
      if (!distinct) number = known.try_emplace(row + col, number).first->second;
      numbers.push_back(number);
      if (number == static_cast<std::int32_t>(offsets.size())) offsets.push_back(row + col);
    }
  }
  return numbers;
}

class Compiler {
 public:
  Compiler(const Layer& layer, const Machine& machine, const Mapping& mapping, const Box& pass,
           const std::array<TileLayout, kTensors>& layout)
      : layer_(layer),
        layout_(layout),
        pass_(pass),
        nest_(take_apart(mapping, layer, machine)),
        spread_(spread(nest_, layer)) {
    const Box widest = nominal(nest_.spatial, pass);
    loops_ = turning_loops(nest_.pe, widest, widest);
    out_.program = pe_program(layer, mapping, nest_.pe, widest, widest);
    out_.keep = mapping.keep.pe;
  }

  LockStepPass compile() {
    find_strides();
    const Lines rows = lines(Place::kRows, spread_.rows), cols = lines(Place::kCols, spread_.cols);
    const std::vector<int> kind = kinds(rows.example, cols.example);
    std::array<std::vector<std::int32_t>, kTensors> word;
    for (std::size_t t = 0; t < kTensors; ++t)
      word[t] = number_words(rows.offsets[t], cols.offsets[t], out_.offsets[t]);
    out_.pes.reserve(rows.line.size() * cols.line.size());
    for (std::size_t row = 0; row < rows.line.size(); ++row) {
      const Line& r = rows.line[row];
      for (std::size_t col = 0; col < cols.line.size(); ++col) {
        const Line& c = cols.line[col];
        const int k = kind[r.kind * cols.example.size() + c.kind];
        if (k < 0) continue;
        LockStepPe& pe = out_.pes.emplace_back();
        pe.row = static_cast<int>(row);
        pe.col = static_cast<int>(col);
        pe.place = r.place + c.place;
        pe.kind = k;
        for (std::size_t t = 0; t < kTensors; ++t)
          pe.word[t] = word[t][r.number[t] * cols.offsets[t].size() + c.number[t]];
        out_.rows = std::max(out_.rows, pe.row + 1);
        out_.cols = std::max(out_.cols, pe.col + 1);
      }
    }
    return std::move(out_);
  }

 private:
  void find_strides() {
    const Point origin = first_point(pass_);
    for (const Tensor t : kAllTensors) {
      for (std::size_t i = 0; i < loops_.size(); ++i) {
        Point next = origin;
        ++next[index(loops_[i].dim)];
        out_.stride[index(t)][i] = distance(layer_, t, layout_[index(t)], origin, next);
      }
    }
  }

  Lines lines(Place axis, int count) const {
    Lines out;
    const Point origin = first_point(pass_);
    std::map<std::vector<int>, std::size_t> known;
    std::array<std::map<std::int32_t, std::size_t>, kTensors> numbers;
    for (int i = 0; i < count; ++i) {
      const int row = axis == Place::kRows ? i : 0, col = axis == Place::kRows ? 0 : i;
      const std::vector<int> digit = digits(nest_, spread_, row, col);
      Point from = origin;
      for (std::size_t k = 0; k < digit.size(); ++k)
        from[index(nest_.spatial[k].dim)] += digit[k] * nest_.spatial[k].step;
      Line line;
      for (const Tensor t : kAllTensors) {
        const std::int32_t offset = distance(layer_, t, layout_[index(t)], origin, from);
        std::vector<std::int32_t>& offsets = out.offsets[index(t)];
        const auto [at, fresh] = numbers[index(t)].try_emplace(offset, offsets.size());
        if (fresh) offsets.push_back(offset);
        line.number[index(t)] = at->second;
      }
      line.place = nest_place(nest_, spread_, row, col);
      const auto [it, fresh] = known.try_emplace(shape(axis, digit), out.example.size());
      if (fresh) out.example.push_back(i);
      line.kind = it->second;
      out.line.push_back(line);
    }
    return out;
  }

  // What decides on the sizes of the blocks of a line's PEs: those of dimensions that only its axis
  // cuts, and for the others the steps of its loops.
  std::vector<int> shape(Place axis, const std::vector<int>& digit) const {
    std::vector<int> out;
    std::array<bool, kDims> shared{};
    for (const Loop& loop : nest_.spatial)
      if (loop.place != axis) shared[index(loop.dim)] = true;
    Box box = pass_;
    for (std::size_t k = 0; k < digit.size(); ++k) {
      const Loop& loop = nest_.spatial[k];
      if (loop.place != axis) continue;
      if (shared[index(loop.dim)]) {
        out.push_back(digit[k]);
      } else if (digit[k] >= trips(loop, box)) {
        return {-1};
      } else {
        box = block(loop, box, digit[k]);
      }
    }
    for (const Loop& loop : nest_.spatial)
      if (loop.place == axis && !shared[index(loop.dim)]) out.push_back(box[loop.dim].size());
    return out;
  }

  // The kind of the PEs in a row and a column of each kind, row after row; -1: none.
  std::vector<int> kinds(const std::vector<int>& rows, const std::vector<int>& cols) {
    std::vector<int> out;
    std::map<LockStepPass::Bounds, int> known;
    for (const int row : rows) {
      for (const int col : cols) {
        const std::optional<Box> box = pe_box(nest_, spread_, pass_, row, col);
        if (!box) {
          out.push_back(-1);
          continue;
        }
        LockStepPass::Bounds bounds{};
        for (std::size_t i = 0; i < loops_.size(); ++i) bounds[i] = (*box)[loops_[i].dim].size();
        const auto [it, fresh] = known.try_emplace(bounds, static_cast<int>(known.size()));
        if (fresh) out_.bounds.push_back(bounds);
        out.push_back(it->second);
      }
    }
    return out;
  }

  const Layer& layer_;
  const std::array<TileLayout, kTensors>& layout_;
  const Box pass_;
  const Nest nest_;
  const Spread spread_;
  std::vector<PeLoop> loops_;
  LockStepPass out_;
};

}  // namespace

LockStepPass compile_lock_step(const Layer& layer, const Machine& machine, const Mapping& mapping,
                               const Box& pass, const std::array<TileLayout, kTensors>& layout) {
  return Compiler(layer, machine, mapping, pass, layout).compile();
}

}  // namespace orrery
