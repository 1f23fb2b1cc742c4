// Dataflows as YAML: the format is described in docs/dataflow.md.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "dataflows/mapping/nest_yaml.h"
#include "dataflows/pattern/pattern.h"
#include "workloads/input/fields.h"

namespace orrery {
namespace {

constexpr std::string_view kFree = "<=";
constexpr std::string_view kForm = "a size, as in 'M 16' or 'M <=cols'";
constexpr FieldSpec kNumber{
    .doc = "words of the dimension that one trip covers", .min = 1, .max = Size::kMaxNumber};

// The words of a product, each of which may stand once.
std::array<std::pair<std::string_view, bool*>, 2> words_of(Size& size) {
  return {std::pair{"rows", &size.rows}, std::pair{"cols", &size.cols}};
}

void multiply(Size& size, const Node& factor, bool& has_number) {
  const auto again = [&] { factor.fail(fmt::format("{}: a size has one number", factor.path)); };
  for (const auto& [word, member] : words_of(size)) {
    if (factor.text != word) continue;
    if (std::exchange(*member, true)) {
      factor.fail(fmt::format("{}: a size names '{}' once", factor.path, word));
    }
    return;
  }
  if (factor.text.find_first_not_of("0123456789") != std::string::npos || factor.text.empty()) {
    const std::string near = nearest(factor.text, {"rows", "cols", "all"});
    factor.fail(fmt::format(
        "{}: '{}' is no size; it must be a number, rows, cols, a product such as 4*rows, or all{}",
        factor.path, factor.text, near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near)));
  }
  if (std::exchange(has_number, true)) again();
  size.number = static_cast<int>(parse_integer(factor, kNumber, 1, Size::kMaxNumber));
}

// "16", "all", "<=4*rows".
Size read_size(const Node& node) {
  Size size;
  std::string_view text = node.text;
  size.free = text.starts_with(kFree);
  if (size.free) text.remove_prefix(kFree.size());
  size.all = text == "all";
  if (size.all) return size;
  bool has_number = false;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t to = std::min(text.find('*', from), text.size());
    Node factor = node;
    factor.text = std::string(text.substr(from, to - from));
    multiply(size, factor, has_number);
    from = to + 1;
  }
  return size;
}

std::vector<SizedLoop> read_nest(const Node& root) {
  std::vector<SizedLoop> nest;
  for (const WrittenLoop& loop : read_loops(root, kForm)) {
    const Size size = read_size(loop.size);
    if (loop.place == Place::kPe) {
      const auto same = [&](const SizedLoop& other) {
        return other.place == Place::kPe && other.dim == loop.dim;
      };
      const std::string& path = loop.size.path;
      if (size != kOne) loop.size.fail(path + ": inside a PE loops step by 1");
      if (std::ranges::any_of(nest, same)) {
        loop.size.fail(fmt::format("{}: {} turns inside the PE already", path, name(loop.dim)));
      }
    }
    nest.push_back({loop.dim, size, loop.place});
  }
  return nest;
}

Keep read_keep(const Node& node) {
  if (node.kind != Node::Kind::kMap) {
    node.fail("keep must be a map with the key 'pe', and 'glb' where the GLB is to keep less");
  }
  node.allow_keys({"glb", "pe"});
  Keep keep;
  keep.pe = read_tensors(required(node, "pe", "the tensors that the PEs keep"));
  if (const Node* glb = node.find("glb")) keep.glb = read_tensors(*glb);
  return keep;
}

std::vector<std::string> names_of(const std::vector<Dim>& dims) {
  std::vector<std::string> names;
  for (const Dim d : dims) names.emplace_back(name(d));
  return names;
}

// Each dimension with a free size, once.
std::vector<Dim> read_shrink(const Node& root, const std::vector<SizedLoop>& nest) {
  std::vector<Dim> free = default_shrink(nest);
  const Node* node = root.find("shrink");
  if (node == nullptr) return free;
  require_list(*node);
  const std::vector<std::string> names = names_of(free);
  std::vector<Dim> order;
  for (const Node& item : node->items) {
    const std::string text = parse_string(item);
    const auto it = std::ranges::find(names, text);
    if (it == names.end()) {
      item.fail(fmt::format("{} is '{}', which has no free size (those that have: {})", item.path,
                            text, fmt::join(names, ", ")));
    }
    const Dim dim = free[static_cast<std::size_t>(it - names.begin())];
    if (std::ranges::count(order, dim) > 0) item.fail(fmt::format("shrink names {} twice", text));
    order.push_back(dim);
  }
  for (const Dim dim : free) {
    if (std::ranges::count(order, dim) == 0) {
      node->fail(fmt::format("shrink leaves out {}, which has a free size", name(dim)));
    }
  }
  return order;
}

std::string text_of(const Size& given) {
  Size size = given;
  std::vector<std::string> factors;
  if (size.all) factors.emplace_back("all");
  const bool bare = !size.all && !size.rows && !size.cols;
  if (size.number != 1 || bare) factors.push_back(fmt::format("{}", size.number));
  for (const auto& [word, member] : words_of(size)) {
    if (*member) factors.emplace_back(word);
  }
  return fmt::format("{}{}", size.free ? kFree : "", fmt::join(factors, "*"));
}

}  // namespace

Pattern read_pattern(const std::filesystem::path& path) { return read_pattern(parse_yaml(path)); }

Pattern read_pattern(const Node& root) {
  std::vector<std::string> known{"name", "description", "keep", "shrink"};
  std::ranges::copy(place_keys(), std::back_inserter(known));
  root.allow_keys(known);
  Pattern pattern;
  pattern.name = required_name(root, "name", "name of the dataflow in reports");
  if (const Node* text = root.find("description")) pattern.description = parse_string(*text);
  pattern.keep = read_keep(required(root, "keep", "the tensors that the PEs keep, and the GLB"));
  pattern.nest = read_nest(root);
  pattern.shrink = read_shrink(root, pattern.nest);
  return pattern;
}

std::string to_yaml(const Pattern& pattern) {
  std::vector<LoopText> nest;
  for (const SizedLoop& loop : pattern.nest) {
    nest.push_back({loop.place, fmt::format("{} {}", name(loop.dim), text_of(loop.size))});
  }
  std::string text = fmt::format("name: {}\n", scalar(pattern.name));
  if (!pattern.description.empty()) {
    text += fmt::format("description: {}\n", scalar(pattern.description));
  }
  text += loops_text(nest, "", "dataflow " + pattern.name);
  const bool glb_keeps_all = pattern.keep.glb == Keep{}.glb;
  text += fmt::format("keep: {{{}pe: {}}}\n",
                      glb_keeps_all ? "" : "glb: " + tensors_text(pattern.keep.glb) + ", ",
                      tensors_text(pattern.keep.pe));
  if (pattern.shrink != default_shrink(pattern.nest)) {
    text += fmt::format("shrink: [{}]\n", fmt::join(names_of(pattern.shrink), ", "));
  }
  return text;
}

}  // namespace orrery
