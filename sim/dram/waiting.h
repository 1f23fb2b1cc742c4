// Requests that wait in a channel: a fixed number of slots, linked into a list for each bank.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/dram/state.h"

namespace orrery {

enum class DramKind : std::uint8_t { kRead, kWrite };

struct DramWaiting {
  std::uint64_t address = 0;
  DramCycle arrived = 0;
  std::uint64_t order = 0;  // in which it came to its list
  int row = 0;
  std::uint32_t tag = 0;
  std::uint16_t next = 0, previous = 0;
  std::uint8_t bank = 0;
  DramKind kind = DramKind::kRead;
  bool live = false;
  bool begun = false;         // a command was issued for it
  std::uint16_t sharers = 0;  // reads that wait for the same burst
};

inline constexpr std::uint16_t kNoSlot = 0xffff;

class DramSlots {
 public:
  explicit DramSlots(std::size_t slots) : slot_(slots), address_(slots) {
    for (std::size_t i = slots; i > 0; --i) free_.push_back(static_cast<std::uint16_t>(i - 1));
  }
  DramWaiting& operator[](std::uint16_t i) { return slot_[i]; }
  const DramWaiting& operator[](std::uint16_t i) const { return slot_[i]; }
  // A slot for a request of this kind and burst.
  std::uint16_t take(DramKind kind, std::uint64_t address) {
    const std::uint16_t i = free_.back();
    free_.pop_back();
    slot_[i] = {};
    slot_[i].live = true;
    slot_[i].kind = kind;
    slot_[i].address = address_[i] = address;
    return i;
  }
  void give_back(std::uint16_t i) {
    slot_[i].live = false;
    free_.push_back(i);
  }
  // The one taken for this kind and burst, or kNoSlot.
  std::uint16_t find(DramKind kind, std::uint64_t address) const {
    for (std::size_t i = 0; i < address_.size(); ++i) {
      if (address_[i] == address && slot_[i].live && slot_[i].kind == kind) {
        return static_cast<std::uint16_t>(i);
      }
    }
    return kNoSlot;
  }

 private:
  std::vector<DramWaiting> slot_;
  std::vector<std::uint64_t> address_;  // of each slot, side by side to be searched
  std::vector<std::uint16_t> free_;
};

// Slots in the order in which they came.
class DramList {
 public:
  std::uint16_t head() const { return head_; }
  int size() const { return size_; }
  void push(DramSlots& slots, std::uint16_t i) {
    slots[i].next = kNoSlot;
    slots[i].previous = tail_;
    (tail_ == kNoSlot ? head_ : slots[tail_].next) = i;
    tail_ = i;
    ++size_;
  }
  void remove(DramSlots& slots, std::uint16_t i) {
    const DramWaiting& w = slots[i];
    (w.previous == kNoSlot ? head_ : slots[w.previous].next) = w.next;
    (w.next == kNoSlot ? tail_ : slots[w.next].previous) = w.previous;
    --size_;
  }

 private:
  std::uint16_t head_ = kNoSlot, tail_ = kNoSlot;
  int size_ = 0;
};

// How many waiting requests have an address that falls into each of 4096 classes: zero for most
// addresses, so that a search among all is rare.
class DramAddressFilter {
 public:
  bool maybe(std::uint64_t address) const { return count_[class_of(address)] != 0; }
  void add(std::uint64_t address) { ++count_[class_of(address)]; }
  void remove(std::uint64_t address) { --count_[class_of(address)]; }

 private:
  static std::size_t class_of(std::uint64_t address) {
    return static_cast<std::size_t>((address * 0x9e3779b97f4a7c15u) >> 52);  // 2^64 / golden ratio
  }
  std::array<std::uint16_t, 4096> count_{};
};

}  // namespace orrery
