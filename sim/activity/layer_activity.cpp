#include "sim/activity/layer_activity.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <future>
#include <stdexcept>

#include "arch/mac/all.h"
#include "sim/twin/pe_bits.h"
#include "sim/twin/script.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

namespace fs = std::filesystem;
constexpr const char* kSecondAdder = "second adder";

// A folder of temporary files that goes with it.
class Scratch {
 public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "orrery_netlist_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      throw std::runtime_error("cannot write to " + fs::temp_directory_path().string());
    path_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void check_machine(const Machine& machine) {
  const auto refuse = [&](const std::string& why) {
    throw InputError(fmt::format("machine {}: {}", machine.name, why));
  };
  if (machine.array.pace != Pace::kIndependent)
    refuse("switching activity is that of an independent PE; these go in lock step");
  const int least = least_pipeline_stages(gating_macs(machine).gated);
  if (machine.pe.pipeline_stages < least) {
    refuse(fmt::format("pe.pipeline_stages is {}; the RTL PE has {} or more",
                       machine.pe.pipeline_stages, least));
  }
}

// The place of a datapath in kMacs, the RTL's parameter Mac.
std::ptrdiff_t code(const std::string& mac) {
  const std::vector<std::string> names = mac_names();
  return std::ranges::find(names, mac) - names.begin();
}

Netlist make_netlist(const Machine& machine, const std::string& mac, const fs::path& script,
                     const fs::path& cells, const fs::path& folder) {
  const Pe& pe = machine.pe;
  const int ifmap_words = packet_words(machine, Tensor::kIfmap);
  const int packets = std::max({pe.ifmap_fifo_words / ifmap_words, pe.filter_fifo_packets,
                                pe.psum_in_fifo_packets, pe.psum_out_fifo_packets});
  const fs::path out = folder / (mac + ".json");
  const Said said = run_script(
      script, {out.string(), fmt::format("Mac={}", code(mac)),
               fmt::format("MaxIfmapSpad={}", pe.ifmap_spad_words),
               fmt::format("MaxFilterSpad={}", pe.filter_spad_words),
               fmt::format("MaxPsumSpad={}", std::max(1, pe.psum_spad_words)),
               fmt::format("MaxFifoPackets={}", packets),
               fmt::format("MaxIfmapPacketWords={}", ifmap_words),
               fmt::format("MaxFilterPacketWords={}", packet_words(machine, Tensor::kFilter)),
               fmt::format("MaxPacketPsums={}", packet_psums(machine))});
  if (said.code == 2) throw InputError(said.text);
  if (said.code != 0) throw std::runtime_error(said.text);
  return read_netlist(out, "pe", read_cells(cells));
}

}  // namespace

GatingMacs gating_macs(const Machine& machine) {
  return {machine.numbers.operand_bits > 8 ? "mac_int16" : "mac_int8", "mac_zero_gated"};
}

PeNetlists make_netlists(const Machine& machine, const fs::path& script, const fs::path& cells) {
  check_machine(machine);
  const Scratch scratch;
  const GatingMacs macs = gating_macs(machine);
  const auto make = [&](const std::string& mac) {
    return make_netlist(machine, mac, script, cells, scratch.path());
  };
  auto gated = std::async(std::launch::async, [&] { return make(macs.gated); });
  Netlist plain = make(macs.plain);
  return {std::move(plain), gated.get()};
}

bool has_part(const Machine& machine, const std::string& name) {
  return machine.pe.adders > 1 || name != kSecondAdder;
}

double charge_of(const PeActivity& activity, const Machine& machine, bool clock) {
  double sum = 0;
  for (const PartActivity& part : activity.parts) {
    if (!has_part(machine, part.name)) continue;
    sum += static_cast<double>(part.charge);
    if (clock)
      sum += 2.0 * static_cast<double>(part.registers) * static_cast<double>(activity.cycles);
  }
  return sum;
}

LayerActivity layer_activity(const PeNetlists& netlists, const Layer& layer, const Machine& machine,
                             const Mapping& mapping, const Operands& in,
                             const std::function<void(double)>& progress) {
  const std::int64_t pass = starting_passes(layer, machine, mapping) / 2;
  const std::vector<PeStreams> pes = pe_streams(layer, machine, mapping, in, pass);
  const GatingMacs macs = gating_macs(machine);
  LayerActivity result;
  result.layer = layer.name;
  for (const bool gates : {false, true}) {
    Machine own = machine;
    own.mac = gates ? macs.gated : macs.plain;
    const PeSetup setup = pe_setup(own, own.registers(layer), {});
    PeActivity& sum = gates ? result.gated : result.plain;
    sum = play_gates(gates ? netlists.gated : netlists.plain, setup, pes,
                     [&](double share) { progress((share + (gates ? 1 : 0)) / 2); });
  }
  return result;
}

}  // namespace orrery
