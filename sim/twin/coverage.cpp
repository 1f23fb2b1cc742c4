#include "sim/twin/coverage.h"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string_view>

namespace orrery {
namespace {

namespace fs = std::filesystem;

// A name in the folder of temporary files that is this call's alone, and its file's end.
class Scratch {
 public:
  Scratch() : path_(fs::temp_directory_path() / "orrery_coverage_XXXXXX") {
    std::string name = path_.string();
    const int file = ::mkstemp(name.data());
    if (file < 0) throw std::runtime_error("cannot write to " + path_.parent_path().string());
    ::close(file);
    path_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// The value of a key in "\1key\2value\1key\2value...".
std::string_view value(std::string_view text, std::string_view key) {
  const std::size_t at = text.find(fmt::format("\1{}\2", key));
  if (at == text.npos) return {};
  const std::string_view rest = text.substr(at + key.size() + 2);
  return rest.substr(0, rest.find('\1'));
}

template <class Number>
Number number(std::string_view text) {
  Number n = 0;
  std::from_chars(text.data(), text.data() + text.size(), n);
  return n;
}

// A line "C '<keys and values>' <count>".
CoverPoint point(std::string_view line) {
  const std::size_t end = line.rfind('\'');
  const std::string_view keys = line.substr(3, end - 3);
  CoverPoint p;
  p.kind = value(keys, "page").starts_with("v_toggle") ? CoverPoint::Kind::kToggle
                                                       : CoverPoint::Kind::kLine;
  p.file = fs::path(value(keys, "f")).filename().string();
  p.line = number<int>(value(keys, "l"));
  p.where = value(keys, "o");
  p.count = number<std::uint64_t>(line.substr(end + 2));
  return p;
}

bool is_left_out(const CoverPoint& p) {
  return p.kind == CoverPoint::Kind::kToggle &&
         (p.where.starts_with("cfg_i") || p.where.starts_with("unused_"));
}

}  // namespace

std::vector<CoverPoint> read_coverage(const std::function<void(const char*)>& write) {
  const Scratch file;
  write(file.path().c_str());
  std::ifstream in(file.path());
  std::vector<CoverPoint> points;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("C '")) points.push_back(point(line));
  }
  return points;
}

void add_coverage(std::vector<CoverPoint>& sum, const std::vector<CoverPoint>& more) {
  if (sum.empty()) {
    sum = more;
    return;
  }
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i].count += more.at(i).count;
}

Coverage coverage_of(const std::vector<CoverPoint>& points, CoverPoint::Kind kind) {
  Coverage result;
  for (const CoverPoint& p : points) {
    if (p.kind != kind || is_left_out(p)) continue;
    ++result.points;
    if (p.count > 0) {
      ++result.reached;
    } else {
      result.missed.push_back(fmt::format("{}:{} {}", p.file, p.line, p.where));
    }
  }
  return result;
}

}  // namespace orrery
