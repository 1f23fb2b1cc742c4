#include "reports/stats.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "cli/find.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "reports/write_file.h"
#include "workloads/chain/chain.h"
#include "workloads/golden/golden.h"
#include "workloads/input/input_error.h"
#include "workloads/network/widths.h"
#include "workloads/sparse/prune.h"
#include "workloads/tensor/operands.h"

namespace orrery {
namespace {

// Those of docs/network.md: products and psums of 16 bits, or of 32 under 8-bit operands.
Widths widths_of(const Options& options) {
  const int sums = options.bits == 16 ? 16 : 32;
  return {.operand_bits = options.bits, .product_bits = sums, .psum_bits = sums};
}

// The layers, and what they read, one after the other.
class Tensors {
 public:
  Tensors(const Options& options, const Network& network, const std::optional<Pruning>& pruning)
      : options_(options), pruning_(pruning), widths_(widths_of(options)) {
    if (source(options) == Source::kChained) chain_.emplace(network.layers);
  }

  // The layer with the shifts that go with its operands.
  Operands take(Layer& layer) {
    const bool files = source(options_) == Source::kFolder;
    Operands in = files ? operands_from_directory(layer, options_.data)
                        : synthetic_operands(layer, options_.seed, widths_.psum_bits);
    const PruneRule* rule = pruning_ ? pruning_->find(layer.name) : nullptr;
    if (rule != nullptr) prune(in.filter, *rule, layer);
    if (!chain_) return in;
    if (!layer.input.empty()) in.ifmap = chain_->take_ifmap(layer);
    calibrate(layer, in, widths_, options_.seed);
    return in;
  }

  // The ofmap of a chained layer, which others may read.
  std::optional<OperandTensor> make(const Layer& layer, const Operands& in) {
    if (!chain_) return std::nullopt;
    const Arithmetic arithmetic{.product_shift = layer.product_shift,
                                .product_bits = widths_.product_bits,
                                .psum_bits = widths_.psum_bits};
    OperandTensor ofmap = golden_ofmap(layer, in, arithmetic, plain_reduction());
    chain_->put(layer, ofmap);
    return ofmap;
  }

 private:
  const Options& options_;
  const std::optional<Pruning>& pruning_;
  Widths widths_;
  std::optional<Chain> chain_;
};

void add(StatsRun& run, const Layer& layer, const char* tensor, const OperandTensor& words,
         TensorKind kind, const WordForm& form) {
  if (words.data.empty()) return;
  run.tensors.push_back(zero_statistics(words, kind, form));
  run.tensors.back().layer = layer.name;
  run.tensors.back().tensor = tensor;
}

StatsRun run_of(const Options& options, const Network& network,
                const std::optional<Pruning>& pruning) {
  const std::vector<std::string>& chosen = options.selection.layers;
  ProgressLine line(options.quiet, network.layers.size());
  StatsRun run{network.name,
               options.data,
               pruning ? pruning->name : "",
               options.selection.batch,
               options.bits,
               options.seed,
               {}};
  Tensors tensors(options, network, pruning);
  for (Layer layer : network.layers) {
    line.begin(layer.name);
    const Operands in = tensors.take(layer);
    const auto ofmap = tensors.make(layer, in);
    if (!chosen.empty() && std::ranges::find(chosen, layer.name) == chosen.end()) continue;
    const Formats& f = layer.formats;
    add(run, layer, "ifmap", in.ifmap, TensorKind::kMap, {layer.ifmap_code(), f.ifmap_zero});
    add(run, layer, "filter", in.filter, TensorKind::kFilter, {layer.filter_code(), f.filter_zero});
    if (ofmap)
      add(run, layer, "ofmap", *ofmap, TensorKind::kMap, {layer.ofmap_code(), f.ofmap_zero});
  }
  return run;
}

Network network_of(const Options& options, const Network& whole) {
  const Selection& s = options.selection;
  select(whole, s.batch, s.layers);  // answers unknown names
  const bool chained = source(options) == Source::kChained;
  return at_widths(select(whole, s.batch, chained ? with_inputs(whole, s.layers) : s.layers),
                   widths_of(options));
}

}  // namespace

int stats_command(const Options& options) {
  if (!options.json.empty()) check_writable(options.json);
  const Network whole = read_network(find_network(options.selection.network));
  std::optional<Pruning> pruning;
  const std::string& rules = options.selection.prune;
  if (!rules.empty()) pruning = read_pruning(find_file(rules), whole);
  const StatsRun run = run_of(options, network_of(options, whole), pruning);
  if (!options.json.empty()) write_file(options.json, stats_json(run));
  if (!options.quiet) fmt::print("{}", stats_table(run, page_width()));
  for (const ZeroStatistics& t : run.tensors) {
    for (const CodedSize& size : t.codes) {
      if (size.decodes) continue;
      fmt::print(stderr, "orrery: {} {}: its {} stream does not decode to it\n", t.layer, t.tensor,
                 size.code);
      return kExitDiffers;
    }
  }
  return kExitDone;
}

}  // namespace orrery
