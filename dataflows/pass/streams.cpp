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

// Places in a tensor are compared plane by plane, channels last.
constexpr std::array<std::array<std::size_t, kAxes>, kTensors> kPlaceOrder{
    {{0, 1, 2, 3, 4}, {0, 1, 2, 3, 4}, {0, 1, 3, 4, 2}}};
constexpr std::size_t kRow = 3, kCol = 4;  // axes of the ifmap

// What a loop of the PE contributes to the keys of its words.
enum class Rank : std::uint8_t { kNone, kStep, kPlace, kPlaceInShare };

struct KeyPlan {
  std::array<Rank, PassProgram::kMaxCounters> rank{};
  std::array<std::size_t, PassProgram::kMaxCounters> axis{};
};

// Of loop i, which walks along the rows or columns of the ifmap.
Rank rank_on_plane(const PeShare& share, std::size_t i, std::size_t axis,
                   const std::array<bool, kDims>& split) {
  const auto [out, tap] = axis == kRow ? std::pair{Dim::kP, Dim::kR} : std::pair{Dim::kQ, Dim::kS};
  bool first = true, last = true, divided = false;
  for (std::size_t j = 0; j < share.loops.size(); ++j) {
    if (axis_of(share.loops[j].dim, Tensor::kIfmap) != static_cast<int>(axis)) continue;
    first = first && j >= i;
    last = last && j <= i;
    divided = divided || split[index(share.loops[j].dim)] ||
              (share.loops[j].dim == out && split[index(tap)]);
  }
  const Rank place = divided ? Rank::kPlaceInShare : Rank::kPlace;
  if (first && last) return place;
  if (share.one_axis[axis - kRow]) return first ? place : Rank::kNone;
  return first ? Rank::kStep : place;
}

KeyPlan plan_key(const PeShare& share, Tensor t, const std::array<bool, kDims>& split) {
  KeyPlan plan;
  for (std::size_t i = 0; i < share.loops.size(); ++i) {
    const int axis = axis_of(share.loops[i].dim, t);
    if (axis < 0) {
      // Fetched anew for each step, or kept.
      plan.rank[i] = stride_of(share.program->counter[i], t) > 0 ? Rank::kStep : Rank::kNone;
      continue;
    }
    plan.axis[i] = static_cast<std::size_t>(axis);
    const bool on_plane = t == Tensor::kIfmap && plan.axis[i] >= kRow;
    plan.rank[i] = on_plane ? rank_on_plane(share, i, plan.axis[i], split) : Rank::kStep;
  }
  return plan;
}

Key key_of(const KeyPlan& plan, Tensor t, const std::array<int, PassProgram::kMaxCounters>& step,
           const Coordinates& at, const Coordinates& share_origin) {
  Key key{};
  for (std::size_t i = 0; i < step.size(); ++i) {
    const std::size_t axis = plan.axis[i];
    switch (plan.rank[i]) {
      case Rank::kNone:
        break;
      case Rank::kStep:
        key[i] = step[i];
        break;
      case Rank::kPlace:
        key[i] = at[axis];
        break;
      case Rank::kPlaceInShare:
        key[i] = at[axis] - share_origin[axis];
        break;
    }
  }
  for (std::size_t i = 0; i < kAxes; ++i) key[step.size() + i] = at[kPlaceOrder[index(t)][i]];
  return key;
}

// The words of one PE in the order of its stream.
std::vector<Word> words_of(const Layer& layer, Tensor t, const PeShare& share,
                           const std::array<bool, kDims>& split, const TileLayout& layout,
                           const Coordinates& pass_origin) {
  const PassProgram& program = *share.program;
  const KeyPlan plan = plan_key(share, t, split);
  const Coordinates share_origin = coordinates(layer, t, share.first);
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
    word.key = key_of(plan, t, step, at, share_origin);
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
  int turn;
  int pe;
  std::vector<std::int32_t> address;
  auto order() const { return std::tie(key, address, turn); }
};

std::vector<Packet> packets_of(const std::vector<Word>& words, const PeShare& share, int window,
                               int packet_words) {
  std::vector<Packet> packets;
  for (std::size_t start = 0; start < words.size();) {
    const std::size_t left =
        static_cast<std::size_t>(window) - start % static_cast<std::size_t>(window);
    const std::size_t size =
        std::min({left, static_cast<std::size_t>(packet_words), words.size() - start});
    Packet packet{words[start].key, share.turn, share.pe, {}};
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
                    const std::array<bool, kDims>& split, int packet_words, Sharing sharing,
                    const TileLayout& layout, const Box& pass) {
  const Coordinates pass_origin = origin(layer, t, pass);
  std::vector<Packet> packets;
  for (const PeShare& share : shares) {
    const std::vector<Word> words = words_of(layer, t, share, split, layout, pass_origin);
    const int window =
        t == Tensor::kPsum ? share.program->window_psums : static_cast<int>(words.size());
    std::ranges::move(packets_of(words, share, window, packet_words), std::back_inserter(packets));
  }
  std::ranges::sort(packets, {}, &Packet::order);
  Stream stream;
  std::map<std::vector<std::int32_t>, std::int32_t> groups;
  for (std::size_t i = 0; i < packets.size();) {
    std::vector<std::int32_t> members;
    const std::size_t start = i;
    do {
      members.push_back(packets[i++].pe);
    } while (sharing == Sharing::kTogether && i < packets.size() &&
             packets[i].key == packets[start].key && packets[i].address == packets[start].address);
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
