#include "tests/sim/plain_order.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace orrery::test {
namespace {

using Numbers = std::vector<int>;

std::size_t at(int i) { return static_cast<std::size_t>(i); }

// A packet; of psums that are spilled, those with the same words that follow each other are one.
struct Parcel {
  Numbers words, pes;
  Numbers step, place;  // at which its PEs come to its first word; where that lies
};

std::vector<Parcel> unpack(const Stream& s, bool spilled) {
  std::vector<Parcel> parcels;
  for (std::int32_t k = 0; k < s.packets(); ++k) {
    const auto group = at(s.group[at(k)]);
    Parcel p;
    p.words.assign(s.address.begin() + s.first[at(k)], s.address.begin() + s.first[at(k) + 1]);
    p.pes.assign(s.member.begin() + s.first_member[group],
                 s.member.begin() + s.first_member[group + 1]);
    if (spilled && k > 0 && parcels.back().words == p.words)
      parcels.back().pes.push_back(p.pes[0]);
    else
      parcels.push_back(p);
  }
  return parcels;
}

void pack(Stream& s, const Numbers& words, const Numbers& pes) {
  s.address.insert(s.address.end(), words.begin(), words.end());
  s.first.push_back(static_cast<std::int32_t>(s.address.size()));
  s.group.push_back(s.packets());
  s.member.insert(s.member.end(), pes.begin(), pes.end());
  s.first_member.push_back(static_cast<std::int32_t>(s.member.size()));
}

// The PE whose turn it is: the first one whose next parcel all its PEs come to next.
std::vector<Parcel> pe_after_pe(std::vector<Parcel> left) {
  std::vector<Parcel> served;
  while (!left.empty()) {
    std::map<int, std::size_t> next;  // parcel of each PE
    for (std::size_t k = left.size(); k-- > 0;) {
      for (const int pe : left[k].pes) next[pe] = k;
    }
    const auto turn = std::ranges::find_if(next, [&](const auto& mine) {
      return std::ranges::all_of(left[mine.second].pes,
                                 [&](int pe) { return next.at(pe) == mine.second; });
    });
    served.push_back(left[turn->second]);
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(turn->second));
  }
  return served;
}

// What one tensor's parcels are put in order by.
class Steps {
 public:
  Steps(const Layer& layer, const Mapping& mapping, const Box& box, const Pass& pass, Tensor t)
      : layer_(layer), mapping_(mapping), pass_(pass), t_(t), layout_(tile_layout(layer, box, t)) {
    std::array<int, kDims> whole = layer.bounds, widest{};
    for (const Dim d : kAllDims) widest[index(d)] = box[d].size();
    for (const Loop& loop : mapping.nest) {
      const std::size_t d = index(loop.dim);
      const bool on_array = loop.place == Place::kRows || loop.place == Place::kCols;
      if (loop.place == Place::kPe && widest[d] > 1) loops_.push_back(loop.dim);
      if (on_array && whole[d] > loop.step) spread_.insert(loop.dim);
      if (on_array) widest[d] = std::min(widest[d], loop.step);
      whole[d] = std::min(whole[d], loop.step);
    }
    if (loops_.empty()) loops_.push_back(Dim::kM);
    for (const PassProgram& program : pass.programs) counters_.push_back(first_comings(program));
  }

  // Fills in the steps and places of one bus's parcels.
  void find(std::vector<Parcel>& parcels) const {
    std::map<int, Numbers> least;  // coordinates of a PE's share
    for (const Parcel& parcel : parcels) {
      for (const int word : parcel.words) {
        for (const int pe : parcel.pes) lower(least[pe], coordinates_of(word));
      }
    }
    std::map<int, int> taken;  // words of each PE so far
    for (Parcel& parcel : parcels) {
      const int pe = parcel.pes[0];
      const Numbers place = coordinates_of(parcel.words[0]);
      parcel.step = counters_.at(program_of(pe)).at(taken[pe]);
      if (t_ == Tensor::kIfmap) walk_plane(parcel.step, pe, place, least.at(pe));
      // Plane by plane: channels of psums last.
      parcel.place = place;
      if (t_ == Tensor::kPsum) parcel.place = {place[0], place[1], place[3], place[4], place[2]};
      for (const int each : parcel.pes) taken[each] += static_cast<int>(parcel.words.size());
    }
  }

 private:
  std::size_t program_of(int pe) const { return at(pass_.pes[at(pe)].program); }

  static void lower(Numbers& least, const Numbers& coordinates) {
    if (least.empty()) least = coordinates;
    for (std::size_t a = 0; a < least.size(); ++a) least[a] = std::min(least[a], coordinates[a]);
  }

  Numbers coordinates_of(int address) const {
    Numbers coordinates;
    for (std::size_t a = 0; a < kAxes; ++a)
      coordinates.push_back(static_cast<int>(address / layout_.stride[a] % layout_.extent[a]));
    return coordinates;
  }

  // The counters at which a PE first comes to each word of its stream.
  std::map<int, Numbers> first_comings(const PassProgram& program) const {
    std::map<int, Numbers> first;
    Numbers step(at(program.counters), 0);
    for (std::int64_t k = 0; k < program.macs(); ++k) {
      int word = 0, window = 0;
      for (int i = 0; i < program.counters; ++i) {
        const Counter& c = program.counter[at(i)];
        if (t_ == Tensor::kPsum && i < program.window) window = window * c.bound + step[at(i)];
        word += step[at(i)] * (t_ == Tensor::kIfmap    ? c.ifmap_stride
                               : t_ == Tensor::kFilter ? c.filter_stride
                                                       : c.psum_stride);
      }
      first.try_emplace(window * program.window_psums + word, step);
      for (int i = program.counters - 1; i >= 0; --i) {
        if (++step[at(i)] < program.counter[at(i)].bound) break;
        step[at(i)] = 0;
      }
    }
    return first;
  }

  int loop_over(Dim d) const {
    const auto it = std::ranges::find(loops_, d);
    return it == loops_.end() ? -1 : static_cast<int>(it - loops_.begin());
  }

  // Rows and columns that PEs walk through come by their place: in the ifmap, or where PEs divide
  // them, in the PE's share. Windows that do not slide come one after the other.
  void walk_plane(Numbers& step, int pe, const Numbers& place, const Numbers& least) const {
    for (const auto& [out, tap, axis] : {std::tuple{Dim::kP, Dim::kR, 3}, {Dim::kQ, Dim::kS, 4}}) {
      const int o = loop_over(out), t = loop_over(tap);
      if (o < 0 && t < 0) continue;
      const bool divided = spread_.contains(tap) || (o >= 0 && spread_.contains(out));
      const int where = place[at(axis)] - (divided ? least[at(axis)] : 0);
      step[at(std::max(o, t))] = where;
      if (o < 0 || t < 0) continue;
      const PassProgram& own = pass_.programs[program_of(pe)];
      // Where one of the two does not turn, the PE goes with the widest, which is the first.
      const bool both = own.counter[at(o)].bound > 1 && own.counter[at(t)].bound > 1;
      if (!slides(both ? own : pass_.programs[0], o, t, axis)) continue;
      step[at(std::min(o, t))] = where;
      step[at(std::max(o, t))] = 0;
    }
  }

  // Whether windows of a kept ifmap slide (docs/mapping.md): no other loop over its words turns
  // between the two, and the words that they touch are evenly spaced.
  bool slides(const PassProgram& program, int out, int tap, int axis) const {
    const auto bound = [&](int i) { return program.counter[at(i)].bound; };
    if (!mapping_.keep.pe[index(Tensor::kIfmap)] || bound(out) == 1 || bound(tap) == 1)
      return false;
    for (int i = std::min(out, tap) + 1; i < std::max(out, tap); ++i) {
      if (bound(i) > 1 && loops_[at(i)] != Dim::kM) return false;
    }
    const bool rows = axis == 3;
    std::set<int> touched;
    for (int o = 0; o < bound(out); ++o) {
      for (int t = 0; t < bound(tap); ++t)
        touched.insert(o * (rows ? layer_.stride_rows : layer_.stride_cols) +
                       t * (rows ? layer_.dilation_rows : layer_.dilation_cols));
    }
    const int gap = *std::next(touched.begin());
    return *touched.rbegin() == gap * (static_cast<int>(touched.size()) - 1);
  }

  const Layer& layer_;
  const Mapping& mapping_;
  const Pass& pass_;
  Tensor t_;
  TileLayout layout_;
  std::vector<Dim> loops_;                        // that a PE's counters stand for
  std::set<Dim> spread_;                          // dimensions that are spread over the array
  std::vector<std::map<int, Numbers>> counters_;  // by program and word
};

}  // namespace

Pass in_plain_order(const Layer& layer, const Machine& machine, const Mapping& mapping,
                    const Box& box, const Pass& by_step) {
  Pass pass = by_step;
  const auto put_in_order = [&](Stream& stream, Tensor t, BusOrder order, bool spilled) {
    std::vector<Parcel> parcels = unpack(stream, spilled);
    Steps(layer, mapping, box, by_step, t).find(parcels);
    const bool reversed = order == BusOrder::kStepReversed;
    std::ranges::sort(parcels, [&](const Parcel& a, const Parcel& b) {
      if (a.step != b.step) return a.step < b.step;
      const auto x = std::tie(a.place, a.words), y = std::tie(b.place, b.words);
      return reversed ? y < x : x < y;
    });
    if (order == BusOrder::kPe) parcels = pe_after_pe(parcels);
    stream = {};
    for (const Parcel& parcel : parcels) {
      if (!spilled) pack(stream, parcel.words, parcel.pes);
      for (std::size_t i = 0; spilled && i < parcel.pes.size(); ++i)
        pack(stream, parcel.words, {parcel.pes[i]});
    }
  };
  const Noc& noc = machine.noc;
  put_in_order(pass.ifmap, Tensor::kIfmap, noc.ifmap.order, false);
  put_in_order(pass.filter, Tensor::kFilter, noc.filter.order, false);
  put_in_order(pass.psum_in, Tensor::kPsum, noc.psum_in.order, false);
  put_in_order(pass.psum_out, Tensor::kPsum, noc.psum_out.order,
               machine.array.psum_route == PsumRoute::kSpill);
  return pass;
}

}  // namespace orrery::test
