#include "workloads/tensor/npy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>

#include "workloads/input/input_error.h"

namespace orrery {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kBytesAtOnce = std::size_t{1} << 16;

struct Header {
  int word_bytes = 0;
  std::vector<int> shape;
};

[[noreturn]] void fail(const fs::path& path, const std::string& sentence) {
  throw InputError(SourceLine{path.string(), 0}, sentence);
}

std::string to_text(const std::vector<int>& shape) {
  return fmt::format("({})", fmt::join(shape, ", "));
}

// The text after `'key':` in the dictionary of a header, without leading blanks.
std::string_view value_of(const fs::path& path, std::string_view header, std::string_view key) {
  const std::string quoted = fmt::format("'{}':", key);
  const std::size_t at = header.find(quoted);
  if (at == std::string_view::npos) fail(path, fmt::format("the .npy header has no '{}'", key));
  std::string_view rest = header.substr(at + quoted.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  return rest;
}

// What the words of a file are to be.
enum class Words : std::uint8_t { kIntegers, kFloats };

int parse_word_bytes(const fs::path& path, std::string_view header, Words words) {
  constexpr std::array<std::pair<std::string_view, int>, 4> kTypes{
      {{"|i1", 1}, {"<i1", 1}, {"<i2", 2}, {"<i4", 4}}};
  if (words == Words::kFloats) {
    if (value_of(path, header, "descr").starts_with("'<f4'")) return 4;
    fail(path, "the type must be float32 ('<f4')");
  }
  const std::string_view value = value_of(path, header, "descr");
  for (const auto& [type, bytes] : kTypes) {
    if (value.starts_with(fmt::format("'{}'", type))) return bytes;
  }
  const std::string_view shown = value.substr(0, std::min(value.find(','), value.size()));
  fail(path,
       fmt::format("type {} cannot be read: int8 ('|i1'), int16 ('<i2') or int32 ('<i4')", shown));
}

std::vector<int> parse_shape(const fs::path& path, std::string_view header) {
  std::string_view text = value_of(path, header, "shape");
  const std::size_t end = text.find(')');
  if (!text.starts_with('(') || end == std::string_view::npos) {
    fail(path, "the shape in the .npy header is not a tuple");
  }
  text = text.substr(1, end - 1);
  std::vector<int> shape;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(", "), text.size()));
    if (text.empty()) return shape;
    int extent = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), extent);
    if (error != std::errc() || extent < 0) {
      fail(path, fmt::format("'{}' in the .npy header is not an extent of 0 to 2147483647", text));
    }
    shape.push_back(extent);
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  }
}

// Reads exactly `count` bytes.
std::string read_bytes(const fs::path& path, std::ifstream& file, std::size_t count) {
  std::string bytes(count, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(count));
  if (!file) fail(path, "the file ends inside the .npy header");
  return bytes;
}

// Leaves `file` at the first word; what follows is known to be `header.shape` words and nothing
// else.
Header read_header(const fs::path& path, std::ifstream& file, std::uintmax_t file_bytes,
                   Words words) {
  const std::string start = read_bytes(path, file, kMagic.size() + 2);
  if (!start.starts_with(kMagic)) fail(path, "not a .npy file: it does not begin with \\x93NUMPY");
  const int version = static_cast<unsigned char>(start[kMagic.size()]);
  if (version != 1 && version != 2) {
    fail(path, fmt::format(".npy version {} cannot be read: 1 or 2", version));
  }
  const std::string length = read_bytes(path, file, version == 1 ? 2 : 4);
  std::size_t header_bytes = 0;
  for (std::size_t i = length.size(); i-- > 0;) {
    header_bytes = header_bytes * 256 + static_cast<unsigned char>(length[i]);
  }
  const std::uintmax_t data_at = start.size() + length.size() + header_bytes;
  if (data_at > file_bytes) fail(path, "the file ends inside the .npy header");

  const std::string text = read_bytes(path, file, header_bytes);
  if (!value_of(path, text, "fortran_order").starts_with("False")) {
    fail(path, "the array is in Fortran order: save numpy.ascontiguousarray of it");
  }
  return {parse_word_bytes(path, text, words), parse_shape(path, text)};
}

// Opens the file at its first word, with type, shape and length known to be right.
std::ifstream open(const fs::path& path, const std::vector<int>& shape, int max_bytes,
                   Header& header, Words words = Words::kIntegers) {
  std::error_code error;
  const std::uintmax_t file_bytes = fs::file_size(path, error);
  std::ifstream file(path, std::ios::binary);
  if (error || !file) fail(path, "cannot be read: no such file, or no permission");
  header = read_header(path, file, file_bytes, words);
  if (header.shape != shape) {
    fail(path,
         fmt::format("shape {}, but the layer needs {}", to_text(header.shape), to_text(shape)));
  }
  if (header.word_bytes > max_bytes) {
    fail(path, fmt::format("type int{}, but operands are int8 or int16", header.word_bytes * 8));
  }
  const auto data_at = static_cast<std::uintmax_t>(file.tellg());
  const auto wanted =
      static_cast<std::uintmax_t>(elements(shape)) * static_cast<unsigned>(header.word_bytes);
  if (file_bytes - data_at != wanted) {
    fail(path, fmt::format("{} bytes of data, but shape {} of int{} takes {}", file_bytes - data_at,
                           to_text(shape), header.word_bytes * 8, wanted));
  }
  return file;
}

// Sign-extends the little-endian word of `count` bytes at `bytes`.
std::int32_t decode(const char* bytes, int count) {
  std::uint32_t word = 0;
  for (int i = count; i-- > 0;) word = word << 8 | static_cast<unsigned char>(bytes[i]);
  const int unused = 32 - 8 * count;
  return static_cast<std::int32_t>(word << unused) >> unused;
}

// `T` is OperandTensor or PsumTensor.
template <class T>
T read_tensor(const fs::path& path, const std::vector<int>& shape, int bits, int max_bytes) {
  using Word = typename decltype(T::data)::value_type;
  Header header;
  std::ifstream file = open(path, shape, max_bytes, header);
  T tensor{shape, std::vector<Word>(static_cast<std::size_t>(elements(shape)))};
  const std::int64_t limit = std::int64_t{1} << (bits - 1);
  const auto word_bytes = static_cast<std::size_t>(header.word_bytes);
  std::vector<char> buffer(kBytesAtOnce);
  for (std::size_t at = 0; at < tensor.data.size();) {
    const std::size_t count = std::min(tensor.data.size() - at, kBytesAtOnce / word_bytes);
    file.read(buffer.data(), static_cast<std::streamsize>(count * word_bytes));
    if (!file) fail(path, "cannot be read to its end");
    for (std::size_t i = 0; i < count; ++i, ++at) {
      const std::int32_t value = decode(&buffer[i * word_bytes], header.word_bytes);
      if (value < -limit || value >= limit) {
        fail(path,
             fmt::format("word {} is {}, which does not fit the layer's {} bits", at, value, bits));
      }
      tensor.data[at] = static_cast<Word>(value);
    }
  }
  return tensor;
}

// Version 1, padded with blanks so that the data begin at a multiple of 64 bytes.
std::string make_header(const std::vector<int>& shape, std::size_t word_bytes) {
  std::string text = fmt::format("{{'descr': '<i{}', 'fortran_order': False, 'shape': ({}{}), }}",
                                 word_bytes, fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
  const std::size_t fixed = kMagic.size() + 4;
  text.append(63 - (fixed + text.size()) % 64, ' ').push_back('\n');
  std::string header(kMagic);
  header +=
      {'\x01', '\x00', static_cast<char>(text.size() & 0xff), static_cast<char>(text.size() >> 8)};
  return header + text;
}

template <class T>
void write_tensor(const fs::path& path, const T& tensor) {
  using Word = typename decltype(T::data)::value_type;
  const fs::path beside = path.string() + ".part";
  std::ofstream file(beside, std::ios::binary);
  file << make_header(tensor.shape, sizeof(Word));
  for (const Word value : tensor.data) {
    auto rest = static_cast<std::make_unsigned_t<Word>>(value);
    for (std::size_t i = 0; i < sizeof(Word); ++i) {
      file.put(static_cast<char>(rest & 0xff));
      rest = static_cast<std::make_unsigned_t<Word>>(rest >> 8);
    }
  }
  file.close();
  std::error_code error;
  if (file) fs::rename(beside, path, error);
  if (!file || error) {
    std::error_code ignored;
    fs::remove(beside, ignored);
    fail(path, "cannot be written");
  }
}

}  // namespace

OperandTensor read_npy_operands(const fs::path& path, const std::vector<int>& shape,
                                int operand_bits) {
  return read_tensor<OperandTensor>(path, shape, operand_bits, 2);
}

PsumTensor read_npy_psums(const fs::path& path, const std::vector<int>& shape) {
  return read_tensor<PsumTensor>(path, shape, 32, 4);
}

std::vector<float> read_npy_floats(const fs::path& path, const std::vector<int>& shape) {
  Header header;
  std::ifstream file = open(path, shape, 4, header, Words::kFloats);
  std::vector<float> floats;
  std::array<char, 4> bytes{};
  for (std::int64_t i = 0; i < elements(shape); ++i) {
    if (!file.read(bytes.data(), bytes.size())) fail(path, "cannot be read to its end");
    floats.push_back(std::bit_cast<float>(decode(bytes.data(), 4)));
  }
  return floats;
}

void write_npy(const fs::path& path, const OperandTensor& t) { write_tensor(path, t); }
void write_npy(const fs::path& path, const PsumTensor& t) { write_tensor(path, t); }

}  // namespace orrery
