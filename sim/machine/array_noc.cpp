#include <algorithm>

#include "sim/machine/array.h"

namespace orrery {

void Array::Sender::start(const Stream& s, const Bus& bus) {
  stream = &s;
  next = 0;
  blocked_by = -1;
  in_flight = 0;
  latency = bus.latency_cycles;
  landing.fill(-1);
}

// The psum-out bus: the next packet in its order goes to the GLB, once its PEs have it ready.
bool Array::collect() {
  if (collect_busy_ > 0) {
    --collect_busy_;
    return true;
  }
  if (awaited_ >= 0 && pes_[static_cast<std::size_t>(awaited_)].psum_out.ready == 0) return false;
  const Stream& stream = pass_->psum_out;
  const auto packet = static_cast<std::size_t>(collected_);
  const auto group = static_cast<std::size_t>(stream.group[packet]);
  auto m = static_cast<std::size_t>(stream.first_member[group]);
  const auto end = static_cast<std::size_t>(stream.first_member[group + 1]);
  for (std::size_t next = m + ready_members_; next < end; ++next, ++ready_members_) {
    awaited_ = stream.member[next];
    if (pes_[static_cast<std::size_t>(awaited_)].psum_out.ready == 0) return false;
  }
  const auto members = static_cast<int>(end - m);
  awaited_ = -1;
  ready_members_ = 0;
  const int n = stream.first[packet + 1] - stream.first[packet];
  const std::int32_t* address = &stream.address[static_cast<std::size_t>(stream.first[packet])];
  const bool adds = store_adds_ && (tiles_.read_psums || stream.repeats(collected_));
  take_packet(stream.member[m], address, n, adds ? Arrival::kAdded : Arrival::kPut);
  while (++m < end) take_packet(stream.member[m], address, n, Arrival::kAdded);
  const auto words = static_cast<std::uint64_t>(n * words_per_psum_);
  record_.counts[Action::noc_psum_bus_word] += words;
  record_.counts[Action::noc_psum_delivery] += words;
  record_.counts[Action::glb_psum_array_read] += adds ? words : 0;
  record_.counts[Action::glb_psum_array_write] += words;
  merged_ += static_cast<std::uint64_t>(n * (members - (adds ? 0 : 1)));
  collect_busy_ = collect_cycles_ - 1;
  done_ = ++collected_ == stream.packets();
  return true;
}

// PE i's share of a packet of psums.
void Array::take_packet(int i, const std::int32_t* address, int n, Arrival arrival) {
  PsumFifo& out = pes_[static_cast<std::size_t>(i)].psum_out;
  for (int k = 0; k < n; ++k) {
    const std::int32_t value = fifo_slot(psum_out_, i, out.popped + k);
    std::int32_t& psum = tiles_.psum[address[k]];
    psum = arrival == Arrival::kAdded ? mac_.accumulate(psum, value) : value;
  }
  out.popped += n;
  --out.ready;
  --out.taken;
  look_again(i, PeState::kWaitPsumOut);
}

// Links: one packet from each PE that has one ready to the PE above, where there is room.
void Array::hop_psums() {
  links_.for_each([&](int from) {
    const auto at = static_cast<std::size_t>(from);
    if (now_ < link_free_[at]) return;
    const int to = pass_->pes[at].above;
    PsumFifo& out = pes_[at].psum_out;
    PsumFifo& in = pes_[static_cast<std::size_t>(to)].psum_in;
    if (!in.has_room()) {
      links_.clear(from);  // until the PE above frees an entry
      return;
    }
    const int n = pes_[at].psums_to_packet_end(out.popped % pes_[at].steps.program().window_psums);
    for (int k = 0; k < n; ++k)
      fifo_slot(psum_in_, to, in.sent + k) = fifo_slot(psum_out_, from, out.popped + k);
    in.sent += n;
    ++in.taken;
    out.popped += n;
    --out.taken;
    if (--out.ready == 0) links_.clear(from);
    link_free_[at] = now_ + link_cycles_;
    look_again(from, PeState::kWaitPsumOut);
    record_.counts[Action::noc_psum_hop] += static_cast<std::uint64_t>(n * words_per_psum_);
    const int delay = link_cycles_ - 1 + machine_.noc.psum_link.latency_cycles;
    if (delay == 0) {
      land_hop(from);
    } else {
      hops_.add(delay, from);
    }
  });
}

void Array::land_hop(int from) {
  const int to = pass_->pes[static_cast<std::size_t>(from)].above;
  PeCore& pe = pes_[static_cast<std::size_t>(to)];
  pe.psum_in.pushed += pe.psums_to_packet_end(pe.psum_in.pushed % pe.steps.program().window_psums);
  look_again(to, PeState::kWaitPsumIn);
}

bool Array::group_has_room(Sender& sender, Tensor t) const {
  const Stream& s = *sender.stream;
  const auto group = static_cast<std::size_t>(s.group[static_cast<std::size_t>(sender.next)]);
  for (auto m = s.first_member[group]; m < s.first_member[group + 1]; ++m) {
    const int i = s.member[static_cast<std::size_t>(m)];
    const PeCore& pe = pes_[static_cast<std::size_t>(i)];
    const bool room = t == Tensor::kIfmap    ? pe.ifmap.has_room()
                      : t == Tensor::kFilter ? pe.filter.has_room()
                                             : pe.psum_in.has_room();
    if (!room) {
      sender.blocked_by = i;
      return false;
    }
  }
  return true;
}

// Packets under way reach their PEs, whatever else the bus does.
bool Array::land_due(Sender& sender, Tensor t) {
  if (sender.in_flight == 0) return false;
  std::int32_t& packet = sender.landing[static_cast<std::size_t>(now_ % Wheel::kSlots)];
  if (packet >= 0) {
    land(sender, t, packet);
    packet = -1;
    --sender.in_flight;
  }
  return true;
}

// A packet leaves the GLB only when every PE of its group has room: head-of-line blocking is real.
bool Array::send(Sender& sender, Tensor t) {
  if (sender.finished()) return false;
  if (sender.blocked_by >= 0 || !group_has_room(sender, t)) return false;
  const Stream& s = *sender.stream;
  const auto packet = static_cast<std::size_t>(sender.next);
  const auto group = static_cast<std::size_t>(s.group[packet]);
  for (auto m = s.first_member[group]; m < s.first_member[group + 1]; ++m)
    deliver(sender, t, s.member[static_cast<std::size_t>(m)]);
  const auto takers = static_cast<std::uint64_t>(s.first_member[group + 1] - s.first_member[group]);
  count_packet(sender, t, takers);
  if (sender.latency == 0) {
    land(sender, t, sender.next);
  } else {
    sender.landing[static_cast<std::size_t>((now_ + sender.latency) % Wheel::kSlots)] = sender.next;
    ++sender.in_flight;
  }
  ++sender.next;
  return true;
}

void Array::count_packet(const Sender& sender, Tensor t, std::uint64_t takers) {
  const Stream& s = *sender.stream;
  const auto packet = static_cast<std::size_t>(sender.next);
  const auto first = static_cast<std::size_t>(s.first[packet]),
             last = static_cast<std::size_t>(s.first[packet + 1]);
  std::uint64_t words = last - first;
  Counts& counts = record_.counts;
  switch (t) {
    case Tensor::kIfmap:
      counts[Action::glb_ifmap_array_read] += words;
      for (std::size_t i = first; tiles_.padding != nullptr && i < last; ++i) {
        counts[Action::glb_ifmap_array_read] -= tiles_.padding[s.address[i]];
      }
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

// Puts the sender's next packet where PE i will find it; it may use it once the packet has landed.
void Array::deliver(const Sender& sender, Tensor t, int i) {
  const Stream& s = *sender.stream;
  const auto packet = static_cast<std::size_t>(sender.next);
  const std::int32_t* address = &s.address[static_cast<std::size_t>(s.first[packet])];
  const int n = s.first[packet + 1] - s.first[packet];
  PeCore& pe = pes_[static_cast<std::size_t>(i)];
  const bool lost = lost_.packet == sender.next && lost_.pe == i && lost_.tensor == t;
  if (t == Tensor::kPsum) {
    ++pe.psum_in.taken;
    for (int k = 0; k < n && !lost; ++k)
      fifo_slot(psum_in_, i, pe.psum_in.sent + k) = tiles_.psum[address[k]];
    pe.psum_in.sent += n;
    return;
  }
  const bool ifmap = t == Tensor::kIfmap;
  OperandPath& path = ifmap ? pe.ifmap : pe.filter;
  const std::int16_t* tile = ifmap ? tiles_.ifmap : tiles_.filter;
  std::int16_t* ring = ifmap ? ifmap_ring(i) : filter_ring(i);
  const std::size_t mask = (std::size_t{1} << (ifmap ? ifmap_bits_ : filter_bits_)) - 1;
  ++path.taken;
  for (int k = 0; k < n && !lost; ++k)
    ring[static_cast<std::size_t>(path.sent + k) & mask] = tile[address[k]];
  path.sent += n;
}

// A packet reaches the FIFOs of its group; it is seen in the next cycle.
void Array::land(const Sender& sender, Tensor t, std::int32_t packet) {
  const Stream& s = *sender.stream;
  const auto at = static_cast<std::size_t>(packet);
  const int n = s.first[at + 1] - s.first[at];
  const auto group = static_cast<std::size_t>(s.group[at]);
  for (auto m = s.first_member[group]; m < s.first_member[group + 1]; ++m) {
    const int i = s.member[static_cast<std::size_t>(m)];
    PeCore& pe = pes_[static_cast<std::size_t>(i)];
    switch (t) {
      case Tensor::kIfmap:
        pe.ifmap.arrived += n;
        arming_ifmap_.set(i);
        break;
      case Tensor::kFilter:
        pe.filter.arrived += n;
        arming_filter_.set(i);
        break;
      case Tensor::kPsum:
        pe.psum_in.pushed += n;
        look_again(i, PeState::kWaitPsumIn);
        break;
    }
  }
}

bool Array::load_spads() {
  const bool moved =
      load_ifmap_.any() || load_filter_.any() || arming_ifmap_.any() || arming_filter_.any();
  load_ifmap_.for_each([&](int i) {
    load_spad(i, pes_[static_cast<std::size_t>(i)].ifmap, load_ifmap_, ifmap_bus_,
              PeState::kWaitIfmap);
  });
  load_filter_.for_each([&](int i) {
    load_spad(i, pes_[static_cast<std::size_t>(i)].filter, load_filter_, filter_bus_,
              PeState::kWaitFilter);
  });
  load_ifmap_.take(arming_ifmap_);
  load_filter_.take(arming_filter_);
  return moved;
}

void Array::load_spad(int i, OperandPath& path, PeMask& loading, Sender& bus, PeState need) {
  if (path.can_load()) {
    path.load();
    if (bus.blocked_by == i) bus.blocked_by = -1;
    ++record_
          .counts[need == PeState::kWaitIfmap ? Action::spad_ifmap_fill : Action::spad_filter_fill];
    look_again(i, need);
  }
  if (!path.can_load()) loading.clear(i);
}

// Wakes a PE in the next cycle if this is what it waits for.
void Array::look_again(int i, PeState need) {
  const PeCore& pe = pes_[static_cast<std::size_t>(i)];
  if (pe.waiting && pe.state == need) wakes_.add(1, i);
}

}  // namespace orrery
