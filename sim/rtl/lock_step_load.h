// A pass in lock step as the RTL array takes it: its settings as bits, its bus words with the PEs
// that they name, and where psums go in and come out.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/machine/lock_step_plan.h"
#include "sim/rtl/lock_step_rtl.h"

namespace orrery {

// A word of an operand: where it lies, from its item's address, and the PEs that take it: those at
// a row and a column of it that call it by its name.
struct BusWord {
  std::int32_t offset = 0;
  std::uint64_t rows = 0, cols = 0;
  std::uint32_t name = 0;
};

// How the words of a group of items come.
struct BusGroup {
  std::vector<BusWord> words;
  std::int64_t cycles = 0;
  // Where filters shift in: the offset of each PE's word, row after row of the array, and whether
  // it takes one; hops and deliveries as they are counted.
  std::vector<std::int32_t> offset;
  std::vector<std::uint8_t> takes;
  std::int64_t count = 0, deliveries = 0, hops = 0;
  // ifmap_source_t.
  std::uint32_t source = 0;
};

// A psum of a window, or a PE's part of it, as it crosses a psum bus.
struct PsumPlace {
  std::int32_t address = 0;  // from the window's
  std::int32_t pe = 0;       // row * columns of the elaborated array + column
  std::int32_t lane = 0;
  bool first = true;  // of the parts of its psum
};
struct PsumPlaces {
  std::vector<PsumPlace> in, out;
};

struct LockStepLoad {
  Bits pass, pes, names;
  std::array<std::vector<BusGroup>, 2> groups;
  std::vector<PsumPlaces> psums;   // by group of the plan
  std::vector<std::size_t> place;  // of each mapped PE, as PsumPlace::pe
  Bits mapped;                     // a bit a PE of the elaborated array
  int skew = 0;
};

// What an array for the machine is elaborated with: its rows and columns, up to 32; beside them
// what small machines need, or the power of two that it needs, of lanes up to 32. Latencies as they
// are by default.
LockStepRtlSize size_of(const Machine& machine);

// What the RTL cannot play of the machine or of a pass, in a sentence; empty: it can.
std::string why_not(const Machine& machine, const LockStepRtlSize& size);
std::string why_not(const LockStepPass& pass, const LockStepPlan& plan, const Machine& machine,
                    const LockStepRtlSize& size);

// cfg_i of a machine that plays a layer.
Bits lock_step_cfg(const Machine& machine, const MacRegisters& registers, PeWork work);
// `plan` was made to drive; nothing stands against the pass.
LockStepLoad load_lock_step(const LockStepPass& pass, const LockStepPlan& plan,
                            const Machine& machine, bool reads_psums, const LockStepRtlSize& size);

}  // namespace orrery
