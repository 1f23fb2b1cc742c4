#include "reports/csv.h"

#include <fmt/format.h>

#include "reports/figures.h"

namespace orrery {
namespace {

std::string quoted(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

// One line under construction.
class Line {
 public:
  void cell(std::string_view text) {
    if (cells_++ > 0) text_ += ',';
    text_ += quoted(text);
  }
  void cell(std::uint64_t n) { cell(std::string_view(fmt::format("{}", n))); }
  template <class Figures, class Source>
  void cells(const Figures& figures, const Source& source) {
    for (const auto& figure : figures) cell(std::string_view(to_text(figure.of(source))));
  }
  template <class Figures>
  void names(const Figures& figures) {
    for (const auto& figure : figures) cell(figure.name);
  }
  std::string end() && { return std::move(text_) + "\n"; }

 private:
  std::string text_;
  int cells_ = 0;
};

std::string header() {
  Line line;
  line.names(kRunFigures);
  line.cell("layer");
  line.names(kLayerFigures);
  for (const auto cause : kStallNames) line.cell(fmt::format("stall_{}", cause));
  for (const auto state : kPeStateNames) line.cell(fmt::format("pe_{}", state));
  for (const auto wait : kBeforeMacNames) line.cell(fmt::format("pe_before_mac_{}", wait));
  for (const ActionName& a : kActions) {
    line.cell(fmt::format("{}_{}_{}", a.structure, a.tensor, a.action));
  }
  line.cell("check");
  line.names(kLayerTexts);
  return std::move(line).end();
}

std::string row(const NetworkResult& result, const LayerResult& layer) {
  Line line;
  line.cells(kRunFigures, result);
  line.cell(layer.name);
  line.cells(kLayerFigures, layer);
  for (const std::uint64_t n : layer.stalls) line.cell(n);
  for (const std::uint64_t n : layer.pe_cycles) line.cell(n);
  for (const std::uint64_t n : layer.before_mac) line.cell(n);
  for (const std::uint64_t n : layer.counts.value) line.cell(n);
  line.cell(name(layer.check));
  line.cells(kLayerTexts, layer);
  return std::move(line).end();
}

}  // namespace

std::string to_csv(const NetworkResult& result) {
  std::string text = header();
  for (const LayerResult& layer : result.layers) text += row(result, layer);
  return text;
}

}  // namespace orrery
