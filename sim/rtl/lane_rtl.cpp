#include "sim/rtl/lane_rtl.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "arch/mac/all.h"
#include "sim/rtl/brick_lanes_rtl.h"
#include "sim/rtl/column_lanes_rtl.h"
#include "sim/rtl/port_bits.h"
#include "sim/twin/config.h"
#include "sim/twin/packed_struct.h"
#include "sim/twin/pe_bits.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

constexpr int kCfgBits = 61;   // of mac_cfg_t
constexpr int kStateBits = 3;  // of lane_state_e
constexpr int kIdle = 7;       // StateIdle

bool walks_columns(const Machine& machine) { return machine.lanes.walk == LaneWalk::kColumns; }

// lane_cfg_t.
std::vector<std::uint32_t> cfg_words(const Machine& machine, const Layer& layer) {
  StructWriter out;
  out.add(machine.array.rows, 8);
  out.add(machine.lanes.queue_items, 8);
  out.add(machine.lanes.latency_cycles, 8);
  out.add(machine.pe.pipeline_stages, 6);
  out.add(machine.lanes.index_bits, 4);
  out.add(layer.input.empty() && !machine.lanes.walks_input ? 1 : 0, 1);
  out.add(machine.lanes.shared_values > 0 ? 1 : 0, 1);
  out.add(static_cast<std::int64_t>(config_bits(machine.registers(layer))), kCfgBits);
  return out.words();
}

struct Allowed {
  const char* path;  // of the machine's file
  int value, least, most;
};

std::vector<Allowed> limits(const Machine& m, const LaneRtlSize& size) {
  const int words = 1 << (2 * size.levels);
  std::vector<Allowed> all{
      {"array.rows", m.array.rows, 1, size.lanes},
      {"lanes.queue_items", m.lanes.queue_items, 1, size.queue_items},
      {"lanes.latency_cycles", m.lanes.latency_cycles, 0, size.latency},
      {"pe.pipeline_stages", m.pe.pipeline_stages, least_pipeline_stages(m.mac), size.stages}};
  if (walks_columns(m)) {
    all.push_back({"pe.ifmap_spad_words", m.pe.ifmap_spad_words, 1, words / m.array.rows});
    all.push_back({"pe.psum_spad_words", m.pe.psum_spad_words, 1, size.psums});
    all.push_back({"lanes.shared_values", m.lanes.shared_values, 0, size.values});
  } else {
    all.push_back({"array.cols", m.array.cols, 1, size.filters});
    all.push_back({"lanes.index_bits", m.lanes.index_bits, 1, 2 * size.levels});
  }
  return all;
}

}  // namespace

RtlBuild build_of(const LaneRtlSize& s) {
  const auto mac = std::ranges::find(kMacs, s.mac, &Mac::name) - kMacs.begin();
  const bool columns = s.walk == LaneWalk::kColumns;
  RtlBuild build{columns ? "column_lanes" : "brick_lanes",
                 {fmt::format("Mac={}", mac), fmt::format("Lanes={}", s.lanes),
                  fmt::format("Levels={}", s.levels), fmt::format("MaxItems={}", s.queue_items),
                  fmt::format("MaxLatency={}", s.latency), fmt::format("MaxStages={}", s.stages)},
                 fmt::format("{} RTL lanes that walk {}, with {}", s.lanes,
                             columns ? "columns" : "bricks", s.mac)};
  const auto add = [&](const char* name, int value) {
    build.parameters.push_back(fmt::format("{}={}", name, value));
  };
  if (columns) {
    add("MaxEntries", s.entries);
    add("MaxPointers", s.pointers);
    add("MaxValues", s.values);
    add("MaxPsums", s.psums);
  } else {
    add("Filters", s.filters);
    add("MaxAddresses", s.addresses);
  }
  return build;
}

std::string why_not_lanes(const Machine& machine, const LaneRtlSize& size) {
  if (machine.mac != size.mac)
    return fmt::format("mac is {}; these lanes in RTL have {}", machine.mac, size.mac);
  if (machine.lanes.walk != size.walk)
    return fmt::format("lanes.walk is {}; these lanes in RTL walk {}",
                       walks_columns(machine) ? "columns" : "bricks",
                       size.walk == LaneWalk::kColumns ? "columns" : "bricks");
  for (const Allowed& limit : limits(machine, size)) {
    if (limit.value >= limit.least && limit.value <= limit.most) continue;
    return fmt::format("{} is {}; these lanes in RTL take {} to {}", limit.path, limit.value,
                       limit.least, limit.most);
  }
  return {};
}

LaneRtl::LaneRtl(const Machine& machine, const Layer& layer, RtlModule& module)
    : machine_(machine), layer_(layer), psums_{psum_shape(layer), {}}, module_(module) {
  psums_.data.resize(static_cast<std::size_t>(elements(psums_.shape)));
  clk_ = static_cast<std::uint8_t*>(port("clk_i"));
  states_ = static_cast<const std::uint8_t*>(port("states_o"));
  ends_ = static_cast<const std::uint8_t*>(port("ends_o"));
  cycle_.states.resize(static_cast<std::size_t>(machine.array.rows));
  const std::vector<std::uint32_t> cfg = cfg_words(machine, layer);
  std::memcpy(port("cfg_i"), cfg.data(), cfg.size() * sizeof(cfg[0]));
  for (const int reset : {1, 0, 1}) {
    set("rst_ni", static_cast<std::uint8_t>(reset));
    tick();
  }
}

void* LaneRtl::port(const char* name) {
  if (void* found = module_.port(name)) return found;
  throw std::logic_error(fmt::format("the RTL lanes have no port {}", name));
}

std::int32_t LaneRtl::word(const void* port, int i) {
  std::int32_t word = 0;
  std::memcpy(&word, static_cast<const char*>(port) + std::ptrdiff_t{4} * i, sizeof(word));
  return word;
}

void LaneRtl::tick() {
  for (const int level : {1, 0}) {
    *clk_ = static_cast<std::uint8_t>(level);
    module_.eval();
    module_.dump();
  }
}

void LaneRtl::observe_states() {
  std::size_t bit = 0;
  cycle_.in_round = false;
  for (LaneState& state : cycle_.states) {
    int code = 0;
    for (int i = 0; i < kStateBits; ++i) code |= port_bits::bit_of(states_, bit++) ? 1 << i : 0;
    if (code == kIdle) continue;
    cycle_.in_round = true;
    state = static_cast<LaneState>(code);
  }
}

const LaneCycle& LaneRtl::clock() {
  const bool idle = !cycle_.in_round || cycle_.ends;
  drive();
  module_.eval();
  observe_states();
  cycle_.begins = idle && cycle_.in_round;
  cycle_.ends = *ends_ != 0;
  cycle_.psums.clear();
  observe(cycle_);
  tick();
  return cycle_;
}

std::unique_ptr<LaneRtl> make_lane_rtl(const Machine& machine, const Layer& layer,
                                       const Operands& in, const LaneRtlSize& size,
                                       RtlModule& module) {
  if (const std::string why = why_not_lanes(machine, size); !why.empty()) throw InputError(why);
  if (walks_columns(machine))
    return std::make_unique<ColumnLanesRtl>(machine, layer, in, size, module);
  return std::make_unique<BrickLanesRtl>(machine, layer, in, size, module);
}

}  // namespace orrery
