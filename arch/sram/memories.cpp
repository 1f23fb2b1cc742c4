#include "arch/sram/memories.h"

#include <fmt/format.h>

#include <algorithm>

namespace orrery {
namespace {

std::int64_t spad_words(const Machine& m, Tensor t) {
  switch (t) {
    case Tensor::kIfmap:
      return m.pe.ifmap_spad_words;
    case Tensor::kFilter:
      return m.pe.filter_spad_words;
    case Tensor::kPsum:
      return m.pe.psum_spad_words;
  }
  return 0;
}

}  // namespace

MemoryShape store_shape(const Machine& machine, const Store& store) {
  const int bits = machine.numbers.word_bits;
  return {
      .bytes = std::max<std::int64_t>(1, std::int64_t{store.banks} * store.bank_words * bits / 8),
      .width_bits = std::max(store.read_words_per_cycle, store.write_words_per_cycle) * bits,
      .banks = store.banks};
}

MemoryShape spad_shape(const Machine& machine, Tensor t) {
  const int bits = t == Tensor::kPsum ? machine.numbers.psum_bits : machine.numbers.word_bits;
  const std::int64_t words = std::max<std::int64_t>(1, spad_words(machine, t));
  return {.bytes = (words * bits + 7) / 8, .width_bits = bits};
}

std::vector<MachineMemory> memories(const Machine& machine) {
  std::vector<MachineMemory> all;
  for (const Level& level : machine.levels) {
    for (const Store& store : level.stores) {
      all.push_back({AreaPart::kGlb, fmt::format("{} in {} banks", store.name, store.banks),
                     store_shape(machine, store), 1});
    }
  }
  for (const Tensor t : kAllTensors) {
    if (spad_words(machine, t) == 0) continue;
    const bool shadowed = t == Tensor::kFilter && machine.array.shadow_filters;
    all.push_back({AreaPart::kSpads, fmt::format("{} spad", name(t)), spad_shape(machine, t),
                   std::int64_t{machine.pes()} * (shadowed ? 2 : 1)});
  }
  return all;
}

}  // namespace orrery
