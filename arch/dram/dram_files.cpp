#include "arch/dram/dram_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "workloads/input/input_error.h"

namespace orrery {
namespace {

namespace fs = std::filesystem;

fs::path home() {
  const char* given = std::getenv("ORRERY_HOME");
  return given == nullptr || *given == '\0' ? fs::path(".") : fs::path(given);
}

// The names of <folder>/<name>.yaml.
void add_names(std::vector<std::string>& names, const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
}

fs::path find(const char* what, const std::string& given, const fs::path& folder,
              const fs::path& kind) {
  const fs::path known = home() / "arch" / kind, file = given + ".yaml";
  std::vector<fs::path> candidates{given};
  if (!folder.empty()) candidates.push_back(folder / kind / file);
  candidates.insert(candidates.end(), {home() / given, known / file});
  for (const fs::path& path : candidates) {
    std::error_code ignored;
    if (fs::is_regular_file(path, ignored)) return path;
  }
  std::vector<std::string> names;
  add_names(names, folder.empty() ? known : folder / kind);
  if (names.empty()) add_names(names, known);
  std::sort(names.begin(), names.end());
  const fs::path path = given;
  const std::string bare = path.extension() == ".yaml" ? path.stem().string() : given;
  throw InputError(fmt::format("no {} '{}'{}", what, given, did_you_mean(bare, names)));
}

}  // namespace

fs::path dram_standard_file(const std::string& given, const fs::path& folder) {
  return find("DRAM standard", given, folder, "dram");
}

fs::path dram_policy_file(const std::string& given, const fs::path& folder) {
  return find("DRAM policy", given, folder, fs::path("dram") / "policies");
}

}  // namespace orrery
