#include "reports/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "reports/figures.h"
#include "reports/grid.h"

namespace orrery {
namespace {

std::uint64_t bytes(const NetworkResult& result, std::uint64_t words) {
  return words * static_cast<std::uint64_t>(result.word_bits) / 8;
}

// Adds a row for each layer, then the total under a rule.
void rows(Grid& grid, const NetworkResult& result,
          const std::function<std::vector<std::string>(const LayerResult&)>& cells) {
  for (const LayerResult& layer : result.layers) grid.row(cells(layer));
  grid.rule();
  grid.row(cells(total(result)));
}

std::string title(const NetworkResult& result) {
  return fmt::format(
      "{} on {}: batch {}, dataflow {}\n{}, {} MHz, {} engine, {} data, seed {}, orrery {}\n{}\n",
      result.network, result.machine, result.batch, result.dataflow, result.mac, result.core_mhz,
      result.engine, result.data, result.seed, result.version,
      result.set.empty() ? "" : fmt::format("set: {}\n", joined(result.set)));
}

Grid layer_grid(const NetworkResult& result) {
  Grid grid({"layer", "cycles", "processing\ncycles", "ms", "utilization", "active\nPEs", "MACs",
             "gated\nMACs", "GLB\nwords", "GLB\nMB", "DRAM\nMB", "check"});
  rows(grid, result, [&](const LayerResult& layer) -> std::vector<std::string> {
    return {layer.name,
            grouped(layer.cycles),
            grouped(layer.processing_cycles),
            fmt::format("{:.3f}", layer.latency_ms),
            percent(layer.utilization, 1),
            fmt::format("{}", layer.active_pes),
            grouped(layer.macs),
            result.values == "on" ? grouped(layer.macs_gated) : "-",
            grouped(glb_array_words(layer.counts)),
            megabytes(bytes(result, glb_array_words(layer.counts))),
            megabytes(bytes(result, dram_words(layer.counts))),
            std::string(name(layer.check))};
  });
  return grid;
}

// "wait_ifmap" as "wait\nifmap": a title in lines.
std::string stacked(std::string_view words) {
  std::string text(words);
  std::replace(text.begin(), text.end(), '_', '\n');
  return text;
}

// Steps are told only where PEs take them together.
Grid stall_grid(const NetworkResult& result) {
  const LayerResult sum = total(result);
  std::vector<std::string> titles{"array", "passes", "pass\ncycles"};
  if (sum.steps > 0) titles.emplace_back("steps");
  for (const auto cause : kStallNames) titles.push_back(stacked(cause));
  Grid grid(titles);
  rows(grid, result, [&](const LayerResult& layer) {
    std::vector<std::string> cells{layer.name, grouped(layer.passes), grouped(layer.pass_cycles)};
    if (sum.steps > 0) cells.push_back(grouped(layer.steps));
    for (const std::uint64_t n : layer.stalls) cells.push_back(grouped(n));
    return cells;
  });
  const auto share = [&](std::uint64_t n) {
    return percent(static_cast<double>(n), static_cast<double>(sum.cycles));
  };
  std::vector<std::string> shares{"of cycles", "", share(sum.pass_cycles)};
  if (sum.steps > 0) shares.push_back(share(sum.steps));
  for (const std::uint64_t n : sum.stalls) shares.push_back(share(n));
  grid.row(std::move(shares));
  return grid;
}

Grid pe_grid(const NetworkResult& result) {
  std::vector<std::string> titles{"PEs", "PE-cycles"};
  for (const auto state : kPeStateNames) titles.push_back(stacked(state));
  Grid grid(titles);
  rows(grid, result, [](const LayerResult& layer) {
    const std::uint64_t all =
        std::accumulate(layer.pe_cycles.begin(), layer.pe_cycles.end(), std::uint64_t{0});
    std::vector<std::string> cells{layer.name, grouped(all)};
    for (const std::uint64_t n : layer.pe_cycles) {
      cells.push_back(percent(static_cast<double>(n), static_cast<double>(all)));
    }
    return cells;
  });
  return grid;
}

// The distinct values of one member of the actions, in their order.
template <class Key>
std::vector<std::string> distinct(const Key& key) {
  std::vector<std::string> found;
  for (const ActionName& action : kActions) {
    std::string value = key(action);
    if (value.empty() || std::find(found.begin(), found.end(), value) != found.end()) continue;
    found.push_back(std::move(value));
  }
  return found;
}

// Operations have no tensor: the layers' grid and the PE states tell them.
bool moves_data(const ActionName& action) { return action.tensor != "none"; }

std::string place(const ActionName& action) {
  if (!moves_data(action)) return "";
  const std::string_view mark = action.unit == "word" ? "" : " *";
  return fmt::format("{} {}{}", action.structure, action.action, mark);
}

std::string tensor(const ActionName& action) {
  return moves_data(action) ? std::string(action.tensor) : "";
}

Grid word_grid(const NetworkResult& result) {
  const Counts counts = total(result).counts;
  const std::vector<std::string> tensors = distinct(tensor);
  std::vector<std::string> titles{"words"};
  titles.insert(titles.end(), tensors.begin(), tensors.end());
  titles.insert(titles.end(), {"total", "MB"});
  Grid grid(titles);
  for (const std::string& where : distinct(place)) {
    std::vector<std::string> cells(tensors.size() + 1, "-");
    cells[0] = where;
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < kActions.size(); ++i) {
      if (place(kActions[i]) != where) continue;
      const auto column = std::find(tensors.begin(), tensors.end(), kActions[i].tensor);
      cells[1 + static_cast<std::size_t>(column - tensors.begin())] = grouped(counts.value[i]);
      sum += counts.value[i];
    }
    cells.push_back(grouped(sum));
    cells.push_back(where.back() == '*' ? "-" : megabytes(bytes(result, sum)));
    grid.row(std::move(cells));
  }
  return grid;
}

// What the code of the link made of its words.
Grid link_grid(const NetworkResult& result) {
  Grid grid({"link", "ifmap\nzeros", "words", "code", "ofmap\nzeros", "words", "code", "MB\nplain",
             "MB", "ratio"});
  const auto share = [](const CodedWords& coded) {
    return coded.words == 0 ? std::string("-") : fmt::format("{:.2f} %", 100 * zero_share(coded));
  };
  rows(grid, result, [&](const LayerResult& layer) -> std::vector<std::string> {
    const auto& [ifmap, ofmap] = layer.link_code;
    return {layer.name,
            share(ifmap),
            grouped(ifmap.words),
            grouped(ifmap.moved),
            share(ofmap),
            grouped(ofmap.words),
            grouped(ofmap.moved),
            megabytes(layer.plain_link_bytes),
            megabytes(layer.link_bytes),
            fmt::format("{:.2f}", link_ratio(layer))};
  });
  return grid;
}

std::string microjoules(double pj) { return fmt::format("{:.1f}", pj * 1e-6); }

// What became of a memory of a standard; energy in uJ.
Grid memory_grid(const NetworkResult& result) {
  Grid grid({"DRAM", "bursts", "row\nhits", "misses", "con-\nflicts", "MB/s", "activate\nuJ",
             "read", "write", "refresh", "back-\nground", "I/O", "total\nuJ"});
  rows(grid, result, [](const LayerResult& layer) -> std::vector<std::string> {
    const DramUse& use = *layer.dram;
    const DramEnergy& e = use.energy;
    return {layer.name,
            grouped(use.reads + use.writes),
            grouped(use.hits),
            grouped(use.misses),
            grouped(use.conflicts),
            fmt::format("{:.1f}", bytes_per_second(use) * 1e-6),
            microjoules(e.activate),
            microjoules(e.read),
            microjoules(e.write),
            microjoules(e.refresh),
            microjoules(e.background()),
            microjoules(e.io),
            microjoules(e.total())};
  });
  return grid;
}

// Layers that differ, and what is missing.
std::string warnings(const NetworkResult& result) {
  std::string text;
  for (const LayerResult& layer : result.layers) {
    if (layer.check != Check::kDiffers) continue;
    text += fmt::format("{} differs from the golden reference: {}\n", layer.name, layer.difference);
  }
  if (!result.complete)
    text += "The run did not reach its end: the figures are those of the layers above.\n";
  return text;
}

std::string frames(const NetworkResult& result) {
  const LayerResult sum = total(result);
  if (!(sum.latency_ms > 0) || !(sum.processing_ms > 0)) return "";
  const auto per_second = [&](double ms) { return 1000.0 * result.batch / ms; };
  return fmt::format(
      "{:.2f} frames/s: a batch of {} in {:.3f} ms ({:.2f} by processing time, {:.3f} ms)\n",
      per_second(sum.latency_ms), result.batch, sum.latency_ms, per_second(sum.processing_ms),
      sum.processing_ms);
}

}  // namespace

std::string to_table(const NetworkResult& result, int width) {
  std::string text = title(result);
  for (const Grid& grid :
       {layer_grid(result), stall_grid(result), pe_grid(result), word_grid(result)}) {
    text += grid.to_string(width) + "\n";
  }
  if (total(result).link_code != LinkCode{}) text += link_grid(result).to_string(width) + "\n";
  if (total(result).dram) text += memory_grid(result).to_string(width) + "\n";
  text += "* in psums, each of one or more words\n";
  if (result.values != "on")
    text +=
        "Without all values, MACs and spad accesses are those of operands that are never zero.\n";
  text += "GLB words: what the array reads and writes of ifmaps and psums. MB: 10^6 bytes.\n";
  return text + frames(result) + warnings(result);
}

}  // namespace orrery
