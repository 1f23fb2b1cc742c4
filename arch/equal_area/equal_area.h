// Machines of equal storage area: the same area of memory, split as each dataflow likes.
//
// The rules are those of Chen, Emer, Sze: Eyeriss: A Spatial Architecture for Energy-Efficient
// Dataflow for Convolutional Neural Networks. ISCA 2016, Section VI and Fig. 7 ([ISCA]).
#pragma once

#include <string>

#include "arch/machine/machine.h"

namespace orrery {

// Area of a byte in a memory of `bytes`, in bytes of a large SRAM; linear between the points of
// [ISCA] Fig. 7a, 1 beyond them. At least 1 byte.
double area_of_a_byte(double bytes);

// The storage area that all machines of so many PEs have, in bytes of a large SRAM: 512 bytes of
// RF in each PE, and a buffer of 512 bytes for each PE ([ISCA] Section VI).
double storage_area(int pes);

// Bytes of buffer that are left where each PE has `rf_bytes`. Throws InputError where none are.
std::int64_t buffer_bytes(int pes, int rf_bytes);

// What a dataflow needs of an array.
struct ArrayNeeds {
  // Words of RF in a PE. Pooled: divided among the tensors as each layer likes.
  int rf_words = 0;
  PsumRoute psum_route = PsumRoute::kColumn;
  // Of the RF, words for neighbours (pe.fifo_h_words, pe.fifo_v_words). A dataflow that delays
  // psums instead has its ifmap path free of charge: `fifos_in_rf` is then false.
  int fifo_h_words = 0, fifo_v_words = 0;
  bool fifos_in_rf = true;
  std::string why;  // of these numbers, in words
};

// How a layer uses the array: PEs in any rectangle, RF words by tensor.
struct ArrayShape {
  int rows = 1, cols = 1;
  int ifmap_words = 0, filter_words = 0, psum_words = 0;
};

// The machine of `pes` PEs with these needs, in the shape that is nearest to a square and with all
// RF words for each tensor: what mappings are searched for. Clocks, MAC and technology are those of
// `like`; all else is idealized (docs/compare.md): buses, ports, link and DRAM wide enough never to
// bind, psums of 16 bits.
Machine equal_area_machine(const Machine& like, const ArrayNeeds& needs, int pes);

// The same machine as a layer uses it.
Machine shaped(Machine machine, const ArrayShape& shape);

// As YAML, with the rule that gave each derived value; reads back as a machine.
std::string equal_area_yaml(const Machine& machine, const ArrayNeeds& needs, int pes);

}  // namespace orrery
