#include "sim/sparse/bricks.h"

#include <algorithm>

namespace orrery {
namespace {

int parts(int whole, int part) { return (whole + part - 1) / part; }

}  // namespace

BrickWork::BrickWork(const Machine& machine, const Layer& layer, const Operands& in, Walked walked)
    : layer_(layer),
      in_(in),
      mac_(machine.mac, machine.registers(layer)),
      walked_(walked),
      lanes_(machine.array.rows),
      filters_(machine.array.cols),
      channels_(1 << machine.lanes.index_bits),
      bricks_(parts(layer.bound(Dim::kC), channels_) * layer.bound(Dim::kR) * layer.bound(Dim::kS)),
      rows_(walked == Walked::kAll ? bricks_ : parts(bricks_, lanes_)),
      filter_(layer.bound(Dim::kM)),
      psums_{psum_shape(layer), {}} {
  psums_.data.resize(static_cast<std::size_t>(elements(psums_.shape)));
}

BrickWork::Window BrickWork::walk(const WindowAt& at) const {
  Window window{at, {}, {0}};
  std::vector<std::int16_t> words;
  gather(layer_, in_.ifmap, at, words);
  const int taps = layer_.bound(Dim::kR) * layer_.bound(Dim::kS), depth = layer_.bound(Dim::kC);
  for (int tap = 0; tap < taps; ++tap) {
    for (int first = 0; first < depth; first += channels_) {
      for (int c = first; c < std::min(depth, first + channels_); ++c) {
        const int place = c * taps + tap;
        const std::int16_t word = words[static_cast<std::size_t>(place)];
        const bool zero = word == layer_.formats.ifmap_zero;
        if (walked_ == Walked::kAll || !zero) window.entries.push_back({place, word});
      }
      window.begin.push_back(static_cast<int>(window.entries.size()));
    }
  }
  return window;
}

bool BrickWork::next_round() {
  filter_ += filters_;
  if (filter_ >= layer_.bound(Dim::kM)) {
    filter_ = 0;
    const std::int64_t of_plane = std::int64_t{layer_.bound(Dim::kP)} * layer_.bound(Dim::kQ);
    if (++plane_ * of_plane == windows(layer_)) return false;
    windows_.clear();
    for (std::int64_t w = plane_ * of_plane; w < (plane_ + 1) * of_plane; ++w)
      windows_.push_back(walk(window_at(layer_, w)));
  }
  for (const Window& window : windows_) entries_ += std::ssize(window.entries);
  return true;
}

BrickWork::Part BrickWork::part(int item, int lane) const {
  const Window& window = windows_[static_cast<std::size_t>(group(item))];
  const bool shared = walked_ == Walked::kAll;
  const int brick = item % rows_ * (shared ? 1 : lanes_) + (shared ? 0 : lane);
  if (brick >= bricks_) return {};
  const int begin = window.begin[static_cast<std::size_t>(brick)];
  const int end = window.begin[static_cast<std::size_t>(brick) + 1];
  return shared ? Part{begin + lane, end, lanes_} : Part{begin, end, 1};
}

LaneShare BrickWork::share(int item, int lane) const {
  const Part p = part(item, lane);
  if (p.begin < p.end) return {parts(p.end - p.begin, p.step), 0, 0};
  const bool dealt = walked_ == Walked::kNonZero && item % rows_ * lanes_ + lane < bricks_;
  return {0, 0, dealt ? 1 : 0};
}

LaneState BrickWork::play(int item, int lane, int entry) {
  const Window& window = windows_[static_cast<std::size_t>(group(item))];
  const Part p = part(item, lane);
  const Entry& e = window.entries[static_cast<std::size_t>(p.begin + entry * p.step)];
  const std::int64_t words =
      std::int64_t{layer_.bound(Dim::kC)} * layer_.bound(Dim::kR) * layer_.bound(Dim::kS);
  const int end = std::min(layer_.bound(Dim::kM), filter_ + filters_);
  for (int m = filter_; m < end; ++m) {
    const std::int64_t filter = std::int64_t{window.at.g} * layer_.bound(Dim::kM) + m;
    const std::int16_t weight = in_.filter.data[static_cast<std::size_t>(filter * words + e.tap)];
    std::int32_t& psum = psums_.data[psum_place(layer_, window.at, m)];
    psum = mac_.accumulate(psum, mac_.multiply(e.word, weight));
  }
  return LaneState::kMac;
}

std::vector<std::int32_t> BrickWork::psums_of(int group) const {
  const WindowAt& at = windows_[static_cast<std::size_t>(group)].at;
  std::vector<std::int32_t> psums;
  for (int m = filter_; m < std::min(layer_.bound(Dim::kM), filter_ + filters_); ++m)
    psums.push_back(psums_.data[psum_place(layer_, at, m)]);
  return psums;
}

}  // namespace orrery
