// Words that must pass between DRAM and chip.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/bounds/bounds.h"
#include "sim/machine/tile_code.h"

namespace orrery {
namespace {

// One axis of the plane: ofmap coordinates, taps, and the ifmap words that are not padding.
struct Axis {
  Range out, taps;
  int stride, dilation;
  Range words;  // in the padded plane

  bool is_word(int at) const { return words.lo <= at && at < words.hi; }
  std::int64_t words_touched() const {
    return std::ranges::count_if(touched(out, taps, stride, dilation),
                                 [&](int at) { return is_word(at); });
  }
  // Pairs of an ofmap coordinate and a tap that meet a word.
  std::int64_t meetings() const {
    std::int64_t count = 0;
    for (int tap = taps.lo; tap < taps.hi; ++tap) {
      for (int o = out.lo; o < out.hi; ++o) count += is_word(o * stride + tap * dilation) ? 1 : 0;
    }
    return count;
  }
  // Of these, those of one word, at most: its taps lie stride / gcd(stride, dilation) apart.
  int places() const {
    const int apart = stride / std::gcd(stride, dilation);
    return std::min(out.size(), (taps.size() + apart - 1) / apart);
  }
};

Axis rows_of(const Layer& layer) {
  const Box box = layer.box();
  return {box[Dim::kP],
          box[Dim::kR],
          layer.stride_rows,
          layer.dilation_rows,
          {layer.pad_top, layer.pad_top + layer.ifmap_rows}};
}

Axis cols_of(const Layer& layer) {
  const Box box = layer.box();
  return {box[Dim::kQ],
          box[Dim::kS],
          layer.stride_cols,
          layer.dilation_cols,
          {layer.pad_left, layer.pad_left + layer.ifmap_cols}};
}

std::int64_t product(const Layer& layer, std::initializer_list<Dim> dims) {
  std::int64_t all = 1;
  for (const Dim d : dims) all *= layer.bound(d);
  return all;
}

std::int64_t ofmap_words(const Layer& layer) {
  int rows = layer.bound(Dim::kP), cols = layer.bound(Dim::kQ);
  for (const Pool& pool : layer.post.pool) {
    rows = pool.out(rows);
    cols = pool.out(cols);
  }
  return product(layer, {Dim::kG, Dim::kN, Dim::kM}) * rows * cols;
}

// Four words of a run-length code hold at most three runs of 31 zeros and three levels.
std::int64_t coded(std::int64_t words) { return (words + 23) / 24; }

// Words in FIFOs, registers and spads of a PE.
std::int64_t words_of_pe(const Machine& m) {
  const Pe& pe = m.pe;
  const std::int64_t psum = m.words_per_psum();
  const std::int64_t filter_spads = m.array.shadow_filters ? 2 : 1;
  const std::int64_t psum_packets =
      std::int64_t{pe.psum_in_fifo_packets} + pe.psum_out_fifo_packets + 1;
  return pe.ifmap_spad_words + filter_spads * pe.filter_spad_words + psum * pe.psum_spad_words +
         std::int64_t{pe.ifmap_fifo_words} * packet_words(m, Tensor::kIfmap) +
         std::int64_t{pe.filter_fifo_packets} * packet_words(m, Tensor::kFilter) +
         psum_packets * packet_psums(m) * psum + pe.fifo_h_words + pe.fifo_v_words +
         (std::int64_t{pe.pipeline_stages} + 1) * (2 + psum);
}

std::int64_t words_on_the_way(const Link& link) {
  return (std::int64_t{link.latency_cycles} + 1) * link.words_per_cycle;
}

}  // namespace

std::int64_t on_chip_words(const Machine& machine) {
  std::int64_t words = 0;
  for (const Level& level : machine.levels) {
    for (const Store& store : level.stores) words += std::int64_t{store.banks} * store.bank_words;
  }
  const Noc& noc = machine.noc;
  for (const Bus& bus : {noc.ifmap, noc.filter, noc.psum_in, noc.psum_out}) {
    words += words_on_the_way(bus);
  }
  return words + machine.pes() * (words_of_pe(machine) + words_on_the_way(noc.psum_link));
}

std::uint64_t dram_words_of_capacity(const Layer& layer, std::int64_t on_chip_words) {
  if (layer.kind == LayerKind::kPool || !layer.post.pool.empty()) return 0;
  const Axis rows = rows_of(layer), cols = cols_of(layer);
  const auto macs = static_cast<double>(product(layer, {Dim::kG, Dim::kN, Dim::kM, Dim::kC})) *
                    static_cast<double>(rows.meetings()) * static_cast<double>(cols.meetings());
  const double places = static_cast<double>(rows.places()) * cols.places();
  const auto words = static_cast<double>(on_chip_words);
  const double least = std::sqrt(2) * macs / std::sqrt(places * words) - 4 * words;
  return least > 0 ? static_cast<std::uint64_t>(least) : 0;
}

std::uint64_t compulsory_dram_words(const Layer& layer, const Machine& machine) {
  const std::int64_t ifmap = product(layer, {Dim::kG, Dim::kN, Dim::kC}) *
                             rows_of(layer).words_touched() * cols_of(layer).words_touched();
  const std::int64_t biases = layer.has_bias() && machine.post.bias
                                  ? product(layer, {Dim::kG, Dim::kM}) * machine.words_per_psum()
                                  : 0;
  const std::int64_t filters = layer.kind == LayerKind::kPool ? 0 : layer.filter_words();
  const std::int64_t ofmap = ofmap_words(layer);
  return static_cast<std::uint64_t>((codes_ifmap(machine, layer) ? coded(ifmap) : ifmap) + filters +
                                    biases + (codes_ofmap(machine) ? coded(ofmap) : ofmap));
}

}  // namespace orrery
