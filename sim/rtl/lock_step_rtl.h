// The array in lock step in RTL (rtl/array/lock_step_array.sv), seen through its ports.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "sim/rtl/bits.h"
#include "sim/rtl/plugin.h"

namespace orrery {

// What it was elaborated with; maxima.
struct LockStepRtlSize {
  std::string mac = "mac_int16";
  bool systolic = false;
  int rows = 4, cols = 4;
  int ifmap_ring = 16, filter_ring = 32;  // words
  int hold = 32;                          // steps
  int lanes = 8;                          // psums of a column in a window
  int bus_words = 8;                      // operand words a cycle
  int psum_bus = 8;                       // psums a cycle
  int psum_in = 32, psum_out = 4;         // items
  int latency = 7;

  std::size_t pes() const { return static_cast<std::size_t>(rows * cols); }
  std::size_t word_bits() const { return static_cast<std::size_t>(25 + rows + cols); }
};

// Words of one operand item, in one cycle.
struct OperandBeat {
  bool valid = false, last = false, shadow = false;
  int item = 0;
  Bits words;
};

RtlBuild build_of(const LockStepRtlSize& size);

struct LockStepInputs {
  explicit LockStepInputs(const LockStepRtlSize& size);
  void clear();  // all that is valid for a cycle

  bool reset = true, start = false;
  Bits cfg, pass, pes, names;
  bool settings_changed = true;  // one of these four
  std::array<OperandBeat, 2> operand;
  bool source_valid = false;
  std::uint32_t source = 0;
  Bits psum_in_valid, psum_in_row, psum_in_col, psum_in_lane, psum_in;
  bool psum_in_first = false, psum_in_last = false;
  Bits psum_out_valid, psum_out_last, psum_out_pe, psum_out_lane;
};

// Sets are a bit a PE, row after row.
struct LockStepOutputs {
  explicit LockStepOutputs(const LockStepRtlSize& size);

  std::array<bool, 2> room{};  // for the operand's item
  bool source_ready = false, psum_in_room = false;
  Bits taken, psum_out;
  int state = 0;      // PeState
  bool last = false;  // the pass's last step
  int ifmap = 0;      // item of the step
  Bits step;          // its counters, 16 bits each
  Bits works, starts, handed, gated, spared;
  std::array<Bits, 2> fills, passes;
  Bits parts;  // a bit a lane of each PE
};

class LockStepRtl {
 public:
  // `module`: of lock_step_array, elaborated as `size` says. Throws std::logic_error where it lacks
  // a port.
  LockStepRtl(std::unique_ptr<RtlModule> module, LockStepRtlSize size);

  const LockStepRtlSize& size() const { return size_; }
  // Works out what the inputs lead to in this cycle, before the clock's edge.
  const LockStepOutputs& settle(LockStepInputs& in);
  void clock();
  // Writes all signals to a file from now on, in FST; two points in time are a cycle.
  void trace(const std::filesystem::path& file) { module_->trace(file); }
  void write_coverage(const std::filesystem::path& file) { module_->write_coverage(file); }

 private:
  // A port of the module, and the bytes of it.
  struct Port {
    void* at = nullptr;
    std::size_t bytes = 0;
  };
  Port port(std::string_view name, std::size_t bits);
  void find_inputs();
  void find_outputs();
  void write_settings(LockStepInputs& in);
  void write_psums(const LockStepInputs& in);
  static void put(const Port& port, const Bits& bits);
  static void put(const Port& port, std::uint32_t value);
  static void get(const Port& port, Bits& bits);
  static std::uint32_t get(const Port& port);

  std::unique_ptr<RtlModule> module_;
  LockStepRtlSize size_;
  LockStepOutputs out_;
  struct Operand {
    Port valid, last, item, words, room, fills, passes;
  };
  std::array<Operand, 2> operand_;
  Port clock_, reset_, cfg_, start_, pass_, pes_, names_, shadow_, source_valid_, source_,
      source_ready_;
  Port in_valid_, in_first_, in_last_, in_row_, in_col_, in_lane_, in_, in_room_;
  Port out_valid_, out_last_, out_pe_, out_lane_, out_taken_, psum_out_;
  Port state_, last_, ifmap_, step_, works_, starts_, handed_, gated_, spared_, parts_;
};

}  // namespace orrery
