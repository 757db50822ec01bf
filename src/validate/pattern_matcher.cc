#include "validate/pattern_matcher.h"

#include <re2/re2.h>

#include "core/check.h"

namespace lakegate {

class PatternMatcher::Impl {
 public:
  explicit Impl(const std::string& pattern) : re_(pattern, RE2::Quiet) {
    LAKEGATE_CHECK(re_.ok(), "patterns are compiled by lint before they get here");
  }
  RE2 re_;
};

PatternMatcher::PatternMatcher(const std::string& pattern)
    : impl_(std::make_unique<Impl>(pattern)) {}
PatternMatcher::~PatternMatcher() = default;

bool PatternMatcher::Search(std::string_view text) const {
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), impl_->re_);
}

}  // namespace lakegate
