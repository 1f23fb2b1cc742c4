#include "sim/fast/independent_times.h"

#include "sim/machine/dram_map.h"

namespace orrery {

IndependentTimes::IndependentTimes(const Machine& machine, const Layer& layer,
                                   const Mapping& mapping, PassMemory* memory)
    : machine_(machine),
      layer_(layer),
      mapping_(mapping),
      layout_(largest_tiles(layer, machine, mapping)),
      array_(machine),
      memory_(memory),
      common_(memory == nullptr ? "" : PassMemory::common(machine, layer, mapping)) {}

int IndependentTimes::sort(const Step& step) {
  const Form key = form(layer_, machine_, step.pass, reads_psums(step, machine_) ? 1 : 0);
  const auto [it, fresh] = sort_of_.try_emplace(key, static_cast<int>(sorts_.size()));
  if (fresh) sorts_.push_back({.step = step, .form = key, .pes = 0, .record = {}});
  return it->second;
}

PassTimes IndependentTimes::play(int sort, std::int64_t, std::int64_t begin) {
  Sort& pass = sorts_[static_cast<std::size_t>(sort)];
  const std::int64_t overlap = std::max<std::int64_t>(0, over_ - begin);
  auto known = pass.record.find(overlap);
  if (known == pass.record.end()) {
    const PlayedPass played = recall(pass, overlap);
    pass.pes = played.pes;
    known = pass.record.emplace(overlap, played.record).first;
  }
  const PassRecord& record = known->second;
  add(totals_, record);
  // Cycles of the pass before, counted as its own, in which its PEs are done and this one begins.
  totals_.cycles -= overlap;
  totals_.pe_cycles[static_cast<std::size_t>(PeState::kDone)] -=
      static_cast<std::uint64_t>(overlap * last_pes_);
  over_ = begin + record.cycles;
  last_pes_ = pass.pes;
  return {.begin = begin,
          .filled = begin + record.filled_cycle,
          .handed = begin + record.handed_cycle,
          .done = over_};
}

PlayedPass IndependentTimes::recall(const Sort& sort, std::int64_t psums_from) {
  if (memory_ == nullptr) return play(sort, psums_from);
  const PassMemory::Key key = PassMemory::key(common_, sort.form, psums_from);
  if (const PlayedPass* known = memory_->find(key); known != nullptr) return *known;
  const PlayedPass played = play(sort, psums_from);
  memory_->put(key, played);
  return played;
}

PlayedPass IndependentTimes::play(const Sort& sort, std::int64_t psums_from) {
  const std::vector<std::uint8_t> made = made_padding(sort.step);
  PassTiles tiles;
  tiles.padding = made.empty() ? nullptr : made.data();
  tiles.read_psums = reads_psums(sort.step, machine_);
  const Pass& pass = compiled(sort);
  array_.start(pass, machine_.registers(layer_), tiles, psums_from);
  array_.play();
  return {array_.record(), static_cast<std::int64_t>(pass.pes.size())};
}

// Passes of one size are compiled once, whatever padding they touch.
const Pass& IndependentTimes::compiled(const Sort& sort) {
  Form size = sort.form;
  std::fill(size.value.begin() + Form::kMade, size.value.end(), 0);
  const auto [pass, fresh] = pass_of_.try_emplace(size, passes_.size());
  if (fresh) passes_.push_back(compile_pass(layer_, machine_, mapping_, sort.step.pass, layout_));
  return passes_[pass->second];
}

// By address from the origin of the pass: 1 where a zero is made at the NoC. Empty: nowhere.
std::vector<std::uint8_t> IndependentTimes::made_padding(const Step& step) const {
  if (form(layer_, machine_, step.pass, 0).inside()) return {};
  const TileLayout& layout = layout_[index(Tensor::kIfmap)];
  const TileLayout here = tile_layout(layer_, step.pass, Tensor::kIfmap);
  std::int64_t size = 1;
  for (std::size_t a = 0; a < kAxes; ++a) size += (here.extent[a] - 1) * layout.stride[a];
  std::vector<std::uint8_t> made(static_cast<std::size_t>(size), 1);
  for (const Run& run : tile_runs(layer_, machine_, step.pass, Tensor::kIfmap, layout,
                                  row_major_place(layer_, machine_, Tensor::kIfmap)))
    std::fill_n(made.begin() + run.glb, run.size, std::uint8_t{0});
  return made;
}

void IndependentTimes::append_state(std::vector<std::int64_t>& to, std::int64_t now) const {
  to.push_back(std::max<std::int64_t>(0, over_ - now));
  to.push_back(over_ > now ? last_pes_ : 0);
}

}  // namespace orrery
