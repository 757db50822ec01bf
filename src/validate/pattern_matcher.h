// A `pattern` of the contract, searched in linear time: by hand where its form allows
// (SpanPattern), else by RE2, which does not see a short text again that it has just answered for.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace lakegate {

// One per thread: searching changes it.
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
