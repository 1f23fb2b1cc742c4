// Tiles that the DMA moves as run-length codes.
#include <algorithm>
#include <stdexcept>

#include "sim/cycle/dma_module.h"
#include "sim/machine/cycles.h"

namespace orrery {
namespace {

constexpr std::size_t kCodeBytes = 8;  // of a word of the code

CodedWords coded(const std::vector<std::int16_t>& words, std::int64_t moved) {
  return {words.size(), static_cast<std::uint64_t>(std::ranges::count(words, 0)),
          static_cast<std::uint64_t>(moved)};
}

void expect_equal(const std::vector<std::int16_t>& decoded, const std::vector<std::int16_t>& tile) {
  if (decoded != tile) throw std::logic_error("a run-length code does not decode to its tile");
}

}  // namespace

void DmaModule::put_code(const SparseStream& code) {
  bytes_.clear();
  for (const std::uint64_t word : code.words) {
    for (std::size_t i = 0; i < kCodeBytes; ++i)
      bytes_.push_back(static_cast<unsigned char>(word >> (8 * i)));
  }
}

SparseStream DmaModule::take_code() const {
  SparseStream code;
  code.words.resize(bytes_.size() / kCodeBytes);
  code.bits = static_cast<std::int64_t>(8 * bytes_.size());
  for (std::size_t i = 0; i < bytes_.size(); ++i)
    code.words[i / kCodeBytes] |= std::uint64_t{bytes_[i]} << (8 * (i % kCodeBytes));
  return code;
}

void DmaModule::put_ifmap_codes() {
  const Job& job = *job_;
  ifmap_code_words_.clear();
  for (const Box& box : job.map.ifmap_slots.boxes()) {
    const std::vector<Run> runs =
        coded_runs(job.layer, job.machine, box, Tensor::kIfmap, job.layout[index(Tensor::kIfmap)]);
    put_code(tile_code(words_of(runs, dram_ifmap_)));
    access(tlm::TLM_WRITE_COMMAND, job.map.ifmap + job.map.ifmap_slots.at(box), bytes_);
    ifmap_code_words_.push_back(std::ssize(bytes_) / job.word_bytes());
  }
}

// `runs` go by the order of the code.
std::int64_t DmaModule::read_code(const Box& box, const std::vector<Run>& runs) {
  Job& job = *job_;
  const TileSlots& slots = job.map.ifmap_slots;
  const std::int64_t moved = ifmap_code_words_[slots.number(box)];
  bytes_.resize(static_cast<std::size_t>(moved * job.word_bytes()));
  transact(tlm::TLM_READ_COMMAND, {{job.map.ifmap + slots.at(box), moved}});
  const std::vector<std::int16_t> tile = words_of(runs, dram_ifmap_);
  const std::vector<std::int16_t> decoded = decoded_tile(take_code(), std::ssize(tile));
  expect_equal(decoded, tile);
  auto from = decoded.begin();
  for (const Run& run : runs) {
    std::copy_n(from, run.size, values_.begin() + run.glb);
    from += run.size;
  }
  job.result.link_code.ifmap += coded(tile, moved);
  post_cycles_ =
      cycles_of(std::ssize(tile), job.machine.store_of(Tensor::kIfmap).write_words_per_cycle);
  return std::ssize(tile);
}

std::int64_t DmaModule::write_code(const Box& box, const std::vector<std::int16_t>& words) {
  Job& job = *job_;
  const TileSlots& slots = job.map.ofmap_slots;
  put_code(tile_code(words));
  expect_equal(decoded_tile(take_code(), std::ssize(words)), words);
  const std::int64_t moved = std::ssize(bytes_) / job.word_bytes();
  transact(tlm::TLM_WRITE_COMMAND, {{job.map.ofmap + slots.at(box), moved}});
  ofmap_code_words_[slots.number(box)] = moved;
  job.result.link_code.ofmap += coded(words, moved);
  return std::ssize(words);
}

void DmaModule::take_ofmap_codes(OperandTensor& ofmap) {
  const Job& job = *job_;
  const TileSlots& slots = job.map.ofmap_slots;
  for (const Box& box : slots.boxes()) {
    const std::int64_t moved = ofmap_code_words_[slots.number(box)];
    if (moved < 0 && !job.failure.empty()) continue;  // the layer stopped before
    if (moved < 0) throw std::logic_error("a tile of the ofmap was not written");
    bytes_.resize(static_cast<std::size_t>(moved * job.word_bytes()));
    access(tlm::TLM_READ_COMMAND, job.map.ofmap + slots.at(box), bytes_);
    const std::vector<Run> runs =
        coded_runs(job.layer, job.machine, box, Tensor::kPsum, job.layout[index(Tensor::kPsum)]);
    std::int64_t size = 0;
    for (const Run& run : runs) size += run.size;
    const std::vector<std::int16_t> words = decoded_tile(take_code(), size);
    auto from = words.begin();
    for (const Run& run : runs) {
      std::transform(from, from + run.size, ofmap.data.begin() + run.element,
                     [&](std::int16_t word) { return as_integer(job.layer.ofmap_code(), word); });
      from += run.size;
    }
  }
}

}  // namespace orrery
