#include "sim/rtl/noc_ids.h"

#include <algorithm>
#include <map>
#include <span>

namespace orrery {
namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }
std::uint64_t bit(int i) { return std::uint64_t{1} << i; }

std::size_t groups_of(const Stream& s) { return s.first_member.size() - 1; }

std::span<const std::int32_t> members(const Stream& s, std::size_t group) {
  return {s.member.data() + s.first_member[group],
          at(s.first_member[group + 1]) - at(s.first_member[group])};
}

// The class of each PE: PEs with equal lists of groups. Those in no group have class -1.
struct Classes {
  std::vector<int> of;
  int count = 0;
  bool disjoint = true;  // no PE is in two groups
};

Classes classify(const Stream& stream, std::size_t pes) {
  std::vector<std::vector<std::size_t>> in(pes);
  for (std::size_t g = 0; g < groups_of(stream); ++g) {
    for (const std::int32_t i : members(stream, g)) in[at(i)].push_back(g);
  }
  Classes classes{.of = std::vector<int>(pes, -1)};
  std::map<std::vector<std::size_t>, int> known;
  for (std::size_t i = 0; i < pes; ++i) {
    if (in[i].empty()) continue;
    classes.of[i] = known.try_emplace(in[i], static_cast<int>(known.size())).first->second;
    classes.disjoint = classes.disjoint && in[i].size() == 1;
  }
  classes.count = static_cast<int>(known.size());
  return classes;
}

// The smallest masks that name all of each group.
void make_masks(NocIds& ids, const Stream& stream) {
  for (std::size_t g = 0; g < groups_of(stream); ++g) {
    NocMasks masks;
    for (const std::int32_t i : members(stream, g)) {
      masks.y |= bit(ids.pe[at(i)].y);
      masks.x |= bit(ids.pe[at(i)].x);
    }
    ids.group.push_back(masks);
  }
}

// Whether the masks name nobody else. PEs that are in no group take part: they listen too.
bool are_exact(const NocIds& ids, const Stream& stream) {
  for (std::size_t g = 0; g < groups_of(stream); ++g) {
    const NocMasks& masks = ids.group[g];
    const auto named = std::ranges::count_if(ids.pe, [&](const NocId& id) {
      return (masks.y & bit(id.y)) != 0 && (masks.x & bit(id.x)) != 0;
    });
    if (at(named) != members(stream, g).size()) return false;
  }
  return true;
}

}  // namespace

std::optional<NocIds> assign_ids(const Stream& stream, const std::vector<PeRole>& pes, int rows,
                                 int cols) {
  const Classes classes = classify(stream, pes.size());
  const bool all_listen = std::ranges::find(classes.of, -1) == classes.of.end();
  const int count = classes.count + (all_listen ? 0 : 1);
  NocIds ids;
  for (std::size_t i = 0; i < pes.size(); ++i) {
    const int own = classes.of[i] < 0 ? classes.count : classes.of[i];
    if (count <= cols) {
      ids.scheme = IdScheme::kColumns;
      ids.pe.push_back({0, static_cast<std::uint8_t>(own)});
    } else if (classes.disjoint && count <= rows * cols) {
      ids.scheme = IdScheme::kClasses;
      ids.pe.push_back(
          {static_cast<std::uint8_t>(own / cols), static_cast<std::uint8_t>(own % cols)});
    } else {
      ids.scheme = IdScheme::kPosition;
      ids.pe.push_back(
          {static_cast<std::uint8_t>(pes[i].row), static_cast<std::uint8_t>(pes[i].col)});
    }
  }
  make_masks(ids, stream);
  if (!are_exact(ids, stream)) return std::nullopt;
  return ids;
}

}  // namespace orrery
