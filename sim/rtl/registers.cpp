#include "sim/rtl/registers.h"

#include <fmt/format.h>

#include "arch/mac/all.h"
#include "sim/twin/config.h"

namespace orrery {
namespace {

constexpr std::size_t kProgramSlot = 576, kRoleSlot = 64;
constexpr int kMacCfgBits = 61;

std::uint64_t bits_of(int value) { return static_cast<std::uint64_t>(value); }

void put_program(PackedBits& out, const PassProgram& program, bool takes_psums) {
  const auto put_all = [&](int Counter::*field, int unused) {
    for (int i = 0; i < PassProgram::kMaxCounters; ++i) {
      const bool used = i < program.counters;
      out.put(bits_of(used ? program.counter[static_cast<std::size_t>(i)].*field : unused), 16);
    }
  };
  for (int i = 0; i < PassProgram::kMaxCounters; ++i)
    out.put(i < program.counters && program.counter[static_cast<std::size_t>(i)].reduction ? 1 : 0,
            1);
  put_all(&Counter::psum_stride, 0);
  put_all(&Counter::filter_stride, 0);
  put_all(&Counter::ifmap_stride, 0);
  put_all(&Counter::bound, 1);
  out.put(bits_of(program.window_psums), 16);
  out.put(bits_of(program.filter_words), 16);
  out.put(bits_of(program.ifmap_words), 16);
  out.put(bits_of(program.window), 4);
  out.put(takes_psums ? 1 : 0, 1);
  out.put(1, 1);  // mapped
}

NocIds ids_of(const char* bus, const Stream& stream, const Pass& pass, const RtlShape& shape) {
  if (auto ids = assign_ids(stream, pass.pes, shape.rows, shape.cols)) return *ids;
  throw InputError(fmt::format(
      "the PEs that share a packet of the {} bus under this mapping are not what a row and a "
      "column "
      "mask name; keep the windows of rows of the ofmap and those of its columns on different axes "
      "of the array",
      bus));
}

}  // namespace

void PackedBits::put(std::uint64_t value, int bits) {
  for (int i = 0; i < bits; ++i, ++size_) {
    if (size_ % 32 == 0) words_.push_back(0);
    if ((value >> i & 1) != 0) words_.back() |= std::uint32_t{1} << (size_ % 32);
  }
}

void PackedBits::fill(std::size_t position) {
  size_ = position;
  words_.resize((position + 31) / 32);
}

PackedBits pe_cfg_bits(const Machine& machine, const MacRegisters& registers) {
  const Pe& pe = machine.pe;
  PackedBits out;
  out.put(config_bits(registers), kMacCfgBits);
  out.put(bits_of(std::max(1, registers.arithmetic.chain)), 16);
  out.put(pe.adders == 2 ? 1 : 0, 1);
  out.put(bits_of(pe.pipeline_stages), 6);
  for (const int n :
       {packet_psums(machine), pe.psum_out_fifo_packets, pe.psum_in_fifo_packets,
        pe.filter_fifo_packets, pe.ifmap_fifo_words / packet_words(machine, Tensor::kIfmap)})
    out.put(bits_of(n), 8);
  out.put(bits_of(pe.filter_spad_words), 16);
  out.put(bits_of(pe.ifmap_spad_words), 16);
  return out;
}

PackedBits array_cfg_bits(const Machine& machine) {
  const Noc& noc = machine.noc;
  PackedBits out;
  for (const int latency :
       {noc.psum_link.latency_cycles, noc.psum_out.latency_cycles, noc.psum_in.latency_cycles,
        noc.filter.latency_cycles, noc.ifmap.latency_cycles})
    out.put(bits_of(latency), 4);
  out.put(bits_of(link_cycles(machine)), 8);
  out.put(bits_of(collect_cycles(machine)), 8);
  out.put(machine.array.pipelined ? 1 : 0, 1);
  return out;
}

RtlPass plan_rtl_pass(const Machine& machine, const RtlShape& shape, const Pass& pass) {
  if (const std::string why = why_not_rtl(machine, pass); !why.empty()) throw InputError(why);
  return {.pass = &pass,
          .ifmap = ids_of("ifmap", pass.ifmap, pass, shape),
          .filter = ids_of("filter", pass.filter, pass, shape),
          .psum_in = ids_of("psum-in", pass.psum_in, pass, shape),
          .psum_out = ids_of("psum-out", pass.psum_out, pass, shape)};
}

PackedBits program_bits(const Pass& pass, const RtlShape& shape, bool read_psums) {
  PackedBits out;
  for (const PeRole& role : pass.pes) {  // in the order of their places
    out.fill(place_of(role, shape) * kProgramSlot);
    const bool takes = role.psum_source == PsumSource::kBelow ||
                       (role.psum_source == PsumSource::kNoc && read_psums);
    put_program(out, pass.programs[static_cast<std::size_t>(role.program)], takes);
  }
  out.fill(static_cast<std::size_t>(pes(shape)) * kProgramSlot);
  return out;
}

PackedBits role_bits(const RtlPass& pass, const RtlShape& shape) {
  PackedBits out;
  for (std::size_t i = 0; i < pass.pass->pes.size(); ++i) {
    const PeRole& role = pass.pass->pes[i];
    out.fill(place_of(role, shape) * kRoleSlot);
    for (const NocIds* ids : {&pass.psum_out, &pass.psum_in, &pass.filter, &pass.ifmap}) {
      out.put(ids->pe[i].x, 6);
      out.put(ids->pe[i].y, 6);
    }
    out.put(role.psum_sink == PsumSink::kAbove ? 1 : 0, 1);
    out.put(role.psum_source == PsumSource::kBelow ? 1 : 0, 1);
  }
  out.fill(static_cast<std::size_t>(pes(shape)) * kRoleSlot);
  return out;
}

PackedBits packet_bits(const Pass& pass, bool read_psums) {
  PackedBits out;
  for (const std::int32_t packets :
       {pass.psum_out.packets(), read_psums ? pass.psum_in.packets() : 0, pass.filter.packets(),
        pass.ifmap.packets()})
    out.put(static_cast<std::uint64_t>(packets), 32);
  return out;
}

}  // namespace orrery
