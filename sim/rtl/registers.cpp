#include "sim/rtl/registers.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/twin/packed_struct.h"
#include "sim/twin/pe_bits.h"

namespace orrery {
namespace {

constexpr std::size_t kProgramWords = 18, kRoleWords = 2;  // of a place

// The words of each place that has a PE; else zeros.
template <class WordsOf>
PortWords by_place(const std::vector<PeRole>& roles, const RtlShape& shape, std::size_t words,
                   WordsOf words_of) {
  PortWords all(static_cast<std::size_t>(pes(shape)) * words);
  for (std::size_t i = 0; i < roles.size(); ++i) {
    const std::size_t first = place_of(roles[i], shape) * words;
    std::ranges::copy(words_of(i), all.begin() + static_cast<std::ptrdiff_t>(first));
  }
  return all;
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

PortWords pe_cfg_words(const Machine& machine, const MacRegisters& registers) {
  return pe_cfg_bits(pe_setup(machine, registers, PassProgram{}));
}

PortWords array_cfg_words(const Machine& machine) {
  const Noc& noc = machine.noc;
  StructWriter out;
  out.add(machine.array.pipelined ? 1 : 0, 1);
  out.add(collect_cycles(machine), 8);
  out.add(link_cycles(machine), 8);
  for (const Bus* bus : {&noc.ifmap, &noc.filter, &noc.psum_in, &noc.psum_out})
    out.add(bus->latency_cycles, 4);
  out.add(noc.psum_link.latency_cycles, 4);
  return out.words();
}

RtlPass plan_rtl_pass(const Machine& machine, const RtlShape& shape, const Pass& pass) {
  if (const std::string why = why_not_rtl(machine, pass); !why.empty()) throw InputError(why);
  return {.pass = &pass,
          .ifmap = ids_of("ifmap", pass.ifmap, pass, shape),
          .filter = ids_of("filter", pass.filter, pass, shape),
          .psum_in = ids_of("psum-in", pass.psum_in, pass, shape),
          .psum_out = ids_of("psum-out", pass.psum_out, pass, shape)};
}

PortWords program_words(const Pass& pass, const RtlShape& shape, bool read_psums) {
  return by_place(pass.pes, shape, kProgramWords, [&](std::size_t i) {
    const PeRole& role = pass.pes[i];
    const bool takes = role.psum_source == PsumSource::kBelow ||
                       (role.psum_source == PsumSource::kNoc && read_psums);
    return pe_program_bits(pass.programs[static_cast<std::size_t>(role.program)], takes);
  });
}

PortWords role_words(const RtlPass& pass, const RtlShape& shape) {
  const std::vector<PeRole>& roles = pass.pass->pes;
  return by_place(roles, shape, kRoleWords, [&](std::size_t i) {
    StructWriter out;
    out.add(roles[i].psum_source == PsumSource::kBelow ? 1 : 0, 1);
    out.add(roles[i].psum_sink == PsumSink::kAbove ? 1 : 0, 1);
    for (const NocIds* ids : {&pass.ifmap, &pass.filter, &pass.psum_in, &pass.psum_out}) {
      out.add(ids->pe[i].y, 6);
      out.add(ids->pe[i].x, 6);
    }
    return out.words();
  });
}

}  // namespace orrery
