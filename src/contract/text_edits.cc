#include "contract/text_edits.h"

#include <map>
#include <optional>

namespace lakegate {
namespace {

struct Replacement {
  size_t length = 0;
  std::string after;
};
using Replacements = std::map<size_t, Replacement>;  // by offset

// The byte of a line and column (code points, both from 1).
class OffsetIndex {
 public:
  explicit OffsetIndex(std::string_view text) : text_(text) {
    starts_.push_back(text.starts_with("\xEF\xBB\xBF") ? 3 : 0);
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') starts_.push_back(i + 1);
    }
  }

  std::optional<size_t> At(const SourcePosition& position) const {
    if (position.line < 1 || position.column < 1) return std::nullopt;
    const auto line = static_cast<size_t>(position.line) - 1;
    if (line >= starts_.size()) return std::nullopt;
    size_t at = starts_[line];
    for (int column = 1; column < position.column; ++column) {
      if (at >= text_.size() || text_[at] == '\n') return std::nullopt;
      do ++at;
      while (at < text_.size() && (static_cast<unsigned char>(text_[at]) & 0xC0) == 0x80);
    }
    return at;
  }

 private:
  std::string_view text_;
  std::vector<size_t> starts_;
};

bool IsQuote(char c) { return c == '"' || c == '\''; }

// Adds it to `replacements` unless it does not fit.
bool Place(const TextEdit& edit, std::string_view text, const OffsetIndex& offsets,
           Replacements& replacements) {
  std::optional<size_t> at = offsets.At(edit.at);
  if (!at || *at >= text.size() || edit.before.empty()) return false;
  const bool quoted = IsQuote(text[*at]);
  if (quoted) {
    const char quote = text[(*at)++];
    const size_t end = *at + edit.before.size();
    if (IsQuote(edit.after[0]) || end >= text.size() || text[end] != quote) return false;
  }
  if (text.substr(*at, edit.before.size()) != edit.before) return false;
  const auto next = replacements.lower_bound(*at);
  if (next != replacements.end() && next->first < *at + edit.before.size()) {
    return next->first == *at && next->second.after == edit.after;  // an alias: the same edit
  }
  if (next != replacements.begin()) {
    const auto before = std::prev(next);
    if (before->first + before->second.length > *at) return false;
  }
  replacements[*at] = {edit.before.size(), edit.after};
  return true;
}

}  // namespace

EditedText ApplyEdits(std::string_view text, const std::vector<Diagnostic>& diagnostics) {
  const OffsetIndex offsets(text);
  Replacements replacements;
  EditedText edited;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.edits.empty()) continue;
    Replacements with_these = replacements;
    bool fits = true;
    for (const TextEdit& edit : diagnostic.edits) {
      fits = fits && !edit.after.empty() && Place(edit, text, offsets, with_these);
    }
    if (!fits) continue;
    replacements = std::move(with_these);
    ++edited.mended;
  }
  size_t copied = 0;
  for (const auto& [at, replacement] : replacements) {
    edited.text += text.substr(copied, at - copied);
    edited.text += replacement.after;
    copied = at + replacement.length;
  }
  edited.text += text.substr(copied);
  return edited;
}

}  // namespace lakegate
