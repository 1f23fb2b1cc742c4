#include "sim/machine/lock_step_groups.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

#include "sim/machine/cycles.h"

namespace orrery {
namespace {

// Numbers for distinct offsets, in the order in which they come first.
class Numbering {
 public:
  explicit Numbering(std::size_t most)
      : slot_(std::bit_ceil(2 * most + 1), -1), mask_(slot_.size() - 1) {}

  std::int32_t number(std::int32_t offset) {
    // Offsets are often evenly spaced; an odd multiplier spreads them over the table.
    std::size_t at = static_cast<std::uint32_t>(offset) * std::uint64_t{0x9E3779B97F4A7C15} >> 32;
    for (at &= mask_; slot_[at] >= 0; at = (at + 1) & mask_)
      if (known_[static_cast<std::size_t>(slot_[at])] == offset) return slot_[at];
    slot_[at] = static_cast<std::int32_t>(known_.size());
    known_.push_back(offset);
    return slot_[at];
  }
  std::vector<std::int32_t> take() { return std::move(known_); }

 private:
  std::vector<std::int32_t> slot_, known_;
  std::size_t mask_;
};

std::size_t at(std::int32_t i) { return static_cast<std::size_t>(i); }

}  // namespace

LockStepGroups::LockStepGroups(const LockStepPass& pass, const Machine& machine,
                               const LostWord& lost, PlanFor what, LockStepPlan& plan)
    : pass_(pass), machine_(machine), what_(what), plan_(plan) {
  grid_.assign(at(pass.rows) * at(pass.cols), -1);
  for (std::size_t pe = 0; pe < pass.pes.size(); ++pe)
    grid_[at(pass.pes[pe].row * pass.cols + pass.pes[pe].col)] = static_cast<std::int32_t>(pe);
  for (const Tensor t : kAllTensors) word_[index(t)] = number_words(t);
  for (const Tensor t : {Tensor::kIfmap, Tensor::kFilter}) {
    int& lanes = plan_.lanes[index(t)];
    lanes = static_cast<int>(word_[index(t)].offset.size());
    if (lost.packet < 0 || lost.tensor != t || lost.pe >= static_cast<int>(pass.pes.size()))
      continue;
    lost_pe_[index(t)] = lost.pe;
    plan_.lost_lane = lanes++;
  }
  if (!pass.keep[index(Tensor::kIfmap)]) find_neighbours();
}

LockStepGroups::Numbered LockStepGroups::number_words(Tensor t) const {
  Numbered out;
  out.of_pe.reserve(pass_.pes.size());
  Numbering numbering(pass_.pes.size());
  for (const LockStepPe& pe : pass_.pes) {
    const std::int32_t offset = pe.offset[index(t)];
    // Many PEs want the word of the PE before them, or above them.
    const std::size_t n = out.of_pe.size();
    const std::int32_t above = pe.row > 0 ? grid_[at((pe.row - 1) * pass_.cols + pe.col)] : -1;
    if (n > 0 && pass_.pes[n - 1].offset[index(t)] == offset) {
      out.of_pe.push_back(out.of_pe.back());
    } else if (above >= 0 && pass_.pes[at(above)].offset[index(t)] == offset) {
      out.of_pe.push_back(out.of_pe[at(above)]);
    } else {
      out.of_pe.push_back(numbering.number(offset));
    }
  }
  out.offset = numbering.take();
  return out;
}

// The PE below or to the right of each, and how much further its words lie.
void LockStepGroups::find_neighbours() {
  const std::array reach{machine_.pe.fifo_v_words, machine_.pe.fifo_h_words};
  for (const int right : {0, 1}) {
    if (reach[at(right)] == 0) continue;
    std::vector<std::int32_t>&neighbour = neighbour_[at(right)], &apart = apart_[at(right)];
    for (const LockStepPe& pe : pass_.pes) {
      const int row = pe.row + 1 - right, col = pe.col + right;
      const bool inside = row < pass_.rows && col < pass_.cols;
      neighbour.push_back(inside ? grid_[at(row * pass_.cols + col)] : -1);
      if (neighbour.back() < 0) continue;
      apart.push_back(pass_.pes[at(neighbour.back())].offset[0] - pe.offset[0]);
    }
    std::ranges::sort(apart);
    apart.erase(std::ranges::unique(apart).begin(), apart.end());
  }
}

bool LockStepGroups::apart(int right, std::int32_t moved) {
  return std::ranges::binary_search(apart_[at(right)], moved);
}

// The neighbour from which a PE takes its word; -1: it takes it from the bus.
std::int32_t LockStepGroups::giver(std::size_t pe, const WordSource& source) const {
  if (source.distance == 0) return -1;
  const std::int32_t from = neighbour_[at(source.right)][pe];
  if (from < 0) return -1;
  const bool same = pass_.pes[at(from)].offset[0] - pass_.pes[pe].offset[0] == source.moved;
  return same && takes_part(at(from), source.then) ? from : -1;
}

std::int32_t LockStepGroups::lane(Tensor t, std::size_t pe) const {
  return static_cast<std::int32_t>(pe) == lost_pe_[index(t)] ? plan_.lost_lane
                                                             : word_[index(t)].of_pe[pe];
}

std::uint32_t LockStepGroups::words(Tensor t, PeKinds kinds, const WordSource& source) {
  auto& groups = plan_.words[index(t)];
  const auto [it, fresh] = word_groups_[index(t)].try_emplace(
      std::tuple(kinds, source), static_cast<std::uint32_t>(groups.size()));
  if (fresh) groups.push_back(word_group(t, kinds, source));
  return it->second;
}

WordGroup LockStepGroups::word_group(Tensor t, PeKinds kinds, const WordSource& source) {
  WordGroup group;
  group.distance = source.distance;
  const bool lists = what_ == PlanFor::kValues;
  const bool lists_bus = t == Tensor::kIfmap && machine_.padding == Padding::kGenerated;
  const Numbered& words = word_[index(t)];
  std::vector<std::uint8_t> on_bus(words.offset.size()), served(at(plan_.lanes[index(t)]));
  for (std::size_t pe = 0; pe < pass_.pes.size(); ++pe) {
    if (!takes_part(pe, kinds)) continue;
    ++group.fills;
    const std::int32_t from = giver(pe, source), to = lane(t, pe), word = words.of_pe[pe];
    const bool first = std::exchange(served[at(to)], std::uint8_t{1}) == 0;
    if (from >= 0) {
      ++group.hops;
      if (!first || !lists) continue;
      group.to.push_back(to);
      group.from.push_back(lane(t, at(from)));
      continue;
    }
    ++group.deliveries;
    if (std::exchange(on_bus[at(word)], std::uint8_t{1}) == 0) {
      ++group.words;
      if (lists_bus) group.bus.push_back(words.offset[at(word)]);
    }
    if (!first || !lists) continue;
    group.lane.push_back(to);
    group.offset.push_back(words.offset[at(word)]);
  }
  if (machine_.array.delivery == Delivery::kSystolic) send_along_lines(t, kinds, source, group);
  group.cycles = bus_cycles(t, group.words);
  return group;
}

// In a systolic array a word goes in once at each line (row for ifmaps, column for filters) that
// wants it, and a hop for each PE on to the last one that does.
void LockStepGroups::send_along_lines(Tensor t, PeKinds kinds, const WordSource& source,
                                      WordGroup& group) const {
  const bool rows = t == Tensor::kIfmap;
  const Numbered& words = word_[index(t)];
  std::vector<std::int32_t> seen(words.offset.size(), -1);  // the last line that wants it
  group.deliveries = 0;
  for (int line = 0; line < (rows ? pass_.rows : pass_.cols); ++line) {
    // From the far end of the line: the first PE that wants a word is the last on its way.
    for (int i = 0; i < (rows ? pass_.cols : pass_.rows); ++i) {
      const int row = rows ? line : i, col = rows ? pass_.cols - 1 - i : line;
      const std::int32_t pe = grid_[at(row * pass_.cols + col)];
      if (pe < 0 || !takes_part(at(pe), kinds) || giver(at(pe), source) >= 0) continue;
      if (std::exchange(seen[at(words.of_pe[at(pe)])], line) == line) continue;
      ++group.deliveries;
      group.hops += rows ? col : machine_.array.rows - 1 - row;
    }
  }
}

std::int64_t LockStepGroups::bus_cycles(Tensor t, std::int64_t words) const {
  const std::int64_t width = packet_words(machine_, t);
  const bool shifts = t == Tensor::kFilter && machine_.array.delivery == Delivery::kSystolic &&
                      machine_.array.psum_route == PsumRoute::kColumn;
  return shifts ? machine_.array.rows * cycles_of(pass_.cols, width) : cycles_of(words, width);
}

std::uint32_t LockStepGroups::macs(PeKinds kinds, const std::vector<PsumSlot>& slots) {
  const auto [it, fresh] =
      mac_groups_.try_emplace(kinds, static_cast<std::uint32_t>(plan_.macs.size()));
  if (!fresh) return it->second;
  MacGroup group = mac_group(kinds);
  const PassProgram& program = pass_.program;
  if (what_ == PlanFor::kValues && program.window == program.counters)
    find_matrix(group, plan_.psums[leaving(kinds, slots)]);
  plan_.macs.push_back(std::move(group));
  return it->second;
}

MacGroup LockStepGroups::mac_group(PeKinds kinds) const {
  MacGroup group;
  for (std::size_t pe = 0; pe < pass_.pes.size(); ++pe) {
    if (!takes_part(pe, kinds)) continue;
    ++group.pes;
    if (what_ == PlanFor::kTimes) continue;
    group.pe.push_back(static_cast<std::int32_t>(pe));
    group.ifmap.push_back(lane(Tensor::kIfmap, pe));
    group.filter.push_back(lane(Tensor::kFilter, pe));
  }
  return group;
}

// `psums`: what leaves after the step.
void LockStepGroups::find_matrix(MacGroup& group, const PsumGroup& psums) const {
  const auto cols = static_cast<std::size_t>(psums.psums);
  if (cols < 2 || group.pe.size() % cols != 0) return;
  std::vector<std::size_t> column(pass_.pes.size());
  for (std::size_t c = 0; c < cols; ++c) {
    for (auto i = psums.first[c]; i < psums.first[c + 1]; ++i) column[at(psums.from[at(i)])] = c;
  }
  for (std::size_t i = 0; i < group.pe.size(); ++i) {
    if (column[at(group.pe[i])] != i % cols) return;
    if (group.ifmap[i] != group.ifmap[i - i % cols]) return;
  }
  group.rows = group.pe.size() / cols;
  group.cols = cols;
}

// What leaves at the end of a window on which `kinds` work.
std::uint32_t LockStepGroups::leaving(PeKinds kinds, const std::vector<PsumSlot>& slots) {
  const auto [it, fresh] =
      psum_groups_.try_emplace(kinds, static_cast<std::uint32_t>(plan_.psums.size()));
  if (!fresh) return it->second;
  PsumGroup group;
  for (const PsumSlot& slot : slots) {
    const auto [psums, parts] = count_psums(kinds & slot.kinds);
    group.psums += psums;
    group.parts += parts;
  }
  if (what_ == PlanFor::kValues) list_psums(kinds, slots, group);
  plan_.psums.push_back(std::move(group));
  return it->second;
}

// Distinct psums of the PEs of `kinds` in one slot, and those PEs.
std::pair<std::int64_t, std::int64_t> LockStepGroups::count_psums(PeKinds kinds) {
  const auto [it, fresh] = psum_counts_.try_emplace(kinds);
  if (!fresh) return it->second;
  const Numbered& words = word_[index(Tensor::kPsum)];
  std::vector<std::uint8_t> seen(words.offset.size());
  auto& [psums, parts] = it->second;
  for (std::size_t pe = 0; pe < pass_.pes.size(); ++pe) {
    if (!takes_part(pe, kinds)) continue;
    ++parts;
    psums += std::exchange(seen[at(words.of_pe[pe])], std::uint8_t{1}) == 0 ? 1 : 0;
  }
  return it->second;
}

void LockStepGroups::list_psums(PeKinds kinds, const std::vector<PsumSlot>& slots,
                                PsumGroup& group) const {
  const Numbered& words = word_[index(Tensor::kPsum)];
  const std::size_t pes = pass_.pes.size();
  const std::vector<std::size_t> order = order_of_addition();
  std::vector<std::vector<std::int32_t>> parts(words.offset.size());
  for (std::size_t slot = 0; slot < slots.size(); ++slot) {
    for (const std::size_t pe : order) {
      if (!takes_part(pe, kinds & slots[slot].kinds)) continue;
      parts[at(words.of_pe[pe])].push_back(static_cast<std::int32_t>(slot * pes + pe));
    }
    for (std::size_t word = 0; word < parts.size(); ++word) {
      if (parts[word].empty()) continue;
      group.address.push_back(slots[slot].address + words.offset[word]);
      group.from.insert(group.from.end(), parts[word].begin(), parts[word].end());
      group.first.push_back(static_cast<std::int32_t>(group.from.size()));
      parts[word].clear();
    }
  }
}

// Psums climb a column from its last row; elsewhere they are added in the order of the nest.
std::vector<std::size_t> LockStepGroups::order_of_addition() const {
  std::vector<std::size_t> pes(pass_.pes.size());
  std::iota(pes.begin(), pes.end(), std::size_t{0});
  if (machine_.array.psum_route == PsumRoute::kColumn) {
    std::ranges::reverse(pes);
  } else {
    std::ranges::sort(pes, {}, [&](std::size_t pe) { return pass_.pes[pe].place; });
  }
  return pes;
}

}  // namespace orrery
