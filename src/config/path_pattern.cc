#include "config/path_pattern.h"

#include <algorithm>

namespace lakegate {
namespace {

// Patterns are matched by backtracking; this many steps are far more than any sane one needs.
constexpr int kMaxSteps = 100'000;

std::vector<std::string_view> SplitPath(std::string_view path) {
  std::vector<std::string_view> segments;
  while (true) {
    const size_t slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

Error PathError(std::string_view pattern, const std::string& why, const std::string& mend) {
  return {ErrorCode::kInvalidConfig, "the path '" + std::string(pattern) + "': " + why, mend};
}

bool IsName(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

Result<PathPattern::Segment> PathPattern::CompileSegment(std::string_view text,
                                                         const std::string& pattern) {
  Segment segment;
  if (text == "**") {
    segment.any_depth = true;
    return segment;
  }
  if (text.find("**") != std::string_view::npos) {
    return PathError(pattern, "** must stand alone between slashes", "write /**/ or *");
  }
  if (text.empty() || text == "." || text == "..") {
    return PathError(pattern, "it has an empty, '.' or '..' part", "write a path below the zone");
  }
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    auto& pieces = segment.pieces;
    if (c == '*' || c == '?') {
      pieces.push_back({c == '*' ? PieceKind::kStar : PieceKind::kAnyOne, ""});
    } else if (c == '{') {
      const size_t end = text.find('}', at);
      const std::string_view name = text.substr(at + 1, end - at - 1);
      if (end == std::string_view::npos || !IsName(name)) {
        return PathError(pattern, "{ } must hold a name", "such as {ingestion_date}");
      }
      if (!pieces.empty() && pieces.back().kind == PieceKind::kCapture) {
        return PathError(pattern, "two captures touch each other", "put a text between them");
      }
      pieces.push_back({PieceKind::kCapture, std::string(name)});
      at = end;
    } else if (c == '}' || c == '[' || c == ']' || c == '\\') {
      return PathError(pattern, std::string("'") + c + "' has no meaning here", "remove it");
    } else if (!pieces.empty() && pieces.back().kind == PieceKind::kLiteral) {
      pieces.back().text += c;
    } else {
      pieces.push_back({PieceKind::kLiteral, std::string(1, c)});
    }
  }
  return segment;
}

Result<PathPattern> PathPattern::Compile(std::string_view pattern) {
  PathPattern compiled;
  compiled.text_ = std::string(pattern);
  if (pattern.empty()) return PathError(pattern, "it is empty", "such as events/*.json");
  if (pattern.starts_with('/')) {
    return PathError(pattern, "it is absolute", "write it relative to the land zone");
  }
  for (std::string_view text : SplitPath(pattern)) {
    LAKEGATE_ASSIGN(Segment segment, CompileSegment(text, compiled.text_));
    for (const Piece& piece : segment.pieces) {
      if (piece.kind != PieceKind::kCapture) continue;
      auto& names = compiled.capture_names_;
      if (std::find(names.begin(), names.end(), piece.text) != names.end()) {
        return PathError(pattern, "{" + piece.text + "} is captured twice", "rename one");
      }
      names.push_back(piece.text);
    }
    compiled.segments_.push_back(std::move(segment));
  }
  if (compiled.segments_.back().any_depth) {
    return PathError(pattern, "** at the end names no file", "write **/*");
  }
  for (size_t i = 0; i + 1 < compiled.segments_.size(); ++i) {
    const Segment& segment = compiled.segments_[i];
    if (segment.any_depth || segment.pieces.size() != 1 ||
        segment.pieces[0].kind != PieceKind::kLiteral) {
      break;
    }
    compiled.literal_prefix_ += segment.pieces[0].text + "/";
  }
  return compiled;
}

bool PathPattern::MatchPieces(const Segment& segment, size_t piece, std::string_view text,
                              size_t at, Captures& captures, int& steps) {
  if (++steps > kMaxSteps) return false;
  if (piece == segment.pieces.size()) return at == text.size();
  const Piece& current = segment.pieces[piece];
  if (current.kind == PieceKind::kLiteral) {
    if (text.substr(at, current.text.size()) != current.text) return false;
    return MatchPieces(segment, piece + 1, text, at + current.text.size(), captures, steps);
  }
  // Hidden files are never meant by a wildcard.
  if (at == 0 && text.starts_with('.')) return false;
  if (current.kind == PieceKind::kAnyOne) {
    return at < text.size() && MatchPieces(segment, piece + 1, text, at + 1, captures, steps);
  }
  const bool is_capture = current.kind == PieceKind::kCapture;
  for (size_t end = text.size(); end + 1 > at + (is_capture ? 1 : 0); --end) {
    if (is_capture) captures[current.text] = std::string(text.substr(at, end - at));
    if (MatchPieces(segment, piece + 1, text, end, captures, steps)) return true;
    if (end == 0) break;
  }
  return false;
}

bool PathPattern::MatchSegments(size_t segment, const std::vector<std::string_view>& path,
                                size_t at, Captures& captures, int& steps) const {
  if (++steps > kMaxSteps) return false;
  if (segment == segments_.size()) return at == path.size();
  const Segment& current = segments_[segment];
  if (!current.any_depth) {
    return at < path.size() && MatchPieces(current, 0, path[at], 0, captures, steps) &&
           MatchSegments(segment + 1, path, at + 1, captures, steps);
  }
  for (size_t next = at; next <= path.size(); ++next) {
    if (MatchSegments(segment + 1, path, next, captures, steps)) return true;
    if (next < path.size() && path[next].starts_with('.')) return false;
  }
  return false;
}

std::optional<std::map<std::string, std::string>> PathPattern::Match(std::string_view path) const {
  Captures captures;
  int steps = 0;
  if (!MatchSegments(0, SplitPath(path), 0, captures, steps)) return std::nullopt;
  return captures;
}

}  // namespace lakegate
