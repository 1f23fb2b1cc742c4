#include "sim/twin/script.h"

#include <sys/wait.h>

#include <cstdio>
#include <stdexcept>

namespace orrery {
namespace {

std::string in_quotes(const std::string& text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
    } else {
      result += c;
    }
  }
  return result + "'";
}

}  // namespace

Said run_script(const std::filesystem::path& script, const std::vector<std::string>& arguments) {
  std::string command = in_quotes(script.string());
  for (const std::string& argument : arguments) command += ' ' + in_quotes(argument);
  command += " 2>&1 </dev/null";
  std::FILE* pipe = ::popen(command.c_str(), "r");  // NOLINT(cert-env33-c)
  if (pipe == nullptr) throw std::runtime_error("cannot run " + script.string());
  Said said;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
    said.text += static_cast<char>(c);
  }
  const int status = ::pclose(pipe);
  said.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  while (said.text.ends_with('\n')) said.text.pop_back();
  return said;
}

}  // namespace orrery
