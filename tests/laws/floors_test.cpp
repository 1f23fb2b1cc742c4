#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "dataflows/all.h"
#include "tests/laws/tree.h"

namespace orrery {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> dataflow_names() {
  std::vector<std::string> names;
  for (const auto& dataflow : kDataflows) names.emplace_back(dataflow.name);
  return names;
}

struct Law {
  std::string name;
  std::function<Breaches(const fs::path&)> breaches;
  std::vector<std::pair<std::string, std::string>> planted;  // one breach: files and their text
};

std::ostream& operator<<(std::ostream& out, const Law& law) { return out << law.name; }

std::vector<Law> laws() {
  const auto names = [](const fs::path& root) { return known_names(root, dataflow_names()); };
  const auto compiled = [](const fs::path& root) {
    return uncompiled_sources(root, ORRERY_COMPILE_COMMANDS);
  };
  std::string long_text;
  for (int i = 0; i < 401; ++i) long_text += "//\n";
  return {
      {"IncludesNeverGoUp", upward_includes, {{"arch/a.h", "#include \"sim/result/result.h\"\n"}}},
      {"IncludesArePathsFromTheRoot", upward_includes, {{"arch/a.h", "#  include \"b.h\"\n"}}},
      {"SystemCStaysInSimCycle", stray_systemc, {{"sim/machine/a.h", "#include <systemc>\n"}}},
      {"TlmStaysInSimCycle", stray_systemc, {{"cli/main.cpp", "#include <tlm_utils/a.h>\n"}}},
      {"NoCodeKnowsAMachine", names, {{"arch/chip.yaml", ""}, {"arch/a.h", "bool is_Chip;\n"}}},
      {"NoCodeKnowsANetwork",
       names,
       {{"workloads/net/network.yaml", ""},
        {"sim/a.cpp", "if (name == \"NET\") return;  // as net needs\n"}}},
      {"NoEngineKnowsADataflowsFile",
       names,
       {{"dataflows/diagonal.h", ""}, {"sim/cycle/a.cpp", "#include \"dataflows/diagonal.h\"\n"}}},
      {"NoEngineKnowsADataflowsName",
       names,
       {{"sim/a.cpp", "if (flow == \"" + dataflow_names().front() + "\") return;\n"}}},
      {"FilesFitInAHead", long_files, {{"sim/a.cpp", long_text}}},
      {"EverySourceIsCompiled", compiled, {{"tests/sim/forgotten_test.cpp", "\n"}}},
  };
}

class Laws : public testing::TestWithParam<Law> {};

TEST_P(Laws, TheTreeKeepsThem) {
  const auto breaches = GetParam().breaches(ORRERY_SOURCE_DIR);
  for (const auto& breach : breaches) ADD_FAILURE() << breach;
}

TEST_P(Laws, APlantedBreachIsFound) {
  const auto root = fs::path(testing::TempDir()) / ("orrery_law_" + GetParam().name);
  fs::remove_all(root);
  for (const auto& [path, text] : GetParam().planted) {
    fs::create_directories((root / path).parent_path());
    std::ofstream(root / path) << text;
  }
  EXPECT_EQ(GetParam().breaches(root).size(), 1u);
  fs::remove_all(root);
}

INSTANTIATE_TEST_SUITE_P(Tree, Laws, testing::ValuesIn(laws()),
                         [](const auto& law) { return law.param.name; });

}  // namespace
}  // namespace orrery
