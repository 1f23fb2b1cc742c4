// The storage of a FIFO whose entries hold a packet each. A stream is cut into packets of `width`
// words, and after every `run` words, whether the packet is full or not.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace orrery {

template <class Word>
class PacketFifo {
 public:
  // Where a word of the stream lies: the entry, and the word's number in its run.
  struct Place {
    int entry = 0;
    int word = 0;
  };

  PacketFifo(int depth, int width, int run)
      : depth_(depth), width_(width), run_(run), words_(size_of(depth) * size_of(width)) {}

  bool has_room(int packets) const { return packets < depth_; }
  Word& at(const Place& p) {
    return words_[size_of(p.entry) * size_of(width_) + size_of(p.word % width_)];
  }
  // Words from `p` to the end of its packet.
  int left(const Place& p) const { return std::min(width_ - p.word % width_, run_ - p.word); }
  bool begins_packet(const Place& p) const { return p.word % width_ == 0; }
  // Goes on to the next word; returns true at the end of a packet.
  bool advance(Place& p) const {
    const bool ends = left(p) == 1;
    p.word = p.word + 1 == run_ ? 0 : p.word + 1;
    if (ends) p.entry = p.entry + 1 == depth_ ? 0 : p.entry + 1;
    return ends;
  }
  // Writes a packet, or steps over the one at `p`.
  void put(Place& p, std::span<const Word> packet) {
    std::ranges::copy(packet, &at(p));
    skip(p);
  }
  void skip(Place& p) const {
    while (!advance(p)) {
    }
  }

 private:
  static std::size_t size_of(int n) { return static_cast<std::size_t>(n); }

  int depth_, width_, run_;
  std::vector<Word> words_;
};

}  // namespace orrery
