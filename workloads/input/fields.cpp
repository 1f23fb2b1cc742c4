#include "workloads/input/fields.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace orrery {
namespace {

// "'twelve'", "a list", ...: what stands where a scalar was wanted.
std::string found(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull:
      return "empty";
    case Node::Kind::kScalar:
      return fmt::format("'{}'", node.text);
    case Node::Kind::kList:
      return "a list";
    case Node::Kind::kMap:
      return "a map";
  }
  return "";
}

std::string name_of(const Node& node) { return node.path.empty() ? "the file" : node.path; }

[[noreturn]] void fail_type(const Node& node, std::string_view wanted) {
  node.fail(fmt::format("{} is {}; it must be {}", name_of(node), found(node), wanted));
}

// "PEs", "words/cycle", "MHz": abbreviations that end in s, z, B or % have no plural.
std::string plural(std::string_view unit) {
  const std::size_t slash = std::min(unit.find('/'), unit.size());
  std::string many(unit.substr(0, slash));
  if (!many.empty() && std::string_view("szB%").find(many.back()) == std::string_view::npos)
    many += 's';
  return many + std::string(unit.substr(slash));
}

[[noreturn]] void fail_range(const Node& node, const FieldSpec& spec) {
  const std::string unit = spec.unit.empty() ? "" : " " + plural(spec.unit);
  node.fail(
      fmt::format("{} is {}; it must be {}{}", name_of(node), node.text, range_text(spec), unit));
}

// Markdown reads "|" as the end of a cell.
std::string cell(const std::string& text) {
  std::string safe;
  for (const char c : text) safe += c == '|' ? std::string("\\|") : std::string(1, c);
  return safe;
}

}  // namespace

bool parse_bool(const Node& node) {
  if (node.kind == Node::Kind::kScalar && node.text == "true") return true;
  if (node.kind == Node::Kind::kScalar && node.text == "false") return false;
  fail_type(node, "true or false");
}

std::int64_t parse_integer(const Node& node, const FieldSpec& spec, std::int64_t low,
                           std::int64_t high) {
  if (node.kind != Node::Kind::kScalar) fail_type(node, "a whole number");
  FieldSpec bounded = spec;
  bounded.min = std::max(spec.min, static_cast<double>(low));
  bounded.max = std::min(spec.max, static_cast<double>(high));
  std::int64_t value = 0;
  const char* end = node.text.data() + node.text.size();
  const auto [stop, error] = std::from_chars(node.text.data(), end, value);
  if (stop != end || error == std::errc::invalid_argument) fail_type(node, "a whole number");
  const bool fits = error == std::errc{} && value >= low && value <= high &&
                    static_cast<double>(value) >= bounded.min &&
                    static_cast<double>(value) <= bounded.max;
  if (!fits) fail_range(node, bounded);
  return value;
}

double parse_real(const Node& node, const FieldSpec& spec) {
  if (node.kind != Node::Kind::kScalar) fail_type(node, "a number");
  double value = 0;
  const char* end = node.text.data() + node.text.size();
  const auto [stop, error] = std::from_chars(node.text.data(), end, value);
  if (stop != end || error != std::errc{} || !std::isfinite(value)) fail_type(node, "a number");
  if (value < spec.min || value > spec.max) fail_range(node, spec);
  return value;
}

std::string parse_string(const Node& node) {
  if (node.kind != Node::Kind::kScalar) fail_type(node, "a text");
  return node.text;
}

std::size_t parse_choice(const Node& node, const std::vector<std::string>& names) {
  const auto all = fmt::format("one of {}", fmt::join(names, ", "));
  if (node.kind != Node::Kind::kScalar) fail_type(node, all);
  const auto it = std::find(names.begin(), names.end(), node.text);
  if (it == names.end()) {
    const std::string near = nearest(node.text, names);
    fail_type(node, near.empty() ? all : fmt::format("{} (did you mean '{}'?)", all, near));
  }
  return static_cast<std::size_t>(it - names.begin());
}

void require_list(const Node& node) {
  if (node.kind != Node::Kind::kList) fail_type(node, "a list");
}

void fail_missing(const Node& node, std::string_view key, const FieldSpec& spec) {
  const std::string unit = spec.unit.empty() ? "" : ", in " + plural(spec.unit);
  node.fail(fmt::format("{} lacks the key '{}' ({}{})", name_of(node), key, spec.doc, unit));
}

std::string range_text(const FieldSpec& spec) {
  const bool low = std::isfinite(spec.min);
  const bool high = std::isfinite(spec.max);
  if (low && high) return fmt::format("{} to {}", spec.min, spec.max);
  if (low) return fmt::format("at least {}", spec.min);
  if (high) return fmt::format("at most {}", spec.max);
  return "";
}

std::string markdown_table(const std::vector<FieldRow>& rows) {
  std::string table = "| name | unit | range | default | meaning |\n|---|---|---|---|---|\n";
  for (const FieldRow& row : rows) {
    table += fmt::format("| `{}` | {} | {} | {} | {} |\n", cell(row.name), cell(row.unit),
                         cell(row.range), cell(row.fallback), cell(row.doc));
  }
  return table;
}

}  // namespace orrery
