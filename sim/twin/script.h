// Runs a script that comes with Orrery as a child process.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace orrery {

struct Said {
  int code = -1;     // the exit code; -1: a signal ended the script
  std::string text;  // what it said on both streams, without newlines at the end
};

// Waits for the script's end. Throws std::runtime_error where no process can be made.
Said run_script(const std::filesystem::path& script, const std::vector<std::string>& arguments);

}  // namespace orrery
