// Everything that is wrong with a file a user wrote, reported at once.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/source_position.h"

namespace lakegate {

enum class Severity { kError, kWarning, kHint };
const char* Name(Severity severity);  // "error", "warning", "hint"

// Replaces `before`, which must stand at `at` (or there behind a quote).
struct TextEdit {
  SourcePosition at;
  std::string before, after;
};

struct Diagnostic {
  Severity severity = Severity::kError;
  SourcePosition position;
  std::string id;       // of the lint rule, kebab-case: "unknown-key"; stable
  std::string message;  // what is wrong, values last
  std::string mend;     // what to write instead; may be empty
  // What mends it without a decision of the user: all of them or none; usually empty.
  std::vector<TextEdit> edits = {};
};
// "contracts/events.odcs.yaml:23:9: error: unknown key 'requird' (did you mean 'required'?)"
std::string ToString(const Diagnostic& diagnostic);

// Collects. Not thread safe.
class Diagnostics {
 public:
  void Add(Diagnostic diagnostic);
  void Error(SourcePosition at, std::string id, std::string message, std::string mend = "");
  void Warning(SourcePosition at, std::string id, std::string message, std::string mend = "");
  void Hint(SourcePosition at, std::string id, std::string message, std::string mend = "");
  // Edits that mend the one added last.
  void Mend(std::vector<TextEdit> edits) { all_.back().edits = std::move(edits); }

  // In the order found; see SortByPosition.
  const std::vector<Diagnostic>& all() const { return all_; }
  size_t error_count() const { return error_count_; }
  bool has_errors() const { return error_count_ > 0; }
  // By file, line, column; equal ones stay in the order found.
  void SortByPosition();
  // The first error since the list had `errors_before` of them as an Error of that code; its
  // message names how many more there are. Nothing if there was none.
  std::optional<lakegate::Error> ErrorSince(size_t errors_before,
                                            ErrorCode code = ErrorCode::kInvalidConfig) const;

 private:
  std::vector<Diagnostic> all_;
  size_t error_count_ = 0;
};

// The known word that was probably meant, by edit distance without regard to case.
std::optional<std::string> DidYouMean(std::string_view word, std::span<const std::string> known);

}  // namespace lakegate
