// The commands of the program: what each is called, takes and does.
#pragma once

#include <span>

#include "cli/options.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library names itself
class App;
}

namespace orrery {

struct Command {
  const char* name;
  const char* description;
  const char* examples;
  void (*declare)(CLI::App&, Options&);  // its arguments
  int (*run)(const Options&);
};

// In the order of the help.
std::span<const Command> commands();

}  // namespace orrery
