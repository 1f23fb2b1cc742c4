// The buses and links of the array.
#include <algorithm>

#include "sim/machine/array.h"

namespace orrery {
namespace {

std::span<const std::int32_t> members(const Stream& s, std::int32_t packet) {
  const auto group = static_cast<std::size_t>(s.group[static_cast<std::size_t>(packet)]);
  const auto first = static_cast<std::size_t>(s.first_member[group]),
             last = static_cast<std::size_t>(s.first_member[group + 1]);
  return {&s.member[first], last - first};
}

std::span<const std::int32_t> addresses(const Stream& s, std::int32_t packet) {
  const auto at = static_cast<std::size_t>(packet);
  const auto first = static_cast<std::size_t>(s.first[at]),
             last = static_cast<std::size_t>(s.first[at + 1]);
  return {&s.address[first], last - first};
}

}  // namespace

void Array::Sender::start(const Stream& s, const Bus& bus) {
  stream = &s;
  next = looked_at = 0;
  free = room = 0;
  blocked_by = -1;
  latency = bus.latency_cycles;
}

// A packet leaves the GLB only when every PE of its group has room: head-of-line blocking is real.
template <class Know>
inline bool Array::Sender::find_room(Know know) {
  if (finished() || blocked_by >= 0) return false;
  const std::span<const std::int32_t> group = members(*stream, next);
  for (auto m = static_cast<std::size_t>(looked_at); m < group.size(); ++m, ++looked_at) {
    if (know(group[m], room)) continue;
    blocked_by = group[m];
    return false;
  }
  room = std::max(room, free);
  return true;
}

void Array::Sender::sent(Cycle when) {
  free = when + 1;
  room = 0;
  looked_at = 0;
  ++next;
}

// The psum-out bus: packets go to the GLB in its order, each once its PEs have it ready.
template <Array::Logging kLogging>
bool Array::collect() {
  bool any = false;
  while (!done_ && collect_packet<kLogging>()) any = true;
  return any;
}

template <Array::Logging kLogging>
bool Array::collect_packet() {
  const Stream& stream = pass_->psum_out;
  const std::span<const std::int32_t> group = members(stream, collected_);
  for (; ready_members_ < group.size(); ++ready_members_) {
    PeCore& member = pe(group[ready_members_]);
    if (member.merged == member.left) return false;
    members_ready_ = std::max(members_ready_, member.packet(member.left).ready);
  }
  const Cycle when = std::max(members_ready_, collect_free_);
  const std::span<const std::int32_t> address = addresses(stream, collected_);
  const bool adds = store_adds_ && (tiles_.read_psums || stream.repeats(collected_));
  if constexpr (kLogging == Logging::kOn) log_packet(when, group, address.size());
  Arrival arrival = adds ? Arrival::kAdded : Arrival::kPut;
  for (const std::int32_t i : group) {
    PeCore& member = pe(i);
    member.packet(member.left).left = when;
    take_packet(member, i, address, arrival);
    arrival = Arrival::kAdded;
  }
  const std::uint64_t words = address.size() * static_cast<std::uint64_t>(words_per_psum_);
  Counts& counts = record_.counts;
  counts[Action::noc_psum_bus_word] += words;
  counts[Action::noc_psum_delivery] += words;
  counts[Action::glb_psum_array_read] += adds ? words : 0;
  counts[Action::glb_psum_array_write] += words;
  counts[Action::adder_none_merge] += address.size() * (group.size() - (adds ? 0 : 1));
  if (shared_psum_port_) collects_.push_back(when);
  collect_free_ = when + collect_cycles_;
  members_ready_ = 0;
  ready_members_ = 0;
  done_ = ++collected_ == stream.packets();
  return true;
}

// The psums of a packet as they leave the array.
void Array::log_packet(Cycle when, std::span<const std::int32_t> group, std::size_t psums) {
  log_->leaving.push_back({when, {}});
  if (!has_values_) return;
  std::vector<std::int32_t>& sum = log_->leaving.back().psums;
  for (const std::int32_t i : group) {
    const PeCore& from = pe(i);
    const std::int32_t* values = from.psum_out + packet_slot(from, from.left);
    if (sum.empty()) {
      sum.assign(values, values + psums);
    } else {
      for (std::size_t k = 0; k < psums; ++k) sum[k] = mac_.accumulate(sum[k], values[k]);
    }
  }
}

// PE i's share of a packet of psums.
void Array::take_packet(PeCore& from, int i, std::span<const std::int32_t> address,
                        Arrival arrival) {
  const std::int32_t* values = from.psum_out + packet_slot(from, from.left);
  for (std::size_t k = 0; has_values_ && k < address.size(); ++k) {
    std::int32_t& psum = tiles_.psum[address[k]];
    psum = arrival == Arrival::kAdded ? mac_.accumulate(psum, values[k]) : values[k];
  }
  ++from.left;
  continue_if_awaits(from, i, PeState::kWaitPsumOut);
}

// A link: packets that are ready go to the PE above, where there is room.
template <Array::Logging kLogging>
void Array::hop_psums(int from, int to) {
  PeCore &below = pe(from), &above = pe(to);
  while (below.left < below.merged && below.left < above.merged + psum_in_packets_) {
    const std::int32_t k = below.left++;
    PacketTimes& times = below.packet(k);
    times.left = std::max(times.ready, below.link_free);
    if (k >= psum_in_packets_)
      times.left = std::max(times.left, above.packet(k - psum_in_packets_).freed);
    below.link_free = times.left + link_cycles_;
    if constexpr (kLogging == Logging::kOn) log_->hop(from, times.left);
    above.packet(k).landed = below.link_free + machine_.noc.psum_link.latency_cycles;
    above.landed = k + 1;
    if (has_values_) {
      std::copy_n(below.psum_out + packet_slot(below, k), psums_per_packet_,
                  above.psum_in + packet_slot(above, k));
    }
    continue_if_awaits(above, to, PeState::kWaitPsumIn);
    continue_if_awaits(below, from, PeState::kWaitPsumOut);
  }
}

bool Array::room_for_psums(int i, Cycle& when) {
  PeCore& to = pe(i);
  if (to.landed >= to.merged + psum_in_packets_) return false;
  if (to.landed >= psum_in_packets_)
    when = std::max(when, to.packet(to.landed - psum_in_packets_).freed);
  return true;
}

template <Array::Logging kLogging>
bool Array::send_psums() {
  bool any = false;
  while (send_psum_packet<kLogging>()) any = true;
  return any;
}

template <Array::Logging kLogging>
bool Array::send_psum_packet() {
  Sender& bus = psum_bus_;
  if (!bus.find_room([&](int i, Cycle& room) { return room_for_psums(i, room); })) return false;
  const Cycle room = std::max(bus.room, psums_from_);
  const Cycle when = shared_psum_port_ ? port_free_from(room) : room;
  const std::span<const std::int32_t> address = addresses(*bus.stream, bus.next);
  for (const std::int32_t i : members(*bus.stream, bus.next)) {
    PeCore& to = pe(i);
    std::int32_t* values = to.psum_in + packet_slot(to, to.landed);
    if (has_values_ && !loses(bus, Tensor::kPsum, i)) {
      for (std::size_t k = 0; k < address.size(); ++k) values[k] = tiles_.psum[address[k]];
    }
    to.packet(to.landed++).landed = when + bus.latency + 1;
    continue_if_awaits(to, i, PeState::kWaitPsumIn);
  }
  count_packet(bus, Tensor::kPsum);
  if constexpr (kLogging == Logging::kOn) log_->send(Tensor::kPsum, when);
  bus.sent(when);
  return true;
}

// First cycle from `when` on in which no psums are written; those known to be come before all that
// are not.
Cycle Array::port_free_from(Cycle when) {
  while (collects_over_ < collects_.size() && collects_[collects_over_] <= when) {
    when = std::max(when, collects_[collects_over_] + collect_cycles_);
    ++collects_over_;
  }
  return when;
}

template <Array::Logging kLogging>
bool Array::send_operands(Sender& bus, OperandPath PeCore::*path, Tensor t) {
  const PeState need = t == Tensor::kIfmap ? PeState::kWaitIfmap : PeState::kWaitFilter;
  const std::int16_t* tile = t == Tensor::kIfmap ? tiles_.ifmap : tiles_.filter;
  bool any = false;
  while (bus.find_room([&](int i, Cycle& room) {
    const OperandPath& to = pe(i).*path;
    if (!to.room_is_known()) return false;
    room = std::max(room, to.room());
    return true;
  })) {
    const std::span<const std::int32_t> address = addresses(*bus.stream, bus.next);
    for (const std::int32_t i : members(*bus.stream, bus.next)) {
      PeCore& to = pe(i);
      deliver(to.*path, address, loses(bus, t, i) ? nullptr : tile, bus.room + bus.latency + 1);
      continue_if_awaits(to, i, need);
    }
    count_packet(bus, t);
    if constexpr (kLogging == Logging::kOn) log_->send(t, bus.room);
    bus.sent(bus.room);
    any = true;
  }
  return any;
}

// Without a tile the words keep their stale values.
void Array::deliver(OperandPath& path, std::span<const std::int32_t> address,
                    const std::int16_t* tile, Cycle landed) {
  if (tile != nullptr) {
    std::int32_t word = path.sent;
    for (const std::int32_t from : address) path.words[path.slot(word++)] = tile[from];
  }
  path.land(static_cast<std::int32_t>(address.size()), landed);
}

void Array::count_packet(const Sender& bus, Tensor t) {
  const std::span<const std::int32_t> address = addresses(*bus.stream, bus.next);
  const std::uint64_t takers = members(*bus.stream, bus.next).size();
  std::uint64_t words = address.size();
  Counts& counts = record_.counts;
  switch (t) {
    case Tensor::kIfmap:
      counts[Action::glb_ifmap_array_read] += words;
      counts[Action::noc_ifmap_bus_word] += words;
      counts[Action::noc_ifmap_delivery] += words * takers;
      break;
    case Tensor::kFilter:
      counts[Action::glb_filter_array_read] += words;
      counts[Action::noc_filter_bus_word] += words;
      counts[Action::noc_filter_delivery] += words * takers;
      break;
    case Tensor::kPsum:
      words *= static_cast<std::uint64_t>(words_per_psum_);
      counts[Action::glb_psum_array_read] += words;
      counts[Action::noc_psum_bus_word] += words;
      counts[Action::noc_psum_delivery] += words * takers;
      break;
  }
}

template bool Array::collect<Array::Logging::kOff>();
template bool Array::collect<Array::Logging::kOn>();
template void Array::hop_psums<Array::Logging::kOff>(int, int);
template void Array::hop_psums<Array::Logging::kOn>(int, int);
template bool Array::send_psums<Array::Logging::kOff>();
template bool Array::send_psums<Array::Logging::kOn>();
template bool Array::send_psum_packet<Array::Logging::kOff>();
template bool Array::send_psum_packet<Array::Logging::kOn>();
template bool Array::send_operands<Array::Logging::kOff>(Sender&, OperandPath PeCore::*, Tensor);
template bool Array::send_operands<Array::Logging::kOn>(Sender&, OperandPath PeCore::*, Tensor);

}  // namespace orrery
