#include "dataflows/pass/streams.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "dataflows/pass/pe_order.h"
#include "dataflows/pass/share.h"

namespace orrery {
namespace {

std::size_t at(std::int32_t i) { return static_cast<std::size_t>(i); }

// A PE that takes a share.
struct Taker {
  std::size_t kind;
  std::uint64_t place;   // of its first point
  std::int32_t address;  // of its first point
  int turn;
  std::int32_t pe;
};

// Takers of one kind that come to the same words at the same steps.
struct Audience {
  std::size_t kind;
  std::uint64_t place;
  std::int32_t address;
  std::size_t first, end;  // among the takers
};

// A packet of an audience.
struct Due {
  std::uint64_t place;
  std::int32_t audience, packet;
};

bool earlier(const Due& a, const Due& b) { return a.place < b.place; }

class StreamBuilder {
 public:
  StreamBuilder(const PassView& pass, Tensor t, const Carriage& carriage, const TileLayout& layout)
      : pass_(pass), tensor_(t), layout_(layout), bus_(carriage.order), order_(pass, t, bus_) {
    for (std::size_t kind = 0; kind < pass.kinds.size(); ++kind)
      shares_.push_back(share_of(pass, kind, t, order_, layout, carriage.packet_words));
  }

  Stream build(const std::vector<PeShare>& shares) {
    gather(shares);
    line_up();
    stream_.address.reserve(due_.size());
    stream_.first.reserve(due_.size() + 1);
    stream_.group.reserve(due_.size());
    for (auto it = due_.begin(); it != due_.end();) {
      const auto end = std::find_if(it, due_.end(), [&](const Due& d) { return earlier(*it, d); });
      send_those_of_one_place({it, end});
      it = end;
    }
    return std::move(stream_);
  }

 private:
  // PEs with the same words at the same steps are one audience.
  void gather(const std::vector<PeShare>& shares) {
    const Coordinates zero = origin(pass_.layer, tensor_, pass_.box);
    for (const PeShare& share : shares) {
      Coordinates from = coordinates(pass_.layer, tensor_, share.first);
      std::int64_t address = 0;
      for (std::size_t a = 0; a < kAxes; ++a) {
        from[a] -= zero[a];
        address += from[a] * layout_.stride[a];
      }
      takers_.push_back({share.kind, order_.start(share.kind, from),
                         static_cast<std::int32_t>(address), share.turn, share.pe});
    }
    std::ranges::sort(takers_, {},
                      [](const Taker& t) { return std::tie(t.kind, t.place, t.turn); });
    for (std::size_t i = 0; i < takers_.size(); ++i) {
      const Taker& t = takers_[i];
      if (i == 0 || t.kind != audiences_.back().kind || t.place != audiences_.back().place)
        audiences_.push_back({t.kind, t.place, t.address, i, i});
      audiences_.back().end = i + 1;
    }
    alone_.assign(audiences_.size(), -1);
  }

  // Lists the packets of all audiences in the order of service. Those of one kind take the k-th
  // packet each, then the next, which mostly is the order already.
  void line_up() {
    for (std::size_t a = 0; a < audiences_.size();) {
      const auto middle = static_cast<std::ptrdiff_t>(due_.size());
      const std::size_t kind = audiences_[a].kind, from = a;
      while (a < audiences_.size() && audiences_[a].kind == kind) ++a;
      const std::vector<std::uint64_t>& places = shares_[kind].place;
      due_.reserve(due_.size() + places.size() * (a - from));
      for (std::size_t k = 0; k < places.size(); ++k) {
        for (std::size_t i = from; i < a; ++i)
          due_.push_back({places[k] + audiences_[i].place, static_cast<std::int32_t>(i),
                          static_cast<std::int32_t>(k)});
      }
      const auto fresh = due_.begin() + middle;
      if (!std::is_sorted(fresh, due_.end(), earlier)) std::sort(fresh, due_.end(), earlier);
      std::inplace_merge(due_.begin(), fresh, due_.end(), earlier);
    }
  }

  // All begin with the same word. Those with the same words are one packet.
  void send_those_of_one_place(std::span<Due> due) {
    if (due.size() == 1) return send(due);
    std::ranges::sort(due, [&](const Due& a, const Due& b) {
      const auto order = compare_words(a, b);
      if (order == 0) return a.audience < b.audience;
      return bus_ == BusOrder::kStepReversed ? order > 0 : order < 0;
    });
    while (!due.empty()) {
      std::size_t n = 1;
      while (n < due.size() && compare_words(due[0], due[n]) == 0) ++n;
      send(due.first(n));
      due = due.subspan(n);
    }
  }

  std::strong_ordering compare_words(const Due& a, const Due& b) const {
    const std::span<const std::int32_t> x = words(a), y = words(b);
    const std::int32_t from_x = address_of(a), from_y = address_of(b);
    for (std::size_t k = 0; k < std::min(x.size(), y.size()); ++k) {
      if (x[k] + from_x != y[k] + from_y) return x[k] + from_x <=> y[k] + from_y;
    }
    return x.size() <=> y.size();
  }

  std::span<const std::int32_t> words(const Due& due) const {
    const Share& share = shares_[audiences_[at(due.audience)].kind];
    const std::int32_t first = share.first[at(due.packet)];
    return {&share.address[at(first)], at(share.first[at(due.packet) + 1] - first)};
  }
  std::int32_t address_of(const Due& due) const { return audiences_[at(due.audience)].address; }

  void send(std::span<const Due> due) {
    for (const std::int32_t word : words(due[0]))
      stream_.address.push_back(word + address_of(due[0]));
    stream_.first.push_back(static_cast<std::int32_t>(stream_.address.size()));
    stream_.group.push_back(group_of(due));
  }

  // The group of all that take a packet.
  std::int32_t group_of(std::span<const Due> due) {
    std::int32_t& alone = alone_[at(due[0].audience)];
    if (due.size() == 1 && alone >= 0) return alone;
    key_.clear();
    for (const Due& d : due) key_.push_back(d.audience);
    const auto [it, fresh] = groups_.try_emplace(key_, static_cast<std::int32_t>(groups_.size()));
    if (due.size() == 1) alone = it->second;
    if (fresh) add_group(due);
    return it->second;
  }

  void add_group(std::span<const Due> due) {
    std::vector<std::pair<int, std::int32_t>> members;
    for (const Due& d : due) {
      const Audience& audience = audiences_[at(d.audience)];
      for (std::size_t i = audience.first; i < audience.end; ++i)
        members.emplace_back(takers_[i].turn, takers_[i].pe);
    }
    std::ranges::sort(members);
    for (const auto& [turn, pe] : members) stream_.member.push_back(pe);
    stream_.first_member.push_back(static_cast<std::int32_t>(stream_.member.size()));
  }

  const PassView& pass_;
  Tensor tensor_;
  const TileLayout& layout_;
  BusOrder bus_;
  ServiceOrder order_;
  std::vector<Share> shares_;  // of each kind
  std::vector<Taker> takers_;
  std::vector<Audience> audiences_;  // by kind, then by place
  std::vector<Due> due_;
  std::vector<std::int32_t> alone_;                           // group of each audience by itself
  std::map<std::vector<std::int32_t>, std::int32_t> groups_;  // by audiences
  std::vector<std::int32_t> key_;
  Stream stream_;
};

// Each packet once for each member of its group, in their turns.
Stream spread_out(const Stream& together) {
  Stream apart;
  std::map<std::int32_t, std::int32_t> group_of;
  for (std::int32_t k = 0; k < together.packets(); ++k) {
    const std::size_t group = at(together.group[at(k)]);
    for (std::int32_t m = together.first_member[group]; m < together.first_member[group + 1]; ++m) {
      const std::int32_t pe = together.member[at(m)];
      const auto [it, fresh] = group_of.try_emplace(pe, static_cast<std::int32_t>(group_of.size()));
      if (fresh) {
        apart.member.push_back(pe);
        apart.first_member.push_back(static_cast<std::int32_t>(apart.member.size()));
      }
      const auto from = together.address.begin();
      apart.address.insert(apart.address.end(), from + together.first[at(k)],
                           from + together.first[at(k) + 1]);
      apart.first.push_back(static_cast<std::int32_t>(apart.address.size()));
      apart.group.push_back(it->second);
    }
  }
  return apart;
}

}  // namespace

Stream build_stream(const PassView& pass, Tensor t, const std::vector<PeShare>& shares,
                    const Carriage& carriage, const TileLayout& layout) {
  Stream stream = StreamBuilder(pass, t, carriage, layout).build(shares);
  if (carriage.order == BusOrder::kPe) stream = pe_order(stream);
  return carriage.sharing == Sharing::kTogether ? stream : spread_out(stream);
}

}  // namespace orrery
