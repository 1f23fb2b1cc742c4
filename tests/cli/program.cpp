#include "tests/cli/program.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>

namespace orrery {
namespace {

namespace fs = std::filesystem;

// A nameless file that takes a stream.
class Captured {
 public:
  Captured() : file_(std::tmpfile(), &std::fclose) {
    if (!file_) throw std::runtime_error("no temporary file can be made");
  }
  int descriptor() const { return ::fileno(file_.get()); }
  std::string text() const {
    std::rewind(file_.get());
    std::string all;
    for (int c = std::fgetc(file_.get()); c != EOF; c = std::fgetc(file_.get())) {
      all += static_cast<char>(c);
    }
    return all;
  }

 private:
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

int exit_code(pid_t child) {
  int status = 0;
  if (::waitpid(child, &status, 0) != child) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

fs::path fresh_folder() {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  fs::path folder = fs::temp_directory_path() /
                    ("orrery_cli_" + std::string(test->name()) + "_" + std::to_string(::getpid()));
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

}  // namespace

Answer run_program(const std::string& program, Arguments arguments) {
  arguments.insert(arguments.begin(), program);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const Captured out, err;
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, out.descriptor(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, err.descriptor(), STDERR_FILENO);
  pid_t child = 0;
  const int failed =
      ::posix_spawn(&child, program.c_str(), &actions, nullptr, argv.data(), ::environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error(program + " cannot be run");
  const int code = exit_code(child);
  return {code, out.text(), err.text()};
}

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

Cli::Cli() : folder_(fresh_folder()) { ::setenv("ORRERY_HOME", ORRERY_SOURCE_DIR, 1); }

Cli::~Cli() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string Cli::file(const std::string& name, const std::string& text) const {
  fs::create_directories(fs::path(path(name)).parent_path());
  std::ofstream(path(name), std::ios::binary) << text;
  return path(name);
}

std::string Cli::changed(const std::string& name, const std::string& source,
                         const std::string& right, const std::string& wrong) const {
  std::string text = content(fs::path(ORRERY_SOURCE_DIR) / source);
  const std::size_t at = text.find(right);
  if (at == std::string::npos) {
    ADD_FAILURE() << source << " has no '" << right << "'";
    return "";
  }
  return file(name, text.replace(at, right.size(), wrong));
}

std::vector<std::string> Cli::files() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
    names.push_back(entry.path().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Answer Cli::orrery(const Arguments& arguments) { return run_program(ORRERY_PROGRAM, arguments); }

std::string Cli::json_text(const Arguments& arguments) const {
  const std::string result = path("json_text.json");
  const Answer answer = orrery(Arguments{"simulate", "--quiet", "--json", result} + arguments);
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(answer.out + answer.err, "");
  std::string text = content(result);
  fs::remove(result);
  return text;
}

boost::json::object Cli::simulated(const Arguments& arguments) const {
  return boost::json::parse(json_text(arguments)).as_object();
}

void Cli::expect_mistake(const Arguments& arguments, const std::string& sentence) const {
  const auto before = files();
  const Answer answer = orrery(arguments);
  EXPECT_EQ(answer.code, 2) << sentence;
  EXPECT_EQ(answer.err, "orrery: " + sentence + "\n");
  EXPECT_EQ(answer.out, "") << sentence;
  EXPECT_EQ(files(), before) << sentence;
}

std::vector<std::string> of_layers(const boost::json::object& result, const std::string& key) {
  std::vector<std::string> texts;
  for (const boost::json::value& layer : result.at("layers").as_array()) {
    const boost::json::value& value = layer.at(key);
    texts.push_back(value.is_string() ? std::string(value.as_string())
                                      : boost::json::serialize(value));
  }
  return texts;
}

Arguments operator+(Arguments arguments, const Arguments& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

}  // namespace orrery
