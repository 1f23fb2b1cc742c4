#include "reports/write_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>

#include "workloads/input/input_error.h"

namespace orrery {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const std::string& why) {
  throw InputError(fmt::format("cannot write {}: {}", path.string(), why));
}

std::string reason(int error) { return std::generic_category().message(error); }

// Removed unless it was renamed.
class Beside {
 public:
  // Two processes that write the same path do not meet: their numbers differ.
  explicit Beside(const fs::path& target)
      : path_(fmt::format("{}.{}.partial", target.string(), ::getpid())) {}
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;
  ~Beside() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void put(const fs::path& where, std::string_view text, const fs::path& named) {
  errno = 0;
  std::ofstream out(where, std::ios::binary | std::ios::trunc);
  if (out) out.write(text.data(), static_cast<std::streamsize>(text.size()));
  if (out) out.close();
  if (!out) fail(named, errno != 0 ? reason(errno) : "the stream failed");
}

// The file that `path` names, through links; a link to a missing file is the missing file.
fs::path resolved(const fs::path& path) {
  if (path.empty()) throw InputError("an output file has an empty name");
  std::error_code error;
  fs::path target = fs::weakly_canonical(path, error);
  return error ? path : target;
}

void check_place(const fs::path& path, const fs::path& target) {
  std::error_code ignored;
  if (fs::is_directory(target, ignored)) fail(path, "it is a folder");
  const fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
  if (!fs::exists(folder, ignored)) {
    fail(path, fmt::format("there is no folder {}", folder.string()));
  }
}

bool is_stream(const fs::path& target) {
  std::error_code ignored;
  return fs::exists(target, ignored) && !fs::is_regular_file(target, ignored);
}

}  // namespace

void write_file(const fs::path& path, std::string_view text) {
  const fs::path target = resolved(path);
  check_place(path, target);
  if (is_stream(target)) return put(target, text, path);
  const Beside beside(target);
  put(beside.path(), text, path);
  std::error_code error;
  fs::rename(beside.path(), target, error);
  if (error) fail(path, error.message());
}

void check_writable(const fs::path& path) {
  const fs::path target = resolved(path);
  check_place(path, target);
  if (is_stream(target)) return;
  const Beside beside(target);
  put(beside.path(), "", path);
}

}  // namespace orrery
