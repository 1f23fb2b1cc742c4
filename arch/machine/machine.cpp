#include "arch/machine/machine.h"

#include <algorithm>

#include "arch/machine/fields_of_machine.h"
#include "arch/machine/validate.h"

namespace orrery {

int Machine::words_per_psum() const {
  return (numbers.psum_bits + numbers.word_bits - 1) / numbers.word_bits;
}

const Store& Machine::store_of(Tensor t) const {
  const std::vector<Store>& stores = levels.back().stores;
  return *std::find_if(stores.begin(), stores.end(), [t](const Store& store) {
    return std::find(store.holds.begin(), store.holds.end(), orrery::name(t)) != store.holds.end();
  });
}

int packet_words(const Machine& machine, Tensor t) {
  const Bus& bus = t == Tensor::kIfmap ? machine.noc.ifmap : machine.noc.filter;
  return std::min(bus.words_per_cycle, machine.store_of(t).read_words_per_cycle);
}

int packet_psums(const Machine& machine) {
  const int words = std::min(machine.noc.psum_in.words_per_cycle,
                             machine.store_of(Tensor::kPsum).read_words_per_cycle);
  return std::max(1, words / machine.words_per_psum());
}

bool Machine::overlaps(Tensor t) const {
  return std::find(dma.overlap.begin(), dma.overlap.end(), orrery::name(t)) != dma.overlap.end();
}

bool Dma::compresses(std::string_view tensor) const {
  return compression != Compression::kNone &&
         std::find(compressed.begin(), compressed.end(), tensor) != compressed.end();
}

Machine read_machine(const Node& root) {
  Machine machine = read<Machine>(root);
  machine.tags = tags_of(root);
  validate(machine, root);
  settle_dram(machine, root);
  return machine;
}

Machine read_machine(const std::filesystem::path& path) { return read_machine(parse_yaml(path)); }

std::string to_yaml(Machine machine) {
  const std::vector<TaggedValue> tags = machine.tags;
  return print_yaml(std::move(machine), tags);
}

std::string document_machine() { return document<Machine>(); }

}  // namespace orrery
