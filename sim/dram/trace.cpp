#include "sim/dram/trace.h"

#include <fmt/format.h>

#include <bit>
#include <charconv>

#include "workloads/input/input_error.h"

namespace orrery {
namespace {

constexpr std::size_t kLongestLine = 4096;
constexpr std::uint64_t kMostCycle = std::uint64_t{1} << 60;

constexpr std::array kFormats{std::pair{"auto", DramTraceFormat::kDetect},
                              std::pair{"csv", DramTraceFormat::kCsv},
                              std::pair{"dramsim3", DramTraceFormat::kDramsim3},
                              std::pair{"ramulator2", DramTraceFormat::kRamulator2}};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// By the first line.
DramTraceFormat detect(std::string_view line) {
  const std::string_view first = line.substr(0, line.find_first_of(" \t,"));
  for (const std::string_view word : {"R", "W", "LD", "ST"}) {
    if (first == word) return DramTraceFormat::kRamulator2;
  }
  if (line.find(',') != std::string_view::npos) return DramTraceFormat::kCsv;
  return DramTraceFormat::kDramsim3;
}

}  // namespace

DramTraceFormat dram_trace_format(const std::string& name) {
  std::vector<std::string> known;
  for (const auto& [word, format] : kFormats) {
    if (name == word) return format;
    known.emplace_back(word);
  }
  throw InputError(fmt::format("there is no trace format '{}'{}", name, did_you_mean(name, known)));
}

DramTrace::DramTrace(const std::filesystem::path& path, DramTraceFormat format,
                     const DramMemory& memory)
    : file_(path.string()), format_(format), memory_(memory), in_(path, std::ios::binary) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error) || !in_) {
    throw InputError({file_, 0}, "cannot be read; a trace is a text file");
  }
  bytes_ = std::filesystem::file_size(path, error);
  if (error) bytes_ = 0;
}

double DramTrace::share() const {
  return bytes_ == 0 ? 0 : static_cast<double>(read_) / static_cast<double>(bytes_);
}

void DramTrace::fail(const std::string& sentence) const {
  throw InputError({file_, number_}, sentence);
}

bool DramTrace::read_line() {
  while (std::getline(in_, line_)) {
    ++number_;
    read_ += line_.size() + 1;
    if (line_.size() > kLongestLine) {
      fail(fmt::format("the line has {} characters; at most {}", line_.size(), kLongestLine));
    }
    rest_ = trimmed(line_);
    if (rest_.empty() || rest_.front() == '#') continue;
    if (number_ == 1 && rest_.starts_with("cycle,")) continue;
    return true;
  }
  return false;
}

// The next word of the line; a space as separator stands for any number of them.
std::string_view DramTrace::take(char separator) {
  std::size_t end = 0;
  while (end < rest_.size() && rest_[end] != separator &&
         !(separator == ' ' && is_space(rest_[end]))) {
    ++end;
  }
  const std::string_view word = trimmed(rest_.substr(0, end));
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  rest_ = trimmed(rest_);
  return word;
}

std::uint64_t DramTrace::number(std::string_view word, int base, const char* what) const {
  std::string_view digits = word;
  if (digits.starts_with("0x") || digits.starts_with("0X")) {
    digits.remove_prefix(2);
    base = 16;
  }
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc{} || end != digits.data() + digits.size()) {
    fail(fmt::format("'{}' is no {}", word, what));
  }
  return value;
}

std::optional<DramRequest> DramTrace::next() {
  if (!read_line()) {
    if (in_.bad()) throw InputError({file_, number_}, "cannot be read further");
    return std::nullopt;
  }
  if (format_ == DramTraceFormat::kDetect) format_ = detect(rest_);
  const DramRequest request = parse();
  if (!rest_.empty()) fail(fmt::format("'{}' is one word too many", rest_));
  if (request.cycle < last_) {
    fail(fmt::format("cycle {} comes after cycle {}; a trace is in the order of time",
                     request.cycle, last_));
  }
  last_ = request.cycle;
  return request;
}

DramRequest DramTrace::parse() {
  switch (format_) {
    case DramTraceFormat::kCsv:
      return parse_csv();
    case DramTraceFormat::kRamulator2:
      return parse_ramulator2();
    case DramTraceFormat::kDetect:
    case DramTraceFormat::kDramsim3:
      break;
  }
  return parse_dramsim3();
}

DramRequest DramTrace::parse_csv() {
  DramRequest r;
  const std::uint64_t cycle = number(take(','), 10, "cycle; a line is cycle,address,R|W");
  if (cycle > kMostCycle) fail(fmt::format("cycle {} is above {}", cycle, kMostCycle));
  r.cycle = static_cast<DramCycle>(cycle);
  r.address = number(take(','), 10, "address; a line is cycle,address,R|W");
  const std::string_view kind = take(',');
  if (kind != "R" && kind != "W") {
    fail(fmt::format("'{}' is neither R nor W; a line is cycle,address,R|W", kind));
  }
  r.kind = kind == "R" ? DramKind::kRead : DramKind::kWrite;
  return r;
}

DramRequest DramTrace::parse_dramsim3() {
  DramRequest r;
  r.address = number(take(' '), 16, "hexadecimal address; a line is ADDRESS READ|WRITE CYCLE");
  const std::string_view kind = take(' ');
  const bool read = kind == "READ" || kind == "read";
  if (!read && kind != "WRITE" && kind != "write") {
    fail(fmt::format("'{}' is neither READ nor WRITE; a line is ADDRESS READ|WRITE CYCLE", kind));
  }
  r.kind = read ? DramKind::kRead : DramKind::kWrite;
  const std::uint64_t cycle = number(take(' '), 10, "cycle; a line is ADDRESS READ|WRITE CYCLE");
  if (cycle > kMostCycle) fail(fmt::format("cycle {} is above {}", cycle, kMostCycle));
  r.cycle = static_cast<DramCycle>(cycle);
  return r;
}

DramRequest DramTrace::parse_ramulator2() {
  DramRequest r;
  const std::string_view kind = take(' ');
  const bool read = kind == "R" || kind == "LD";
  if (!read && kind != "W" && kind != "ST") {
    fail(fmt::format("'{}' is none of R, W, LD and ST", kind));
  }
  r.kind = read ? DramKind::kRead : DramKind::kWrite;
  const std::string_view where = take(' ');
  r.address = where.find(',') == std::string_view::npos ? number(where, 10, "address")
                                                        : address_of_levels(where);
  return r;
}

std::uint64_t DramTrace::address_of_levels(std::string_view levels) {
  const DramSetup& setup = memory_.setup();
  const DramOrganization& o = setup.standard.organization;
  DramPlace place;
  struct Level {
    const char* name;
    int* member;
    int most;
  };
  std::vector<Level> wanted{{"channel", &place.channel, setup.channels},
                            {"rank", &place.rank, setup.ranks}};
  if (o.bank_groups > 1) wanted.push_back({"bank group", &place.group, o.bank_groups});
  wanted.push_back({"bank", &place.bank, o.banks_per_group});
  wanted.push_back({"row", &place.row, o.rows});
  wanted.push_back({"column", &place.column, o.columns});
  const auto commas = static_cast<std::size_t>(std::count(levels.begin(), levels.end(), ','));
  if (commas + 1 != wanted.size()) {
    fail(fmt::format("{} has {} levels; {} has {}: channel, rank, {}bank, row, column", levels,
                     commas + 1, setup.standard.name, wanted.size(),
                     o.bank_groups > 1 ? "bank group, " : ""));
  }
  rest_ = levels;
  for (const Level& level : wanted) {
    const std::uint64_t value = number(take(','), 10, level.name);
    if (value >= static_cast<std::uint64_t>(level.most)) {
      fail(fmt::format("{} {} is above {}, the last one", level.name, value, level.most - 1));
    }
    *level.member = static_cast<int>(value);
  }
  place.column /= o.burst_length;
  return memory_.map().address(place);
}

}  // namespace orrery
