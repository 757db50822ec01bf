// A temporary folder for one test. It goes around Storage on purpose: tests look at the disk.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace lakegate {

// kMemory: on /dev/shm where there is one. For small lakes that sync often.
enum class TempPlace : uint8_t { kDisk, kMemory };

// Removed with all it holds at the end. Relative paths are relative to it.
class TempLake {
 public:
  explicit TempLake(TempPlace place = TempPlace::kDisk) {
    const bool in_memory = place == TempPlace::kMemory && access("/dev/shm", W_OK | X_OK) == 0;
    std::string pattern =
        (in_memory ? "/dev/shm/" : testing::TempDir()) + std::string("lakegate-XXXXXX");
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
