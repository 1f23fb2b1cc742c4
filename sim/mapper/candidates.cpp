#include "sim/mapper/candidates.h"

#include <algorithm>

#include "sim/mapper/bound.h"
#include "sim/schedule/misfit.h"

namespace orrery {
namespace {

// Number `counter` of a fixed random sequence (splitmix64: Steele, Lea, Flood, OOPSLA 2014).
std::uint64_t random_number(std::uint64_t counter) {
  std::uint64_t z = (counter + 1) * 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31U);
}

void append(std::string& key, unsigned value) {
  for (int byte = 0; byte < 4; ++byte) key += static_cast<char>(value >> (8 * byte) & 0xffU);
}

std::string key_of(const Mapping& mapping) {
  std::string key = mapping.dataflow;
  for (const Loop& loop : mapping.nest) {
    key += static_cast<char>(loop.dim);
    key += static_cast<char>(loop.place);
    append(key, static_cast<unsigned>(loop.step));
  }
  for (const auto& keep : {mapping.keep.glb, mapping.keep.pe}) {
    for (const bool kept : keep) key += kept ? '+' : '-';
  }
  return key;
}

}  // namespace

double Candidates::bound_of(const Mapping& mapping) const {
  const LowerBound least = lower_bound(machine_, layer_, mapping);
  return cost_of(objective_, least_energy(least, least_prices_), least.cycles);
}

double Candidates::look_at(std::size_t space, const Choice& choice) {
  ++looks_;
  const Mapping mapping = mapping_of(spaces_[space], choice, layer_);
  const auto [at, is_new] = seen_.try_emplace(key_of(mapping), kMisfit);
  if (!is_new || !misfit(machine_, layer_, mapping).empty()) return at->second;
  at->second = bound_of(mapping);
  waiting_.push_back({at->second, valid_++, space, choice});
  std::push_heap(waiting_.begin(), waiting_.end());
  return at->second;
}

void Candidates::look_at_all() {
  for (std::size_t s = 0; s < spaces_.size(); ++s) {
    Choice choice(spaces_[s].decisions(), 0);
    for (std::size_t i = choice.size(); i > 0;) {
      look_at(s, choice);
      // An odometer, the last decision fastest.
      for (i = choice.size(); i > 0 && ++choice[i - 1] == spaces_[s].answers(i - 1); --i)
        choice[i - 1] = 0;
    }
  }
}

void Candidates::look_around(std::size_t space, Choice choice) {
  for (std::size_t i = 0; i < choice.size(); ++i) {
    const int own = choice[i];
    for (choice[i] = 0; choice[i] < spaces_[space].answers(i); ++choice[i]) look_at(space, choice);
    choice[i] = own;
  }
}

// Each decision in turn takes the answer of the lowest bound.
Candidate Candidates::swept(Candidate at) {
  for (std::size_t i = 0; i < at.choice.size(); ++i) {
    Choice choice = at.choice;
    for (choice[i] = 0; choice[i] < spaces_[at.space].answers(i); ++choice[i]) {
      const double bound = look_at(at.space, choice);
      if (bound < at.bound) at = {at.space, choice, bound};
    }
  }
  return at;
}

// Two or three decisions answered at random.
Candidate Candidates::shaken(const Candidate& from, std::uint64_t& counter) const {
  const auto draw = [&](std::uint64_t below) { return random_number(counter++) % below; };
  Candidate to = from;
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < from.choice.size(); ++i) {
    if (spaces_[from.space].answers(i) > 1) open.push_back(i);
  }
  for (std::uint64_t changes = 2 + draw(2); changes > 0 && !open.empty(); --changes) {
    const std::size_t i = open[draw(open.size())];
    const int answers = spaces_[from.space].answers(i);
    to.choice[i] = static_cast<int>(draw(static_cast<std::uint64_t>(answers)));
  }
  return to;
}

void Candidates::descend(const Candidate& from, std::int64_t looks, std::uint64_t& counter) {
  const std::int64_t end = looks_ + looks;
  Candidate lowest = from;
  Candidate at = from;
  at.bound = look_at(at.space, at.choice);
  lowest.bound = at.bound;
  while (looks_ < end) {
    const Candidate next = swept(at);
    if (next.bound < at.bound) {
      at = next;
      continue;
    }
    if (at.bound < lowest.bound) lowest = at;
    do {
      at = shaken(lowest, counter);
      at.bound = look_at(at.space, at.choice);
    } while (at.bound == kMisfit && looks_ < end);
  }
}

std::optional<Candidate> Candidates::take_below(double cost) {
  if (waiting_.empty() || !(waiting_.front().bound < cost)) return std::nullopt;
  std::pop_heap(waiting_.begin(), waiting_.end());
  Candidate candidate{waiting_.back().space, std::move(waiting_.back().choice),
                      waiting_.back().bound};
  waiting_.pop_back();
  return candidate;
}

double Candidates::lowest() const { return waiting_.empty() ? kMisfit : waiting_.front().bound; }

}  // namespace orrery
