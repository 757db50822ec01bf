#include "contract/diagnostics.h"

#include <algorithm>
#include <tuple>

namespace lakegate {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Optimal string alignment: insertions, deletions, replacements and swaps of neighbours cost 1.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> cost(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      const bool same = Lower(a[i - 1]) == Lower(b[j - 1]);
      cost[i][j] =
          std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && Lower(a[i - 1]) == Lower(b[j - 2]) &&
          Lower(a[i - 2]) == Lower(b[j - 1])) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

const char* Name(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kHint:
      return "hint";
  }
  return "?";
}

std::string ToString(const Diagnostic& diagnostic) {
  std::string text =
      ToString(diagnostic.position) + ": " + Name(diagnostic.severity) + ": " + diagnostic.message;
  if (!diagnostic.mend.empty()) text += " (" + diagnostic.mend + ")";
  return text;
}

void Diagnostics::Add(Diagnostic diagnostic) {
  if (diagnostic.severity == Severity::kError) ++error_count_;
  all_.push_back(std::move(diagnostic));
}

void Diagnostics::Error(SourcePosition at, std::string id, std::string message, std::string mend) {
  Add({Severity::kError, std::move(at), std::move(id), std::move(message), std::move(mend)});
}

void Diagnostics::Warning(SourcePosition at, std::string id, std::string message,
                          std::string mend) {
  Add({Severity::kWarning, std::move(at), std::move(id), std::move(message), std::move(mend)});
}

void Diagnostics::Hint(SourcePosition at, std::string id, std::string message, std::string mend) {
  Add({Severity::kHint, std::move(at), std::move(id), std::move(message), std::move(mend)});
}

void Diagnostics::SortByPosition() {
  std::stable_sort(all_.begin(), all_.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.position.file, a.position.line, a.position.column) <
           std::tie(b.position.file, b.position.line, b.position.column);
  });
}

std::optional<Error> Diagnostics::ErrorSince(size_t errors_before, ErrorCode code) const {
  if (error_count_ <= errors_before) return std::nullopt;
  size_t seen = 0;
  for (const Diagnostic& diagnostic : all_) {
    if (diagnostic.severity != Severity::kError || seen++ < errors_before) continue;
    const size_t more = error_count_ - errors_before - 1;
    std::string message = ToString(diagnostic.position) + ": " + diagnostic.message;
    if (more > 0) message += " (and " + std::to_string(more) + " more)";
    return lakegate::Error{code, std::move(message), diagnostic.mend};
  }
  return std::nullopt;
}

std::optional<std::string> DidYouMean(std::string_view word, std::span<const std::string> known) {
  constexpr size_t kMaxWord = 64;
  if (word.size() > kMaxWord) return std::nullopt;
  size_t best = word.size() <= 2 ? 2 : std::max<size_t>(2, word.size() / 3 + 1);
  std::optional<std::string> nearest;
  for (const std::string& candidate : known) {
    if (candidate.size() > kMaxWord) continue;
    const size_t distance = EditDistance(word, candidate);
    if (distance >= std::min(best, std::max<size_t>(candidate.size(), 1))) continue;
    best = distance;
    nearest = candidate;
  }
  return nearest;
}

}  // namespace lakegate
