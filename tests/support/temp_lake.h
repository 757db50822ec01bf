// A temporary folder for one test. It goes around Storage on purpose: tests look at the disk.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace lakegate {

// Removed with all it holds at the end. Relative paths are relative to it.
class TempLake {
 public:
  TempLake() {
    std::string pattern = testing::TempDir() + "/lakegate-XXXXXX";
    const char* made = mkdtemp(pattern.data());
    EXPECT_NE(made, nullptr);
    root_ = pattern;
  }
  ~TempLake() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  TempLake(const TempLake&) = delete;
  TempLake& operator=(const TempLake&) = delete;

  const std::string& root() const { return root_; }
  std::string Path(const std::string& relative) const { return root_ + "/" + relative; }

  // Makes the folders above it; returns the full path.
  std::string WriteFile(const std::string& relative, std::string_view content) const {
    const std::filesystem::path path = Path(relative);
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
    return path.string();
  }

  // "<missing>" if it cannot be opened.
  std::string ReadFile(const std::string& relative) const {
    std::ifstream in(Path(relative), std::ios::binary);
    if (!in) return "<missing>";
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  bool Exists(const std::string& relative) const {
    return std::filesystem::exists(std::filesystem::symlink_status(Path(relative)));
  }

  // Everything below, sorted, relative to the lake; folders end with '/'.
  std::vector<std::string> List(const std::string& relative = "") const {
    std::vector<std::string> names;
    if (!Exists(relative)) return names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(Path(relative))) {
      std::string name = std::filesystem::relative(entry.path(), root_).string();
      names.push_back(entry.is_directory() ? name + "/" : name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  std::string root_;
};

}  // namespace lakegate
