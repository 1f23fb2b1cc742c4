#include "sim/activity/cell_library.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>

namespace orrery {
namespace {

// A function of Liberty as a table, worked out for all inputs at once: bit i of an operand is its
// value in row i. | binds least, then ^, then &, then !.
class Function {
 public:
  Function(const std::string& text, CellOutput& out) : text_(text), out_(out) {
    static const std::regex name_of_pin("[A-Z][A-Z0-9]*");
    for (std::sregex_iterator name(text.begin(), text.end(), name_of_pin), end; name != end;
         ++name) {
      if (std::ranges::find(out.inputs, name->str()) == out.inputs.end())
        out.inputs.push_back(name->str());
    }
    if (out.inputs.size() > CellOutput::kMostInputs) fail();
    std::erase(text_, ' ');
  }

  void read() {
    out_.table = either();
    if (at_ != text_.size()) fail();
  }

 private:
  [[noreturn]] void fail() const {
    throw std::runtime_error(fmt::format("cannot read the function {} of a cell", text_));
  }
  bool take(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::uint16_t either() {
    std::uint16_t value = odd();
    while (take('|')) value |= odd();
    return value;
  }
  std::uint16_t odd() {
    std::uint16_t value = both();
    while (take('^')) value ^= both();
    return value;
  }
  std::uint16_t both() {
    std::uint16_t value = one();
    while (take('&')) value &= one();
    return value;
  }
  std::uint16_t one() {
    if (take('!')) return static_cast<std::uint16_t>(~one());
    if (take('(')) {
      const std::uint16_t value = either();
      if (!take(')')) fail();
      return value;
    }
    for (std::size_t i = 0; i < out_.inputs.size(); ++i) {
      const std::string& name = out_.inputs[i];
      const std::size_t end = at_ + name.size();
      const bool ends =
          end == text_.size() || std::isalnum(static_cast<unsigned char>(text_[end])) == 0;
      if (text_.compare(at_, name.size(), name) != 0 || !ends) continue;
      at_ = end;
      static constexpr std::uint16_t kRows[CellOutput::kMostInputs] = {0xAAAA, 0xCCCC, 0xF0F0,
                                                                       0xFF00};
      return kRows[i];
    }
    fail();
  }

  std::string text_;
  CellOutput& out_;
  std::size_t at_ = 0;
};

LogicCell read_cell(const std::string& body) {
  static const std::regex next("next_state\\s*:\\s*\"(\\w+)\""), clear("clear\\s*:\\s*\"!(\\w+)\""),
      output("pin \\((\\w+)\\)[^}]*function\\s*:\\s*\"([^\"]*)\"");
  LogicCell cell;
  std::smatch found;
  if (std::regex_search(body, found, next)) cell.next = found[1];
  if (std::regex_search(body, found, clear)) cell.clear = found[1];
  for (std::sregex_iterator pin(body.begin(), body.end(), output), end; pin != end; ++pin) {
    if (cell.is_register()) {
      cell.state = (*pin)[1];
      continue;
    }
    CellOutput out{(*pin)[1], {}, 0};
    Function((*pin)[2], out).read();
    cell.outputs.push_back(out);
  }
  return cell;
}

}  // namespace

std::map<std::string, LogicCell> read_cells(const std::filesystem::path& liberty) {
  std::ifstream file(liberty);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (text.empty()) throw std::runtime_error("cannot read " + liberty.string());
  static const std::regex head("cell \\((\\w+)\\)");
  std::map<std::string, LogicCell> cells;
  for (std::sregex_iterator cell(text.begin(), text.end(), head), end; cell != end;) {
    const auto begin = static_cast<std::size_t>(cell->position());
    const std::string name = (*cell)[1];
    const std::size_t next =
        ++cell == end ? text.size() : static_cast<std::size_t>(cell->position());
    cells[name] = read_cell(text.substr(begin, next - begin));
  }
  return cells;
}

}  // namespace orrery
