// Buses and registers of the slow array in lock step.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace orrery::test {

// A bus that sends items in order, `width` words a cycle, each item in cycles of its own.
class PlainBus {
 public:
  PlainBus() = default;
  // `words`: of each item; an item without words needs no bus.
  PlainBus(std::vector<int> words, int width, int latency)
      : words_(std::move(words)), width_(width), latency_(latency) {
    skip();
  }

  // One cycle. Returns the item whose last word goes now.
  template <class HasRoom>
  std::optional<int> send(std::int64_t now, HasRoom has_room) {
    if (sent_all()) return std::nullopt;
    if (left_ == 0 && !has_room(next_)) return std::nullopt;
    if (left_ == 0) left_ = words_[static_cast<std::size_t>(next_)];
    left_ -= std::min(left_, width_);
    if (left_ > 0) return std::nullopt;
    const int item = next_++;
    there_from_[item] = now + 1 + latency_;
    free_from_ = now + 1;
    skip();
    return item;
  }

  bool sent_all() const { return next_ == static_cast<int>(words_.size()); }
  // The item that is being sent, or will be next.
  int next() const { return next_; }
  // Words of it that are still to be sent.
  int left() const { return left_; }
  // The cycle after that of the last word so far.
  std::int64_t free_from() const { return free_from_; }
  bool is_there(int item, std::int64_t now) const {
    for (; item >= 0; --item) {
      if (words_[static_cast<std::size_t>(item)] == 0) continue;
      const auto it = there_from_.find(item);
      return it != there_from_.end() && it->second <= now;
    }
    return true;
  }
  std::optional<int> arriving(std::int64_t now) const {
    const auto it =
        std::ranges::find_if(there_from_, [&](const auto& entry) { return entry.second == now; });
    return it == there_from_.end() ? std::nullopt : std::optional(it->first);
  }

 private:
  void skip() {
    while (!sent_all() && words_[static_cast<std::size_t>(next_)] == 0) ++next_;
  }

  std::vector<int> words_;
  int width_ = 1, latency_ = 0;
  int next_ = 0, left_ = 0;
  std::int64_t free_from_ = 0;
  std::map<int, std::int64_t> there_from_;
};

// What comes in is seen at stage 0 in the same cycle, and a stage further in each cycle after it.
template <class T>
class ShiftRegister {
 public:
  explicit ShiftRegister(int stages) : stages_(static_cast<std::size_t>(stages)) {}
  void shift(std::optional<T> in) {
    stages_.push_front(std::move(in));
    stages_.pop_back();
  }
  std::optional<T>& at(int stage) { return stages_[static_cast<std::size_t>(stage)]; }

 private:
  std::deque<std::optional<T>> stages_;
};

// Values on their way into PEs, for those that take them.
struct Flit {
  int item = 0;
  std::map<int, std::int16_t> value_of;
};

}  // namespace orrery::test
