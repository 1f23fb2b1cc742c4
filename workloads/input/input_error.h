// The user's mistakes, as answers: where, what is wrong, what would be right.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

// A place in a file the user wrote; line 0 stands for the file as a whole.
struct SourceLine {
  std::string file;
  int line = 0;
};

// what() is "file:line: sentence", or the sentence alone where no file is at fault. The program
// prints it and exits with code 2.
class InputError : public std::runtime_error {
 public:
  explicit InputError(const std::string& sentence) : std::runtime_error(sentence) {}
  InputError(const SourceLine& where, const std::string& sentence);
};

// The word of `known` nearest to `word` by edit distance, or empty if none is within a third of its
// length (at least one edit).
std::string nearest(std::string_view word, const std::vector<std::string>& known);
// " (did you mean 'x'?)" or, with no near word, " (known: a, b, c)".
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

}  // namespace orrery
