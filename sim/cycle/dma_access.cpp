// How the DMA's words get to DRAM and back.
#include <algorithm>
#include <stdexcept>

#include "sim/cycle/dma_module.h"
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

}  // namespace

std::int16_t DmaModule::as_integer(Code code, std::int32_t stored) {
  return code.coding == Coding::kUnsigned ? as_word(code, 1, stored)
                                          : static_cast<std::int16_t>(stored);
}

// The bytes of all spans lie in bytes_, one span after the other.
void DmaModule::transact(tlm::tlm_command command, const std::vector<Span>& spans) {
  std::size_t at = 0;
  for (const Span& span : spans) {
    const auto size = static_cast<std::size_t>(span.words * job_->word_bytes());
    if (job_->machine.dram.setup) {
      access(command, span.word, std::span(bytes_).subspan(at, size));
    } else {
      transact(command, span, at);
    }
    at += size;
    link_words_ += span.words;
  }
  if (!job_->machine.dram.setup) return;
  append_bursts(bursts_, spans,
                command == tlm::TLM_WRITE_COMMAND ? DramKind::kWrite : DramKind::kRead,
                job_->word_bytes(), job_->machine.dram.setup->standard.organization.burst_bytes());
}

// One request for each burst of a plain link.
void DmaModule::transact(tlm::tlm_command command, const Span& span, std::size_t at) {
  const int word_bytes = job_->word_bytes();
  const Dma& dma = job_->machine.dma;
  for (std::int64_t sent = 0; sent < span.words;) {
    const std::int64_t burst = std::min<std::int64_t>(dma.burst_words, span.words - sent);
    const auto length = static_cast<unsigned>(burst * word_bytes);
    tlm::tlm_generic_payload request;
    request.set_command(command);
    request.set_address(static_cast<std::uint64_t>((span.word + sent) * word_bytes));
    request.set_data_ptr(&bytes_[at + static_cast<std::size_t>(sent * word_bytes)]);
    request.set_data_length(length);
    request.set_streaming_width(length);
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    socket->b_transport(request, delay);
    if (!request.is_response_ok())
      throw std::logic_error("the DMA asked for an address outside DRAM");
    // A burst passes the link once DRAM has all of it. A target may also let the time pass itself.
    const sc_core::sc_time since = sc_core::sc_time_stamp() - begin_ + delay;
    link_time_ = std::max(link_time_, tick_count(since) * dma.words_per_cycle) +
                 burst * job_->clocks.link.period;
    sent += burst;
  }
}

void DmaModule::access(tlm::tlm_command command, std::int64_t word,
                       std::span<unsigned char> bytes) {
  if (bytes.empty()) return;
  tlm::tlm_generic_payload request;
  request.set_command(command);
  request.set_address(static_cast<std::uint64_t>(word * job_->word_bytes()));
  request.set_data_ptr(bytes.data());
  request.set_data_length(static_cast<unsigned>(bytes.size()));
  if (socket->transport_dbg(request) != bytes.size()) throw std::logic_error("DRAM is too small");
}

void DmaModule::read(const Gathering& where, const std::vector<Run>& runs, int words,
                     std::int32_t* values) {
  const int size = words * job_->word_bytes();
  bytes_.resize(static_cast<std::size_t>(where.words * job_->word_bytes()));
  transact(tlm::TLM_READ_COMMAND, where.spans);
  for (std::size_t r = 0; r < runs.size(); ++r) {
    const unsigned char* from = bytes_.data() + where.at[r] * job_->word_bytes();
    for (int i = 0; i < runs[r].size; ++i, from += size) values[runs[r].glb + i] = take(from, size);
  }
}

void DmaModule::write(const Gathering& where, const std::vector<Run>& runs, int words,
                      const std::int32_t* values) {
  const int size = words * job_->word_bytes();
  bytes_.resize(static_cast<std::size_t>(where.words * job_->word_bytes()));
  for (std::size_t r = 0; r < runs.size(); ++r) {
    unsigned char* to = bytes_.data() + where.at[r] * job_->word_bytes();
    for (int i = 0; i < runs[r].size; ++i, to += size) put(values[runs[r].glb + i], size, to);
  }
  transact(tlm::TLM_WRITE_COMMAND, where.spans);
}

void DmaModule::put_tensor(std::int64_t base, const TensorPlace& place,
                           const std::vector<std::int16_t>& values) {
  const int size = job_->word_bytes();
  bytes_.assign(static_cast<std::size_t>(place.elements * size), 0);
  if (values.empty()) return;
  place.for_each([&](std::int64_t i, std::int64_t at) {
    put(values[static_cast<std::size_t>(i)], size, &bytes_[static_cast<std::size_t>(at * size)]);
  });
  access(tlm::TLM_WRITE_COMMAND, base, bytes_);
}

void DmaModule::put_operands() {
  const Job& job = *job_;
  dram_ifmap_ = dram_ifmap(job.layer, job.machine, job.in.ifmap);
  if (job.map.ifmap_slots.empty()) {
    put_tensor(job.map.ifmap, job.map.ifmap_place, dram_ifmap_);
  } else {
    put_ifmap_codes();
  }
  ofmap_code_words_.assign(job.map.ofmap_slots.boxes().size(), -1);
  if (job.map.filter_tiles.empty())
    put_tensor(job.map.filter, job.map.filter_place, job.in.filter.data);
  const auto size = static_cast<std::size_t>(job.word_bytes());
  for (const Box& box : job.map.filter_tiles) {
    bytes_.assign(static_cast<std::size_t>(job.map.tile_words) * size, 0);
    for (const Run& run : tile_runs(job.layer, job.machine, box, Tensor::kFilter,
                                    job.layout[index(Tensor::kFilter)], job.map.filter_place)) {
      for (int i = 0; i < run.size; ++i)
        put(job.in.filter.data[static_cast<std::size_t>(run.element + i)], job.word_bytes(),
            &bytes_[static_cast<std::size_t>(run.glb + i) * size]);
    }
    access(tlm::TLM_WRITE_COMMAND, job.map.filter_tile(box), bytes_);
  }
  const std::size_t bias_size = static_cast<std::size_t>(job.words_per_psum()) * size;
  bytes_.resize(job.in.bias.data.size() * bias_size);
  for (std::size_t i = 0; i < job.in.bias.data.size(); ++i)
    put(job.in.bias.data[i], static_cast<int>(bias_size), &bytes_[i * bias_size]);
  access(tlm::TLM_WRITE_COMMAND, job.map.bias, bytes_);
}

OperandTensor DmaModule::take_ofmap() {
  const Job& job = *job_;
  const int size = job.word_bytes();
  const TensorPlace& place = job.map.ofmap_place;
  OperandTensor ofmap{ofmap_shape(job.layer), {}};
  ofmap.data.resize(static_cast<std::size_t>(elements(ofmap.shape)));
  if (!job.map.ofmap_slots.empty()) {
    take_ofmap_codes(ofmap);
    return ofmap;
  }
  bytes_.resize(static_cast<std::size_t>(place.elements * size));
  access(tlm::TLM_READ_COMMAND, job.map.ofmap, bytes_);
  place.for_each([&](std::int64_t i, std::int64_t at) {
    ofmap.data[static_cast<std::size_t>(i)] = as_integer(
        job.layer.ofmap_code(), take(&bytes_[static_cast<std::size_t>(at * size)], size));
  });
  return ofmap;
}

}  // namespace orrery
