// Which words go over the operand buses of an array in lock step, and which PEs hand on: the half
// of the count law that looks at steps. docs/lock_step.md gives the rules.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "tests/laws/fetch_law.h"

namespace orrery::test {

class LockStepLaw {
 public:
  struct Moves {
    std::uint64_t bus = 0, made = 0;  // words on the bus; those of them that are padding
    std::uint64_t deliveries = 0, hops = 0, fills = 0;
  };

  LockStepLaw(const Machine& machine, const Layer& layer, const Mapping& mapping)
      : machine_(machine), layer_(layer), keep_(mapping.keep.pe), fetch_(machine, layer, mapping) {}

  Moves moves(const PassPoints& pass, Tensor t, const std::set<Word>& padding) const {
    std::vector<Item> items = items_of(pass, t);
    if (t == Tensor::kIfmap && !keep_[index(t)]) hand_on(items);
    Moves sum;
    for (const Item& item : items) {
      sum.fills += item.size();
      const bool systolic = machine_.array.delivery == Delivery::kSystolic;
      systolic ? send_by_edges(item, t, padding, sum) : send_to_all(item, padding, sum);
    }
    return sum;
  }

 private:
  struct Take {
    Word word = 0;
    bool from_neighbour = false;
  };
  using Pe = std::pair<int, int>;     // row, column
  using Item = std::map<Pe, Take>;    // those that take a word at one position of their streams
  using Key = std::pair<Word, Word>;  // a position: steps that fetch anew, word from the first one

  // In the order in which the widest PE, in row 0 and column 0, comes to them.
  std::vector<Item> items_of(const PassPoints& pass, Tensor t) const {
    const std::vector<Dim> again = fetch_.refetching(pass.pes.begin()->second, t);
    std::map<Key, std::size_t> place;
    std::vector<Item> items;
    for (const auto& [pe, points] : pass.pes) {
      const Point& first = points.front();
      for (const Point& x : points) {
        const Word word = word_of(layer_, t, x);
        Word steps = 0;
        for (const Dim d : again) steps = steps * 4096 + x[index(d)] - first[index(d)];
        const auto [at, fresh] =
            place.try_emplace({steps, word - word_of(layer_, t, first)}, items.size());
        if (fresh) items.emplace_back();
        items[at->second][pe] = {word};
      }
    }
    return items;
  }

  // A PE may find its word with the PE below, or else to the right, that used it some steps before.
  // Of these ways all go the first one that serves somebody.
  void hand_on(std::vector<Item>& items) const {
    const Pe below{1, 0}, right{0, 1};
    for (std::size_t s = 0; s < items.size(); ++s) {
      bool served = false;
      for (const auto& [way, reach] : {std::pair{below, machine_.pe.fifo_v_words},
                                       std::pair{right, machine_.pe.fifo_h_words}}) {
        const auto most = std::min(static_cast<std::size_t>(reach), s);
        for (std::size_t d = 1; d <= most && !served; ++d)
          served = take_from(items[s], items[s - d], way);
      }
    }
  }

  static bool take_from(Item& item, const Item& before, const Pe& way) {
    bool served = false;
    for (auto& [pe, take] : item) {
      const auto giver = before.find({pe.first + way.first, pe.second + way.second});
      if (giver == before.end() || giver->second.word != take.word) continue;
      served = take.from_neighbour = true;
    }
    return served;
  }

  static void put_on_bus(const std::set<Word>& words, const std::set<Word>& padding, Moves& sum) {
    sum.bus += words.size();
    for (const Word word : words) sum.made += padding.contains(word);
  }

  static void send_to_all(const Item& item, const std::set<Word>& padding, Moves& sum) {
    std::set<Word> words;
    for (const auto& [pe, take] : item) {
      ++(take.from_neighbour ? sum.hops : sum.deliveries);
      if (!take.from_neighbour) words.insert(take.word);
    }
    put_on_bus(words, padding, sum);
  }

  // Ifmap words enter a row at column 0, filter words a column at the last row; each goes as far as
  // somebody takes it.
  void send_by_edges(const Item& item, Tensor t, const std::set<Word>& padding, Moves& sum) const {
    std::set<Word> words;
    std::map<std::pair<int, Word>, int> way;
    for (const auto& [pe, take] : item) {
      const auto [row, col] = pe;
      const bool ifmap = t == Tensor::kIfmap;
      int& hops = way[{ifmap ? row : col, take.word}];
      hops = std::max(hops, ifmap ? col : machine_.array.rows - 1 - row);
      words.insert(take.word);
    }
    for (const auto& [edge, hops] : way) sum.hops += static_cast<std::uint64_t>(hops);
    sum.deliveries += way.size();
    put_on_bus(words, padding, sum);
  }

  const Machine& machine_;
  const Layer& layer_;
  const std::array<bool, kTensors>& keep_;  // by PEs
  FetchLaw fetch_;
};

}  // namespace orrery::test
