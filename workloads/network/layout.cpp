#include "workloads/network/layout.h"

#include <fmt/format.h>

#include <algorithm>

#include "workloads/input/input_error.h"
#include "workloads/network/network_file.h"

namespace orrery {
namespace {

struct Place {
  const char* tensor;
  Layout TensorLayouts::*member;
};
constexpr std::array kPlaces{Place{"ifmap", &TensorLayouts::ifmap},
                             Place{"filter", &TensorLayouts::filter},
                             Place{"ofmap", &TensorLayouts::ofmap}};

Layout layout_of(const std::string& word) {
  for (const auto& [layout, name] : EnumNames<Layout>::kNames) {
    if (name == word) return layout;
  }
  throw InputError(
      fmt::format("there is no layout '{}'{}", word, did_you_mean(word, layout_names())));
}

std::vector<std::string> split(const std::string& text, char mark) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == mark) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

const Place& place_of(const std::string& tensor) {
  const auto place = std::find_if(kPlaces.begin(), kPlaces.end(),
                                  [&](const Place& p) { return p.tensor == tensor; });
  if (place != kPlaces.end()) return *place;
  throw InputError(fmt::format("no tensor '{}' has a layout{}", tensor,
                               did_you_mean(tensor, {"ifmap", "filter", "ofmap"})));
}

}  // namespace

std::vector<std::string> layout_names() { return enum_names<Layout>(); }

std::string to_text(const TensorLayouts& layouts) {
  if (layouts.ifmap == layouts.filter && layouts.ifmap == layouts.ofmap)
    return enum_name(layouts.ifmap);
  std::vector<std::string> parts;
  for (const Place& p : kPlaces)
    parts.push_back(fmt::format("{}={}", p.tensor, enum_name(layouts.*p.member)));
  return fmt::format("{}", fmt::join(parts, ","));
}

std::string misfit(const TensorLayouts& layouts) {
  const auto interleaved = std::count_if(kPlaces.begin(), kPlaces.end(), [&](const Place& p) {
    return layouts.*p.member == Layout::kBankInterleaved;
  });
  if (interleaved == 0 || interleaved == static_cast<std::ptrdiff_t>(kPlaces.size())) return {};
  return "bank_interleaved is for all tensors of a layer, or for none";
}

TensorLayouts parse_layouts(const std::string& text) {
  TensorLayouts layouts;
  if (text.find('=') == std::string::npos) {
    layouts.ifmap = layouts.filter = layouts.ofmap = layout_of(text);
    return layouts;
  }
  std::vector<std::string> seen;
  for (const std::string& part : split(text, ',')) {
    const std::vector<std::string> words = split(part, '=');
    if (words.size() != 2) throw InputError(fmt::format("'{}' is not TENSOR=LAYOUT", part));
    if (std::find(seen.begin(), seen.end(), words[0]) != seen.end())
      throw InputError(fmt::format("the layout of {} is given twice", words[0]));
    layouts.*place_of(words[0]).member = layout_of(words[1]);
    seen.push_back(words[0]);
  }
  if (const std::string why = misfit(layouts); !why.empty()) throw InputError(why);
  return layouts;
}

}  // namespace orrery
