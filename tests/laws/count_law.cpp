#include "tests/laws/count_law.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "arch/mac/all.h"
#include "tests/dataflows/nest_walk.h"
#include "tests/laws/fetch_law.h"
#include "tests/laws/lock_step_law.h"

namespace orrery::test {
namespace {

class Witness {
 public:
  Witness(const Machine& machine, const Layer& layer, const Mapping& mapping, const Operands& in)
      : machine_(machine),
        layer_(layer),
        mapping_(mapping),
        in_(in),
        nest_(mapping),
        fetch_(machine, layer, mapping),
        lock_step_(machine, layer, mapping) {
    split(Dim::kC, machine.limits.channels);
    split(Dim::kM, machine.limits.filters);
  }

  Expected count() {
    collect();
    for (std::size_t i = 0; i < passes_.size(); ++i) {
      count_pass(passes_[i]);
      count_tiles(i);
      count_operands(passes_[i]);
      count_macs(passes_[i]);
      count_psums(passes_[i]);
    }
    finish_tile();
    return out_;
  }

 private:
  // More channels or filters than one configuration supports: the controller loops over the
  // configurations, filters outermost.
  void split(Dim d, int limit) {
    if (limit > 0 && layer_.bound(d) > limit)
      nest_.nest.insert(nest_.nest.begin(), {d, limit, Place::kDram});
  }

  void collect() {
    int tile = -1;
    NestWalk(nest_, layer_)
        .walk({.tile = [&] { ++tile; },
               .pass =
                   [&] {
                     passes_.push_back({tile, {}});
                   },
               .mac =
                   [&](const Point& x, int row, int col) {
                     passes_.back().pes[{row, col}].push_back(x);
                   }});
    for (const PassPoints& pass : passes_) {
      for (const auto& [pe, points] : pass.pes) {
        Points& all = tiles_[pass.tile];
        all.insert(all.end(), points.begin(), points.end());
      }
    }
  }

  void add(Action a, std::uint64_t n) { out_.counts[a] += n; }

  static Points all_points(const PassPoints& pass) {
    Points all;
    for (const auto& [pe, points] : pass.pes) all.insert(all.end(), points.begin(), points.end());
    return all;
  }

  void count_pass(const PassPoints& pass) {
    const int active = static_cast<int>(pass.pes.size());
    out_.passes_are_equally_full &= out_.passes == 0 || active == out_.active_pes;
    out_.active_pes = std::max(out_.active_pes, active);
    out_.active_pes_sum += pass.pes.size();
    if (in_lock_step()) out_.steps += pass.pes.begin()->second.size();  // of the widest PE
    ++out_.passes;
    const Point& x = pass.pes.begin()->second.front();
    const auto part = [&](Dim d, int limit) { return limit > 0 ? x[index(d)] / limit : 0; };
    const std::pair now{part(Dim::kM, machine_.limits.filters),
                        part(Dim::kC, machine_.limits.channels)};
    if (out_.configurations == 0 || now != configuration_) ++out_.configurations;
    configuration_ = now;
  }

  // Padding that the machine makes at the NoC is neither in DRAM nor in the GLB.
  bool is_made_on_the_way(Tensor t, const Point& x) const {
    if (t != Tensor::kIfmap || machine_.padding == Padding::kStored) return false;
    const auto [row, col] = fetch_.plane(x);
    return row < layer_.pad_top || row >= layer_.pad_top + layer_.ifmap_rows ||
           col < layer_.pad_left || col >= layer_.pad_left + layer_.ifmap_cols;
  }

  // What the GLB holds for a pass: of a kept tensor what all passes of the dram loops' step touch.
  Points tile(std::size_t i, Tensor t) const {
    return mapping_.keep.glb[index(t)] ? tiles_.at(passes_[i].tile) : all_points(passes_[i]);
  }

  // A tile is another one when its block of the dimensions that index it is. (Two blocks of P and R
  // can touch the same ifmap rows; they are two tiles all the same.)
  static std::vector<Range> block_of(const Points& points, Tensor t) {
    std::vector<Range> block;
    for (const Dim d : kAllDims) {
      if (!indexes(d, t)) continue;
      const auto [lo, hi] =
          std::ranges::minmax(points, {}, [&](const Point& x) { return x[index(d)]; });
      block.push_back({lo[index(d)], hi[index(d)] + 1});
    }
    return block;
  }

  // Each time that a tile changes, its distinct words come from DRAM, or a whole tile where it lies
  // there as one.
  void count_tiles(std::size_t i) {
    for (const Tensor t : kAllTensors) {
      if (t == Tensor::kFilter && pools()) continue;
      const Points points = tile(i, t);
      std::vector<Range> block = block_of(points, t);
      if (i > 0 && block == block_[index(t)]) continue;
      block_[index(t)] = std::move(block);
      std::set<Word> words;
      for (const Point& x : points) {
        if (!is_made_on_the_way(t, x)) words.insert(word_of(layer_, t, x));
      }
      if (t == Tensor::kPsum) {
        if (i > 0) finish_tile();
        begin_tile(points, std::move(words));
      } else {
        const bool ifmap = t == Tensor::kIfmap;
        const int whole = machine_.store_of(t).tile_words;
        const std::uint64_t moved = whole > 0 ? static_cast<std::uint64_t>(whole) : words.size();
        add(ifmap ? Action::dram_ifmap_read : Action::dram_filter_read, moved);
        add(ifmap ? Action::glb_ifmap_dma_write : Action::glb_filter_dma_write, moved);
      }
    }
  }

  std::uint64_t psum_words(std::size_t psums) const {
    const int bits = machine_.numbers.word_bits;
    return psums * static_cast<std::uint64_t>((machine_.numbers.psum_bits + bits - 1) / bits);
  }

  // Psums on which some pass has worked come back from DRAM; others start from zero in the GLB.
  void begin_tile(const Points& points, std::set<Word> psums) {
    psums_ = std::move(psums);
    channels_.clear();
    planes_.clear();
    for (const Point& x : points) {
      const int g = x[index(Dim::kG)], m = x[index(Dim::kM)];
      channels_.insert({g, m});
      planes_.insert({x[index(Dim::kN)], g, m});
    }
    if (!done_.contains(*psums_.begin())) return;
    add(Action::dram_psum_read, psum_words(psums_.size()));
    add(Action::glb_psum_dma_write, psum_words(psums_.size()));
  }

  // Windows of a pooling along an axis of `extent`.
  static std::uint64_t pooled(const Pool& window, int extent) {
    std::uint64_t n = 0;
    for (int at = -window.pad; at + window.size <= extent + window.pad; at += window.stride) ++n;
    return n;
  }

  // Finished psums become ofmap words; others go to DRAM as they are.
  void finish_tile() {
    const auto per_psum = static_cast<std::uint64_t>(layer_.bound(Dim::kC)) *
                          static_cast<std::uint64_t>(layer_.bound(Dim::kR)) *
                          static_cast<std::uint64_t>(layer_.bound(Dim::kS));
    const bool finished = std::ranges::all_of(psums_, [&](Word w) { return done_[w] == per_psum; });
    add(Action::glb_psum_dma_read, psum_words(psums_.size()));
    if (!finished) return add(Action::dram_psum_write, psum_words(psums_.size()));
    std::uint64_t words = psums_.size();
    for (const Pool& pool : layer_.post.pool) {
      words = planes_.size() * pooled(pool, layer_.bound(Dim::kP)) *
              pooled(pool, layer_.bound(Dim::kQ));
    }
    add(Action::dram_ofmap_write, words);
    add(Action::post_ofmap_word, words);
    if (layer_.post.bias) add(Action::dram_bias_read, psum_words(channels_.size()));
  }

  // Words that are moved, and those of them that are padding made on the way.
  struct Tally {
    std::uint64_t words = 0, made = 0;
  };
  template <class Packets>
  static Tally tally(const Packets& packets, const std::set<Word>& padding) {
    Tally sum;
    for (const auto& [steps, words] : packets) {
      sum.words += words.size();
      for (const Word word : words) sum.made += padding.contains(word);
    }
    return sum;
  }

  std::set<Word> made_on_the_way(const PassPoints& pass, Tensor t) const {
    std::set<Word> padding;
    for (const Point& x : all_points(pass)) {
      if (is_made_on_the_way(t, x)) padding.insert(word_of(layer_, t, x));
    }
    return padding;
  }

  void count_operands(const PassPoints& pass) {
    if (!in_lock_step()) return count_packets(pass);
    using enum Action;
    for (const Tensor t : {Tensor::kIfmap, Tensor::kFilter}) {
      const bool ifmap = t == Tensor::kIfmap;
      if (!ifmap && pools()) continue;
      const LockStepLaw::Moves moves = lock_step_.moves(pass, t, made_on_the_way(pass, t));
      add(ifmap ? noc_ifmap_bus_word : noc_filter_bus_word, moves.bus);
      add(ifmap ? glb_ifmap_array_read : glb_filter_array_read, moves.bus - moves.made);
      add(ifmap ? noc_ifmap_delivery : noc_filter_delivery, moves.deliveries);
      add(ifmap ? noc_ifmap_hop : noc_filter_hop, moves.hops);
      add(ifmap ? spad_ifmap_fill : spad_filter_fill, moves.fills);
    }
  }

  // A packet that several PEs want is sent once; PEs that fetch a word anew for each step of a loop
  // share it at the same step. Where PEs do not fetch alike (a block at a ragged edge is shorter,
  // so windows that slide in one PE may not in another) no rule promises what they share.
  void count_packets(const PassPoints& pass) {
    using enum Action;
    const std::set<Dim> shares = fetch_.divided(pass);
    for (const Tensor t : {Tensor::kIfmap, Tensor::kFilter}) {
      const bool ifmap = t == Tensor::kIfmap;
      const std::vector<Dim> again = fetch_.refetching(pass.pes.begin()->second, t);
      std::set<Packet> sent;
      std::vector<Packet> taken;
      bool alike = true;
      for (const auto& [pe, points] : pass.pes) {
        alike = alike && fetch_.refetching(points, t) == again;
        for (Packet& packet : fetch_.packets(points, t, shares)) {
          sent.insert(packet);
          taken.push_back(std::move(packet));
        }
      }
      // Where they do not, each word goes once at least.
      if (!alike) {
        sent.clear();
        for (const Packet& packet : taken) {
          for (const Word word : packet.second) sent.insert({{}, {word}});
        }
      }
      const std::set<Word> padding = made_on_the_way(pass, t);
      const Tally bus = tally(sent, padding), most = tally(taken, padding);
      add(ifmap ? noc_ifmap_bus_word : noc_filter_bus_word, bus.words);
      add(ifmap ? glb_ifmap_array_read : glb_filter_array_read, bus.words - bus.made);
      add(ifmap ? noc_ifmap_delivery : noc_filter_delivery, most.words);
      add(ifmap ? spad_ifmap_fill : spad_filter_fill, most.words);
      if (alike) continue;
      out_.slack[ifmap ? noc_ifmap_bus_word : noc_filter_bus_word] += most.words - bus.words;
      out_.slack[ifmap ? glb_ifmap_array_read : glb_filter_array_read] +=
          (most.words - most.made) - (bus.words - bus.made);
    }
  }

  bool is_gated(const Point& x) const {
    if (pools() || !find_mac(machine_.mac)->gates()) return false;
    const auto [row, col] = fetch_.plane(x);
    const int channel = x[index(Dim::kG)] * layer_.bound(Dim::kC) + x[index(Dim::kC)];
    const std::vector<int>& shape = in_.ifmap.shape;
    const int at = ((x[index(Dim::kN)] * shape[1] + channel) * shape[2] + row) * shape[3] + col;
    return in_.ifmap.data[static_cast<std::size_t>(at)] == 0;
  }

  bool in_lock_step() const { return machine_.array.pace == Pace::kLockStep; }
  bool pools() const { return layer_.kind == LayerKind::kPool; }
  bool has_psum_spad() const { return machine_.pe.psum_spad_words > 0; }

  // The first MAC of a PE on a psum in a pass writes it, gated or not; a later one reads and writes
  // it, unless gated.
  void count_macs(const PassPoints& pass) {
    using enum Action;
    for (const auto& [pe, points] : pass.pes) {
      std::set<Word> started;
      for (const Point& x : points) {
        const bool gated = is_gated(x),
                   first = started.insert(word_of(layer_, Tensor::kPsum, x)).second;
        add(pools() ? pool_none_compute : (gated ? mac_none_gate : mac_none_compute), 1);
        add(spad_ifmap_operand_read, 1);
        add(spad_filter_operand_read, gated || pools() ? 0 : 1);
        add(spad_psum_first_write, first && has_psum_spad() ? 1 : 0);
        add(spad_psum_update_read, first || gated ? 0 : 1);
        add(spad_psum_update_write, first || gated ? 0 : 1);
      }
    }
  }

  // PEs that work on the same psums hand them to each other, or their sum to the bus, or each its
  // own to the store. However they meet, their shares and the old psum (if read) become one by as
  // many additions. Old psums go to the array, unless the store adds them itself.
  void count_psums(const PassPoints& pass) {
    using enum Action;
    const PsumRoute route = machine_.array.psum_route;
    const bool store_adds = machine_.store_of(Tensor::kPsum).accumulates;
    std::map<std::set<Word>, std::uint64_t> shares;  // PEs by what they add to
    for (const auto& [pe, points] : pass.pes) {
      std::set<Word> psums;
      for (const Point& x : points) psums.insert(word_of(layer_, Tensor::kPsum, x));
      ++shares[psums];
    }
    for (const auto& [psums, pes] : shares) {
      const bool read = machine_.first_psum == FirstPsum::kRead || done_.contains(*psums.begin());
      const std::uint64_t words = psum_words(psums.size());
      const std::uint64_t in = read && !store_adds ? words : 0,
                          out = route == PsumRoute::kSpill ? pes * words : words,
                          additions = pes - (read ? 0 : 1);
      const std::uint64_t met_in_store = route == PsumRoute::kSpill ? additions : (read ? 1 : 0);
      add(glb_psum_array_read, in + (store_adds ? met_in_store * words : 0));
      add(glb_psum_array_write, out);
      add(noc_psum_bus_word, in + out);
      add(noc_psum_delivery, in + out);
      add(noc_psum_hop, route == PsumRoute::kColumn ? (pes - 1) * words : 0);
      add(spad_psum_drain_read, has_psum_spad() ? pes * psums.size() : 0);
      add(adder_none_merge, additions * psums.size());
      out_.psums_leaving_pes += pes * psums.size();
    }
    for (const Point& x : all_points(pass)) ++done_[word_of(layer_, Tensor::kPsum, x)];
  }

  const Machine& machine_;
  const Layer& layer_;
  const Mapping& mapping_;
  const Operands& in_;
  Mapping nest_;
  FetchLaw fetch_;
  LockStepLaw lock_step_;
  std::vector<PassPoints> passes_;
  std::map<int, Points> tiles_;
  std::array<std::vector<Range>, kTensors> block_;
  std::pair<int, int> configuration_;
  std::set<Word> psums_;                        // of the present tile
  std::set<std::pair<int, int>> channels_;      // its ofmap channels: group, channel
  std::set<std::tuple<int, int, int>> planes_;  // its ofmap planes: image, group, channel
  std::map<Word, std::uint64_t> done_;          // MACs on each psum in passes before this one
  Expected out_;
};

}  // namespace

Expected expected_counts(const Machine& machine, const Layer& layer, const Mapping& mapping,
                         const Operands& in) {
  return Witness(machine, layer, mapping, in).count();
}

}  // namespace orrery::test
