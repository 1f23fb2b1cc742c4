#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "arch/machine/machine.h"
#include "workloads/network/network_file.h"

namespace orrery {
namespace {

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(std::string(ORRERY_SOURCE_DIR) + "/" + path).rdbuf();
  return text.str();
}

TEST(Docs, MachineTableIsTheListOfFields) {
  const std::string table = document_machine();
  EXPECT_TRUE(text_of("docs/machine.md").ends_with("\n\n" + table)) << table;
}

TEST(Docs, NetworkTableIsTheListOfFields) {
  const std::string table = document<NetworkWords>();
  EXPECT_TRUE(text_of("docs/network.md").ends_with("\n\n" + table)) << table;
}

}  // namespace
}  // namespace orrery
