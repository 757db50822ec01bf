// landing.path: which files belong to a dataset, and what their paths say.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace lakegate {

// "events/ingestion_date={ingestion_date}/*.json". Within one segment (between slashes): {name}
// captures one or more bytes, * matches any number of bytes, ? one code unit. ** as a whole segment
// matches any number of segments. Case counts. A leading dot is matched only by a dot that is
// written, so hidden and staging files never land. Immutable, thread safe.
class PathPattern {
 public:
  // kInvalidConfig with the mend: empty, absolute, "..", unclosed or repeated captures.
  static Result<PathPattern> Compile(std::string_view pattern);

  // The captures by name, as written in the path (not percent-decoded); nothing without a match.
  std::optional<std::map<std::string, std::string>> Match(std::string_view path) const;
  // The folder that every match lies in, "" or with a slash at the end: where a listing starts.
  const std::string& literal_prefix() const { return literal_prefix_; }
  const std::vector<std::string>& capture_names() const { return capture_names_; }
  const std::string& text() const { return text_; }

 private:
  enum class PieceKind { kLiteral, kCapture, kStar, kAnyOne };
  struct Piece {
    PieceKind kind;
    std::string text;  // literal, or the capture's name
  };
  struct Segment {
    bool any_depth = false;  // **
    std::vector<Piece> pieces;
  };
  using Captures = std::map<std::string, std::string>;

  static Result<Segment> CompileSegment(std::string_view text, const std::string& pattern);
  static bool MatchPieces(const Segment& segment, size_t piece, std::string_view text, size_t at,
                          Captures& captures, int& steps);
  bool MatchSegments(size_t segment, const std::vector<std::string_view>& path, size_t at,
                     Captures& captures, int& steps) const;

  std::string text_;
  std::vector<Segment> segments_;
  std::vector<std::string> capture_names_;
  std::string literal_prefix_;
};

}  // namespace lakegate
