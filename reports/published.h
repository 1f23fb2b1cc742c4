// Figures that somebody published of a network on a chip, as a YAML file (docs/published.md).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/input/fields.h"
#include "workloads/network/network.h"

namespace orrery {

// `layer` of a value of all layers together.
inline constexpr std::string_view kAllLayers = "total";

struct PublishedValue {
  static constexpr double kNoWindow = -1;
  std::string layer;
  double value = 0;
  double percent = kNoWindow;     // half the window, of the value
  double plus_minus = kNoWindow;  // the same in the value's unit
  // Not a field: digits of the value after the point, as it is written.
  int decimals = 0;

  template <class V>
  void fields(V& v) {
    v.field("layer", layer, {.doc = "one of `layers`, or total: all of them"});
    v.field("value", value, {.doc = "as published, in the unit of the figure"});
    v.field("percent", percent,
            {.doc = "window: ours may be so much more or less, of the value",
             .unit = "%",
             .min = 0,
             .optional = true,
             .fallback = "no window"});
    v.field("plus_minus", plus_minus,
            {.doc = "window: ours may be so much more or less, in the unit of the figure",
             .min = 0,
             .optional = true,
             .fallback = "no window"});
  }
  bool has_window() const { return percent >= 0 || plus_minus >= 0; }
  // Half the window in the unit of the value.
  double slack() const { return percent >= 0 ? percent / 100 * value : plus_minus; }
};

struct PublishedFigure {
  std::string figure, unit, source, note;
  std::vector<PublishedValue> values;

  template <class V>
  void fields(V& v) {
    v.field("figure", figure, {.doc = "a name of the list above"});
    v.field("unit", unit, {.doc = "printed with it; that of the figure in result.json"});
    v.field("source", source, {.doc = "where it is published"});
    v.field("note", note, {.doc = "what a reader of the comparison must know", .optional = true});
    v.field("values", values, {.doc = "one for each layer that has one"});
  }
};

struct Published {
  std::string name, source;
  int batch = 1;
  std::vector<std::string> layers;
  std::vector<PublishedFigure> figures;

  template <class V>
  void fields(V& v) {
    v.field("name", name, {.doc = "what the figures are of"});
    v.field("source", source, {.doc = "the publication, and how it was measured"});
    v.field("batch", batch,
            {.doc = "that of the measurement; other runs are not put beside it",
             .unit = "image",
             .min = 1,
             .max = 65536});
    v.field("layers", layers, {.doc = "layers of the network of which the figures are"});
    v.field("figures", figures, {.doc = "the figures"});
  }
};

// Reads a file of figures of `network` run with `batch` images. Throws InputError with file:line,
// also for a figure that no result has, a layer that the network does not have, and another batch.
Published read_published(const std::filesystem::path& path, const Network& network, int batch);

}  // namespace orrery
