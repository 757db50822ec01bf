// A `pattern` of the contract, searched in linear time (RE2).
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace lakegate {

// One per thread: RE2 objects share a lock on their cache.
class PatternMatcher {
 public:
  // `pattern` is RE2 syntax and was compiled once by the contract's lint.
  explicit PatternMatcher(const std::string& pattern);
  ~PatternMatcher();
  bool Search(std::string_view text) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lakegate
