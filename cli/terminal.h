// What is known of the terminal, if there is one.
#pragma once

namespace orrery {

enum class Output { kStdout, kStderr };

bool is_terminal(Output output);
// Columns of the terminal behind `output`; `fallback` where there is none or it does not say.
int terminal_width(Output output, int fallback);
// Columns for a table on stdout: those of the terminal; to a file or a pipe, 132.
int page_width();

}  // namespace orrery
