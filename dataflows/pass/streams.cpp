#include "dataflows/pass/streams.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <stdexcept>

namespace orrery {
namespace {

// Place of a word in the order of service, most significant first: one entry for each loop of the
// PE, then one for each axis.
using Key = std::array<int, PassProgram::kMaxCounters + kAxes>;

struct Word {
  Key key{};
  std::int32_t address = 0;
};

int stride_of(const Counter& c, Tensor t) {
  switch (t) {
    case Tensor::kIfmap:
      return c.ifmap_stride;
    case Tensor::kFilter:
      return c.filter_stride;
    case Tensor::kPsum:
      return c.psum_stride;
  }
  return 0;
}

// Axes: ifmap g n c row col, filter g m c r s, psum g n m p q.
int axis_of(Dim d, Tensor t) {
  using enum Dim;
  static constexpr std::array<std::array<int, kDims>, kTensors> kAxisOf{{
      //  G  N   M   C  P   Q   R   S
      {{0, 1, -1, 2, 3, 4, 3, 4}},
      {{0, -1, 1, 2, -1, -1, 3, 4}},
      {{0, 1, 2, -1, 3, 4, -1, -1}},
  }};
  return kAxisOf[index(t)][index(d)];
}

// Axes not walked by a PE's own loops are served in this order: planes before channels.
constexpr std::array<std::array<int, kAxes>, kTensors> kSpreadOrder{
    {{0, 1, 2, 3, 4}, {0, 1, 2, 3, 4}, {0, 1, 3, 4, 2}}};

// Which entries of the key speak of which axis (-1: of the loop's own count, -2: nothing).
struct KeyPlan {
  std::array<int, PassProgram::kMaxCounters> loop_axis{};
  std::array<int, kAxes> spread_axis{};
  int spread = 0;
};

KeyPlan plan_key(const PeShare& share, Tensor t) {
  KeyPlan plan;
  plan.loop_axis.fill(-2);
  std::array<bool, kAxes> taken{};
  const auto last_on_axis = [&](std::size_t i, int axis) {
    for (std::size_t j = i + 1; j < share.loops.size(); ++j) {
      if (axis_of(share.loops[j].dim, t) == axis) return j;
    }
    return i;
  };
  for (std::size_t i = 0; i < share.loops.size(); ++i) {
    const int axis = axis_of(share.loops[i].dim, t);
    const int stride = stride_of(share.program->counter[i], t);
    if (axis < 0) {
      plan.loop_axis[i] = stride > 0 ? -1 : -2;  // fetched anew for each step, or kept
      continue;
    }
    const auto at = static_cast<std::size_t>(axis);
    if (taken[at]) continue;
    const std::size_t inner = last_on_axis(i, axis);
    const Counter& c = share.program->counter[inner];
    // Two loops on one axis: they slide as one where the outer's step is shorter than the inner's
    // reach.
    const bool slides = inner == i || stride < stride_of(c, t) * share.loops[inner].bound;
    plan.loop_axis[i] = slides ? axis : -1;
    taken[at] = slides;
  }
  for (const int axis : kSpreadOrder[index(t)]) {
    if (!taken[static_cast<std::size_t>(axis)])
      plan.spread_axis[static_cast<std::size_t>(plan.spread++)] = axis;
  }
  return plan;
}

// The words of one PE in the order of its stream.
std::vector<Word> words_of(const Layer& layer, Tensor t, const PeShare& share,
                           const TileLayout& layout, const Coordinates& pass_origin) {
  const PassProgram& program = *share.program;
  const KeyPlan plan = plan_key(share, t);
  const bool psums = t == Tensor::kPsum;
  // Psums of one window follow those of another.
  std::array<std::int64_t, PassProgram::kMaxCounters> stride{};
  std::int64_t length = psums ? program.window_psums : 1;
  for (int i = program.counters - 1; i >= 0; --i) {
    const auto at = static_cast<std::size_t>(i);
    stride[at] = stride_of(program.counter[at], t);
    if (psums && i < program.window) {
      stride[at] = length;
      length *= program.counter[at].bound;
    }
  }
  const auto count = psums ? program.windows * program.window_psums
                           : (t == Tensor::kIfmap ? program.ifmap_words : program.filter_words);
  std::vector<Word> words(static_cast<std::size_t>(count));
  std::array<int, PassProgram::kMaxCounters> step{};
  const auto n = static_cast<std::size_t>(program.counters);
  while (true) {
    std::array<int, kDims> point = share.first;
    std::int64_t seq = 0;
    for (std::size_t i = 0; i < n; ++i) {
      point[index(share.loops[i].dim)] += step[i];
      seq += step[i] * stride[i];
    }
    const Coordinates at = coordinates(layer, t, point);
    Word& word = words[static_cast<std::size_t>(seq)];
    std::int64_t address = 0;
    for (std::size_t a = 0; a < kAxes; ++a) address += (at[a] - pass_origin[a]) * layout.stride[a];
    word.address = static_cast<std::int32_t>(address);
    for (std::size_t i = 0; i < n; ++i) {
      const int axis = plan.loop_axis[i];
      word.key[i] = axis >= 0 ? at[static_cast<std::size_t>(axis)] : (axis == -1 ? step[i] : 0);
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(plan.spread); ++i) {
      word.key[PassProgram::kMaxCounters + i] = at[static_cast<std::size_t>(plan.spread_axis[i])];
    }
    // Next step; counters that do not move the stream stand still.
    std::size_t i = n;
    while (i-- > 0) {
      if (stride[i] != 0 && ++step[i] < program.counter[i].bound) break;
      step[i] = 0;
      if (i == 0) return words;
    }
  }
}

struct Packet {
  Key key;
  int pe;
  std::vector<std::int32_t> address;
  auto order() const { return std::tie(key, address, pe); }
};

std::vector<Packet> packets_of(const std::vector<Word>& words, int pe, int window,
                               int packet_words) {
  std::vector<Packet> packets;
  for (std::size_t start = 0; start < words.size();) {
    const std::size_t left =
        static_cast<std::size_t>(window) - start % static_cast<std::size_t>(window);
    const std::size_t size =
        std::min({left, static_cast<std::size_t>(packet_words), words.size() - start});
    Packet packet{words[start].key, pe, {}};
    for (std::size_t i = start; i < start + size; ++i) packet.address.push_back(words[i].address);
    if (!packets.empty() && packet.key < packets.back().key) {
      throw std::logic_error("a PE's stream leaves the order of its bus");
    }
    packets.push_back(std::move(packet));
    start += size;
  }
  return packets;
}

}  // namespace

Stream build_stream(const Layer& layer, Tensor t, const std::vector<PeShare>& shares,
                    int packet_words, const TileLayout& layout, const Box& pass) {
  const Coordinates pass_origin = origin(layer, t, pass);
  std::vector<Packet> packets;
  for (const PeShare& share : shares) {
    const std::vector<Word> words = words_of(layer, t, share, layout, pass_origin);
    const int window =
        t == Tensor::kPsum ? share.program->window_psums : static_cast<int>(words.size());
    std::ranges::move(packets_of(words, share.pe, window, packet_words),
                      std::back_inserter(packets));
  }
  std::ranges::sort(packets, {}, &Packet::order);
  Stream stream;
  std::map<std::vector<std::int32_t>, std::int32_t> groups;
  for (std::size_t i = 0; i < packets.size();) {
    std::vector<std::int32_t> members;
    const std::size_t start = i;
    for (; i < packets.size() && packets[i].key == packets[start].key &&
           packets[i].address == packets[start].address;
         ++i) {
      members.push_back(packets[i].pe);
    }
    const auto [it, fresh] = groups.try_emplace(members, static_cast<std::int32_t>(groups.size()));
    if (fresh) {
      std::ranges::copy(members, std::back_inserter(stream.member));
      stream.first_member.push_back(static_cast<std::int32_t>(stream.member.size()));
    }
    std::ranges::copy(packets[start].address, std::back_inserter(stream.address));
    stream.first.push_back(static_cast<std::int32_t>(stream.address.size()));
    stream.group.push_back(it->second);
  }
  return stream;
}

}  // namespace orrery
