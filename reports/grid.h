// A grid of text: columns as wide as their widest cell, folded to a terminal's width.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

class Grid {
 public:
  // The first column names the rows and is set left, the others right. A '\n' in a title breaks it.
  explicit Grid(const std::vector<std::string>& titles);

  // As many cells as there are titles.
  void row(std::vector<std::string> cells);
  // A line of dashes before the next row.
  void rule();

  // Columns that do not fit beside the others follow below, under the row names again. A width
  // below 1 stands for no limit.
  std::string to_string(int width) const;

 private:
  struct Block;
  std::vector<std::size_t> widths() const;
  void print_block(std::string& out, const Block& block) const;

  std::vector<std::vector<std::string>> titles_;  // lines of each title
  std::vector<std::vector<std::string>> rows_;
  std::vector<std::size_t> rules_;  // indices of the rows that a line of dashes precedes
};

// 1234567 as "1,234,567".
std::string grouped(std::uint64_t n);
// `bytes` in units of 10^6 bytes, "0.12"; "-" for none.
std::string megabytes(std::uint64_t bytes);
// part / whole as "12.3%"; "-" where the whole is zero.
std::string percent(double part, double whole);

}  // namespace orrery
