#include "reports/write_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <sstream>

#include "workloads/input/input_error.h"

namespace orrery {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string mistake(const std::function<void()>& action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

// An empty folder for each test.
class WriteFile : public testing::Test {
 protected:
  WriteFile() {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    folder_ = fs::temp_directory_path() / ("orrery_" + name + std::to_string(::getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~WriteFile() override { fs::remove_all(folder_); }
  std::size_t entries() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }
  fs::path folder_;
};

TEST_F(WriteFile, WritesExactlyTheText) {
  const std::string text("a\r\nb\0c", 6);
  write_file(folder_ / "x.json", text);
  EXPECT_EQ(content(folder_ / "x.json"), text);
  EXPECT_EQ(entries(), 1U);
}

TEST_F(WriteFile, ReplacesAnOldFile) {
  write_file(folder_ / "x", "a long old text");
  write_file(folder_ / "x", "new");
  EXPECT_EQ(content(folder_ / "x"), "new");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(WriteFile, WritesThroughALink) {
  write_file(folder_ / "target", "old");
  fs::create_symlink("target", folder_ / "link");
  write_file(folder_ / "link", "new");
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(content(folder_ / "target"), "new");
}

TEST_F(WriteFile, NamesAMissingFolder) {
  const fs::path path = folder_ / "none" / "x.json";
  const std::string expected =
      "cannot write " + path.string() + ": there is no folder " + (folder_ / "none").string();
  EXPECT_EQ(mistake([&] { write_file(path, "text"); }), expected);
  EXPECT_EQ(mistake([&] { check_writable(path); }), expected);
  EXPECT_EQ(entries(), 0U);
}

TEST_F(WriteFile, RefusesAFolderAndAnEmptyName) {
  EXPECT_EQ(mistake([&] { check_writable(folder_); }),
            "cannot write " + folder_.string() + ": it is a folder");
  EXPECT_EQ(mistake([&] { check_writable(""); }), "an output file has an empty name");
}

TEST_F(WriteFile, KeepsTheOldFileWhenTheNewOneCannotBeWritten) {
  write_file(folder_ / "x", "old");
  // The neighbour it would be written to is taken by a folder, which no user's rights can open as a
  // file.
  const fs::path blocker = folder_ / ("x." + std::to_string(::getpid()) + ".partial");
  fs::create_directories(blocker / "full");
  EXPECT_NE(mistake([&] { write_file(folder_ / "x", "new"); }), "none");
  EXPECT_EQ(content(folder_ / "x"), "old");
}

TEST_F(WriteFile, TellsAFullDisk) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  EXPECT_EQ(mistake([&] { write_file("/dev/full", "text"); }),
            "cannot write /dev/full: No space left on device");
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

TEST_F(WriteFile, TestingAPathLeavesItAsItWas) {
  check_writable(folder_ / "x");
  EXPECT_EQ(entries(), 0U);
  write_file(folder_ / "x", "old");
  check_writable(folder_ / "x");
  EXPECT_EQ(content(folder_ / "x"), "old");
}

}  // namespace
}  // namespace orrery
