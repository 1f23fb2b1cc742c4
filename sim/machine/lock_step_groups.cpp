#include "sim/machine/lock_step_groups.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

#include "sim/machine/cycles.h"

namespace orrery {
namespace {

std::size_t at(std::int32_t i) { return static_cast<std::size_t>(i); }

}  // namespace

LockStepGroups::LockStepGroups(const LockStepPass& pass, const Machine& machine,
                               const LostWord& lost, PlanFor what, LockStepPlan& plan)
    : pass_(pass), machine_(machine), what_(what), plan_(plan) {
  grid_.assign(at(pass.rows) * at(pass.cols), -1);
  for (std::size_t pe = 0; pe < pass.pes.size(); ++pe)
    grid_[at(pass.pes[pe].row * pass.cols + pass.pes[pe].col)] = static_cast<std::int32_t>(pe);
  for (const LockStepPe& pe : pass.pes) kind_.push_back(static_cast<std::uint8_t>(pe.kind));
  for (std::size_t t = 0; t < kTensors; ++t)
    for (const LockStepPe& pe : pass.pes) word_[t].push_back(pe.word[t]);
  for (const Tensor t : {Tensor::kIfmap, Tensor::kFilter}) {
    int& lanes = plan_.lanes[index(t)];
    lanes = static_cast<int>(pass.offsets[index(t)].size());
    if (lost.packet < 0 || lost.tensor != t || lost.pe >= static_cast<int>(pass.pes.size()))
      continue;
    lost_pe_[index(t)] = lost.pe;
    plan_.lost_lane = lanes++;
  }
  if (!pass.keep[index(Tensor::kIfmap)]) find_neighbours();
}

// Of a PE's first ifmap word.
std::int32_t LockStepGroups::offset(std::size_t pe) const {
  return pass_.offsets[0][at(word_[0][pe])];
}

// The PE below or to the right of each, and how much further its words lie.
void LockStepGroups::find_neighbours() {
  const std::array reach{machine_.pe.fifo_v_words, machine_.pe.fifo_h_words};
  for (const int right : {0, 1}) {
    if (reach[at(right)] == 0) continue;
    std::vector<std::int32_t>&neighbour = neighbour_[at(right)], &apart = apart_[at(right)];
    for (std::size_t n = 0; n < pass_.pes.size(); ++n) {
      const LockStepPe& pe = pass_.pes[n];
      const int row = pe.row + 1 - right, col = pe.col + right;
      const bool inside = row < pass_.rows && col < pass_.cols;
      neighbour.push_back(inside ? grid_[at(row * pass_.cols + col)] : -1);
      if (neighbour.back() < 0) continue;
      apart.push_back(offset(at(neighbour.back())) - offset(n));
    }
    std::ranges::sort(apart);
    apart.erase(std::unique(apart.begin(), apart.end()), apart.end());
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
  const bool same = offset(at(from)) - offset(pe) == source.moved;
  return same && takes_part(at(from), source.then) ? from : -1;
}

std::int32_t LockStepGroups::lane(Tensor t, std::size_t pe) const {
  return static_cast<std::int32_t>(pe) == lost_pe_[index(t)] ? plan_.lost_lane
                                                             : word_[index(t)][pe];
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
  group.right = source.right != 0;
  const bool lists_bus = t == Tensor::kIfmap && machine_.padding == Padding::kGenerated;
  const std::vector<std::int32_t>&word_of = word_[index(t)], &offsets = pass_.offsets[index(t)];
  std::vector<std::uint8_t> on_bus(offsets.size());
  for (std::size_t pe = 0; pe < pass_.pes.size(); ++pe) {
    if (!takes_part(pe, kinds)) continue;
    ++group.fills;
    if (giver(pe, source) >= 0) {
      ++group.hops;
      continue;
    }
    ++group.deliveries;
    if (what_ == PlanFor::kDrive) group.takers.push_back(static_cast<std::int32_t>(pe));
    const std::size_t word = at(word_of[pe]);
    if (std::exchange(on_bus[word], std::uint8_t{1}) != 0) continue;
    ++group.words;
    if (lists_bus) group.bus.push_back(offsets[word]);
  }
  if (what_ != PlanFor::kTimes) list_lanes(t, kinds, source, group);
  if (machine_.array.delivery == Delivery::kSystolic) send_along_lines(t, kinds, source, group);
  group.cycles = bus_cycles(t, group.words);
  return group;
}

void LockStepGroups::list_lanes(Tensor t, PeKinds kinds, const WordSource& source,
                                WordGroup& group) const {
  std::vector<std::uint8_t> served(at(plan_.lanes[index(t)]));
  for (std::size_t pe = 0; pe < pass_.pes.size(); ++pe) {
    if (!takes_part(pe, kinds)) continue;
    const std::int32_t from = giver(pe, source), to = lane(t, pe);
    if (std::exchange(served[at(to)], std::uint8_t{1}) != 0) continue;
    if (from >= 0) {
      group.to.push_back(to);
      group.from.push_back(lane(t, at(from)));
    } else {
      group.lane.push_back(to);
      group.offset.push_back(pass_.offsets[index(t)][at(word_[index(t)][pe])]);
    }
  }
}

// In a systolic array a word goes in once at each line (row for ifmaps, column for filters) that
// wants it, and a hop for each PE on to the last one that does.
void LockStepGroups::send_along_lines(Tensor t, PeKinds kinds, const WordSource& source,
                                      WordGroup& group) const {
  const bool rows = t == Tensor::kIfmap;
  const std::vector<std::int32_t>&word_of = word_[index(t)], &offsets = pass_.offsets[index(t)];
  std::vector<std::int32_t> seen(offsets.size(), -1);  // the last line that wants it
  group.deliveries = 0;
  for (int line = 0; line < (rows ? pass_.rows : pass_.cols); ++line) {
    // From the far end of the line: the first PE that wants a word is the last on its way.
    for (int i = 0; i < (rows ? pass_.cols : pass_.rows); ++i) {
      const int row = rows ? line : i, col = rows ? pass_.cols - 1 - i : line;
      const std::int32_t pe = grid_[at(row * pass_.cols + col)];
      if (pe < 0 || !takes_part(at(pe), kinds) || giver(at(pe), source) >= 0) continue;
      if (std::exchange(seen[at(word_of[at(pe)])], line) == line) continue;
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
  if (what_ != PlanFor::kTimes && program.window == program.counters)
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
  if (what_ != PlanFor::kTimes) list_psums(kinds, slots, group);
  plan_.psums.push_back(std::move(group));
  return it->second;
}

// Distinct psums of the PEs of `kinds` in one slot, and those PEs.
std::pair<std::int64_t, std::int64_t> LockStepGroups::count_psums(PeKinds kinds) {
  const auto [it, fresh] = psum_counts_.try_emplace(kinds);
  if (!fresh) return it->second;
  const std::vector<std::int32_t>&word_of = word_[2], &offsets = pass_.offsets[2];
  std::vector<std::uint8_t> seen(offsets.size());
  auto& [psums, parts] = it->second;
  for (std::size_t pe = 0; pe < pass_.pes.size(); ++pe) {
    if (!takes_part(pe, kinds)) continue;
    ++parts;
    psums += std::exchange(seen[at(word_of[pe])], std::uint8_t{1}) == 0 ? 1 : 0;
  }
  return it->second;
}

void LockStepGroups::list_psums(PeKinds kinds, const std::vector<PsumSlot>& slots,
                                PsumGroup& group) const {
  const std::vector<std::int32_t>&word_of = word_[2], &offsets = pass_.offsets[2];
  const std::size_t pes = pass_.pes.size();
  const std::vector<std::size_t> order = order_of_addition();
  std::vector<std::vector<std::int32_t>> parts(offsets.size());
  for (std::size_t slot = 0; slot < slots.size(); ++slot) {
    for (const std::size_t pe : order) {
      if (!takes_part(pe, kinds & slots[slot].kinds)) continue;
      parts[at(word_of[pe])].push_back(static_cast<std::int32_t>(slot * pes + pe));
    }
    for (std::size_t word = 0; word < parts.size(); ++word) {
      if (parts[word].empty()) continue;
      group.address.push_back(slots[slot].address + offsets[word]);
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
