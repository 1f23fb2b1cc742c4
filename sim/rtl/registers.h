// What an RTL array is set to and told, as the bits of its ports (rtl/array/orrery_array_pkg.sv and
// orrery_noc_pkg.sv).
#pragma once

#include <cstdint>
#include <vector>

#include "sim/rtl/noc_ids.h"
#include "sim/rtl/shape.h"

namespace orrery {

// Bits of a packed value, the lowest first.
class PackedBits {
 public:
  void put(std::uint64_t value, int bits);
  // Zeros up to a position that is no earlier than the present one.
  void fill(std::size_t position);
  std::size_t size() const { return size_; }
  const std::vector<std::uint32_t>& words() const { return words_; }

 private:
  std::vector<std::uint32_t> words_;
  std::size_t size_ = 0;
};

PackedBits pe_cfg_bits(const Machine& machine, const MacRegisters& registers);
PackedBits array_cfg_bits(const Machine& machine);

// A pass, with IDs for each of its buses.
struct RtlPass {
  const Pass* pass = nullptr;
  NocIds ifmap, filter, psum_in, psum_out;
};

// Throws InputError where an array of this shape cannot play the pass (why_not_rtl), or where no
// IDs name the PEs that a packet goes to.
RtlPass plan_rtl_pass(const Machine& machine, const RtlShape& shape, const Pass& pass);

// The place of a PE among all of the array, by row, then by column.
inline std::size_t place_of(const PeRole& role, const RtlShape& shape) {
  return static_cast<std::size_t>(role.row * shape.cols + role.col);
}

// For all places of the array. `read_psums`: psums come in where the pass says so.
PackedBits program_bits(const Pass& pass, const RtlShape& shape, bool read_psums);
PackedBits role_bits(const RtlPass& pass, const RtlShape& shape);
PackedBits packet_bits(const Pass& pass, bool read_psums);

}  // namespace orrery
