#include "arch/dram/address_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "workloads/input/input_error.h"

namespace orrery {
namespace {

const std::vector<std::string> kWords{"ro", "ra", "bg", "ba", "co", "ch"};

int log2_of(int value, const char* what) {
  if (value > 0 && std::has_single_bit(static_cast<unsigned>(value))) {
    return std::countr_zero(static_cast<unsigned>(value));
  }
  throw InputError(fmt::format("{} {}: must be a power of two", value, what));
}

std::vector<std::string> split(const std::string& mapping) {
  std::vector<std::string> words(1);
  for (const char c : mapping) {
    if (c == '|') {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

}  // namespace

AddressMap::Field AddressMap::field_of(const std::string& word) {
  const auto found = std::find(kWords.begin(), kWords.end(), word);
  if (found == kWords.end()) {
    throw InputError(
        fmt::format("a mapping has no field '{}'{}", word, did_you_mean(word, kWords)));
  }
  return static_cast<Field>(found - kWords.begin());
}

AddressMap::AddressMap(const std::string& mapping, const DramOrganization& o, int channels,
                       int ranks) {
  const std::array<int, kFields> widths{
      log2_of(o.rows, "rows"),
      log2_of(ranks, "ranks"),
      log2_of(o.bank_groups, "bank groups"),
      log2_of(o.banks_per_group, "banks of a group"),
      log2_of(o.bursts_per_row(), "bursts of a row"),
      log2_of(channels, "channels"),
  };
  shift_ = log2_of(o.burst_bytes(), "bytes of a burst");
  const std::vector<std::string> words = split(mapping);
  std::array<bool, kFields> seen{};
  int low = shift_;
  for (auto word = words.rbegin(); word != words.rend(); ++word) {
    const auto f = static_cast<std::size_t>(field_of(*word));
    if (seen[f]) throw InputError(fmt::format("the mapping {} names {} twice", mapping, *word));
    seen[f] = true;
    bits_[f] = {low, widths[f]};
    low += widths[f];
  }
  for (std::size_t f = 0; f < kFields; ++f) {
    if (seen[f] || widths[f] == 0) continue;
    throw InputError(fmt::format("the mapping {} leaves out {}, of which there are {}; e.g. {}",
                                 mapping, kWords[f], std::uint64_t{1} << widths[f],
                                 kDefaultMapping));
  }
}

DramPlace AddressMap::place(std::uint64_t address) const {
  const auto of = [&](Field f) { return static_cast<int>(part(address, f)); };
  return {of(Field::kChannel), of(Field::kRank), of(Field::kGroup),
          of(Field::kBank),    of(Field::kRow),  of(Field::kColumn)};
}

std::uint64_t AddressMap::address(const DramPlace& place) const {
  const auto put = [&](Field f, int value) {
    return static_cast<std::uint64_t>(value) << bits_[static_cast<std::size_t>(f)].low;
  };
  return put(Field::kChannel, place.channel) | put(Field::kRank, place.rank) |
         put(Field::kGroup, place.group) | put(Field::kBank, place.bank) |
         put(Field::kRow, place.row) | put(Field::kColumn, place.column);
}

}  // namespace orrery
