// The fields of a machine file behind the GLB: the DMA and DRAM.
#pragma once

#include "arch/machine/machine.h"

namespace orrery {

template <>
struct EnumNames<Compression> {
  static constexpr std::array kNames{std::pair{Compression::kNone, "none"},
                                     std::pair{Compression::kRlc, "rlc"}};
};
template <class V>
void Dma::fields(V& v) {
  v.field(
      "words_per_cycle", words_per_cycle,
      {.doc = "width of the link, in link cycles", .unit = "word/cycle", .min = 1, .max = 4096});
  v.field("burst_words", burst_words,
          {.doc = "words of a request to DRAM, at most",
           .unit = "word",
           .min = 1,
           .max = 65536,
           .optional = true});
  v.field("outstanding", outstanding,
          {.doc = "transfers whose requests may be under way together",
           .min = 1,
           .max = 64,
           .optional = true});
  v.field("overlap", overlap,
          {.doc = "tensors whose transfers may run beside the array: of ifmap, filter, psum"});
  v.field("crossing_cycles", crossing_cycles,
          {.doc = "edges of the destination's clock that a clock crossing costs",
           .unit = "cycle",
           .min = 0,
           .max = 64});
  v.field("compression", compression,
          {.doc = "code of the tiles that pass the link", .optional = true});
  v.field("compressed", compressed,
          {.doc = "tensors whose tiles are coded: of ifmap, ofmap", .optional = true});
}

template <class V>
void Dram::fields(V& v) {
  v.field("megabytes", megabytes,
          {.doc = "capacity of a plain link, in 2^20 bytes",
           .unit = "MB",
           .min = 0,
           .max = 1 << 20,
           .optional = true});
  v.field("bytes_per_second", bytes_per_second,
          {.doc = "bandwidth of a plain link, at least 1000",
           .unit = "byte/s",
           .min = 0,
           .max = 1e15,
           .optional = true});
  v.field("latency_ns", latency_ns,
          {.doc = "of a plain link, from request to first word, once a transfer",
           .unit = "ns",
           .min = 0,
           .max = 1e6,
           .optional = true});
  v.field("standard", standard,
          {.doc = "a memory of this kind in place of a plain link: a name of arch/dram, or a file",
           .optional = true});
  v.field("policy", policy,
          {.doc = "rules of its controller: a name of arch/dram/policies, or a file",
           .optional = true});
  v.field(
      "mapping", mapping,
      {.doc = "fields of an address from high to low: ro, ra, bg, ba, co, ch", .optional = true});
  v.field("channels", channels,
          {.doc = "channels, a power of two", .min = 1, .max = 64, .optional = true});
  v.field("ranks", ranks,
          {.doc = "ranks of a channel, a power of two", .min = 1, .max = 64, .optional = true});
  v.field("derating", derating,
          {.doc = "times the currents of the data sheet", .min = 0, .max = 10, .optional = true});
}

}  // namespace orrery
