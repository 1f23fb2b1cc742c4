#include "workloads/input/input_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstddef>

namespace orrery {
namespace {

std::string located(const SourceLine& where, const std::string& sentence) {
  if (where.file.empty()) return sentence;
  if (where.line > 0) return fmt::format("{}:{}: {}", where.file, where.line, sentence);
  return fmt::format("{}: {}", where.file, sentence);
}

bool same_letter(char a, char b) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return lower(a) == lower(b);
}

// Levenshtein distance by one row of the table.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (same_letter(a[i - 1], b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

InputError::InputError(const SourceLine& where, const std::string& sentence)
    : std::runtime_error(located(where, sentence)) {}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  // A word this long is no typing slip, and the table of edits grows with it.
  constexpr std::size_t kLongestWord = 256;
  if (word.size() > kLongestWord) return "";
  std::size_t limit = std::max<std::size_t>(1, word.size() / 3);
  std::string best;
  for (const std::string& candidate : known) {
    const std::size_t distance = edits(word, candidate);
    if (distance > limit || (!best.empty() && distance == limit)) continue;
    limit = distance;
    best = candidate;
  }
  return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  if (known.empty()) return "";
  const std::string near = nearest(word, known);
  if (!near.empty()) return fmt::format(" (did you mean '{}'?)", near);
  return fmt::format(" (known: {})", fmt::join(known, ", "));
}

}  // namespace orrery
