#include "sim/twin/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <numeric>
#include <thread>
#include <utility>

namespace orrery {

void in_parallel(std::size_t n, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  std::vector<std::exception_ptr> failed(n);
  const auto loop = [&] {
    for (std::size_t i = next++; i < n; i = next++) {
      try {
        work(i);
      } catch (...) {
        failed[i] = std::current_exception();
      }
    }
  };
  std::vector<std::thread> threads;
  const std::size_t cores = std::max(std::thread::hardware_concurrency(), 1U);
  for (std::size_t i = 1; i < std::min(cores, n); ++i) threads.emplace_back(loop);
  loop();
  for (std::thread& thread : threads) thread.join();
  for (const std::exception_ptr& fault : failed) {
    if (fault) std::rethrow_exception(fault);
  }
}

Shares::Shares(std::size_t parts, std::function<void(double)> listener)
    : shares_(parts, 0.0), listener_(std::move(listener)) {}

void Shares::tell(std::size_t part, double share) {
  if (!listener_) return;
  const std::lock_guard lock(mutex_);
  shares_[part] = share;
  listener_(std::reduce(shares_.begin(), shares_.end()) / static_cast<double>(shares_.size()));
}

}  // namespace orrery
