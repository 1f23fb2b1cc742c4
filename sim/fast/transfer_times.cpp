#include "sim/fast/transfer_times.h"

#include "sim/fast/hash.h"
#include "sim/machine/cycles.h"

namespace orrery {

TransferTimes::TransferTimes(const Machine& machine, const Layer& layer, const Mapping& mapping,
                             const ClockDomains& clocks, const LinkValues* values)
    : machine_(machine), layer_(layer), clocks_(clocks), parts_(machine, layer, mapping, values) {
  const TensorLayouts& layouts = layer.layouts;
  for (const Layout layout : {layouts.ifmap, layouts.filter, layouts.ofmap})
    tiled_ = tiled_ || layout == Layout::kTiled;
}

int TransferTimes::sort(const TransferOrder& transfer) {
  const auto kind = static_cast<std::int32_t>(transfer.kind);
  const auto next = static_cast<int>(sorts_.size());
  // A memory of bursts is played anew each time: only counts are asked for.
  if ((tiled_ && !machine_.dram.setup) || parts_.codes(transfer.kind)) {
    std::array<std::int32_t, std::size_t{2} * kDims + 1> key{kind};
    for (const Dim d : kAllDims) {
      key[2 * index(d) + 1] = transfer.box[d].lo;
      key[2 * index(d) + 2] = transfer.box[d].hi;
    }
    const auto [it, fresh] = sort_at_.try_emplace(key, next);
    if (fresh) sorts_.push_back(make(transfer));
    return it->second;
  }
  const auto [it, fresh] = sort_of_.try_emplace(form(layer_, machine_, transfer.box, kind), next);
  if (fresh) sorts_.push_back(make(transfer));
  return it->second;
}

TransferTimes::Sort TransferTimes::make(const TransferOrder& transfer) const {
  using enum Action;
  Sort sort;
  std::array<std::int64_t, 2> words{};  // read, written
  for (const TransferPart& part : parts_.of(transfer)) {
    words[static_cast<std::size_t>(part.kind)] += part.words();
    for (const Span& span : part.spans) {
      if (sort.stretches.empty() || sort.stretches.back().words != span.words)
        sort.stretches.push_back({span.words, 0});
      ++sort.stretches.back().times;
    }
  }
  const std::int64_t read = words[0], written = words[1];
  const auto count = [&](Action from, Action to) {
    sort.counts[from] = sort.counts[to] = static_cast<std::uint64_t>(read + written);
  };
  switch (transfer.kind) {
    case TransferKind::kLoadIfmap:
      count(dram_ifmap_read, glb_ifmap_dma_write);
      if (parts_.codes(transfer.kind)) count_coded_ifmap(sort, parts_.code(transfer));
      break;
    case TransferKind::kLoadFilter:
      count(dram_filter_read, glb_filter_dma_write);
      break;
    case TransferKind::kLoadPsum:
      count(dram_psum_read, glb_psum_dma_write);
      break;
    case TransferKind::kStorePsum:
      count(glb_psum_dma_read, dram_psum_write);
      break;
    case TransferKind::kStoreOfmap:
      sort.counts[dram_bias_read] = static_cast<std::uint64_t>(read);
      count_ofmap(sort, transfer.box, written);
      if (parts_.codes(transfer.kind)) {
        sort.code.ofmap = parts_.code(transfer);
        sort.counts[post_ofmap_word] = sort.code.ofmap.words;
      }
      break;
    case TransferKind::kPoolPlanes:
      count_planes(sort, transfer.box, read, written);
      break;
  }
  return sort;
}

// A tile enters the GLB decoded.
void TransferTimes::count_coded_ifmap(Sort& sort, const CodedWords& code) const {
  sort.code.ifmap = code;
  sort.counts[Action::glb_ifmap_dma_write] = code.words;
  sort.post_cycles = cycles_of(static_cast<std::int64_t>(code.words),
                               machine_.store_of(Tensor::kIfmap).write_words_per_cycle);
}

void TransferTimes::count_ofmap(Sort& sort, const Box& box, std::int64_t made) const {
  using enum Action;
  std::int64_t psums = 1;
  for (const Dim d : kAllDims) psums *= indexes(d, Tensor::kPsum) ? box[d].size() : 1;
  sort.post_cycles = cycles_of(psums, machine_.post.words_per_cycle);
  sort.counts[glb_psum_dma_read] = static_cast<std::uint64_t>(psums * machine_.words_per_psum());
  sort.counts[dram_ofmap_write] = sort.counts[post_ofmap_word] = static_cast<std::uint64_t>(made);
}

void TransferTimes::count_planes(Sort& sort, const Box& box, std::int64_t taken,
                                 std::int64_t made) const {
  using enum Action;
  const std::int64_t planes = std::int64_t{box[Dim::kN].size()} * box[Dim::kG].size();
  sort.post_cycles = planes * cycles_of(taken / planes, machine_.post.words_per_cycle);
  for (const Action a : {dram_ifmap_read, glb_ifmap_dma_write, glb_ifmap_dma_read})
    sort.counts[a] = static_cast<std::uint64_t>(taken);
  for (const Action a : {dram_ofmap_write, post_ofmap_word})
    sort.counts[a] = static_cast<std::uint64_t>(made);
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
