// The program `orrery`, run as its users run it: arguments in, exit code and two streams out.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <string>
#include <vector>

namespace orrery {

struct Answer {
  int code = -1;  // exit code; minus the signal where one ended the program
  std::string out, err;
};

using Arguments = std::vector<std::string>;

// Runs a program to its end.
Answer run_program(const std::string& program, Arguments arguments);

std::string content(const std::filesystem::path& path);

// A test with an empty folder of its own; machines and networks are those of the checkout.
class Cli : public testing::Test {
 protected:
  Cli();
  ~Cli() override;
  Cli(const Cli&) = delete;
  Cli& operator=(const Cli&) = delete;

  // A path in the folder.
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  // Writes a file into the folder and returns its path.
  std::string file(const std::string& name, const std::string& text) const;
  // A file of the checkout with one text, which stands there, replaced; in the folder as `name`.
  std::string changed(const std::string& name, const std::string& source, const std::string& right,
                      const std::string& wrong) const;
  std::vector<std::string> files() const;

  static Answer orrery(const Arguments& arguments);
  // `simulate` with --json, quietly, which must succeed: the file's text, and what it says.
  std::string json_text(const Arguments& arguments) const;
  boost::json::object simulated(const Arguments& arguments) const;
  // Expects exit code 2, exactly this sentence on stderr, and no file but those there before.
  void expect_mistake(const Arguments& arguments, const std::string& sentence) const;

  const std::filesystem::path folder_;
};

// A member of each layer's object, e.g. "ofmap_sha256", as text without quotes.
std::vector<std::string> of_layers(const boost::json::object& result, const std::string& key);

// All of `arguments`, then `more`.
Arguments operator+(Arguments arguments, const Arguments& more);

}  // namespace orrery
