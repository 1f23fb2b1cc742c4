#include "sim/cycle/dma_module.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "sim/machine/cycles.h"
#include "sim/machine/post_unit.h"
#include "workloads/format/pack.h"

namespace orrery {
namespace {

// A value as `size` little-endian bytes, and back with its sign.
void put(std::int32_t value, int size, unsigned char* to) {
  for (int i = 0; i < size; ++i)
    to[i] = static_cast<unsigned char>(static_cast<std::uint32_t>(value) >> std::min(8 * i, 31));
}
std::int32_t take(const unsigned char* from, int size) {
  std::uint32_t value = 0;
  for (int i = std::min(size, 4); i-- > 0;) value = value << 8 | from[i];
  const int unused = 32 - 8 * std::min(size, 4);
  return static_cast<std::int32_t>(value << unused) >> unused;
}

// An integer of the code, of which a word kept the low bits.
std::int16_t as_integer(Code code, std::int32_t stored) {
  return code.coding == Coding::kUnsigned ? as_word(code, 1, stored)
                                          : static_cast<std::int16_t>(stored);
}

PsumKind psum_kind(const Job& job) {
  return job.machine.arithmetic(job.layer).chain > 0 ? PsumKind::kSingle : PsumKind::kInteger;
}

}  // namespace

DmaModule::DmaModule(const sc_core::sc_module_name& name) : sc_module(name), socket("socket") {
  SC_HAS_PROCESS(DmaModule);
  SC_THREAD(run);
  SC_THREAD(end_transfers);
}

void DmaModule::configure(Job& job) {
  job_ = &job;
  link_free_ = 0;
}

void DmaModule::run() {
  while (true) {
    const TransferPtr t = next_ready();
    const Job& job = *job_;
    const int crossing = job.machine.dma.crossing_cycles;
    const std::int64_t begin = job.clocks.link.edge(job.now(), crossing);
    const std::int64_t width = job.machine.dma.words_per_cycle;
    link_words_ = post_cycles_ = 0;
    if (begin > job.now()) wait(ticks(begin - job.now()));
    link_time_ = std::max<std::int64_t>(0, link_free_ - begin) * width;
    move(*t);
    const std::int64_t post = post_cycles_ * job.clocks.core.period;
    const std::int64_t end =
        job.clocks.link.edge(begin + std::max((link_time_ + width - 1) / width, post), 0);
    link_free_ = end;
    under_way_.push_back({t, end});
    began_.notify();
    while (under_way_.size() >= static_cast<std::size_t>(job.machine.dma.outstanding)) wait(ended_);
  }
}

void DmaModule::end_transfers() {
  while (true) {
    if (under_way_.empty()) wait(began_);
    const auto [transfer, end] = under_way_.front();
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

// One request for each burst; the bytes of all lie in bytes_.
void DmaModule::transact(tlm::tlm_command command, std::int64_t word, std::int64_t words) {
  const int word_bytes = job_->word_bytes();
  const Dma& dma = job_->machine.dma;
  for (std::int64_t sent = 0; sent < words;) {
    const std::int64_t burst = std::min<std::int64_t>(dma.burst_words, words - sent);
    const auto length = static_cast<unsigned>(burst * word_bytes);
    tlm::tlm_generic_payload request;
    request.set_command(command);
    request.set_address(static_cast<std::uint64_t>((word + sent) * word_bytes));
    request.set_data_ptr(&bytes_[static_cast<std::size_t>(sent * word_bytes)]);
    request.set_data_length(length);
    request.set_streaming_width(length);
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    socket->b_transport(request, delay);
    if (!request.is_response_ok())
      throw std::logic_error("the DMA asked for an address outside DRAM");
    // A burst passes the link once DRAM has all of it.
    link_time_ = std::max(link_time_, tick_count(delay) * dma.words_per_cycle) +
                 burst * job_->clocks.link.period;
    sent += burst;
  }
  link_words_ += words;
}

void DmaModule::read(std::int64_t word, int elements, int words, std::int32_t* values) {
  const int size = words * job_->word_bytes();
  bytes_.resize(static_cast<std::size_t>(elements * size));
  transact(tlm::TLM_READ_COMMAND, word, std::int64_t{elements} * words);
  for (int i = 0; i < elements; ++i)
    values[i] = take(&bytes_[static_cast<std::size_t>(i * size)], size);
}

void DmaModule::write(std::int64_t word, int elements, int words, const std::int32_t* values) {
  const int size = words * job_->word_bytes();
  bytes_.resize(static_cast<std::size_t>(elements * size));
  for (int i = 0; i < elements; ++i)
    put(values[i], size, &bytes_[static_cast<std::size_t>(i * size)]);
  transact(tlm::TLM_WRITE_COMMAND, word, std::int64_t{elements} * words);
}

void DmaModule::load_words(const Transfer& t, Tensor tensor) {
  Job& job = *job_;
  const bool ifmap = tensor == Tensor::kIfmap;
  const std::int64_t base = ifmap ? job.map.ifmap : job.map.filter;
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
  for (const Run& run :
       tile_runs(job.layer, job.machine, t.box, tensor, job.layout[index(tensor)])) {
    values_.resize(static_cast<std::size_t>(run.size));
    read(base + run.dram, run.size, 1, values_.data());
    std::ranges::transform(values_, tile.begin() + run.glb, [&](std::int32_t v) {
      return pools ? as_integer(code, v) : as_word(code, lanes, v);
    });
    if (padding != nullptr) std::fill_n(padding->begin() + run.glb, run.size, std::uint8_t{0});
  }
  const auto words = static_cast<std::uint64_t>(link_words_);
  job.result.counts[ifmap ? Action::dram_ifmap_read : Action::dram_filter_read] += words;
  job.result.counts[ifmap ? Action::glb_ifmap_dma_write : Action::glb_filter_dma_write] += words;
}

// A tile that lies in DRAM whole, padding included.
void DmaModule::load_filter_tile(const Transfer& t) {
  Job& job = *job_;
  std::vector<std::int16_t>& tile = job.glb.words(Tensor::kFilter, t.buffer);
  values_.resize(static_cast<std::size_t>(job.map.tile_words));
  read(job.map.filter_tile(t.box), static_cast<int>(values_.size()), 1, values_.data());
  for (std::size_t i = 0; i < tile.size(); ++i)
    tile[i] = as_word(job.layer.filter_code(), job.layer.packing.lanes, values_[i]);
  job.result.counts[Action::dram_filter_read] += static_cast<std::uint64_t>(link_words_);
  job.result.counts[Action::glb_filter_dma_write] += static_cast<std::uint64_t>(link_words_);
}

void DmaModule::load_psums(const Transfer& t) {
  Job& job = *job_;
  const int words = job.words_per_psum();
  std::vector<std::int32_t>& tile = job.glb.psums(t.buffer);
  for (const Run& run :
       tile_runs(job.layer, job.machine, t.box, Tensor::kPsum, job.layout[index(Tensor::kPsum)])) {
    read(job.map.psum + run.dram * words, run.size, words,
         &tile[static_cast<std::size_t>(run.glb)]);
  }
  job.result.counts[Action::dram_psum_read] += static_cast<std::uint64_t>(link_words_);
  job.result.counts[Action::glb_psum_dma_write] += static_cast<std::uint64_t>(link_words_);
}

void DmaModule::store_psums(const Transfer& t) {
  Job& job = *job_;
  const int words = job.words_per_psum();
  const std::vector<std::int32_t>& tile = job.glb.psums(t.buffer);
  for (const Run& run :
       tile_runs(job.layer, job.machine, t.box, Tensor::kPsum, job.layout[index(Tensor::kPsum)])) {
    write(job.map.psum + run.dram * words, run.size, words,
          &tile[static_cast<std::size_t>(run.glb)]);
  }
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
  std::int32_t* to = biases.data();
  for (int g = box[Dim::kG].lo; g < box[Dim::kG].hi; ++g, to += channels) {
    const std::int64_t first = std::int64_t{g} * job.layer.bound(Dim::kM) + box[Dim::kM].lo;
    read(job.map.bias + first * words, channels, words, to);
  }
  job.result.counts[Action::dram_bias_read] += static_cast<std::uint64_t>(link_words_ - before);
  return biases;
}

void DmaModule::store_ofmap(const Transfer& t) {
  Job& job = *job_;
  const PostUnit post(job.layer, psum_kind(job));
  const TileLayout& layout = job.layout[index(Tensor::kPsum)];
  const std::vector<Run> runs = tile_runs(job.layer, job.machine, t.box, Tensor::kPsum, layout);
  const std::vector<std::int32_t> biases = read_biases(t.box);
  const std::int64_t plane = std::int64_t{job.layer.bound(Dim::kP)} * job.layer.bound(Dim::kQ);
  const std::int64_t channels = job.layer.bound(Dim::kM), groups = job.layer.bound(Dim::kG);
  std::vector<std::int32_t> words;
  for (const Run& run : runs) {
    for (int i = 0; i < run.size; ++i) {
      const std::int64_t channel = (run.dram + i) / plane;
      const std::int64_t g = channel / channels % groups - t.box[Dim::kG].lo;
      const std::int64_t m = channel % channels - t.box[Dim::kM].lo;
      const auto bias = biases[static_cast<std::size_t>(g * t.box[Dim::kM].size() + m)];
      words.push_back(
          post.finish(job.glb.psums(t.buffer)[static_cast<std::size_t>(run.glb + i)], bias));
    }
  }
  const auto psums = static_cast<std::int64_t>(words.size());
  post_cycles_ = cycles_of(psums, job.machine.post.words_per_cycle);
  job.result.counts[Action::glb_psum_dma_read] +=
      static_cast<std::uint64_t>(psums * job.words_per_psum());
  write_planes(runs, std::move(words));
}

// Writes ofmap words that lie in DRAM as `runs` say, or, pooled, plane by plane.
void DmaModule::write_planes(const std::vector<Run>& runs, std::vector<std::int32_t> words) {
  Job& job = *job_;
  const std::int64_t before = link_words_;
  if (job.layer.post.pool.empty()) {
    const std::int32_t* from = words.data();
    for (const Run& run : runs) {
      write(job.map.ofmap + run.dram, run.size, 1, from);
      from += run.size;
    }
  } else {
    const int rows = job.layer.bound(Dim::kP), cols = job.layer.bound(Dim::kQ);
    const Planes pooled =
        PostUnit::pool({rows, cols, std::move(words)}, job.layer.post.pool.front());
    const int size = pooled.rows * pooled.cols;
    // Whole planes lie in the tile (check()); a run starts and ends with one.
    const std::int32_t* from = pooled.word.data();
    for (const Run& run : runs) {
      const std::int64_t words_of_plane = std::int64_t{rows} * cols;
      for (std::int64_t plane = run.dram / words_of_plane;
           plane < (run.dram + run.size) / words_of_plane; ++plane, from += size) {
        write(job.map.ofmap + plane * size, size, 1, from);
      }
    }
  }
  const auto written = static_cast<std::uint64_t>(link_words_ - before);
  job.result.counts[Action::dram_ofmap_write] += written;
  job.result.counts[Action::post_ofmap_word] += written;
}

// A pooling layer: planes from DRAM through the GLB and post-processing back to DRAM.
void DmaModule::pool_planes(const Transfer& t) {
  Job& job = *job_;
  const Layer& layer = job.layer;
  const int rows = layer.ifmap_rows, cols = layer.ifmap_cols, size = rows * cols;
  const Pool& window = layer.pool;
  for (int n = t.box[Dim::kN].lo; n < t.box[Dim::kN].hi; ++n) {
    for (int g = t.box[Dim::kG].lo; g < t.box[Dim::kG].hi; ++g) {
      const std::int64_t plane = std::int64_t{n} * layer.bound(Dim::kG) + g;
      Planes in{rows, cols, std::vector<std::int32_t>(static_cast<std::size_t>(size))};
      read(job.map.ifmap + plane * size, size, 1, in.word.data());
      for (std::int32_t& word : in.word) word = as_integer(layer.ifmap_code(), word);
      const Planes out = PostUnit::pool(in, window);
      write(job.map.ofmap + plane * out.rows * out.cols, out.rows * out.cols, 1, out.word.data());
      const auto made = static_cast<std::uint64_t>(out.word.size()),
                 taken = static_cast<std::uint64_t>(size);
      job.result.counts[Action::dram_ifmap_read] += taken;
      job.result.counts[Action::glb_ifmap_dma_write] += taken;
      job.result.counts[Action::glb_ifmap_dma_read] += taken;
      job.result.counts[Action::dram_ofmap_write] += made;
      job.result.counts[Action::post_ofmap_word] += made;
      post_cycles_ += cycles_of(size, job.machine.post.words_per_cycle);
    }
  }
}

void DmaModule::put_operands() {
  const Job& job = *job_;
  const auto put_all = [&](std::int64_t word, int words, std::size_t count, auto value_at) {
    const int size = words * job.word_bytes();
    bytes_.resize(count * static_cast<std::size_t>(size));
    for (std::size_t i = 0; i < count; ++i)
      put(value_at(i), size, &bytes_[i * static_cast<std::size_t>(size)]);
    tlm::tlm_generic_payload request;
    request.set_command(tlm::TLM_WRITE_COMMAND);
    request.set_address(static_cast<std::uint64_t>(word * job.word_bytes()));
    request.set_data_ptr(bytes_.data());
    request.set_data_length(static_cast<unsigned>(bytes_.size()));
    if (!bytes_.empty() && socket->transport_dbg(request) != bytes_.size())
      throw std::logic_error("DRAM is too small");
  };
  const auto ifmap = dram_ifmap(job.layer, job.machine, job.in.ifmap);
  put_all(job.map.ifmap, 1, ifmap.size(), [&](std::size_t i) { return ifmap[i]; });
  if (job.map.filter_tiles.empty()) {
    put_all(job.map.filter, 1, job.in.filter.data.size(),
            [&](std::size_t i) { return job.in.filter.data[i]; });
  }
  std::vector<std::int16_t> tile;
  for (const Box& box : job.map.filter_tiles) {
    tile.assign(static_cast<std::size_t>(job.map.tile_words), 0);
    for (const Run& run : tile_runs(job.layer, job.machine, box, Tensor::kFilter,
                                    job.layout[index(Tensor::kFilter)])) {
      std::copy_n(job.in.filter.data.begin() + run.dram, run.size, tile.begin() + run.glb);
    }
    put_all(job.map.filter_tile(box), 1, tile.size(), [&](std::size_t i) { return tile[i]; });
  }
  put_all(job.map.bias, job.words_per_psum(), job.in.bias.data.size(),
          [&](std::size_t i) { return job.in.bias.data[i]; });
}

OperandTensor DmaModule::take_ofmap() {
  const Job& job = *job_;
  OperandTensor ofmap{ofmap_shape(job.layer), {}};
  const auto count = static_cast<std::size_t>(elements(ofmap.shape));
  const auto size = static_cast<std::size_t>(job.word_bytes());
  bytes_.resize(count * size);
  tlm::tlm_generic_payload request;
  request.set_command(tlm::TLM_READ_COMMAND);
  request.set_address(static_cast<std::uint64_t>(job.map.ofmap) * size);
  request.set_data_ptr(bytes_.data());
  request.set_data_length(static_cast<unsigned>(bytes_.size()));
  if (socket->transport_dbg(request) != bytes_.size())
    throw std::logic_error("the ofmap lies outside DRAM");
  for (std::size_t i = 0; i < count; ++i) {
    ofmap.data.push_back(
        as_integer(job.layer.ofmap_code(), take(&bytes_[i * size], static_cast<int>(size))));
  }
  return ofmap;
}

}  // namespace orrery
