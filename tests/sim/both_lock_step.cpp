#include "tests/sim/both_lock_step.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/machine/lock_step.h"

namespace orrery::test {
namespace {

std::size_t address(const Layer& layer, Tensor t, const TileLayout& layout, const Point& point) {
  const Coordinates at = coordinates(layer, t, point);
  std::int64_t address = 0;
  for (std::size_t axis = 0; axis < kAxes; ++axis) address += at[axis] * layout.stride[axis];
  return static_cast<std::size_t>(address);
}

template <class Visit>
void for_each_point(const Layer& layer, Visit visit) {
  Point x{};
  const auto turn = [&](const auto& self, std::size_t d) -> void {
    if (d == kDims) return visit(x);
    for (x[d] = 0; x[d] < layer.bounds[d]; ++x[d]) self(self, d + 1);
  };
  turn(turn, 0);
}

bool is_padding(const Layer& layer, const Point& x) {
  const auto at = [&](Dim d) { return x[index(d)]; };
  const int row = at(Dim::kP) * layer.stride_rows + at(Dim::kR) * layer.dilation_rows;
  const int col = at(Dim::kQ) * layer.stride_cols + at(Dim::kS) * layer.dilation_cols;
  return row < layer.pad_top || row >= layer.pad_top + layer.ifmap_rows || col < layer.pad_left ||
         col >= layer.pad_left + layer.ifmap_cols;
}

struct Played {
  bool ends = true;
  std::vector<PlainTimes> times;
  PassRecord record;
};

void add(PassRecord& sum, const PassRecord& part) {
  sum.counts += part.counts;
  for (std::size_t i = 0; i < sum.pe_cycles.size(); ++i) sum.pe_cycles[i] += part.pe_cycles[i];
}

PassTiles tiles_of(const LockStepCase& c, const PlainPass& pass, BothTensors& tensors) {
  const auto from = [&](Tensor t) {
    Point first{};
    for (const Dim d : kAllDims) first[index(d)] = pass.box[d].lo;
    return address(c.layer, t, tensors.layout[index(t)], first);
  };
  const std::size_t ifmap = from(Tensor::kIfmap);
  return {.ifmap = &tensors.ifmap[ifmap],
          .padding = tensors.made.empty() ? nullptr : &tensors.made[ifmap],
          .filter = &tensors.filter[from(Tensor::kFilter)],
          .psum = &tensors.psum[from(Tensor::kPsum)],
          .read_psums = pass.read_psums};
}

constexpr PeWork kWorks[]{PeWork::kMultiply, PeWork::kMax, PeWork::kSum};

// Passes begin as early as the array and the case allow.
Played play_array(const LockStepCase& c, BothTensors& tensors, const PlainLoss& loss) {
  LockStepArray array(c.machine);
  const LostWord lost{loss.tensor, loss.item, loss.pe};
  array.lose(lost);
  const PeWork work = kWorks[static_cast<std::size_t>(c.work)];
  Played out;
  PassTimes before{};
  for (const PlainPass& pass : c.passes) {
    const LockStepPlan plan =
        plan_lock_step(compile_lock_step(c.layer, c.machine, c.mapping, pass.box, tensors.layout),
                       work, c.machine, lost);
    std::int64_t begin = std::max(before.handed, pass.from), fill_begin = begin;
    if (array.shadows(plan)) {
      fill_begin = std::max({before.begin, before.filled, pass.from});
      begin = std::max(begin, fill_begin + array.fill_cycles(plan));
    }
    try {
      before = array.play(plan, work, c.machine.registers(c.layer), tiles_of(c, pass, tensors),
                          fill_begin, begin);
    } catch (const DeadlockError&) {
      out.ends = false;
      return out;
    }
    out.times.push_back({fill_begin, before.begin, before.filled, before.handed, before.done});
    add(out.record, array.take_record(before.handed));
  }
  add(out.record, array.take_record(before.done));
  return out;
}

void expect_equal(const Played& array, const PlainLockRecord& plain) {
  for (std::size_t i = 0; i < plain.times.size(); ++i) {
    const PlainTimes &a = array.times[i], &b = plain.times[i];
    EXPECT_EQ(a.fill_begin, b.fill_begin) << "pass " << i;
    EXPECT_EQ(a.begin, b.begin) << "pass " << i;
    EXPECT_EQ(a.filled, b.filled) << "pass " << i;
    EXPECT_EQ(a.handed, b.handed) << "pass " << i;
    EXPECT_EQ(a.done, b.done) << "pass " << i;
  }
  for (std::size_t i = 0; i < kPeStateNames.size(); ++i)
    EXPECT_EQ(array.record.pe_cycles[i], plain.pe_cycles[i]) << kPeStateNames[i];
  for (std::size_t i = 0; i < kActions.size(); ++i) {
    EXPECT_EQ(array.record.counts.value[i], plain.counts.value[i])
        << kActions[i].structure << ' ' << kActions[i].tensor << ' ' << kActions[i].action;
  }
}

}  // namespace

BothTensors make_tensors(const LockStepCase& c, const std::function<std::int32_t(Tensor)>& draw) {
  BothTensors out;
  const auto size = [&](Tensor t) {
    out.layout[index(t)] = tile_layout(c.layer, c.layer.box(), t);
    return static_cast<std::size_t>(out.layout[index(t)].size());
  };
  out.ifmap.resize(size(Tensor::kIfmap));
  out.filter.resize(size(Tensor::kFilter));
  out.psum.resize(size(Tensor::kPsum));
  const bool makes = c.machine.padding == Padding::kGenerated;
  if (makes) out.made.resize(out.ifmap.size());
  for_each_point(c.layer, [&](const Point& x) {
    const auto at = [&](Tensor t) { return address(c.layer, t, out.layout[index(t)], x); };
    const Word ifmap = word_of(c.layer, Tensor::kIfmap, x);
    if (out.plain.ifmap.try_emplace(ifmap).second) {
      const bool made = makes && is_padding(c.layer, x);
      const auto value = static_cast<std::int16_t>(made ? 0 : draw(Tensor::kIfmap));
      out.ifmap[at(Tensor::kIfmap)] = out.plain.ifmap[ifmap] = value;
      if (made) out.made[at(Tensor::kIfmap)] = 1, out.plain.made.insert(ifmap);
    }
    const Word filter = word_of(c.layer, Tensor::kFilter, x);
    if (out.plain.filter.try_emplace(filter).second) {
      out.filter[at(Tensor::kFilter)] = out.plain.filter[filter] =
          static_cast<std::int16_t>(draw(Tensor::kFilter));
    }
    const Word psum = word_of(c.layer, Tensor::kPsum, x);
    if (out.psum_at.try_emplace(psum, at(Tensor::kPsum)).second)
      out.psum[at(Tensor::kPsum)] = out.plain.psum[psum] = draw(Tensor::kPsum);
  });
  return out;
}

PlainLockRecord play_both(const LockStepCase& c, BothTensors& tensors, const PlainLoss& loss) {
  const Played array = play_array(c, tensors, loss);
  PlainLockRecord plain =
      play_lock_step(c.machine, c.layer, c.mapping, c.work, c.passes, tensors.plain, loss);
  EXPECT_EQ(array.ends, plain.ends) << "one of the two never ends";
  if (!array.ends || !plain.ends) return plain;
  if (loss.item < 0) expect_equal(array, plain);
  for (const auto& [psum, value] : tensors.plain.psum) {
    EXPECT_EQ(tensors.psum[tensors.psum_at.at(psum)], value) << "psum " << psum;
    if (testing::Test::HasFailure()) break;
  }
  return plain;
}

}  // namespace orrery::test
