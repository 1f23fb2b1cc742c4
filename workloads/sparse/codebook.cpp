#include "workloads/sparse/codebook.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "workloads/sparse/stream.h"

namespace orrery {
namespace {

constexpr int kLeast = -32768, kValues = 65536, kRounds = 32;
using Histogram = std::vector<std::int64_t>;  // by value - kLeast

Histogram histogram(std::span<const std::int16_t> words, int zero) {
  Histogram count(kValues);
  for (const std::int16_t word : words) ++count[static_cast<std::size_t>(word - kLeast)];
  count[static_cast<std::size_t>(zero - kLeast)] = 0;
  return count;
}

// The values that occur, ascending.
std::vector<int> occurring(const Histogram& count) {
  std::vector<int> values;
  for (int v = 0; v < kValues; ++v) {
    if (count[static_cast<std::size_t>(v)] > 0) values.push_back(v + kLeast);
  }
  return values;
}

// Of ascending centres the one nearest to `value`, the lesser of two.
std::size_t nearest_of(std::span<const double> centres, double value) {
  const auto above = std::lower_bound(centres.begin(), centres.end(), value);
  const auto at = static_cast<std::size_t>(above - centres.begin());
  if (at == 0) return 0;
  if (at == centres.size()) return at - 1;
  return value - centres[at - 1] <= centres[at] - value ? at - 1 : at;
}

// Each centre becomes the mean of the words that are nearest to it.
void move_centres(std::vector<double>& centres, const Histogram& count,
                  std::span<const int> values) {
  std::vector<double> sum(centres.size());
  std::vector<std::int64_t> words(centres.size());
  for (const int v : values) {
    const std::int64_t n = count[static_cast<std::size_t>(v - kLeast)];
    const std::size_t at = nearest_of(centres, v);
    sum[at] += static_cast<double>(n) * v;
    words[at] += n;
  }
  for (std::size_t i = 0; i < centres.size(); ++i) {
    if (words[i] > 0) centres[i] = sum[i] / static_cast<double>(words[i]);
  }
}

std::int16_t rounded(double centre, int zero) {
  const int value = static_cast<int>(centre < 0 ? centre - 0.5 : centre + 0.5);
  if (value != zero) return static_cast<std::int16_t>(value);
  return static_cast<std::int16_t>(centre < zero ? zero - 1 : zero + 1);
}

}  // namespace

int Codebook::bits() const { return bits_for(values.size() - 1); }

int Codebook::place(std::int16_t value) const {
  if (value == values.front()) return 0;
  const auto at = std::lower_bound(values.begin() + 1, values.end(), value);
  if (at == values.end() || *at != value)
    throw std::logic_error("a codebook lacks a value of its tensor");
  return static_cast<int>(at - values.begin());
}

std::vector<Codebook> codebook_of(std::span<const std::int16_t> words, int places, int zero) {
  const std::vector<int> values = occurring(histogram(words, zero));
  if (static_cast<int>(values.size()) + 1 > places) return {};
  Codebook book{{static_cast<std::int16_t>(zero)}};
  for (const int v : values) book.values.push_back(static_cast<std::int16_t>(v));
  return {book};
}

Codebook share_values(std::span<const std::int16_t> words, int places, int zero) {
  if (std::vector<Codebook> all = codebook_of(words, places, zero); !all.empty())
    return all.front();
  const Histogram count = histogram(words, zero);
  const std::vector<int> values = occurring(count);
  std::vector<double> centres;
  const double least = values.front(), step = (values.back() - least) / std::max(1, places - 2);
  for (int i = 0; i < places - 1; ++i) centres.push_back(least + i * step);
  for (int round = 0; round < kRounds; ++round) move_centres(centres, count, values);
  Codebook book{{static_cast<std::int16_t>(zero)}};
  for (const double centre : centres) book.values.push_back(rounded(centre, zero));
  std::sort(book.values.begin() + 1, book.values.end());
  book.values.erase(std::unique(book.values.begin() + 1, book.values.end()), book.values.end());
  return book;
}

void put_shared(std::span<std::int16_t> words, const Codebook& codebook) {
  const std::vector<double> centres(codebook.values.begin() + 1, codebook.values.end());
  for (std::int16_t& word : words) {
    if (word == codebook.values.front() || centres.empty()) continue;
    word = codebook.values[1 + nearest_of(centres, word)];
  }
}

}  // namespace orrery
