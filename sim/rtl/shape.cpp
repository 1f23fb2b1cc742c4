#include "sim/rtl/shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "arch/mac/all.h"
#include "sim/twin/pe_bits.h"

namespace orrery {
namespace {

constexpr int kMostId = 64;           // rows and columns: masks of 64 bits
constexpr int kMostPosition = 65535;  // of a stream, a bound or a stride
constexpr int kMostStages = 32;       // MaxPipelineStages
constexpr int kMostLatency = 15;
constexpr int kMostByte = 255;

int ceil_div(int a, int b) { return (a + b - 1) / b; }

int psum_packet_words(const Machine& machine) {
  return packet_psums(machine) * machine.words_per_psum();
}

int most_latency(const Noc& noc) {
  return std::max({noc.ifmap.latency_cycles, noc.filter.latency_cycles, noc.psum_in.latency_cycles,
                   noc.psum_out.latency_cycles, noc.psum_link.latency_cycles});
}

int ifmap_fifo_packets(const Machine& machine) {
  return machine.pe.ifmap_fifo_words / packet_words(machine, Tensor::kIfmap);
}

struct Allowed {
  const char* path;  // of the machine's file
  int value, least, most;
};

std::string breach(const std::vector<Allowed>& limits) {
  for (const Allowed& limit : limits) {
    if (limit.value >= limit.least && limit.value <= limit.most) continue;
    return fmt::format("{} is {}; this RTL array takes {} to {}", limit.path, limit.value,
                       limit.least, limit.most);
  }
  return {};
}

std::string why_not_mac(const Machine& machine) {
  const MacTraits& mac = find_mac(machine.mac)->traits;
  if (mac.skips)
    return fmt::format(
        "{} passes over zeros, and the RTL PE gives each pair of words its slot; mac_zero_gated "
        "keeps it quiet instead",
        machine.mac);
  if (mac.tables && machine.mac_options.organisation == LutOrganisation::kBitSerial)
    return fmt::format(
        "{} as bit_serial takes several cycles a MAC; set "
        "mac_options.organisation to product_table or shared_table",
        machine.mac);
  if (machine.pe.pipeline_stages < least_pipeline_stages(machine.mac) ||
      machine.pe.pipeline_stages > kMostStages)
    return fmt::format("the RTL PE with {} needs pe.pipeline_stages from {} to {}, not {}",
                       machine.mac, least_pipeline_stages(machine.mac), kMostStages,
                       machine.pe.pipeline_stages);
  if (mac.singles && machine.mac_options.chain > kMostPosition)
    return fmt::format("mac_options.chain is {}; the RTL PE counts up to {}",
                       machine.mac_options.chain, kMostPosition);
  return {};
}

}  // namespace

RtlShape shape_of(const Machine& machine) {
  const Pe& pe = machine.pe;
  return {.mac = machine.mac,
          .rows = machine.array.rows,
          .cols = machine.array.cols,
          .ifmap_spad = pe.ifmap_spad_words,
          .filter_spad = pe.filter_spad_words,
          .psum_spad = std::max(1, pe.psum_spad_words),
          .fifo_packets = std::max({1, ifmap_fifo_packets(machine), pe.filter_fifo_packets,
                                    pe.psum_in_fifo_packets, pe.psum_out_fifo_packets}),
          .ifmap_packet_words = packet_words(machine, Tensor::kIfmap),
          .filter_packet_words = packet_words(machine, Tensor::kFilter),
          .packet_psums = packet_psums(machine),
          .latency = most_latency(machine.noc)};
}

RtlShape roomy_shape_of(const Machine& machine) {
  const auto roomy = [](int size, int least) {
    const auto up = static_cast<int>(std::bit_ceil(static_cast<unsigned>(std::max(size, least))));
    return up > kMostByte ? std::max(size, least) : up;
  };
  const auto roomy_spad = [](int words, int least) {
    return static_cast<int>(std::bit_ceil(static_cast<unsigned>(std::max(words, least))));
  };
  RtlShape shape = shape_of(machine);
  shape.ifmap_spad = roomy_spad(shape.ifmap_spad, 16);
  shape.filter_spad = roomy_spad(shape.filter_spad, 64);
  shape.psum_spad = roomy_spad(shape.psum_spad, 16);
  shape.fifo_packets = roomy(shape.fifo_packets, 16);
  shape.ifmap_packet_words = roomy(shape.ifmap_packet_words, 4);
  shape.filter_packet_words = roomy(shape.filter_packet_words, 4);
  shape.packet_psums = roomy(shape.packet_psums, 4);
  shape.latency = shape.latency > 3 ? kMostLatency : 3;
  return shape;
}

std::vector<std::string> parameters(const RtlShape& s) {
  const auto mac = std::ranges::find(kMacs, s.mac, &Mac::name) - kMacs.begin();
  return {fmt::format("Mac={}", mac),
          fmt::format("Rows={}", s.rows),
          fmt::format("Cols={}", s.cols),
          fmt::format("MaxIfmapSpad={}", s.ifmap_spad),
          fmt::format("MaxFilterSpad={}", s.filter_spad),
          fmt::format("MaxPsumSpad={}", s.psum_spad),
          fmt::format("MaxFifoPackets={}", s.fifo_packets),
          fmt::format("MaxIfmapPacketWords={}", s.ifmap_packet_words),
          fmt::format("MaxFilterPacketWords={}", s.filter_packet_words),
          fmt::format("MaxPacketPsums={}", s.packet_psums),
          fmt::format("MaxLatency={}", s.latency)};
}

int pes(const RtlShape& shape) { return shape.rows * shape.cols; }

int collect_cycles(const Machine& machine) {
  const int words = psum_packet_words(machine);
  const Store& store = machine.store_of(Tensor::kPsum);
  const int write = ceil_div(words, store.write_words_per_cycle);
  const int read = store.accumulates ? ceil_div(words, store.read_words_per_cycle) : 0;
  const int port = store.shared_port ? read + write : std::max(read, write);
  return std::max(port, ceil_div(words, machine.noc.psum_out.words_per_cycle));
}

int link_cycles(const Machine& machine) {
  return ceil_div(psum_packet_words(machine), machine.noc.psum_link.words_per_cycle);
}

std::string why_not_rtl(const Machine& machine, const RtlShape& shape) {
  if (machine.array.pace != Pace::kIndependent)
    return "array.pace is lock_step; this RTL array has independent PEs";
  if (machine.mac != shape.mac)
    return fmt::format("the RTL array was built with {}, not with {}", shape.mac, machine.mac);
  if (std::string why = why_not_mac(machine); !why.empty()) return why;
  const RtlShape own = shape_of(machine);
  return breach(
      {{"array.rows", own.rows, 1, std::min(shape.rows, kMostId)},
       {"array.cols", own.cols, 1, std::min(shape.cols, kMostId)},
       {"pe.ifmap_spad_words", own.ifmap_spad, 1, shape.ifmap_spad},
       {"pe.filter_spad_words", own.filter_spad, 1, shape.filter_spad},
       {"pe.psum_spad_words", own.psum_spad, 1, shape.psum_spad},
       {"the packets of the deepest FIFO of pe", own.fifo_packets, 1,
        std::min(shape.fifo_packets, kMostByte)},
       {"the words of an ifmap packet", own.ifmap_packet_words, 1,
        std::min(shape.ifmap_packet_words, kMostByte)},
       {"the words of a filter packet", own.filter_packet_words, 1,
        std::min(shape.filter_packet_words, kMostByte)},
       {"the psums of a packet", own.packet_psums, 1, std::min(shape.packet_psums, kMostByte)},
       {"the longest latency_cycles of noc", own.latency, 0, std::min(shape.latency, kMostLatency)},
       {"the cycles of a packet on the psum-out bus", collect_cycles(machine), 1, kMostByte},
       {"the cycles of a packet on noc.psum_link", link_cycles(machine), 1, kMostByte}});
}

std::string why_not_rtl(const Machine& machine, const Pass& pass) {
  const bool chains = find_mac(machine.mac)->traits.singles;
  for (const PassProgram& program : pass.programs) {
    if (chains && program.window_psums != 1)
      return fmt::format(
          "{} keeps one chain of products, and a PE of this mapping works on {} psums in turn; put "
          "the loops over outputs outside those over channels and taps",
          machine.mac, program.window_psums);
    std::vector<Allowed> limits{
        {"the words of a PE's ifmap stream", program.ifmap_words, 0, kMostPosition},
        {"the words of a PE's filter stream", program.filter_words, 0, kMostPosition},
        {"the psums of a window", program.window_psums, 0, kMostPosition}};
    for (const Counter& counter : program.counter) {
      limits.push_back({"the bound of a PE's loop", counter.bound, 1, kMostPosition});
      for (const int stride : {counter.ifmap_stride, counter.filter_stride, counter.psum_stride})
        limits.push_back({"the stride of a PE's loop", stride, 0, kMostPosition});
    }
    if (std::string why = breach(limits); !why.empty()) return why;
  }
  return {};
}

}  // namespace orrery
