#include "reports/published.h"

#include <algorithm>
#include <set>

#include "reports/beside.h"

namespace orrery {
namespace {

bool is_in(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

void check_layers(const Published& published, const Network& network, const Node& root) {
  std::vector<std::string> names;
  for (const Layer& layer : network.layers) names.push_back(layer.name);
  for (std::size_t i = 0; i < published.layers.size(); ++i) {
    const std::string& layer = published.layers[i];
    if (is_in(names, layer)) continue;
    root.toward(fmt::format("layers[{}]", i))
        .fail(fmt::format("there is no layer '{}' in {}{}", layer, network.name,
                          did_you_mean(layer, names)));
  }
}

int decimals(const std::string& number) {
  const std::size_t point = number.find('.');
  const bool plain = number.find_first_not_of("-.0123456789") == std::string::npos;
  return point == std::string::npos || !plain ? 0 : static_cast<int>(number.size() - point) - 1;
}

// `path` leads to the value.
void check_value(PublishedValue& value, std::vector<std::string> layers, const Node& root,
                 const std::string& path) {
  layers.emplace_back(kAllLayers);
  if (!is_in(layers, value.layer)) {
    root.toward(path + ".layer")
        .fail(fmt::format("'{}' is none of `layers`{}", value.layer,
                          did_you_mean(value.layer, layers)));
  }
  if (value.percent >= 0 && value.plus_minus >= 0) {
    root.toward(path + ".plus_minus").fail("a window is either percent or plus_minus");
  }
  value.decimals = decimals(root.toward(path + ".value").text);
}

void check_figure(PublishedFigure& figure, const std::vector<std::string>& layers, const Node& root,
                  const std::string& path) {
  const std::vector<std::string> known = figures_of_a_layer();
  if (!is_in(known, figure.figure)) {
    const std::string near = nearest(figure.figure, known);
    root.toward(path + ".figure")
        .fail(fmt::format("there is no figure '{}' ({})", figure.figure,
                          near.empty() ? "docs/published.md lists them"
                                       : fmt::format("did you mean '{}'?", near)));
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < figure.values.size(); ++i) {
    const std::string at = fmt::format("{}.values[{}]", path, i);
    check_value(figure.values[i], layers, root, at);
    if (seen.insert(figure.values[i].layer).second) continue;
    root.toward(at + ".layer")
        .fail(fmt::format("{} has a second value of '{}'", figure.figure, figure.values[i].layer));
  }
}

}  // namespace

Published read_published(const std::filesystem::path& path, const Network& network, int batch) {
  const Node root = parse_yaml(path);
  auto published = read<Published>(root);
  check_layers(published, network, root);
  for (std::size_t i = 0; i < published.figures.size(); ++i) {
    check_figure(published.figures[i], published.layers, root, fmt::format("figures[{}]", i));
  }
  if (published.batch != batch) {
    root.toward("batch").fail(
        fmt::format("the figures are of batches of {}; the run has {}", published.batch, batch));
  }
  return published;
}

}  // namespace orrery
