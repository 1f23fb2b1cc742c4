#include "dataflows/pass/share.h"

#include <algorithm>
#include <stdexcept>

namespace orrery {
namespace {

std::size_t at(std::int32_t i) { return static_cast<std::size_t>(i); }

// A word of a PE, relative to its first point.
struct Word {
  std::int32_t position = 0;  // in the PE's stream
  std::int32_t address = 0;
  std::uint64_t place = 0;  // in the order of service
};

// How far a step of each counter moves a PE's stream. Psums of one window follow those of another.
PerLoop<std::int32_t> stream_strides(const PassProgram& program, Tensor t) {
  PerLoop<std::int32_t> stride{};
  std::int32_t length = program.window_psums;
  for (std::size_t i = static_cast<std::size_t>(program.counters); i-- > 0;) {
    const Counter& counter = program.counter[i];
    stride[i] = stride_of(counter, t);
    if (t != Tensor::kPsum || i >= static_cast<std::size_t>(program.window)) continue;
    stride[i] = length;
    length *= counter.bound;
  }
  return stride;
}

std::size_t stream_words(const PassProgram& program, Tensor t) {
  switch (t) {
    case Tensor::kIfmap:
      return static_cast<std::size_t>(program.ifmap_words);
    case Tensor::kFilter:
      return static_cast<std::size_t>(program.filter_words);
    case Tensor::kPsum:
      return static_cast<std::size_t>(program.windows * program.window_psums);
  }
  return 0;
}

PerLoop<std::int32_t> address_strides(const Layer& layer, Tensor t, const PeKind& kind,
                                      const TileLayout& layout) {
  PerLoop<std::int32_t> stride{};
  for (std::size_t i = 0; i < kind.loops.size(); ++i) {
    const int axis = axis_of(t, kind.loops[i].dim);
    if (axis < 0) continue;
    stride[i] =
        static_cast<std::int32_t>(unit_of(layer, t, kind.loops[i].dim) * layout.stride[at(axis)]);
  }
  return stride;
}

// The words of a PE in the order of its stream.
std::vector<Word> words_of(const PassView& pass, Tensor t, std::size_t kind,
                           const ServiceOrder& order, const TileLayout& layout) {
  const PeKind& its = pass.kinds[kind];
  const PerLoop<std::int32_t> position = stream_strides(its.program, t);
  const PerLoop<std::int32_t> address = address_strides(pass.layer, t, its, layout);
  const PerLoop<std::uint64_t> place = order.stride(kind);
  std::vector<Word> steps{{}}, longer;
  for (std::size_t i = 0; i < its.loops.size(); ++i) {
    if (position[i] == 0) continue;  // it comes to the same words again
    longer.clear();
    longer.reserve(steps.size() * static_cast<std::size_t>(its.loops[i].bound));
    for (Word word : steps) {
      for (int step = 0; step < its.loops[i].bound; ++step) {
        longer.push_back(word);
        word.position += position[i], word.address += address[i], word.place += place[i];
      }
    }
    steps.swap(longer);
  }
  // Windows that slide come to a word more than once.
  std::vector<Word> words(stream_words(its.program, t));
  for (const Word& word : steps) words[at(word.position)] = word;
  return words;
}

Share cut_into_packets(const std::vector<Word>& words, std::size_t window,
                       std::size_t packet_words) {
  Share share;
  share.address.reserve(words.size());
  for (std::size_t start = 0; start < words.size();) {
    const std::size_t left = std::min(window - start % window, words.size() - start);
    const std::size_t end = start + std::min(left, packet_words);
    if (start > 0 && words[start].place <= share.place.back()) {
      throw std::logic_error("a PE's stream leaves the order of its bus");
    }
    share.place.push_back(words[start].place);
    for (; start < end; ++start) share.address.push_back(words[start].address);
    share.first.push_back(static_cast<std::int32_t>(end));
  }
  return share;
}

}  // namespace

Share share_of(const PassView& pass, std::size_t kind, Tensor t, const ServiceOrder& order,
               const TileLayout& layout, int packet_words) {
  const std::vector<Word> words = words_of(pass, t, kind, order, layout);
  const std::size_t window = t == Tensor::kPsum
                                 ? static_cast<std::size_t>(pass.kinds[kind].program.window_psums)
                                 : words.size();
  return cut_into_packets(words, window, static_cast<std::size_t>(packet_words));
}

}  // namespace orrery
