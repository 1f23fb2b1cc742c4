#include "sim/bounds/bounds.h"

#include <algorithm>

#include "sim/machine/tile_code.h"

namespace orrery {
namespace {

// Units a core cycle at which things pass.
struct Rates {
  double dram_words, link_words;

  explicit Rates(const Machine& m)
      : dram_words(m.dram.peak_bytes_per_second() * 8 / m.numbers.word_bits /
                   (m.clocks.core_mhz * 1e6)),
        link_words(m.dma.words_per_cycle * m.clocks.link_mhz / m.clocks.core_mhz) {}
};

double over(std::uint64_t words, double rate) { return static_cast<double>(words) / rate; }

class CycleBounds {
 public:
  CycleBounds(const Machine& machine, const Counts& counts) : machine_(machine), counts_(counts) {
    using enum Action;
    const std::uint64_t work =
        counts[mac_none_compute] + counts[mac_none_gate] + counts[pool_none_compute];
    at(Limit::kArray) = over(work, machine.pes());
    const Rates rates(machine);
    at(Limit::kDram) = over(dram_words(counts), rates.dram_words);
    at(Limit::kLink) = over(dram_words(counts), rates.link_words);
    ports();
    buses();
  }
  std::array<double, kLimitNames.size()> cycles{};

 private:
  double& at(Limit limit) { return cycles[static_cast<std::size_t>(limit)]; }

  void ports() {
    using enum Action;
    const auto reads = [&](Tensor t, Action a) {
      return over(counts_[a], machine_.store_of(t).read_words_per_cycle);
    };
    at(Limit::kGlbIfmapRead) = reads(Tensor::kIfmap, glb_ifmap_array_read);
    at(Limit::kGlbFilterRead) = reads(Tensor::kFilter, glb_filter_array_read);
    const Store& psums = machine_.store_of(Tensor::kPsum);
    double& read = at(Limit::kGlbPsumRead);
    double& write = at(Limit::kGlbPsumWrite);
    read = reads(Tensor::kPsum, glb_psum_array_read);
    write = over(counts_[glb_psum_array_write], psums.write_words_per_cycle);
    if (psums.shared_port) read = write = read + write;
  }

  // A store that accumulates reads psums for itself: none goes to the array.
  void buses() {
    using enum Action;
    at(Limit::kNocIfmap) = over(counts_[noc_ifmap_bus_word], machine_.noc.ifmap.words_per_cycle);
    at(Limit::kNocFilter) = over(counts_[noc_filter_bus_word], machine_.noc.filter.words_per_cycle);
    const std::uint64_t in = machine_.accumulates_at_store() ? 0 : counts_[glb_psum_array_read];
    at(Limit::kNocPsumIn) = over(in, machine_.noc.psum_in.words_per_cycle);
    at(Limit::kNocPsumOut) =
        over(counts_[glb_psum_array_write], machine_.noc.psum_out.words_per_cycle);
  }

  const Machine& machine_;
  const Counts& counts_;
};

}  // namespace

std::uint64_t dram_words(const Counts& counts) {
  std::uint64_t words = 0;
  for (std::size_t i = 0; i < kActions.size(); ++i) {
    if (kActions[i].structure == "dram") words += counts.value[i];
  }
  return words;
}

Limit Bounds::binds() const {
  return static_cast<Limit>(std::ranges::max_element(cycles) - cycles.begin());
}

Bounds& Bounds::operator+=(const Bounds& other) {
  for (std::size_t i = 0; i < cycles.size(); ++i) cycles[i] += other.cycles[i];
  least_cycles += other.least_cycles;
  compulsory_dram_words += other.compulsory_dram_words;
  least_dram_words += other.least_dram_words;
  return *this;
}

Bounds bounds(const Machine& machine, const Layer& layer, const Counts& counts) {
  Bounds result;
  result.cycles = CycleBounds(machine, counts).cycles;
  result.least_cycles = *std::ranges::max_element(result.cycles);
  result.compulsory_dram_words = compulsory_dram_words(layer, machine);
  // Of codes, which hold any number of words, the capacity says nothing.
  const std::uint64_t of_capacity =
      codes_any(machine, layer) ? 0 : dram_words_of_capacity(layer, on_chip_words(machine));
  result.least_dram_words = std::max(result.compulsory_dram_words, of_capacity);
  return result;
}

}  // namespace orrery
