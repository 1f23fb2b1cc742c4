#include "tests/laws/tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <functional>
#include <iterator>
#include <sstream>

namespace orrery {
namespace {

namespace fs = std::filesystem;

constexpr int kMostLines = 400;

struct Line {
  std::string path;  // from the root, with slashes
  int number;        // from 1
  std::string text;
};

std::string read_text(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool is_code(const fs::path& path) {
  const auto extension = path.extension();
  return extension == ".h" || extension == ".cpp" || extension == ".def";
}

// C++ files under the floors, in alphabetical order, as paths from the root.
std::vector<std::string> code_files(const fs::path& root) {
  std::vector<std::string> files;
  for (const auto floor : kFloors) {
    if (!fs::is_directory(root / floor)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / floor)) {
      if (entry.is_regular_file() && is_code(entry.path())) {
        files.push_back(fs::relative(entry.path(), root).generic_string());
      }
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

// One breach for each line of which `breach` has something to say.
Breaches each_line(const fs::path& root, const std::function<std::string(const Line&)>& breach) {
  Breaches breaches;
  for (const auto& path : code_files(root)) {
    std::istringstream text(read_text(root / path));
    Line line{path, 0, ""};
    while (std::getline(text, line.text)) {
      ++line.number;
      if (const auto sentence = breach(line); !sentence.empty()) {
        breaches.push_back(fmt::format("{}:{}: {}", path, line.number, sentence));
      }
    }
  }
  return breaches;
}

// The file between `open` and `close` of an #include; empty for other lines.
std::string included(const std::string& line, char open, char close) {
  const auto word = line.find_first_not_of(" \t");
  if (word == std::string::npos || line[word] != '#') return {};
  if (line.find("include", word) == std::string::npos) return {};
  const auto begin = line.find(open);
  if (begin == std::string::npos) return {};
  return line.substr(begin + 1, line.find(close, begin + 1) - begin - 1);
}

// Its place in kFloors, or -1.
int floor_of(const std::string& path) {
  const auto* floor =
      std::find(std::begin(kFloors), std::end(kFloors), path.substr(0, path.find('/')));
  return floor == std::end(kFloors) ? -1 : static_cast<int>(floor - std::begin(kFloors));
}

bool is_under(const std::string& path, std::string_view folder) {
  return path.rfind(folder, 0) == 0;
}

// Names of the files `folder`/*`extension`, and of the folders `folder`/*/ that hold the file
// `holding`.
std::vector<std::string> names_in(const fs::path& folder, const std::string& extension,
                                  const std::string& holding) {
  std::vector<std::string> names;
  if (!fs::is_directory(folder)) return names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto& path = entry.path();
    const bool named = path.extension() == extension || fs::exists(path / holding);
    if (named) names.push_back(lower(path.stem().string()));
  }
  return names;
}

}  // namespace

Breaches upward_includes(const fs::path& root) {
  return each_line(root, [](const Line& line) -> std::string {
    const auto file = included(line.text, '"', '"');
    if (file.empty()) return {};
    const int to = floor_of(file);
    if (to < 0) return fmt::format("\"{}\" is not a path from the root", file);
    if (to <= floor_of(line.path)) return {};
    return fmt::format("\"{}\" is on a higher floor", file);
  });
}

Breaches stray_systemc(const fs::path& root) {
  return each_line(root, [](const Line& line) -> std::string {
    const auto header = included(line.text, '<', '>');
    const bool systemc =
        is_under(header, "systemc") || is_under(header, "sysc/") || is_under(header, "tlm");
    const bool allowed = is_under(line.path, "sim/cycle/") ||
                         is_under(line.path, "sim/sparse/cycle/") || is_under(line.path, "tests/");
    return systemc && !allowed ? fmt::format("<{}> belongs to sim/cycle alone", header) : "";
  });
}

Breaches known_names(const fs::path& root, const std::vector<std::string>& dataflow_names) {
  auto names = names_in(root / "arch", ".yaml", "no such file");
  const auto networks = names_in(root / "workloads", "no extension", "network.yaml");
  names.insert(names.end(), networks.begin(), networks.end());
  auto sim_names = names_in(root / "dataflows", ".h", "no such file");
  std::erase(sim_names, "all");
  for (const auto& name : dataflow_names) sim_names.push_back('"' + name + '"');

  return each_line(root, [&](const Line& line) -> std::string {
    if (floor_of(line.path) > floor_of("sim/")) return {};
    const auto text = lower(line.text.substr(0, line.text.find("//")));
    const auto knows = [&](const std::string& name) { return text.find(name) != text.npos; };
    const auto name = std::find_if(names.begin(), names.end(), knows);
    if (name != names.end()) return fmt::format("knows the name {}", *name);
    const auto flow = std::find_if(sim_names.begin(), sim_names.end(), knows);
    const bool engine = is_under(line.path, "sim/");
    return engine && flow != sim_names.end() ? fmt::format("knows the dataflow {}", *flow) : "";
  });
}

Breaches long_files(const fs::path& root) {
  return each_line(root, [](const Line& line) {
    return line.number == kMostLines + 1 ? fmt::format("over {} lines", kMostLines) : "";
  });
}

Breaches uncompiled_sources(const fs::path& root, const fs::path& compile_commands) {
  const auto commands = read_text(compile_commands);
  Breaches breaches;
  for (const auto& path : code_files(root)) {
    const auto source = fmt::format("\"file\": \"{}\"", (root / path).generic_string());
    if (fs::path(path).extension() == ".cpp" && commands.find(source) == commands.npos) {
      breaches.push_back(path + ": no CMakeLists.txt lists it");
    }
  }
  return breaches;
}

}  // namespace orrery
