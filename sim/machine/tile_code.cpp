#include "sim/machine/tile_code.h"

#include "workloads/format/pack.h"

namespace orrery {
namespace {

constexpr WordForm kForm{.code = {Coding::kTwos, 16}, .zero = 0};
constexpr int kLinkWordBits = 16;

// The planes of a tile after the pooling behind its layer.
std::vector<Run> pooled_runs(const Layer& layer, const Machine& machine, const Box& box) {
  const TensorPlace place = row_major_ofmap(layer, machine);
  const std::int64_t size = place.axis[3].extent * place.axis[4].extent;
  std::vector<Run> runs;
  std::int64_t next = 0;
  for (int n = box[Dim::kN].lo; n < box[Dim::kN].hi; ++n) {
    for (int g = box[Dim::kG].lo; g < box[Dim::kG].hi; ++g) {
      for (int m = box[Dim::kM].lo; m < box[Dim::kM].hi; ++m, next += size)
        append_plane(runs, place, g, n, m, next);
    }
  }
  for (Run& run : runs) run.element = run.dram;
  return runs;
}

}  // namespace

bool codes_ifmap(const Machine& machine, const Layer& layer) {
  return machine.dma.compresses("ifmap") && !layer.input.empty();
}

bool codes_ofmap(const Machine& machine) { return machine.dma.compresses("ofmap"); }

bool codes_any(const Machine& machine, const Layer& layer) {
  return codes_ifmap(machine, layer) || codes_ofmap(machine);
}

SparseStream tile_code(std::span<const std::int16_t> words) { return encode_rlc(words, kForm); }

std::int64_t tile_code_words(std::span<const std::int16_t> words) {
  return rlc_bits(words, kForm) / kLinkWordBits;
}

std::vector<std::int16_t> decoded_tile(const SparseStream& code, std::int64_t words) {
  return decode_rlc(code, words, kForm);
}

std::vector<Run> coded_runs(const Layer& layer, const Machine& machine, const Box& box, Tensor t,
                            const TileLayout& layout) {
  if (t == Tensor::kPsum && !layer.post.pool.empty()) return pooled_runs(layer, machine, box);
  return tile_runs(layer, machine, box, t, layout, row_major_place(layer, machine, t));
}

std::vector<std::int16_t> words_of(const std::vector<Run>& runs,
                                   const std::vector<std::int16_t>& tensor) {
  std::vector<std::int16_t> words;
  for (const Run& run : runs) {
    const auto from = tensor.begin() + run.element;
    words.insert(words.end(), from, from + run.size);
  }
  return words;
}

LinkValues link_values(const Layer& layer, const Machine& machine, const Operands& in,
                       const OperandTensor& ofmap) {
  const bool packs = is_coded(layer);
  return {dram_ifmap(layer, machine, packs ? pack(layer, in).ifmap : in.ifmap), ofmap.data};
}

}  // namespace orrery
