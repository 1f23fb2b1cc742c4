#include "sim/twin/pe_bits.h"

#include <algorithm>

#include "sim/twin/config.h"
#include "sim/twin/packed_struct.h"

namespace orrery {
namespace {

constexpr int kCfgBits = 61;  // of mac_cfg_t

void add_counters(StructWriter& out, const PassProgram& program, int Counter::*field) {
  for (std::size_t i = program.counter.size(); i-- > 0;) out.add(program.counter[i].*field, 16);
}

PeOperandRegisters take_operand(StructReader& in) {
  PeOperandRegisters r;
  r.fifo_packets = in.take_int(8);
  r.arrived = in.take_int(16);
  r.loaded = in.take_int(16);
  r.freed = in.take_int(16);
  return r;
}

}  // namespace

std::vector<std::uint32_t> pe_cfg_bits(const PeSetup& s) {
  StructWriter out;
  out.add(s.pe.ifmap_spad_words, 16);
  out.add(s.pe.filter_spad_words, 16);
  out.add(s.pe.ifmap_fifo_words / s.ifmap_packet_words, 8);
  out.add(s.pe.filter_fifo_packets, 8);
  out.add(s.pe.psum_in_fifo_packets, 8);
  out.add(s.pe.psum_out_fifo_packets, 8);
  out.add(s.packet_psums, 8);
  out.add(s.pe.pipeline_stages, 6);
  out.add(s.pe.adders == 2 ? 1 : 0, 1);
  out.add(s.registers.arithmetic.chain, 16);
  out.add(static_cast<std::int64_t>(config_bits(s.registers)), kCfgBits);
  return out.words();
}

std::vector<std::uint32_t> pe_program_bits(const PassProgram& program, bool takes_psums) {
  StructWriter out;
  PassProgram p = program;
  std::fill(p.counter.begin() + p.counters, p.counter.end(), Counter{});
  out.add(1, 1);
  out.add(takes_psums ? 1 : 0, 1);
  out.add(p.window, 4);
  out.add(p.ifmap_words, 16);
  out.add(p.filter_words, 16);
  out.add(p.window_psums, 16);
  for (const auto field :
       {&Counter::bound, &Counter::ifmap_stride, &Counter::filter_stride, &Counter::psum_stride}) {
    add_counters(out, p, field);
  }
  for (std::size_t i = p.counter.size(); i-- > 0;) out.add(p.counter[i].reduction ? 1 : 0, 1);
  return out.words();
}

std::vector<std::uint32_t> pe_idle_bits() {
  std::vector<std::uint32_t> words = pe_program_bits(PassProgram{}, false);
  words.back() &= ~(std::uint32_t{1} << 29);  // `mapped`, the highest of 574 bits
  return words;
}

PeStatus pe_status(std::uint32_t bits) {
  StructReader in({&bits, 1}, 8);
  PeStatus s;
  s.state = static_cast<PeState>(in.take(3));
  s.gated = in.take(1) != 0;
  s.merged = in.take(1) != 0;
  s.loads_ifmap = in.take(1) != 0;
  s.loads_filter = in.take(1) != 0;
  s.done = in.take(1) != 0;
  return s;
}

PeRegisters pe_registers(std::span<const std::uint32_t> words) {
  StructReader in(words, kPeRegistersBits);
  PeRegisters r;
  r.phase = static_cast<PeRegisters::Phase>(in.take(2));
  r.exhausted = in.take(1) != 0;
  r.merge_at = in.take_int(16);
  r.ifmap = take_operand(in);
  r.filter = take_operand(in);
  r.psum_in_packets = in.take_int(8);
  r.psum_out_packets = in.take_int(8);
  r.psum_out_ready = in.take_int(8);
  for (std::size_t i = r.step.size(); i-- > 0;) r.step[i] = in.take_int(16);
  return r;
}

int least_pipeline_stages(std::string_view mac) { return find_mac(mac)->traits.stages + 1; }

}  // namespace orrery
