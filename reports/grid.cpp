#include "reports/grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace orrery {
namespace {

constexpr std::size_t kGap = 2;  // spaces between columns

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines(1);
  for (const char c : text) {
    if (c == '\n') {
      lines.emplace_back();
    } else {
      lines.back() += c;
    }
  }
  return lines;
}

}  // namespace

// Columns that stand beside each other, the row names' column first.
struct Grid::Block {
  std::vector<std::size_t> columns;
  std::vector<std::size_t> widths;

  std::size_t width() const {
    std::size_t sum = kGap * (columns.size() - 1);
    for (const std::size_t w : widths) sum += w;
    return sum;
  }
  template <class Cell>
  void print_line(std::string& out, const Cell& cell) const {
    std::string line = fmt::format("{:<{}}", cell(columns[0]), widths[0]);
    for (std::size_t i = 1; i < columns.size(); ++i) {
      line += fmt::format("{:>{}}", cell(columns[i]), widths[i] + kGap);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
};

Grid::Grid(const std::vector<std::string>& titles) {
  for (const std::string& title : titles) titles_.push_back(lines_of(title));
}

void Grid::row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

void Grid::rule() { rules_.push_back(rows_.size()); }

std::vector<std::size_t> Grid::widths() const {
  std::vector<std::size_t> result;
  for (std::size_t c = 0; c < titles_.size(); ++c) {
    std::size_t width = 0;
    for (const std::string& line : titles_[c]) width = std::max(width, line.size());
    for (const auto& cells : rows_) width = std::max(width, cells[c].size());
    result.push_back(width);
  }
  return result;
}

void Grid::print_block(std::string& out, const Block& block) const {
  std::size_t title_lines = 0;
  for (const std::size_t c : block.columns) title_lines = std::max(title_lines, titles_[c].size());
  for (std::size_t i = 0; i < title_lines; ++i) {
    block.print_line(out, [&](std::size_t c) {
      const std::size_t blank = title_lines - titles_[c].size();  // titles stand on the rule below
      return i < blank ? std::string() : titles_[c][i - blank];
    });
  }
  const std::string dashes = std::string(block.width(), '-') + '\n';
  out += dashes;
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    if (std::find(rules_.begin(), rules_.end(), r) != rules_.end()) out += dashes;
    block.print_line(out, [&](std::size_t c) { return rows_[r][c]; });
  }
}

std::string Grid::to_string(int width) const {
  const std::vector<std::size_t> all = widths();
  const std::size_t limit = width < 1 ? SIZE_MAX : static_cast<std::size_t>(width);
  const Block names{{0}, {all[0]}};
  std::vector<Block> blocks{names};
  for (std::size_t c = 1; c < all.size(); ++c) {
    const bool full = blocks.back().width() + kGap + all[c] > limit;
    if (full && blocks.back().columns.size() > 1) blocks.push_back(names);
    blocks.back().columns.push_back(c);
    blocks.back().widths.push_back(all[c]);
  }
  std::string out;
  for (const Block& block : blocks) {
    if (!out.empty()) out += '\n';
    print_block(out, block);
  }
  return out;
}

std::string grouped(std::uint64_t n) {
  std::string digits = fmt::format("{}", n);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

std::string megabytes(std::uint64_t bytes) {
  return bytes == 0 ? "-" : fmt::format("{:.2f}", static_cast<double>(bytes) * 1e-6);
}

std::string percent(double part, double whole) {
  return whole > 0 ? fmt::format("{:.1f}%", 100 * part / whole) : "-";
}

}  // namespace orrery
