#include "sim/activity/pe_activity.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <stdexcept>
#include <string_view>

#include "sim/activity/gates.h"
#include "sim/twin/pe_bits.h"

namespace orrery {
namespace {

// Instances whose path begins so, and the part that they belong to; the first that fits.
struct Part {
  std::string_view path, name;
};
constexpr std::array kParts{
    Part{"u_mac", "multiplier"},
    Part{"u_gates", "multiplier"},
    Part{"u_adder", "adder"},
    Part{"u_second_adder", "second adder"},
    Part{"u_ifmap.u_spad", "ifmap spad"},
    Part{"u_filter.u_spad", "filter spad"},
    Part{"u_psum_spad", "psum spad"},
    Part{"u_ifmap.u_fifo", "FIFOs"},
    Part{"u_filter.u_fifo", "FIFOs"},
    Part{"u_psum_in", "FIFOs"},
    Part{"u_psum_out", "FIFOs"},
    Part{"u_counters", "counters"},
    Part{"u_ifmap", "ifmap addressing"},
    Part{"u_filter", "filter addressing"},
    Part{"", "control and pipeline"},
};

std::size_t part_of(std::string_view path, const std::vector<std::string>& names) {
  const auto* part =
      std::ranges::find_if(kParts, [&](const Part& p) { return path.starts_with(p.path); });
  return static_cast<std::size_t>(std::ranges::find(names, part->name) - names.begin());
}

template <class Word>
std::span<const Word> packet(const std::vector<std::vector<Word>>& packets, std::size_t next) {
  return next < packets.size() ? std::span<const Word>(packets[next]) : std::span<const Word>();
}

// A port for packets, in all lanes. It keeps its bits while nothing new is offered.
class PacketPort {
 public:
  PacketPort(Gates& gates, const std::string& name)
      : gates_(gates),
        valid_(gates.port(name + "_valid_i")[0]),
        data_(gates.port(name + "_data_i")),
        words_(gates.port(name + "_words_i")) {}

  template <class Word>
  void offer(int lane, std::span<const Word> packet) {
    gates_.set(valid_, lane, !packet.empty());
    if (packet.empty() || packet.data() == offered_[static_cast<std::size_t>(lane)]) return;
    offered_[static_cast<std::size_t>(lane)] = packet.data();
    constexpr std::size_t kBits = 8 * sizeof(Word);
    for (std::size_t i = 0; i < packet.size() * kBits; ++i)
      gates_.set(data_[i], lane, packet[i / kBits] >> i % kBits & 1);
    for (std::size_t i = 0; i < words_.size(); ++i)
      gates_.set(words_[i], lane, packet.size() >> i & 1);
  }

 private:
  Gates& gates_;
  std::int32_t valid_;
  const std::vector<std::int32_t>&data_, &words_;
  std::array<const void*, Gates::kLanes> offered_{};
};

// The lanes of one play.
class Play {
 public:
  Play(const Netlist& netlist, const PeSetup& setup, std::span<const PeStreams> pes)
      : gates_(netlist),
        pes_(pes),
        next_(pes.size()),
        ifmap_(gates_, "ifmap"),
        filter_(gates_, "filter"),
        psum_in_(gates_, "psum_in"),
        out_valid_(gates_.port("psum_out_valid_o")[0]),
        out_data_(gates_.port("psum_out_data_o")),
        out_words_(gates_.port("psum_out_words_o")) {
    put("cfg_i", pe_cfg_bits(setup), ~Gates::Lanes{0});
    put("program_i", pe_idle_bits(), ~Gates::Lanes{0});
    for (std::size_t lane = 0; lane < pes.size(); ++lane) {
      PeSetup own = setup;
      own.program = pes[lane].program;
      own.takes_psums = pes[lane].takes_psums;
      models_.emplace_back(own);
      put("program_i", pe_program_bits(own.program, own.takes_psums), Gates::Lanes{1} << lane);
      open_ |= Gates::Lanes{1} << lane;
    }
    gates_.set(gates_.port("rst_ni")[0], ~Gates::Lanes{0});
    gates_.set(gates_.port("psum_out_ready_i")[0], ~Gates::Lanes{0});
    set_start(true);
    gates_.settle();
    gates_.clock();
    set_start(false);
  }

  // Plays a cycle of the PEs that have not ended; returns how many have.
  std::size_t step(PeActivity& sum) {
    for (std::size_t lane = 0; lane < pes_.size(); ++lane) {
      if (is_open(lane)) offer(lane);
    }
    gates_.settle();
    gates_.count(open_);
    for (std::size_t lane = 0; lane < pes_.size(); ++lane) {
      if (is_open(lane)) compare(lane, sum);
    }
    gates_.clock();
    ++cycle_;
    return pes_.size() - static_cast<std::size_t>(std::popcount(open_));
  }

  const Gates& gates() const { return gates_; }

 private:
  struct Next {
    std::size_t ifmap = 0, filter = 0, psum = 0;
  };

  bool is_open(std::size_t lane) const { return (open_ >> lane & 1) != 0; }
  void set_start(bool on) {
    gates_.set(gates_.port("start_i")[0], on ? ~Gates::Lanes{0} : Gates::Lanes{0});
  }
  void put(const std::string& port, const std::vector<std::uint32_t>& bits, Gates::Lanes lanes) {
    const auto& nets = gates_.port(port);
    for (std::size_t i = 0; i < nets.size(); ++i) {
      const Gates::Lanes old = gates_.get(nets[i]) & ~lanes;
      gates_.set(nets[i], old | ((bits[i / 32] >> i % 32 & 1) != 0 ? lanes : Gates::Lanes{0}));
    }
  }

  PeInputs inputs(std::size_t lane) const {
    const Next& next = next_[lane];
    return {.ifmap = packet(pes_[lane].ifmap, next.ifmap),
            .filter = packet(pes_[lane].filter, next.filter),
            .psum = packet(pes_[lane].psum_in, next.psum),
            .takes_psum_out = true};
  }
  void offer(std::size_t lane) {
    const PeInputs in = inputs(lane);
    ifmap_.offer(static_cast<int>(lane), in.ifmap);
    filter_.offer(static_cast<int>(lane), in.filter);
    psum_in_.offer(static_cast<int>(lane), in.psum);
  }

  void compare(std::size_t lane, PeActivity& sum) {
    PeAlone& model = models_[lane];
    const PeOutputs out = model.step(inputs(lane));
    const int l = static_cast<int>(lane);
    bool same = ((gates_.get(out_valid_) >> lane & 1) != 0) == !out.psum_out.empty();
    if (!out.psum_out.empty()) same &= gates_.get(out_words_, l, 0, 8) == out.psum_out.size();
    for (std::size_t k = 0; k < out.psum_out.size(); ++k)
      same &= static_cast<std::int32_t>(gates_.get(out_data_, l, 32 * k, 32)) == out.psum_out[k];
    if (!same) {
      throw std::runtime_error(fmt::format(
          "the gates of a PE do not do what the PE does, in cycle {} of lane {}", cycle_, lane));
    }
    Next& next = next_[lane];
    next.ifmap += out.took_ifmap ? 1 : 0;
    next.filter += out.took_filter ? 1 : 0;
    next.psum += out.took_psum ? 1 : 0;
    ++sum.cycles;
    sum.macs += out.state == PeState::kMac ? 1 : 0;
    sum.gated += out.gated ? 1 : 0;
    if (model.done() && model.registers().psum_out_packets == 0)
      open_ &= ~(Gates::Lanes{1} << lane);
  }

  Gates gates_;
  std::span<const PeStreams> pes_;
  std::vector<PeAlone> models_;
  std::vector<Next> next_;
  PacketPort ifmap_, filter_, psum_in_;
  std::int32_t out_valid_;
  const std::vector<std::int32_t>&out_data_, &out_words_;
  Gates::Lanes open_ = 0;
  std::int64_t cycle_ = 0;
};

}  // namespace

std::vector<std::string> part_names() {
  std::vector<std::string> names;
  for (const Part& part : kParts) {
    if (std::ranges::find(names, part.name) == names.end()) names.emplace_back(part.name);
  }
  return names;
}

PeActivity play_gates(const Netlist& netlist, const PeSetup& setup, std::span<const PeStreams> pes,
                      const std::function<void(double)>& progress) {
  PeActivity sum;
  sum.pes = static_cast<std::int64_t>(pes.size());
  std::vector<std::uint64_t> switches(static_cast<std::size_t>(netlist.nets), 0);
  for (std::size_t from = 0; from < pes.size(); from += Gates::kLanes) {
    const auto lanes = pes.subspan(from, std::min<std::size_t>(Gates::kLanes, pes.size() - from));
    Play play(netlist, setup, lanes);
    while (play.step(sum) < lanes.size()) {
    }
    for (std::size_t net = 0; net < switches.size(); ++net)
      switches[net] += play.gates().switches()[net];
    progress(static_cast<double>(from + lanes.size()) / static_cast<double>(pes.size()));
  }
  const std::vector<std::string> names = part_names();
  for (const std::string& name : names) sum.parts.push_back({.name = name});
  std::vector<std::size_t> part_of_instance;
  for (std::size_t i = 0; i < netlist.instances.size(); ++i) {
    part_of_instance.push_back(part_of(netlist.instances[i], names));
    sum.parts[part_of_instance[i]].registers += static_cast<std::uint64_t>(netlist.registers_of[i]);
  }
  for (std::size_t net = 0; net < switches.size(); ++net) {
    PartActivity& part =
        sum.parts[part_of_instance[static_cast<std::size_t>(netlist.instance_of[net])]];
    ++part.nets;
    part.switches += switches[net];
    part.charge += switches[net] * static_cast<std::uint64_t>(netlist.load[net] + 1);
  }
  return sum;
}

}  // namespace orrery
