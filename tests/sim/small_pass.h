// Passes that are small enough to work out their cycles by hand.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "tests/sim/both.h"

namespace orrery::test {

// Adds a packet of `words` words from `address` on, to or from `pes`.
inline void add_packet(Stream& stream, std::int32_t address, int words,
                       const std::vector<std::int32_t>& pes) {
  for (int k = 0; k < words; ++k) stream.address.push_back(address + k);
  stream.first.push_back(static_cast<std::int32_t>(stream.address.size()));
  stream.group.push_back(stream.packets());
  stream.member.insert(stream.member.end(), pes.begin(), pes.end());
  stream.first_member.push_back(static_cast<std::int32_t>(stream.member.size()));
}

inline void add_words(Stream& stream, int words, int packet_words,
                      const std::vector<std::int32_t>& pes) {
  const auto from = static_cast<std::int32_t>(stream.address.size());
  for (int k = 0; k < words; k += packet_words)
    add_packet(stream, from + k, std::min(packet_words, words - k), pes);
}

// `windows` psums, each of `taps` products of one ifmap word and one filter word.
inline PassProgram dot_products(int windows, int taps) {
  PassProgram p;
  p.counters = 2;
  p.counter[0] = {.bound = windows, .ifmap_stride = taps};
  p.counter[1] = {.bound = taps, .ifmap_stride = 1, .filter_stride = 1, .reduction = true};
  p.window = 1;
  p.windows = windows;
  p.ifmap_words = windows * taps;
  p.filter_words = taps;
  return p;
}

// One PE that runs `program`; each psum is a packet.
inline Pass lone_pe(const Machine& machine, const PassProgram& program) {
  Pass pass;
  pass.programs = {program};
  pass.pes = {{}};
  pass.psums_per_packet = packet_psums(machine);
  const auto packet = [&](const Bus& bus) { return bus.words_per_cycle; };
  add_words(pass.ifmap, program.ifmap_words, packet(machine.noc.ifmap), {0});
  add_words(pass.filter, program.filter_words, packet(machine.noc.filter), {0});
  add_words(pass.psum_in, static_cast<int>(program.windows), 1, {0});
  pass.psum_out = pass.psum_in;
  return pass;
}

// Ifmap words of 6, filter words of 7, psums of 100.
inline PlainTiles tiles_of(bool read_psums) {
  return {.ifmap = std::vector<std::int16_t>(16, 6),
          .padding = {},
          .filter = std::vector<std::int16_t>(16, 7),
          .psum = std::vector<std::int32_t>(16, 100),
          .read_psums = read_psums};
}

inline PlainRecord play(const Machine& machine, const Pass& pass, bool read_psums) {
  Array array(machine);
  PlainTiles tiles = tiles_of(read_psums);
  return play_both(array, machine, machine.arithmetic({}), pass, tiles);
}

inline std::uint64_t spent(const PlainRecord& record, PeState state) {
  return record.pe_cycles[static_cast<std::size_t>(state)];
}

}  // namespace orrery::test
