#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

namespace orrery {
namespace {

int descriptor(Output output) { return output == Output::kStdout ? STDOUT_FILENO : STDERR_FILENO; }

}  // namespace

bool is_terminal(Output output) { return ::isatty(descriptor(output)) == 1; }

int terminal_width(Output output, int fallback) {
  winsize size{};
  const bool known = ::ioctl(descriptor(output), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : fallback;
}

int page_width() { return terminal_width(Output::kStdout, 132); }

}  // namespace orrery
