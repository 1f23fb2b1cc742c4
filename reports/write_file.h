// Whole files or none: written beside their place, then renamed into it.
#pragma once

#include <filesystem>
#include <string_view>

namespace orrery {

// Replaces the file at `path` by `text`. Throws InputError naming the path when that fails (no such
// folder, no permission, disk full); the old file, if any, is then untouched and nothing new is
// left. A path that leads to a device or a pipe is written in place.
void write_file(const std::filesystem::path& path, std::string_view text);

// Throws what write_file(path, ...) would throw for the path itself, before any work is done for
// its text. Leaves nothing behind.
void check_writable(const std::filesystem::path& path);

}  // namespace orrery
