// Work in parts, several at a time.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

namespace orrery {

// Calls work(0) to work(n - 1), as many at a time as there are cores; throws what the first that
// failed threw, when all have ended.
void in_parallel(std::size_t n, const std::function<void(std::size_t)>& work);

// What the parts of some work tell one listener, which may be empty: the share of all that is done,
// 0..1, one call at a time.
class Shares {
 public:
  Shares(std::size_t parts, std::function<void(double)> listener);
  void tell(std::size_t part, double share);

 private:
  std::mutex mutex_;
  std::vector<double> shares_;
  const std::function<void(double)> listener_;
};

}  // namespace orrery
