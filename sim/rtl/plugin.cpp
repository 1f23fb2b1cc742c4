#include "sim/rtl/plugin.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <vector>

#include "sim/twin/script.h"

namespace orrery {
namespace {

namespace fs = std::filesystem;

// FNV-1a, 64 bits.
class Digest {
 public:
  void add(const std::string& bytes) {
    for (const char c : bytes) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    hash_ = (hash_ ^ 0xff) * 0x100000001b3;  // the end
  }
  std::string text() const { return fmt::format("{:016x}", hash_); }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325;
};

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// All that a plugin is made from: its top module's folder, and what that takes from others.
std::vector<fs::path> sources(const fs::path& root, const std::string& top) {
  std::vector<fs::path> files{root / "rtl/build_array", root / "sim/rtl/module.h"};
  std::vector<const char*> folders{"rtl/array", "rtl/mac", "rtl/properties"};
  if (fs::exists(root / "rtl/lanes" / (top + ".sv"))) folders.push_back("rtl/lanes");
  for (const char* folder : folders) {
    for (const auto& entry : fs::directory_iterator(root / folder)) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace

RtlPlugin::RtlPlugin(const fs::path& file)
    : library_(::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)) {
  if (library_ == nullptr)
    throw std::runtime_error(fmt::format("{}: {}", file.string(), ::dlerror()));
  make_ = reinterpret_cast<MakeRtlModule>(::dlsym(library_, kMakeRtlModule));
  if (make_ != nullptr) return;
  ::dlclose(library_);
  throw std::runtime_error(file.string() + " is no array that rtl/build_array made");
}

RtlPlugin::~RtlPlugin() { ::dlclose(library_); }

std::unique_ptr<RtlModule> RtlPlugin::make() const { return std::unique_ptr<RtlModule>(make_()); }

RtlBuild build_of(const RtlShape& shape) {
  return {"pe_array", parameters(shape),
          fmt::format("the RTL array of {} x {} PEs with {}", shape.rows, shape.cols, shape.mac)};
}

fs::path built_plugin(const RtlBuild& build, RtlExtras extras, const RtlPlaces& places,
                      void (*say)(const std::string&)) {
  std::vector<std::string> arguments;
  if (extras == RtlExtras::kWaves) arguments.emplace_back("--trace");
  if (extras == RtlExtras::kCoverage) arguments.emplace_back("--coverage");
  if (extras == RtlExtras::kProperties) arguments.emplace_back("--properties");
  Digest digest;
  for (const std::string& argument : arguments) digest.add(argument);
  digest.add(build.top);
  for (const std::string& parameter : build.parameters) digest.add(parameter);
  for (const fs::path& file : sources(places.root, build.top)) digest.add(contents(file));
  fs::path plugin = places.cache / (digest.text() + ".so");
  if (fs::exists(plugin)) return plugin;
  say(fmt::format("compiling {}, once; it is kept in {}", build.called, plugin.string()));
  arguments.push_back(plugin.string());
  arguments.push_back(build.top);
  std::ranges::copy(build.parameters, std::back_inserter(arguments));
  const Said said = run_script(places.root / "rtl/build_array", arguments);
  if (said.code != 0)
    throw std::runtime_error(
        fmt::format("rtl/build_array failed on {}:\n{}", plugin.string(), said.text));
  return plugin;
}

}  // namespace orrery
