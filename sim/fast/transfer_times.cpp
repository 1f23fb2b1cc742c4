#include "sim/fast/transfer_times.h"

#include "sim/fast/hash.h"
#include "sim/machine/cycles.h"

namespace orrery {

TransferTimes::TransferTimes(const Machine& machine, const Layer& layer, const Mapping& mapping,
                             const ClockDomains& clocks)
    : machine_(machine), layer_(layer), clocks_(clocks) {
  if (!mapping.nest.empty()) layout_ = largest_tiles(layer, machine, mapping);
}

int TransferTimes::sort(const TransferOrder& transfer) {
  const Form key = form(layer_, machine_, transfer.box, static_cast<std::int32_t>(transfer.kind));
  const auto [it, fresh] = sort_of_.try_emplace(key, static_cast<int>(sorts_.size()));
  if (fresh) sorts_.push_back(make(transfer));
  return it->second;
}

TransferTimes::Sort TransferTimes::make(const TransferOrder& transfer) const {
  using enum Action;
  Sort sort;
  const auto count = [&](Action from, Action to) {
    sort.counts[from] = sort.counts[to] = static_cast<std::uint64_t>(sort.words);
  };
  const int wide = machine_.words_per_psum();
  switch (transfer.kind) {
    case TransferKind::kLoadIfmap:
      add_tile(sort, transfer, Tensor::kIfmap, 1);
      count(dram_ifmap_read, glb_ifmap_dma_write);
      break;
    case TransferKind::kLoadFilter:
      if (const int whole = machine_.store_of(Tensor::kFilter).tile_words; whole > 0) {
        add(sort, whole);
      } else {
        add_tile(sort, transfer, Tensor::kFilter, 1);
      }
      count(dram_filter_read, glb_filter_dma_write);
      break;
    case TransferKind::kLoadPsum:
      add_tile(sort, transfer, Tensor::kPsum, wide);
      count(dram_psum_read, glb_psum_dma_write);
      break;
    case TransferKind::kStorePsum:
      add_tile(sort, transfer, Tensor::kPsum, wide);
      count(glb_psum_dma_read, dram_psum_write);
      break;
    case TransferKind::kStoreOfmap:
      add_ofmap(sort, transfer.box);
      break;
    case TransferKind::kPoolPlanes:
      add_planes(sort, transfer.box);
      break;
  }
  return sort;
}

void TransferTimes::add(Sort& sort, std::int64_t words) const {
  if (words == 0) return;
  if (sort.stretches.empty() || sort.stretches.back().words != words)
    sort.stretches.push_back({words, 0});
  ++sort.stretches.back().times;
  sort.words += words;
}

void TransferTimes::add_tile(Sort& sort, const TransferOrder& transfer, Tensor t, int words) const {
  for (const Run& run : tile_runs(layer_, machine_, transfer.box, t, layout_[index(t)]))
    add(sort, std::int64_t{run.size} * words);
}

// Biases come in, the ofmap goes out: as it is, or pooled plane by plane.
void TransferTimes::add_ofmap(Sort& sort, const Box& box) const {
  using enum Action;
  const int wide = machine_.words_per_psum();
  if (layer_.has_bias()) {
    for (int g = 0; g < box[Dim::kG].size(); ++g)
      add(sort, std::int64_t{box[Dim::kM].size()} * wide);
  }
  const std::int64_t biases = sort.words;
  const std::int64_t plane = std::int64_t{layer_.bound(Dim::kP)} * layer_.bound(Dim::kQ);
  std::int64_t psums = 0;
  for (const Run& run :
       tile_runs(layer_, machine_, box, Tensor::kPsum, layout_[index(Tensor::kPsum)])) {
    psums += run.size;
    if (layer_.post.pool.empty()) {
      add(sort, run.size);
      continue;
    }
    const Pool& pool = layer_.post.pool.front();
    const std::int64_t pooled =
        std::int64_t{pool.out(layer_.bound(Dim::kP))} * pool.out(layer_.bound(Dim::kQ));
    for (std::int64_t planes = run.size / plane; planes > 0; --planes) add(sort, pooled);
  }
  sort.post_cycles = cycles_of(psums, machine_.post.words_per_cycle);
  sort.counts[dram_bias_read] = static_cast<std::uint64_t>(biases);
  sort.counts[glb_psum_dma_read] = static_cast<std::uint64_t>(psums * wide);
  sort.counts[dram_ofmap_write] = sort.counts[post_ofmap_word] =
      static_cast<std::uint64_t>(sort.words - biases);
}

// Planes come in, and go out pooled.
void TransferTimes::add_planes(Sort& sort, const Box& box) const {
  using enum Action;
  const std::int64_t size = std::int64_t{layer_.ifmap_rows} * layer_.ifmap_cols;
  const std::int64_t made =
      std::int64_t{layer_.pool.out(layer_.ifmap_rows)} * layer_.pool.out(layer_.ifmap_cols);
  const std::int64_t planes = std::int64_t{box[Dim::kN].size()} * box[Dim::kG].size();
  for (std::int64_t i = 0; i < planes; ++i) {
    add(sort, size);
    add(sort, made);
  }
  sort.post_cycles = planes * cycles_of(size, machine_.post.words_per_cycle);
  for (const Action a : {dram_ifmap_read, glb_ifmap_dma_write, glb_ifmap_dma_read})
    sort.counts[a] = static_cast<std::uint64_t>(planes * size);
  for (const Action a : {dram_ofmap_write, post_ofmap_word})
    sort.counts[a] = static_cast<std::uint64_t>(planes * made);
}

std::size_t TransferTimes::MeetsHash::operator()(const Meets& m) const {
  return hash_of(std::array<std::int64_t, 4>{m.sort, m.link, m.dram.tick, m.dram.part});
}

std::int64_t TransferTimes::end(int sort, std::int64_t begin, std::int64_t link_free,
                                DramDevice& dram) {
  const Meets meets{sort, std::max<std::int64_t>(0, link_free - begin), dram.backlog(begin)};
  auto known = takes_.find(meets);
  if (known == takes_.end())
    known = takes_.emplace(meets, play(sorts_[static_cast<std::size_t>(sort)], meets)).first;
  const std::int64_t end = begin + known->second.ticks;
  dram.set_backlog(begin, known->second.dram);
  return end;
}

// All requests go to DRAM at once, of at most burst_words each; a burst passes the link once DRAM
// has all of it. Times are from the begin; the link's in parts of a tick, words_per_cycle of them.
TransferTimes::Takes TransferTimes::play(const Sort& sort, const Meets& meets) const {
  const Dma& dma = machine_.dma;
  const int word_bytes = (machine_.numbers.word_bits + 7) / 8;
  const std::int64_t width = dma.words_per_cycle;
  DramDevice dram(machine_.dram, clocks_);
  dram.set_backlog(0, meets.dram);
  std::int64_t link = meets.link * width;
  for (const Stretch& stretch : sort.stretches) {
    for (std::int64_t i = 0; i < stretch.times; ++i) {
      for (std::int64_t left = stretch.words; left > 0;) {
        const std::int64_t burst = std::min<std::int64_t>(left, dma.burst_words);
        link =
            std::max(link, dram.serve(0, burst * word_bytes) * width) + burst * clocks_.link.period;
        left -= burst;
      }
    }
  }
  const std::int64_t passed = cycles_of(link, width), post = sort.post_cycles * clocks_.core.period;
  const std::int64_t ticks = clocks_.link.edge(std::max(passed, post), 0);
  return {ticks, dram.backlog(0)};
}

}  // namespace orrery
