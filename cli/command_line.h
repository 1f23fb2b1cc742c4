// The program as a function of its arguments.
#pragma once

namespace orrery {

// Parses, runs one command and returns the exit code (cli/options.h). Mistakes are told on stderr
// as "orrery: <sentence>".
int run_command_line(int argc, char** argv);

}  // namespace orrery
