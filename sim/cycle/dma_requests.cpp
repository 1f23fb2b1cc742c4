#include "sim/cycle/dma_requests.h"

#include <algorithm>

namespace orrery {

DmaRequests::DmaRequests(const sc_core::sc_module_name& name, Socket& socket)
    : sc_module(name), socket_(socket) {
  SC_HAS_PROCESS(DmaRequests);
  SC_THREAD(ask);
}

void DmaRequests::configure(Job& job) {
  job_ = &job;
  link_time_ = last_end_ = 0;
  if (job.machine.dram.setup) {
    const int burst = job.machine.dram.setup->standard.organization.burst_bytes();
    data_.resize(static_cast<std::size_t>(burst));
  }
}

void DmaRequests::begin(std::int64_t begin, std::int64_t post, const std::vector<Burst>& bursts) {
  Transfer& transfer = transfers_.emplace_back();
  transfer.begin = begin;
  transfer.end = begin + post;
  for (const Burst& burst : bursts) {
    const bool writes = burst.kind == DramKind::kWrite;
    Request& request = requests_.emplace_back();
    request.set_command(writes ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    request.set_address(burst.address);
    request.set_data_ptr(data_.data());
    request.set_data_length(static_cast<unsigned>(data_.size()));
    request.set_streaming_width(request.get_data_length());
    request.words = burst.words;
    request.transfer = &transfer;
    transfer.left += writes ? 2 : 1;
  }
  came_.notify();
  pass_link();
}

void DmaRequests::ask() {
  while (true) {
    while (asked_ == requests_.size()) wait(came_);
    Request& request = requests_[asked_];
    if (request.is_write()) {
      while (request.passed < 0) wait(passed_);
      if (request.passed > job_->now()) wait(ticks(request.passed - job_->now()));
    }
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    socket_->nb_transport_fw(request, phase, delay);
    while (!request.taken) wait(taken_);
    ++asked_;
  }
}

tlm::tlm_sync_enum DmaRequests::backward(tlm::tlm_generic_payload& payload,
                                         const tlm::tlm_phase& phase) {
  auto& request = static_cast<Request&>(payload);
  if (phase == tlm::END_REQ) {
    request.taken = true;
    taken_.notify();
    return tlm::TLM_ACCEPTED;
  }
  request.done = job_->now();
  if (request.is_write()) {
    request.transfer->end = std::max(request.transfer->end, request.done);
    --request.transfer->left;
    progress_.notify();
  }
  pass_link();
  return tlm::TLM_COMPLETED;
}

void DmaRequests::pass_link() {
  const std::int64_t width = job_->machine.dma.words_per_cycle;
  for (; linked_ < requests_.size(); ++linked_) {
    Request& request = requests_[linked_];
    Transfer& transfer = *request.transfer;
    if (request.is_read() && request.done < 0) return;
    if (!transfer.entered) {
      // A transfer begins on an edge, and the words of two never share a cycle.
      link_time_ = job_->clocks.link.edge((link_time_ + width - 1) / width, 0) * width;
      transfer.entered = true;
    }
    const std::int64_t from = request.is_read() ? request.done : transfer.begin;
    link_time_ = std::max(link_time_, from * width) + request.words * job_->clocks.link.period;
    request.passed = (link_time_ + width - 1) / width;
    transfer.end = std::max(transfer.end, request.passed);
    --transfer.left;
    passed_.notify();
    progress_.notify();
  }
}

std::int64_t DmaRequests::wait_for_end() {
  const Transfer& transfer = transfers_.front();
  while (transfer.left > 0) wait(progress_);
  last_end_ = std::max(last_end_, job_->clocks.link.edge(transfer.end, 0));
  while (!requests_.empty() && requests_.front().transfer == &transfer) {
    requests_.pop_front();
    --asked_;
    --linked_;
  }
  transfers_.pop_front();
  return last_end_;
}

}  // namespace orrery
