#include "workloads/sparse/statistics.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "workloads/sparse/bitmask.h"
#include "workloads/sparse/csc.h"
#include "workloads/sparse/rlc.h"
#include "workloads/sparse/structured.h"

namespace orrery {
namespace {

constexpr int kIndexBits = 4, kShared = 16;
constexpr Structure kStructure{2, 4};
using Words = std::span<const std::int16_t>;

struct Subject {
  const OperandTensor& tensor;
  TensorKind kind;
  WordForm form;
  // Rows of the matrix: filters, or channels of all images.
  int rows() const { return kind == TensorKind::kMap ? axis(0) * axis(1) : axis(0); }
  int axis(std::size_t i) const { return tensor.shape[i]; }
  Words words() const { return tensor.data; }
};

CodedSize size_of(const SparseStream& stream, bool decodes) {
  return {"", stream.bits, stream.entries, stream.padding, "", decodes};
}

CodedSize refused(std::string why) { return {"", 0, 0, 0, std::move(why), true}; }

bool equal(const std::vector<std::int16_t>& decoded, Words words) {
  return std::ranges::equal(decoded, words);
}

CodedSize by_rlc(const Subject& s) {
  const SparseStream stream = encode_rlc(s.words(), s.form);
  return size_of(stream, equal(decode_rlc(stream, std::ssize(s.words()), s.form), s.words()));
}

CodedSize by_csc(const Subject& s, const CscForm& form) {
  const int rows = s.rows(), cols = static_cast<int>(std::ssize(s.words()) / rows);
  const Csc csc = to_csc(s.words(), rows, cols, 1, s.form.zero, kIndexBits);
  const SparseStream stream = encode_csc(csc, form);
  return size_of(stream,
                 equal(from_csc(decode_csc(stream, rows, cols, 1, kIndexBits, form)), s.words()));
}

CodedSize by_plain_csc(const Subject& s) { return by_csc(s, {s.form, nullptr}); }

CodedSize by_shared_csc(const Subject& s) {
  const std::vector<Codebook> book = codebook_of(s.words(), kShared, s.form.zero);
  if (book.empty()) return refused("it has more than 16 values, zero included");
  return by_csc(s, {s.form, &book.front()});
}

CodedSize by_bitmask(const Subject& s) {
  const SparseStream stream = encode_bitmask(s.words(), s.form);
  return size_of(stream, equal(decode_bitmask(stream, std::ssize(s.words()), s.form), s.words()));
}

// Every place of every filter or image is a stream of its channels.
CodedSize by_structure(const Subject& s) {
  const auto channels = static_cast<std::size_t>(s.axis(1));
  const auto taps = static_cast<std::size_t>(s.axis(2)) * static_cast<std::size_t>(s.axis(3));
  CodedSize size{"", 0, 0, 0, "", true};
  std::vector<std::int16_t> line(channels);
  for (std::size_t first = 0; first < s.words().size(); first += channels * taps) {
    for (std::size_t tap = 0; tap < taps; ++tap) {
      for (std::size_t c = 0; c < channels; ++c) line[c] = s.words()[first + c * taps + tap];
      if (!fits(line, kStructure, s.form.zero))
        return refused("more than two of four neighbouring channels are not zero");
      const SparseStream stream = encode_structured(line, s.form, kStructure);
      size.bits += stream.bits, size.entries += stream.entries, size.padding += stream.padding;
      size.decodes =
          size.decodes && decode_structured(stream, std::ssize(line), s.form, kStructure) == line;
    }
  }
  return size;
}

constexpr CodedSize (*kCoders[])(const Subject&){by_rlc, by_plain_csc, by_shared_csc, by_bitmask,
                                                 by_structure};
static_assert(std::size(kCoders) == std::size(kSparseCodes));

void count_stretches(ZeroStatistics& out, const Subject& s) {
  const auto close = [&](std::int64_t length) {
    if (length == 0) return;
    const auto bucket = std::bit_width(static_cast<std::uint64_t>(length)) - 1U;
    if (bucket >= out.stretches.size()) out.stretches.resize(bucket + 1);
    ++out.stretches[bucket];
    out.longest = std::max(out.longest, length);
  };
  std::int64_t length = 0;
  for (const std::int16_t word : s.words()) {
    if (word == s.form.zero) {
      ++length;
    } else {
      close(std::exchange(length, 0));
    }
  }
  close(length);
}

void count_channels(ZeroStatistics& out, const Subject& s) {
  out.channels = s.axis(s.kind == TensorKind::kMap ? 1 : 0);
  const std::int64_t of_plane = out.words / s.rows();
  const std::int64_t of_channel = out.words / out.channels;
  std::vector<std::int64_t> zeros(static_cast<std::size_t>(out.channels));
  for (std::int64_t i = 0; i < out.words; ++i) {
    if (s.words()[static_cast<std::size_t>(i)] == s.form.zero)
      ++zeros[static_cast<std::size_t>(i / of_plane % out.channels)];
  }
  double squares = 0;
  out.least_share = 1;
  for (const std::int64_t n : zeros) {
    const double share = static_cast<double>(n) / static_cast<double>(of_channel);
    out.zeros += n;
    out.dead += n == of_channel ? 1 : 0;
    out.least_share = std::min(out.least_share, share);
    out.most_share = std::max(out.most_share, share);
    squares += share * share;
  }
  out.deviation = std::sqrt(std::max(0.0, squares / out.channels - out.share() * out.share()));
}

}  // namespace

double ZeroStatistics::share() const {
  return words == 0 ? 0 : static_cast<double>(zeros) / static_cast<double>(words);
}

double ZeroStatistics::mean_stretch() const {
  std::int64_t n = 0;
  for (const std::int64_t of_length : stretches) n += of_length;
  return n == 0 ? 0 : static_cast<double>(zeros) / static_cast<double>(n);
}

ZeroStatistics zero_statistics(const OperandTensor& tensor, TensorKind kind, const WordForm& form) {
  const Subject subject{tensor, kind, form};
  ZeroStatistics out;
  out.tensor = kind == TensorKind::kMap ? "map" : "filter";
  out.shape = tensor.shape;
  out.words = std::ssize(tensor.data);
  out.bits = out.words * form.code.bits;
  const bool signs = form.code.coding == Coding::kSign;
  if (!signs) {
    count_channels(out, subject);
    count_stretches(out, subject);
  }
  for (std::size_t i = 0; i < std::size(kSparseCodes); ++i) {
    out.codes.push_back(signs ? refused("signs have no zero") : kCoders[i](subject));
    out.codes.back().code = kSparseCodes[i];
  }
  return out;
}

}  // namespace orrery
