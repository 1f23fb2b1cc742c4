#include "sim/rtl/lock_step_rtl.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "arch/mac/all.h"

namespace orrery {
namespace {

constexpr std::size_t kCfgBits = 177, kPassBits = 568, kPeBits = 136, kNameBits = 8;
constexpr std::size_t kStepBits = 128, kSourceBits = 11;

std::size_t bus(const LockStepRtlSize& size) { return static_cast<std::size_t>(size.psum_bus); }

}  // namespace

RtlBuild build_of(const LockStepRtlSize& size) {
  const auto mac = std::ranges::find(kMacs, size.mac, &Mac::name) - kMacs.begin();
  return {"lock_step_array",
          {fmt::format("Mac={}", mac), fmt::format("Systolic={}", size.systolic ? 1 : 0),
           fmt::format("Rows={}", size.rows), fmt::format("Cols={}", size.cols),
           fmt::format("MaxIfmapRing={}", size.ifmap_ring),
           fmt::format("MaxFilterRing={}", size.filter_ring), fmt::format("MaxHold={}", size.hold),
           fmt::format("Lanes={}", size.lanes), fmt::format("BusWords={}", size.bus_words),
           fmt::format("PsumBus={}", size.psum_bus), fmt::format("MaxPsumIn={}", size.psum_in),
           fmt::format("MaxPsumOut={}", size.psum_out), fmt::format("MaxLatency={}", size.latency)},
          fmt::format("the RTL array in lock step of {} x {} PEs with {}{}", size.rows, size.cols,
                      size.mac, size.systolic ? ", systolic" : "")};
}

LockStepInputs::LockStepInputs(const LockStepRtlSize& size)
    : cfg(kCfgBits),
      pass(kPassBits),
      pes(size.pes() * kPeBits),
      names(size.pes() * kNameBits),
      psum_in_valid(bus(size)),
      psum_in_row(bus(size) * 8),
      psum_in_col(bus(size) * 8),
      psum_in_lane(bus(size) * 8),
      psum_in(bus(size) * 32),
      psum_out_valid(bus(size)),
      psum_out_last(bus(size)),
      psum_out_pe(bus(size) * 16),
      psum_out_lane(bus(size) * 8) {
  for (OperandBeat& beat : operand)
    beat.words = Bits(static_cast<std::size_t>(size.bus_words) * size.word_bits());
}

void LockStepInputs::clear() {
  start = source_valid = psum_in_first = psum_in_last = false;
  for (OperandBeat& beat : operand) beat.valid = beat.last = beat.shadow = false;
  psum_in_valid.clear();
  psum_out_valid.clear();
  psum_out_last.clear();
}

LockStepOutputs::LockStepOutputs(const LockStepRtlSize& size)
    : taken(bus(size)),
      psum_out(bus(size) * 32),
      step(kStepBits),
      works(size.pes()),
      starts(size.pes()),
      handed(size.pes()),
      gated(size.pes()),
      spared(size.pes()),
      fills{Bits(size.pes()), Bits(size.pes())},
      passes{Bits(size.pes()), Bits(size.pes())},
      parts(size.pes() * static_cast<std::size_t>(size.lanes)) {}

LockStepRtl::LockStepRtl(std::unique_ptr<RtlModule> module, LockStepRtlSize size)
    : module_(std::move(module)), size_(std::move(size)), out_(size_) {
  find_inputs();
  find_outputs();
}

LockStepRtl::Port LockStepRtl::port(std::string_view name, std::size_t bits) {
  void* at = module_->port(name);
  if (at == nullptr) throw std::logic_error("the array in RTL has no port " + std::string(name));
  return {at, bits > 64 ? (bits + 31) / 32 * 4 : std::bit_ceil((bits + 7) / 8)};
}

void LockStepRtl::find_inputs() {
  const std::size_t pes = size_.pes(), psums = bus(size_);
  clock_ = port("clk_i", 1);
  reset_ = port("rst_ni", 1);
  cfg_ = port("cfg_i", kCfgBits);
  start_ = port("start_i", 1);
  pass_ = port("pass_i", kPassBits);
  pes_ = port("pes_i", pes * kPeBits);
  names_ = port("names_i", pes * kNameBits);
  for (const bool filter : {false, true}) {
    const std::string name = filter ? "filter" : "ifmap";
    const std::size_t words = static_cast<std::size_t>(size_.bus_words) * size_.word_bits();
    operand_[filter] = {port(name + "_valid_i", 1),        port(name + "_last_i", 1),
                        port(name + "_item_i", 16),        port(name + "_i", words),
                        port(name + "_room_o", 1),         port("fills_" + name + "_o", pes),
                        port("passes_" + name + "_o", pes)};
  }
  shadow_ = port("filter_shadow_i", 1);
  source_valid_ = port("source_valid_i", 1);
  source_ = port("source_i", kSourceBits);
  source_ready_ = port("source_ready_o", 1);
  in_valid_ = port("psum_in_valid_i", psums);
  in_first_ = port("psum_in_first_i", 1);
  in_last_ = port("psum_in_last_i", 1);
  in_row_ = port("psum_in_row_i", psums * 8);
  in_col_ = port("psum_in_col_i", psums * 8);
  in_lane_ = port("psum_in_lane_i", psums * 8);
  in_ = port("psum_in_i", psums * 32);
  in_room_ = port("psum_in_room_o", 1);
}

void LockStepRtl::find_outputs() {
  const std::size_t pes = size_.pes(), psums = bus(size_);
  out_valid_ = port("psum_out_valid_i", psums);
  out_last_ = port("psum_out_last_i", psums);
  out_pe_ = port("psum_out_pe_i", psums * 16);
  out_lane_ = port("psum_out_lane_i", psums * 8);
  out_taken_ = port("psum_out_taken_o", psums);
  psum_out_ = port("psum_out_o", psums * 32);
  state_ = port("state_o", 3);
  last_ = port("last_o", 1);
  ifmap_ = port("ifmap_o", 16);
  step_ = port("step_o", kStepBits);
  works_ = port("works_o", pes);
  starts_ = port("starts_o", pes);
  handed_ = port("handed_o", pes);
  gated_ = port("gated_o", pes);
  spared_ = port("spared_o", pes);
  parts_ = port("parts_o", pes * static_cast<std::size_t>(size_.lanes));
}

// Words of 32 bits and a port's bytes lie alike where the lowest byte comes first.
static_assert(std::endian::native == std::endian::little);

void LockStepRtl::put(const Port& port, const Bits& bits) {
  std::memcpy(port.at, bits.words().data(), std::min(port.bytes, bits.words().size() * 4));
}
void LockStepRtl::put(const Port& port, std::uint32_t value) {
  std::memcpy(port.at, &value, std::min<std::size_t>(port.bytes, 4));
}
void LockStepRtl::get(const Port& port, Bits& bits) {
  std::memcpy(bits.words().data(), port.at, std::min(port.bytes, bits.words().size() * 4));
}
std::uint32_t LockStepRtl::get(const Port& port) {
  std::uint32_t value = 0;
  std::memcpy(&value, port.at, std::min<std::size_t>(port.bytes, 4));
  return value;
}

void LockStepRtl::write_settings(LockStepInputs& in) {
  put(reset_, in.reset ? 0 : 1);
  put(start_, in.start ? 1 : 0);
  if (!std::exchange(in.settings_changed, false)) return;
  put(cfg_, in.cfg);
  put(pass_, in.pass);
  put(pes_, in.pes);
  put(names_, in.names);
}

void LockStepRtl::write_psums(const LockStepInputs& in) {
  put(in_valid_, in.psum_in_valid);
  put(in_first_, in.psum_in_first ? 1 : 0);
  put(in_last_, in.psum_in_last ? 1 : 0);
  put(in_row_, in.psum_in_row);
  put(in_col_, in.psum_in_col);
  put(in_lane_, in.psum_in_lane);
  put(in_, in.psum_in);
  put(out_valid_, in.psum_out_valid);
  put(out_last_, in.psum_out_last);
  put(out_pe_, in.psum_out_pe);
  put(out_lane_, in.psum_out_lane);
}

const LockStepOutputs& LockStepRtl::settle(LockStepInputs& in) {
  write_settings(in);
  for (std::size_t t = 0; t < operand_.size(); ++t) {
    const OperandBeat& beat = in.operand[t];
    put(operand_[t].valid, beat.valid ? 1 : 0);
    put(operand_[t].last, beat.last ? 1 : 0);
    put(operand_[t].item, static_cast<std::uint32_t>(beat.item));
    if (beat.valid) put(operand_[t].words, beat.words);
  }
  put(shadow_, in.operand[1].shadow ? 1 : 0);
  put(source_valid_, in.source_valid ? 1 : 0);
  put(source_, in.source);
  write_psums(in);
  put(clock_, 0);
  module_->eval();
  for (std::size_t t = 0; t < operand_.size(); ++t) {
    out_.room[t] = get(operand_[t].room) != 0;
    get(operand_[t].fills, out_.fills[t]);
    get(operand_[t].passes, out_.passes[t]);
  }
  out_.source_ready = get(source_ready_) != 0;
  out_.psum_in_room = get(in_room_) != 0;
  get(out_taken_, out_.taken);
  get(psum_out_, out_.psum_out);
  out_.state = static_cast<int>(get(state_));
  out_.last = get(last_) != 0;
  out_.ifmap = static_cast<int>(get(ifmap_));
  for (const auto& [from, to] : {std::pair{&step_, &out_.step},
                                 {&works_, &out_.works},
                                 {&starts_, &out_.starts},
                                 {&handed_, &out_.handed},
                                 {&gated_, &out_.gated},
                                 {&spared_, &out_.spared},
                                 {&parts_, &out_.parts}})
    get(*from, *to);
  return out_;
}

void LockStepRtl::clock() {
  module_->dump();
  put(clock_, 1);
  module_->eval();
  module_->dump();
}

}  // namespace orrery
