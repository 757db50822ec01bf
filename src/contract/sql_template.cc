#include "contract/sql_template.h"

#include <algorithm>
#include <vector>

#include "core/sql_quote.h"

namespace lakegate {
namespace {

bool IsWordStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsWord(char c) { return IsWordStart(c) || (c >= '0' && c <= '9'); }

struct Placeholder {
  size_t begin = 0, end = 0;  // with $ and braces
  std::string_view word;
};

std::optional<Placeholder> FindPlaceholder(std::string_view query, size_t from) {
  for (size_t open = query.find('{', from); open != std::string_view::npos;
       open = query.find('{', open + 1)) {
    size_t end = open + 1;
    if (end == query.size() || !IsWordStart(query[end])) continue;
    while (end < query.size() && IsWord(query[end])) ++end;
    if (end == query.size() || query[end] != '}') continue;
    const size_t begin = open > from && query[open - 1] == '$' ? open - 1 : open;
    return Placeholder{begin, end + 1, query.substr(open + 1, end - open - 1)};
  }
  return std::nullopt;
}

bool IsObject(std::string_view word) { return word == "object" || word == "table"; }
bool IsProperty(std::string_view word) { return word == "property" || word == "column"; }

std::string QuoteDotted(std::string_view path) {
  std::string quoted;
  while (true) {
    const size_t dot = path.find('.');
    quoted += (quoted.empty() ? "" : ".") + QuoteSqlName(path.substr(0, dot));
    if (dot == std::string_view::npos) return quoted;
    path.remove_prefix(dot + 1);
  }
}

// The query without texts, quoted names and comments, each replaced by a blank.
std::string Bare(std::string_view query) {
  std::string bare;
  for (size_t i = 0; i < query.size(); ++i) {
    size_t end = std::string_view::npos;
    if (query[i] == '\'' || query[i] == '"') {
      end = query.find(query[i], i + 1);
    } else if (query.substr(i, 2) == "--") {
      end = query.find('\n', i);
    } else if (query.substr(i, 2) == "/*") {
      end = query.find("*/", i + 2);
      end = end == std::string_view::npos ? end : end + 1;
    } else {
      bare += query[i];
      continue;
    }
    bare += ' ';
    if (end == std::string_view::npos) break;
    i = end;
  }
  return bare;
}

}  // namespace

std::string FillSqlTemplate(std::string_view query, std::string_view object,
                            std::string_view property) {
  std::string filled;
  size_t at = 0;
  while (const auto found = FindPlaceholder(query, at)) {
    const bool is_object = IsObject(found->word);
    filled += query.substr(at, found->begin - at);
    at = found->end;
    if (!is_object && !IsProperty(found->word)) {
      filled += query.substr(found->begin, found->end - found->begin);
      continue;
    }
    std::string name = is_object ? QuoteSqlName(object) : QuoteDotted(property);
    const char before = found->begin > 0 ? query[found->begin - 1] : ' ';
    const char behind = at < query.size() ? query[at] : ' ';
    if (before == '"' && behind == '"') name = name.substr(1, name.size() - 2);
    if (before == '\'' && behind == '\'') {
      const std::string text = QuoteSqlText(is_object ? object : property);
      name = text.substr(1, text.size() - 2);
    }
    filled += name;
  }
  return filled + std::string(query.substr(at));
}

std::optional<std::string> UnknownPlaceholder(std::string_view query, bool has_property) {
  size_t at = 0;
  while (const auto found = FindPlaceholder(query, at)) {
    at = found->end;
    const bool known = IsObject(found->word) || (has_property && IsProperty(found->word));
    if (!known) return std::string(query.substr(found->begin, found->end - found->begin));
  }
  return std::nullopt;
}

std::string WhyNoSelect(std::string_view query) {
  const std::string bare = Bare(query);
  const size_t start = bare.find_first_not_of(" \t\r\n(");
  if (start == std::string::npos) return "it is empty";
  std::string word;
  for (size_t i = start; i < bare.size() && IsWord(bare[i]); ++i) {
    word += bare[i] >= 'a' && bare[i] <= 'z' ? static_cast<char>(bare[i] - 32) : bare[i];
  }
  const std::vector<std::string> fine = {"SELECT", "WITH", "FROM", "VALUES"};
  if (std::find(fine.begin(), fine.end(), word) == fine.end()) {
    return word.empty() ? "it does not start with SELECT" : "it starts with " + word;
  }
  const size_t end = bare.find(';');
  if (end == std::string::npos) return "";
  return bare.find_first_not_of(" \t\r\n;", end) == std::string::npos ? ""
                                                                      : "it has several statements";
}

}  // namespace lakegate
