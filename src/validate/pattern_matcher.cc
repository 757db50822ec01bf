#include "validate/pattern_matcher.h"

#include <re2/re2.h>

#include <array>
#include <cstring>

#include "core/check.h"
#include "core/hash.h"
#include "validate/span_pattern.h"

namespace lakegate {
namespace {

// Answers for short texts that come again and again. Looks at its own success, and stops trying.
class Memo {
 public:
  struct Slot {
    uint8_t length = kEmpty;
    bool answer = false;
    char text[30];
  };

  // The place of `text`, or null if it is too long or trying is not worth it.
  Slot* SlotOf(std::string_view text) {
    if (!worth_it_ || text.size() > sizeof(Slot::text)) return nullptr;
    return &slots_[HashOf(text).low % kSlots];
  }
  bool Knows(const Slot& slot, std::string_view text) {
    const bool known =
        slot.length == text.size() && std::memcmp(slot.text, text.data(), text.size()) == 0;
    hits_ += known ? 1 : 0;
    if (++lookups_ == kTrial) {
      worth_it_ = hits_ > kTrial / 4;
      lookups_ = hits_ = 0;
    }
    return known;
  }
  static void Keep(std::string_view text, bool answer, Slot* slot) {
    slot->length = static_cast<uint8_t>(text.size());
    slot->answer = answer;
    std::memcpy(slot->text, text.data(), text.size());
  }

 private:
  static constexpr uint8_t kEmpty = 255;
  static constexpr size_t kSlots = 256;
  static constexpr int kTrial = 4096;
  std::array<Slot, kSlots> slots_;
  int lookups_ = 0;
  int hits_ = 0;
  bool worth_it_ = true;
};

}  // namespace

class PatternMatcher::Impl {
 public:
  explicit Impl(const std::string& pattern) : span_(SpanPattern::Recognise(pattern)) {
    if (span_) return;
    re_.emplace(pattern, RE2::Quiet);
    LAKEGATE_CHECK(re_->ok(), "patterns are compiled by lint before they get here");
  }

  bool Search(std::string_view text) {
    if (span_) return span_->Matches(text);
    Memo::Slot* slot = memo_.SlotOf(text);
    if (slot && memo_.Knows(*slot, text)) return slot->answer;
    const bool answer = RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *re_);
    if (slot) Memo::Keep(text, answer, slot);
    return answer;
  }

 private:
  std::optional<SpanPattern> span_;
  std::optional<RE2> re_;
  Memo memo_;
};

PatternMatcher::PatternMatcher(const std::string& pattern)
    : impl_(std::make_unique<Impl>(pattern)) {}
PatternMatcher::~PatternMatcher() = default;

bool PatternMatcher::Search(std::string_view text) const { return impl_->Search(text); }

}  // namespace lakegate
