#include "sim/cycle/dma_module.h"

#include <algorithm>
#include <stdexcept>

#include "sim/machine/cycles.h"
#include "sim/machine/post_unit.h"
#include "workloads/format/pack.h"

namespace orrery {
namespace {

PsumKind psum_kind(const Job& job) {
  return job.machine.arithmetic(job.layer).chain > 0 ? PsumKind::kSingle : PsumKind::kInteger;
}

}  // namespace

DmaModule::DmaModule(const sc_core::sc_module_name& name)
    : sc_module(name), socket("socket"), requests_("requests", socket) {
  socket.register_nb_transport_bw(this, &DmaModule::backward);
  SC_HAS_PROCESS(DmaModule);
  SC_THREAD(run);
  SC_THREAD(end_transfers);
}

void DmaModule::configure(Job& job) {
  job_ = &job;
  link_free_ = 0;
  requests_.configure(job);
}

void DmaModule::run() {
  while (true) {
    const TransferPtr t = next_ready();
    const Job& job = *job_;
    const std::int64_t edge = job.clocks.link.edge(job.now(), job.machine.dma.crossing_cycles);
    if (edge > job.now()) wait(ticks(edge - job.now()));
    begin(t, edge);
    began_.notify();
    while (under_way_.size() >= static_cast<std::size_t>(job.machine.dma.outstanding)) wait(ended_);
  }
}

void DmaModule::begin(const TransferPtr& t, std::int64_t begin) {
  const Job& job = *job_;
  const std::int64_t width = job.machine.dma.words_per_cycle;
  link_words_ = post_cycles_ = 0;
  link_time_ = std::max<std::int64_t>(0, link_free_ - begin) * width;
  begin_ = sc_core::sc_time_stamp();
  bursts_.clear();
  move(*t);
  const std::int64_t post = post_cycles_ * job.clocks.core.period;
  if (job.machine.dram.setup) {
    under_way_.push_back({t, 0});
    return requests_.begin(begin, post, bursts_);
  }
  link_free_ = job.clocks.link.edge(begin + std::max((link_time_ + width - 1) / width, post), 0);
  under_way_.push_back({t, link_free_});
}

void DmaModule::end_transfers() {
  while (true) {
    if (under_way_.empty()) wait(began_);
    const TransferPtr transfer = under_way_.front().transfer;
    const std::int64_t end =
        job_->machine.dram.setup ? requests_.wait_for_end() : under_way_.front().end;
    if (end > job_->now()) wait(ticks(end - job_->now()));
    transfer->core_sees = job_->clocks.core.edge(end, job_->machine.dma.crossing_cycles);
    transfer->done.release();
    under_way_.pop_front();
    ended_.notify();
  }
}

// Of the transfers that have room, the first in the queue of those that the earliest pass waits
// for; chosen when nothing more happens at this time. It lets go of what it waited for.
TransferPtr DmaModule::next_ready() {
  while (true) {
    while (sc_core::sc_pending_activity_at_current_time()) wait(sc_core::SC_ZERO_TIME);
    for (TransferPtr order; orders->nb_read(order);) waiting_.push_back(order);
    auto ready = waiting_.end();
    for (auto t = waiting_.begin(); t != waiting_.end(); ++t) {
      if ((*t)->ready() && (ready == waiting_.end() || (*t)->pass < (*ready)->pass)) ready = t;
    }
    if (ready != waiting_.end()) {
      TransferPtr transfer = *ready;
      waiting_.erase(ready);
      transfer->until_filled = transfer->until_over = nullptr;
      transfer->until_done = nullptr;
      return transfer;
    }
    wait_for_room();
  }
}

void DmaModule::wait_for_room() {
  sc_core::sc_event_or_list events;
  events |= orders->data_written_event();
  for (const TransferPtr& t : waiting_) {
    if (t->until_filled && !t->until_filled->filled.open) events |= t->until_filled->filled.opened;
    if (t->until_over && !t->until_over->done.open) events |= t->until_over->done.opened;
    if (t->until_done && !t->until_done->done.open) events |= t->until_done->done.opened;
  }
  wait(events);
}

void DmaModule::move(const Transfer& t) {
  switch (t.kind) {
    case TransferKind::kLoadIfmap:
      return load_words(t, Tensor::kIfmap);
    case TransferKind::kLoadFilter:
      return job_->map.filter_tiles.empty() ? load_words(t, Tensor::kFilter) : load_filter_tile(t);
    case TransferKind::kLoadPsum:
      return load_psums(t);
    case TransferKind::kStorePsum:
      return store_psums(t);
    case TransferKind::kStoreOfmap:
      return store_ofmap(t);
    case TransferKind::kPoolPlanes:
      return pool_planes(t);
  }
}

void DmaModule::load_words(const Transfer& t, Tensor tensor) {
  Job& job = *job_;
  const bool ifmap = tensor == Tensor::kIfmap;
  const Code code = ifmap ? job.layer.ifmap_code() : job.layer.filter_code();
  const int lanes = job.layer.packing.lanes;
  const bool pools = job.layer.kind == LayerKind::kPool;  // words are an ofmap's, one integer each
  std::vector<std::int16_t>& tile = job.glb.words(tensor, t.buffer);
  std::vector<std::uint8_t>* padding = nullptr;
  if (ifmap && job.machine.padding == Padding::kGenerated) {
    padding = &job.glb.padding(t.buffer);
    std::ranges::fill(tile, padding_word(job.layer));
    std::ranges::fill(*padding, std::uint8_t{1});
  }
  const std::vector<Run> runs = tile_runs(job.layer, job.machine, t.box, tensor,
                                          job.layout[index(tensor)], job.map.place(tensor));
  values_.resize(tile.size());
  std::int64_t moved = 0;
  if (ifmap) {
    moved = read_ifmap(t.box, runs);
  } else {
    read(gather(runs, job.map.filter, 1, job.map.by_address), runs, 1, values_.data());
    moved = link_words_;
  }
  for (const Run& run : runs) {
    std::transform(
        values_.begin() + run.glb, values_.begin() + run.glb + run.size, tile.begin() + run.glb,
        [&](std::int32_t v) { return pools ? as_integer(code, v) : as_word(code, lanes, v); });
    if (padding != nullptr) std::fill_n(padding->begin() + run.glb, run.size, std::uint8_t{0});
  }
  job.result.counts[ifmap ? Action::dram_ifmap_read : Action::dram_filter_read] +=
      static_cast<std::uint64_t>(link_words_);
  job.result.counts[ifmap ? Action::glb_ifmap_dma_write : Action::glb_filter_dma_write] +=
      static_cast<std::uint64_t>(moved);
}

// Into values_; returns the words that enter the GLB.
std::int64_t DmaModule::read_ifmap(const Box& box, const std::vector<Run>& runs) {
  const DramMap& map = job_->map;
  if (!map.ifmap_slots.empty()) return read_code(box, runs);
  read(gather(runs, map.ifmap, 1, map.by_address), runs, 1, values_.data());
  return link_words_;
}

// A tile that lies in DRAM whole, padding included.
void DmaModule::load_filter_tile(const Transfer& t) {
  Job& job = *job_;
  std::vector<std::int16_t>& tile = job.glb.words(Tensor::kFilter, t.buffer);
  values_.resize(static_cast<std::size_t>(job.map.tile_words));
  const std::vector<Run> whole{
      {.dram = 0, .glb = 0, .element = 0, .size = static_cast<int>(values_.size())}};
  read(gather(whole, job.map.filter_tile(t.box), 1, false), whole, 1, values_.data());
  for (std::size_t i = 0; i < tile.size(); ++i)
    tile[i] = as_word(job.layer.filter_code(), job.layer.packing.lanes, values_[i]);
  job.result.counts[Action::dram_filter_read] += static_cast<std::uint64_t>(link_words_);
  job.result.counts[Action::glb_filter_dma_write] += static_cast<std::uint64_t>(link_words_);
}

void DmaModule::load_psums(const Transfer& t) {
  Job& job = *job_;
  const int words = job.words_per_psum();
  const std::vector<Run> runs = tile_runs(job.layer, job.machine, t.box, Tensor::kPsum,
                                          job.layout[index(Tensor::kPsum)], job.map.psum_place);
  read(gather(runs, job.map.psum, words, job.map.by_address), runs, words,
       job.glb.psums(t.buffer).data());
  job.result.counts[Action::dram_psum_read] += static_cast<std::uint64_t>(link_words_);
  job.result.counts[Action::glb_psum_dma_write] += static_cast<std::uint64_t>(link_words_);
}

void DmaModule::store_psums(const Transfer& t) {
  Job& job = *job_;
  const int words = job.words_per_psum();
  const std::vector<Run> runs = tile_runs(job.layer, job.machine, t.box, Tensor::kPsum,
                                          job.layout[index(Tensor::kPsum)], job.map.psum_place);
  write(gather(runs, job.map.psum, words, job.map.by_address), runs, words,
        job.glb.psums(t.buffer).data());
  job.result.counts[Action::glb_psum_dma_read] += static_cast<std::uint64_t>(link_words_);
  job.result.counts[Action::dram_psum_write] += static_cast<std::uint64_t>(link_words_);
}

// Biases of the ofmap channels of a tile, in the order g, m; none where the layer has none.
std::vector<std::int32_t> DmaModule::read_biases(const Box& box) {
  Job& job = *job_;
  const int channels = box[Dim::kM].size();
  std::vector<std::int32_t> biases(static_cast<std::size_t>(box[Dim::kG].size() * channels));
  if (job.in.bias.data.empty()) return biases;
  const int words = job.words_per_psum();
  const std::int64_t before = link_words_;
  std::vector<Run> runs;
  for (int g = box[Dim::kG].lo; g < box[Dim::kG].hi; ++g) {
    const std::int64_t first = std::int64_t{g} * job.layer.bound(Dim::kM) + box[Dim::kM].lo;
    runs.push_back({first, std::int64_t{g - box[Dim::kG].lo} * channels, first, channels});
  }
  read(gather(runs, job.map.bias, words, false), runs, words, biases.data());
  job.result.counts[Action::dram_bias_read] += static_cast<std::uint64_t>(link_words_ - before);
  return biases;
}

// An ofmap is finished in its tile's order: by group, image, channel, row, column.
void DmaModule::store_ofmap(const Transfer& t) {
  Job& job = *job_;
  const PostUnit post(job.layer, psum_kind(job));
  const std::vector<Run> runs =
      tile_runs(job.layer, job.machine, t.box, Tensor::kPsum, job.layout[index(Tensor::kPsum)],
                job.layer.post.pool.empty() ? job.map.ofmap_place : job.map.psum_place);
  const std::vector<std::int32_t> biases = read_biases(t.box);
  const std::int64_t plane = std::int64_t{job.layer.bound(Dim::kP)} * job.layer.bound(Dim::kQ);
  const std::int64_t channels = job.layer.bound(Dim::kM), groups = job.layer.bound(Dim::kG);
  const std::vector<std::int32_t>& psums = job.glb.psums(t.buffer);
  std::vector<std::int32_t> words(psums.size());
  std::int64_t finished = 0;
  for (const Run& run : runs) {
    for (int i = 0; i < run.size; ++i) {
      const std::int64_t channel = (run.element + i) / plane;
      const auto number = static_cast<std::size_t>(channel % (groups * channels));
      const RequantChannel* rescale = job.in.rescale.empty() ? nullptr : &job.in.rescale[number];
      const std::int64_t g = channel / channels % groups - t.box[Dim::kG].lo;
      const std::int64_t m = channel % channels - t.box[Dim::kM].lo;
      const auto bias = biases[static_cast<std::size_t>(g * t.box[Dim::kM].size() + m)];
      const auto at = static_cast<std::size_t>(run.glb + i);
      words[at] = post.finish(psums[at], bias, rescale);
    }
    finished += run.size;
  }
  post_cycles_ = cycles_of(finished, job.machine.post.words_per_cycle);
  job.result.counts[Action::glb_psum_dma_read] +=
      static_cast<std::uint64_t>(finished * job.words_per_psum());
  const std::int64_t before = link_words_;
  const std::int64_t made =
      job.layer.post.pool.empty() ? write_ofmap(t.box, runs, words) : write_pooled(t.box, words);
  job.result.counts[Action::dram_ofmap_write] += static_cast<std::uint64_t>(link_words_ - before);
  job.result.counts[Action::post_ofmap_word] += static_cast<std::uint64_t>(made);
}

std::int64_t DmaModule::write_ofmap(const Box& box, const std::vector<Run>& runs,
                                    const std::vector<std::int32_t>& words) {
  const DramMap& map = job_->map;
  if (map.ofmap_slots.empty()) {
    const std::int64_t before = link_words_;
    write(gather(runs, map.ofmap, 1, map.by_address), runs, 1, words.data());
    return link_words_ - before;
  }
  std::vector<std::int16_t> tile;
  for (const Run& run : runs) {
    for (int i = 0; i < run.size; ++i)
      tile.push_back(static_cast<std::int16_t>(words[static_cast<std::size_t>(run.glb + i)]));
  }
  return write_code(box, tile);
}

// Whole planes lie in the tile (check()). By address, and as a code, all are written together, else
// one by one.
std::int64_t DmaModule::write_pooled(const Box& box, const std::vector<std::int32_t>& words) {
  const Job& job = *job_;
  const TileLayout& layout = job.layout[index(Tensor::kPsum)];
  const int rows = job.layer.bound(Dim::kP), cols = job.layer.bound(Dim::kQ);
  std::vector<std::int32_t> pooled;
  std::vector<Run> runs;
  std::int64_t made = 0;
  const auto add = [&](int g, int n, int m) {
    const std::int64_t first = (g - box[Dim::kG].lo) * layout.stride[0] +
                               (n - box[Dim::kN].lo) * layout.stride[1] +
                               (m - box[Dim::kM].lo) * layout.stride[2];
    Planes plane{rows, cols, {}};
    for (int row = 0; row < rows; ++row) {
      const auto from = words.begin() + first + row * layout.stride[3];
      plane.word.insert(plane.word.end(), from, from + cols);
    }
    const Planes small = PostUnit::pool(plane, job.layer.post.pool.front());
    append_plane(runs, job.map.ofmap_place, g, n, m, static_cast<std::int64_t>(pooled.size()));
    pooled.insert(pooled.end(), small.word.begin(), small.word.end());
    if (job.map.by_address || !job.map.ofmap_slots.empty()) return;
    made += write_ofmap(box, runs, pooled);
    runs.clear();
    pooled.clear();
  };
  for (int n = box[Dim::kN].lo; n < box[Dim::kN].hi; ++n) {
    for (int g = box[Dim::kG].lo; g < box[Dim::kG].hi; ++g) {
      for (int m = box[Dim::kM].lo; m < box[Dim::kM].hi; ++m) add(g, n, m);
    }
  }
  if (!runs.empty()) made += write_ofmap(box, runs, pooled);
  return made;
}

// A pooling layer: planes from DRAM through the GLB and post-processing back to DRAM; by address
// all are read before all are written.
void DmaModule::pool_planes(const Transfer& t) {
  Job& job = *job_;
  const int size = job.layer.ifmap_rows * job.layer.ifmap_cols;
  std::vector<Run> in, out;
  const auto move = [&] {
    std::int64_t count = 0;
    for (const Run& run : in) count += run.size;
    values_.resize(static_cast<std::size_t>(count));
    read(gather(in, job.map.ifmap, 1, job.map.by_address), in, 1, values_.data());
    for (std::int32_t& word : values_) word = as_integer(job.layer.ifmap_code(), word);
    std::vector<std::int32_t> made;
    for (auto from = values_.begin(); from != values_.end(); from += size) {
      const Planes plane{job.layer.ifmap_rows, job.layer.ifmap_cols, {from, from + size}};
      const Planes small = PostUnit::pool(plane, job.layer.pool);
      made.insert(made.end(), small.word.begin(), small.word.end());
      post_cycles_ += cycles_of(size, job.machine.post.words_per_cycle);
    }
    write_ofmap(t.box, out, made);
    for (const Action a :
         {Action::dram_ifmap_read, Action::glb_ifmap_dma_write, Action::glb_ifmap_dma_read})
      job.result.counts[a] += static_cast<std::uint64_t>(count);
    for (const Action a : {Action::dram_ofmap_write, Action::post_ofmap_word})
      job.result.counts[a] += static_cast<std::uint64_t>(made.size());
    in.clear();
    out.clear();
  };
  const int made =
      job.layer.pool.out(job.layer.ifmap_rows) * job.layer.pool.out(job.layer.ifmap_cols);
  std::int64_t plane = 0;
  for (int n = t.box[Dim::kN].lo; n < t.box[Dim::kN].hi; ++n) {
    for (int g = t.box[Dim::kG].lo; g < t.box[Dim::kG].hi; ++g) {
      append_plane(in, job.map.ifmap_place, g, n, 0, plane * size);
      append_plane(out, job.map.ofmap_place, g, n, 0, plane * made);
      ++plane;
      if (job.map.by_address) continue;
      move();
      plane = 0;
    }
  }
  if (!in.empty()) move();
}

}  // namespace orrery
