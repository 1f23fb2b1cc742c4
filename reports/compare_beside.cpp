#include "reports/compare_beside.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/grid.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

constexpr std::array kKinds{LayerKind::kConv, LayerKind::kFc};

const LayerKind* kind_named(const std::string& text) {
  const auto it = std::ranges::find(kKinds, text, [](LayerKind k) { return name(k); });
  return it == kKinds.end() ? nullptr : &*it;
}

std::string pair_of(double ours, double theirs, int decimals) {
  return fmt::format("{:.{}f} {:.{}f}", ours, decimals, theirs, decimals);
}

// Dataflows of a block, the least first.
std::string order_of(std::vector<std::pair<double, std::string>> energies) {
  std::ranges::stable_sort(energies, {}, [](const auto& e) { return e.first; });
  std::vector<std::string> names;
  for (const auto& [ignored, dataflow] : energies) names.push_back(dataflow);
  return fmt::format("{}", fmt::join(names, " < "));
}

class Table {
 public:
  Table(const std::vector<ComparedRun>& runs, const std::vector<ComparedRun>& also,
        const PublishedComparison& published)
      : runs_(runs), also_(also), published_(published), grid_(titles()) {}

  std::string text(int width) {
    for (const PublishedEnergy& value : published_.values) add(value);
    close();
    return fmt::format("{}: ours, then published\n{}{}\nsource: {}\n", published_.name,
                       grid_.to_string(width), orders_, published_.source);
  }

 private:
  std::vector<std::string> titles() const {
    std::vector<std::string> all{"layers, PEs, batch, dataflow",
                                 "energy/MAC",
                                 "ours /\npublished",
                                 "RF/MAC",
                                 "array/MAC",
                                 "buffer/MAC",
                                 "DRAM/MAC"};
    if (!also_.empty()) all.push_back(also_.front().energy_table + "\nenergy/MAC");
    return all;
  }

  void add(const PublishedEnergy& value) {
    const auto run = std::ranges::find_if(runs_, [&](const ComparedRun& r) {
      return r.result.pes == value.pes && r.result.batch == value.batch &&
             r.result.dataflow == value.dataflow;
    });
    if (run == runs_.end()) return;
    const LayerKind kind = *kind_named(value.layers);
    const ComparedSum ours = sum_of(*run, kind);
    const bool part = std::ranges::any_of(
        run->refused, [&](const Refusal& refusal) { return refusal.kind == kind; });
    if (ours.macs == 0 || part) return;
    const std::string block =
        fmt::format("{}, {} PEs, batch {}", value.layers, value.pes, value.batch);
    if (block != block_) close();
    block_ = block;
    ours_.emplace_back(ours.energy_per_mac(), value.dataflow);
    theirs_.emplace_back(value.energy, value.dataflow);
    std::vector<std::string> cells{
        fmt::format("{}, {}, {}, {}", value.layers, value.pes, value.batch, value.dataflow),
        pair_of(ours.energy_per_mac(), value.energy, 2),
        fmt::format("{:.2f}", ours.energy_per_mac() / value.energy),
        pair_of(ours.per_mac(EnergyLevel::kSpad) / published_.rf_cost, value.rf, 3),
        pair_of(ours.per_mac(EnergyLevel::kNoc) / published_.array_cost, value.array, 3),
        pair_of(ours.per_mac(EnergyLevel::kGlb) / published_.buffer_cost, value.buffer, 4),
        pair_of(ours.per_mac(EnergyLevel::kDram) / published_.dram_cost, value.dram, 4)};
    if (!also_.empty()) {
      const auto at = static_cast<std::size_t>(run - runs_.begin());
      cells.push_back(fmt::format("{:.2f}", sum_of(also_[at], kind).energy_per_mac()));
    }
    grid_.row(cells);
  }

  void close() {
    if (ours_.empty()) return;
    const std::string mine = order_of(ours_), published = order_of(theirs_);
    orders_ += fmt::format("{}: {}{}\n", block_, mine,
                           mine == published ? "" : "; published " + published);
    grid_.rule();
    ours_.clear();
    theirs_.clear();
  }

  const std::vector<ComparedRun>&runs_, &also_;
  const PublishedComparison& published_;
  Grid grid_;
  std::string orders_, block_;
  std::vector<std::pair<double, std::string>> ours_, theirs_;
};

}  // namespace

PublishedComparison read_comparison(const std::filesystem::path& path) {
  const Node root = parse_yaml(path);
  auto published = read<PublishedComparison>(root);
  for (std::size_t i = 0; i < published.values.size(); ++i) {
    const std::string& layers = published.values[i].layers;
    if (kind_named(layers) != nullptr) continue;
    root.toward(fmt::format("values[{}].layers", i))
        .fail(fmt::format("layers is '{}'; it must be conv or fc", layers));
  }
  return published;
}

std::string beside_text(const std::vector<ComparedRun>& runs, const std::vector<ComparedRun>& also,
                        const PublishedComparison& published, int width) {
  return Table(runs, also, published).text(width);
}

}  // namespace orrery
