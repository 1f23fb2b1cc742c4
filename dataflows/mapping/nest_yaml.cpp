#include "dataflows/mapping/nest_yaml.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "workloads/input/fields.h"

namespace orrery {
namespace {

constexpr std::array kPlaces{Place::kDram, Place::kGlb, Place::kRows, Place::kCols, Place::kPe};

template <class T, std::size_t N>
std::vector<std::string> names_of(const std::array<T, N>& all) {
  std::vector<std::string> names;
  for (const T& one : all) names.emplace_back(name(one));
  return names;
}

// The dimension, blanks, the size.
WrittenLoop read_loop(const Node& node, Place place, std::string_view form) {
  const std::string text = parse_string(node);
  const std::size_t blank = std::min(text.find(' '), text.size());
  const std::size_t size = std::min(text.find_first_not_of(' ', blank), text.size());
  const auto dims = names_of(kAllDims);
  const auto dim = std::ranges::find(dims, text.substr(0, blank));
  if (dim == dims.end() || size == text.size()) {
    node.fail(fmt::format("{} is '{}'; a loop is a dimension ({}) and {}", node.path, text,
                          fmt::join(dims, ", "), form));
  }
  WrittenLoop loop{kAllDims[static_cast<std::size_t>(dim - dims.begin())], node, place};
  loop.size.text = text.substr(size);
  return loop;
}

}  // namespace

std::vector<std::string> place_keys() { return names_of(kPlaces); }

const Node& required(const Node& map, std::string_view key, std::string_view doc) {
  if (const Node* found = map.find(key)) return *found;
  fail_missing(map, key, {.doc = doc});
}

std::string required_name(const Node& map, std::string_view key, std::string_view doc) {
  const Node& node = required(map, key, doc);
  std::string text = parse_string(node);
  if (text.empty()) node.fail(fmt::format("{} is empty; it must be a name", node.path));
  return text;
}

std::vector<WrittenLoop> read_loops(const Node& map, std::string_view form) {
  std::vector<WrittenLoop> nest;
  const auto append = [&](Place place) {
    const Node* loops = map.find(name(place));
    if (loops == nullptr) return;
    require_list(*loops);
    for (const Node& item : loops->items) nest.push_back(read_loop(item, place, form));
  };
  append(Place::kDram);
  append(Place::kGlb);
  for (const std::string& key : map.keys) {
    if (key == name(Place::kRows)) append(Place::kRows);
    if (key == name(Place::kCols)) append(Place::kCols);
  }
  append(Place::kPe);
  if (nest.empty()) {
    map.fail(fmt::format("{} has no loops; at least one of {} must list some",
                         map.path.empty() ? "the file" : map.path, fmt::join(place_keys(), ", ")));
  }
  return nest;
}

// Places in the order of their first loops.
std::string loops_text(const std::vector<LoopText>& nest, std::string_view indent,
                       const std::string& whose) {
  std::string text;
  std::vector<Place> done;
  for (std::size_t i = 0; i < nest.size();) {
    const Place place = nest[i].place;
    if (std::ranges::count(done, place) > 0) {
      throw InputError(fmt::format(
          "{} has loops of '{}' apart from each other, which a file cannot say; they must stand "
          "together",
          whose, name(place)));
    }
    done.push_back(place);
    std::vector<std::string> loops;
    for (; i < nest.size() && nest[i].place == place; ++i) loops.push_back(nest[i].text);
    text += fmt::format("{}{}: [{}]\n", indent, name(place), fmt::join(loops, ", "));
  }
  return text;
}

std::array<bool, kTensors> read_tensors(const Node& node) {
  require_list(node);
  std::array<bool, kTensors> keep{};
  for (const Node& item : node.items) {
    bool& kept = keep[parse_choice(item, names_of(kAllTensors))];
    if (kept) item.fail(fmt::format("{} names '{}' twice", node.path, item.text));
    kept = true;
  }
  return keep;
}

std::string tensors_text(const std::array<bool, kTensors>& tensors) {
  std::vector<std::string_view> names;
  for (const Tensor t : kAllTensors) {
    if (tensors[index(t)]) names.push_back(name(t));
  }
  return fmt::format("[{}]", fmt::join(names, ", "));
}

std::string scalar(const std::string& text) {
  const auto plain = [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-'; };
  const bool starts = !text.empty() && std::isalpha(static_cast<unsigned char>(text[0]));
  if (starts && std::ranges::all_of(text, plain) && nearest(text, {"null"}).empty()) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (static_cast<unsigned char>(c) < ' ') {
      quoted += fmt::format("\\x{:02x}", static_cast<unsigned>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

}  // namespace orrery
