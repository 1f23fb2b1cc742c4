#include "sim/sparse/run.h"

#include <fmt/format.h>

#include <algorithm>

#include "dataflows/mapping/check_mac.h"
#include "sim/sparse/bricks.h"
#include "sim/sparse/columns.h"
#include "sim/sparse/lane_clock.h"
#include "workloads/golden/golden.h"
#include "workloads/input/input_error.h"
#include "workloads/sparse/codebook.h"

namespace orrery {
namespace {

std::int64_t parts(std::int64_t whole, std::int64_t part) { return (whole + part - 1) / part; }

bool walks_columns(const Machine& machine) { return machine.lanes.walk == LaneWalk::kColumns; }

bool is_one_by_one(const Layer& layer) {
  return layer.bound(Dim::kR) == 1 && layer.bound(Dim::kS) == 1;
}

double density(const OperandTensor& tensor, int zero) {
  if (tensor.data.empty()) return 0;
  const auto zeros = std::ranges::count(tensor.data, static_cast<std::int16_t>(zero));
  return 1 - static_cast<double>(zeros) / static_cast<double>(tensor.data.size());
}

// Of lanes that take a dense matrix row by row: each column a cycle for each of a lane's rows.
std::int64_t dense_columns(const Machine& machine, const Layer& layer) {
  const std::int64_t words = layer.macs() / layer.bound(Dim::kM);
  return words * parts(layer.bound(Dim::kM), machine.array.rows);
}

void play_columns(const Machine& machine, const Layer& layer, const Operands& in, LanePlayer player,
                  LaneResult& result, PsumTensor& psums) {
  ColumnWork work(machine, layer, in);
  result.times = player(lane_rules(machine), work);
  result.filter_entries = work.entries();
  result.filter_padding = work.padding();
  result.macs_played = result.times[LaneState::kMac];
  result.balanced_cycles =
      parts(result.macs_played + result.times[LaneState::kPadding], result.lanes);
  result.dense_cycles = dense_columns(machine, layer);
  psums = work.psums();
}

void play_bricks(const Machine& machine, const Layer& layer, const Operands& in, LanePlayer player,
                 LaneResult& result, PsumTensor& psums) {
  const bool dense = layer.input.empty() && !machine.lanes.walks_input;
  BrickWork work(machine, layer, in, dense ? Walked::kAll : Walked::kNonZero);
  result.times = player(lane_rules(machine), work);
  result.balanced_cycles = parts(result.times[LaneState::kMac], result.lanes);
  BrickWork all(machine, layer, in, Walked::kAll);
  result.dense_cycles = play_lanes(lane_rules(machine), all, LaneValues::kOff).cycles;
  const std::int64_t blocks = parts(layer.bound(Dim::kM), machine.array.cols);
  result.macs_played = work.entries() / blocks * layer.bound(Dim::kM);
  psums = work.psums();
}

std::string first_difference(const PsumTensor& ours, const PsumTensor& golden) {
  for (std::size_t i = 0; i < golden.data.size(); ++i) {
    if (ours.data[i] != golden.data[i])
      return fmt::format("psum {} is {}, golden {}", i, ours.data[i], golden.data[i]);
  }
  return {};
}

}  // namespace

double LaneResult::balance() const {
  const std::int64_t busy =
      times[LaneState::kMac] + times[LaneState::kPadding] + times[LaneState::kEmpty];
  return static_cast<double>(busy) /
         static_cast<double>(std::max<std::int64_t>(1, times.cycles * lanes));
}

LaneTimes play_lanes_fast(const LaneRules& rules, LaneWork& work) {
  return play_lanes(rules, work, LaneValues::kOn);
}

std::string lanes_misfit(const Machine& machine, const Layer& layer) {
  if (layer.kind == LayerKind::kPool) return "it is a pooling layer; lanes multiply";
  if (layer.packing.lanes > 1 || layer.ifmap_code().coding == Coding::kSign)
    return "its ifmap has no zero that lanes could pass over";
  if (std::string sentence = check_mac(layer, machine); !sentence.empty()) return sentence;
  if (!walks_columns(machine)) return {};
  if (layer.bound(Dim::kG) > 1)
    return fmt::format("it has {} groups; lanes that walk columns have the rows of one matrix",
                       layer.bound(Dim::kG));
  const bool one_window = layer.bound(Dim::kP) == 1 && layer.bound(Dim::kQ) == 1;
  if (one_window || is_one_by_one(layer)) return {};
  return fmt::format(
      "its filters of {} x {} meet {} x {} windows that overlap; lanes that walk columns multiply "
      "a "
      "matrix by vectors: fc, gemm, and filters of 1 x 1",
      layer.bound(Dim::kR), layer.bound(Dim::kS), layer.bound(Dim::kP), layer.bound(Dim::kQ));
}

void share_filter_values(const Machine& machine, const Layer& layer, OperandTensor& filter) {
  if (machine.lanes.shared_values == 0) return;
  put_shared(filter.data,
             share_values(filter.data, machine.lanes.shared_values, layer.formats.filter_zero));
}

LaneResult run_lanes(const Machine& machine, const Layer& layer, const Operands& in,
                     LanePlayer player, Check check, OperandTensor* ofmap) {
  if (const std::string why = lanes_misfit(machine, layer); !why.empty())
    throw InputError(fmt::format("layer {}: {}", layer.name, why));
  LaneResult result;
  result.layer = layer.name;
  result.lanes = machine.array.rows;
  result.core_mhz = machine.clocks.core_mhz;
  result.macs = layer.macs();
  result.ifmap_density = density(in.ifmap, layer.formats.ifmap_zero);
  result.filter_density = density(in.filter, layer.formats.filter_zero);
  PsumTensor psums;
  (walks_columns(machine) ? play_columns : play_bricks)(machine, layer, in, player, result, psums);
  if (check != Check::kOff) {
    const PsumTensor golden = golden_psums(layer, in, machine.arithmetic(layer), plain_reduction());
    result.difference = first_difference(psums, golden);
    result.check = result.difference.empty() ? Check::kEqual : Check::kDiffers;
  }
  const OperandTensor finished = golden_post(layer, psums, in);
  result.ofmap_sha256 = sha256(finished);
  if (ofmap != nullptr) *ofmap = finished;
  return result;
}

}  // namespace orrery
