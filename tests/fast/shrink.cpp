#include "tests/fast/shrink.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

namespace orrery::test {
namespace {

// Numbers up to this are also tried one less.
constexpr double kSmall = 64;

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

std::vector<std::string> smaller_numbers(double value) {
  std::vector<std::string> out;
  const auto add = [&](double v) {
    if (v >= 0 && v < value) out.push_back(fmt::format("{}", v));
  };
  add(0);
  add(1);
  add(std::floor(value / 2));
  if (value <= kSmall) add(std::ceil(value) - 1);
  return out;
}

// Of a number, or of the step of a loop: "M 16".
std::vector<std::string> smaller(const std::string& text) {
  if (text == "true") return {"false"};
  if (const auto value = number(text)) return smaller_numbers(*value);
  if (text.size() < 3 || text[1] != ' ') return {};
  std::vector<std::string> out;
  if (const auto step = number(std::string_view(text).substr(2))) {
    for (const std::string& s : smaller_numbers(*step)) out.push_back(text.substr(0, 2) + s);
  }
  return out;
}

class Shrinker {
 public:
  Shrinker(Node document, const std::function<bool(const EngineCase&)>& fails)
      : root_(std::move(document)), fails_(fails) {}

  Node shrink() {
    while (visit(root_)) {
    }
    return std::move(root_);
  }

 private:
  bool still_fails() const {
    std::optional<EngineCase> c;
    try {
      c = read_case(root_);
    } catch (const InputError&) {
      return false;
    }
    return fails_(*c);
  }

  // Keeps `value` in place of what is there if the case still fails then.
  template <class T>
  bool keep(T& place, T value) {
    std::swap(place, value);
    if (still_fails()) return true;
    std::swap(place, value);
    return false;
  }

  // Returns whether anything below the node became smaller.
  bool visit(Node& node) {
    bool any = false;
    if (node.kind == Node::Kind::kScalar) {
      for (const std::string& text : smaller(node.text)) {
        if (keep(node.text, text)) return true;
      }
      return false;
    }
    for (std::size_t i = 0; i < node.items.size();) {
      if (leave_out(node, i)) {
        any = true;
      } else {
        any |= visit(node.items[i++]);
      }
    }
    return any;
  }

  bool leave_out(Node& node, std::size_t i) {
    Node less = node;
    const auto at = static_cast<std::ptrdiff_t>(i);
    less.items.erase(less.items.begin() + at);
    if (node.kind == Node::Kind::kMap) {
      less.keys.erase(less.keys.begin() + at);
      less.key_lines.erase(less.key_lines.begin() + at);
    }
    return keep(node, std::move(less));
  }

  Node root_;
  const std::function<bool(const EngineCase&)>& fails_;
};

}  // namespace

Node shrink(Node failing, const std::function<bool(const EngineCase&)>& fails) {
  return Shrinker(std::move(failing), fails).shrink();
}

}  // namespace orrery::test
