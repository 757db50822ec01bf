#include "contract/json_document.h"

#include <unordered_set>

#include "core/utf8.h"

namespace lakegate {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

void AppendUtf8(uint32_t code, std::string& out) {
  const auto put = [&](uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

// Recursive descent; the depth is bounded. After the first problem everything returns false.
class JsonParser {
 public:
  JsonParser(std::string_view text, const std::string& file, Diagnostics& diagnostics,
             const YamlLimits& limits)
      : text_(text), file_(file), diagnostics_(diagnostics), limits_(limits) {}

  bool ParseDocument(YamlNode& root) {
    SkipSpace();
    if (!ParseValue(root, 0)) return false;
    SkipSpace();
    return at_ == text_.size() || Fail("there is text after the value");
  }

 private:
  bool Fail(const std::string& why) {
    diagnostics_.Error({file_, line_, column_}, "json-syntax", "this is not valid JSON: " + why);
    return false;
  }

  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void Step() {
    const char c = text_[at_++];
    if (c == '\n') {
      ++line_;
      column_ = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++column_;
    }
  }

  void SkipSpace() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') return;
      Step();
    }
  }

  bool ParseValue(YamlNode& node, int depth) {
    node.mark = {line_, column_};
    const char c = Peek();
    if (c == '{' || c == '[') {
      if (depth >= limits_.max_depth) {
        return Fail("nested deeper than " + std::to_string(limits_.max_depth) + " levels");
      }
      Step();
      return c == '{' ? ParseMembers(node, depth) : ParseItems(node, depth);
    }
    if (c == '"') {
      node.kind = YamlKind::kText;
      node.quoted = true;
      return ParseText(node.text);
    }
    return ParseWord(node);
  }

  bool ParseMembers(YamlNode& node, int depth) {
    node.kind = YamlKind::kMap;
    std::unordered_set<std::string> many;
    SkipSpace();
    if (Peek() == '}') return Step(), true;
    while (true) {
      SkipSpace();
      YamlEntry entry{{}, {line_, column_}, {}};
      if (Peek() != '"') return Fail("a key in double quotes was expected");
      if (!ParseText(entry.key)) return false;
      SkipSpace();
      if (Peek() != ':') return Fail("':' was expected");
      Step();
      SkipSpace();
      if (!ParseValue(entry.value, depth + 1)) return false;
      if (IsNew(entry.key, node, &many)) {
        node.entries.push_back(std::move(entry));
      } else {
        diagnostics_.Error({file_, entry.mark.line, entry.mark.column}, "duplicate-key",
                           "the key '" + entry.key + "' is written twice", "leave one of them");
      }
      SkipSpace();
      const char c = Peek();
      if (c != ',' && c != '}') return Fail("',' or '}' was expected");
      Step();
      if (c == '}') return true;
    }
  }

  // Whether no entry of `node` has the key; `many` holds the keys of a node with more than a few.
  static bool IsNew(const std::string& key, const YamlNode& node,
                    std::unordered_set<std::string>* many) {
    constexpr size_t kFew = 16;
    if (node.entries.size() < kFew) return node.Find(key) == nullptr;
    if (many->empty()) {
      for (const YamlEntry& entry : node.entries) many->insert(entry.key);
    }
    return many->insert(key).second;
  }

  bool ParseItems(YamlNode& node, int depth) {
    node.kind = YamlKind::kList;
    SkipSpace();
    if (Peek() == ']') return Step(), true;
    while (true) {
      SkipSpace();
      if (!ParseValue(node.items.emplace_back(), depth + 1)) return false;
      SkipSpace();
      const char c = Peek();
      if (c != ',' && c != ']') return Fail("',' or ']' was expected");
      Step();
      if (c == ']') return true;
    }
  }

  bool ParseText(std::string& out) {
    Step();
    while (at_ < text_.size()) {
      TakePlainText(out);
      if (at_ == text_.size()) break;
      const char c = text_[at_];
      if (c == '"') return Step(), true;
      if (static_cast<unsigned char>(c) < 0x20) return Fail("a control character in a text");
      Step();
      if (!ParseEscape(out)) return false;
    }
    return Fail("a text has no closing quote");
  }

  // Up to a quote, a backslash or a control character.
  void TakePlainText(std::string& out) {
    const size_t start = at_;
    int code_points = 0;
    for (; at_ < text_.size(); ++at_) {
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c == '"' || c == '\\' || c < 0x20) break;
      code_points += (c & 0xC0) != 0x80 ? 1 : 0;
    }
    column_ += code_points;
    out.append(text_, start, at_ - start);
  }

  bool ParseEscape(std::string& out) {
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const char c = Peek();
    const size_t letter = at_ < text_.size() ? kLetters.find(c) : std::string_view::npos;
    if (letter != std::string_view::npos) {
      out += kMeanings[letter];
      Step();
      return true;
    }
    uint32_t code = 0;
    if (c != 'u' || !ParseHex(code)) return Fail("an unknown escape in a text");
    if (code >= 0xD800 && code < 0xDC00 && text_.substr(at_, 1) == "\\") {
      uint32_t low = 0;
      Step();
      if (Peek() != 'u' || !ParseHex(low) || low < 0xDC00 || low > 0xDFFF) {
        return Fail("a surrogate (\\uD800 to \\uDFFF) has no partner");
      }
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else if (code >= 0xD800 && code < 0xE000) {
      return Fail("a surrogate (\\uD800 to \\uDFFF) has no partner");
    }
    AppendUtf8(code, out);
    return true;
  }

  // The 'u' and four hexadecimal digits.
  bool ParseHex(uint32_t& code) {
    Step();
    for (int i = 0; i < 4; ++i) {
      const char c = Peek();
      const bool digit = c >= '0' && c <= '9';
      const char lower = static_cast<char>(c | 0x20);
      if (!digit && (lower < 'a' || lower > 'f')) return false;
      code = code * 16 + static_cast<uint32_t>(digit ? c - '0' : lower - 'a' + 10);
      Step();
    }
    return true;
  }

  bool ParseWord(YamlNode& node) {
    const size_t end = std::min(text_.find_first_of(" \t\r\n,:{}[]\"", at_), text_.size());
    const std::string_view word = text_.substr(at_, end - at_);
    if (word == "null") {
      node.kind = YamlKind::kNull;
    } else if (word == "true" || word == "false") {
      node.kind = YamlKind::kBoolean;
    } else if (IsNumber(word)) {
      node.kind = KindOfPlainScalar(word);
    } else {
      return Fail(word.empty() ? "a value was expected"
                               : "'" + std::string(word) + "' is no value");
    }
    node.text = word;
    column_ += static_cast<int>(word.size());
    at_ = end;
    return true;
  }

  // -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [-+]? [0-9]+)?
  static bool IsNumber(std::string_view word) {
    const auto digits = [&] {
      const size_t count = std::min(word.find_first_not_of("0123456789"), word.size());
      word.remove_prefix(count);
      return count;
    };
    if (word.starts_with('-')) word.remove_prefix(1);
    const bool zero = word.starts_with('0');
    const size_t whole = digits();
    if (whole == 0 || (zero && whole > 1)) return false;
    if (word.starts_with('.')) {
      word.remove_prefix(1);
      if (digits() == 0) return false;
    }
    if (word.starts_with('e') || word.starts_with('E')) {
      word.remove_prefix(1);
      if (word.starts_with('-') || word.starts_with('+')) word.remove_prefix(1);
      if (digits() == 0) return false;
    }
    return word.empty();
  }

  std::string_view text_;
  const std::string& file_;
  Diagnostics& diagnostics_;
  const YamlLimits& limits_;
  size_t at_ = 0;
  int line_ = 1;
  int column_ = 1;
};

}  // namespace

std::optional<YamlNode> ParseJson(std::string_view text, const std::string& file_name,
                                  Diagnostics& diagnostics, const YamlLimits& limits) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  YamlNode root;
  JsonParser parser(text, file_name, diagnostics, limits);
  if (!parser.ParseDocument(root)) return std::nullopt;
  return root;
}

std::optional<YamlNode> ParseYamlOrJson(std::string_view text, const std::string& file_name,
                                        Diagnostics& diagnostics, const YamlLimits& limits) {
  const std::string_view body =
      text.starts_with(kByteOrderMark) ? text.substr(kByteOrderMark.size()) : text;
  const size_t first = std::min(body.find_first_not_of(" \t\r\n"), body.size());
  const bool named_json = file_name.ends_with(".json");
  const bool readable =
      text.size() <= limits.max_bytes && !FirstInvalidUtf8(text) && first < body.size();
  if (readable && (named_json || body[first] == '{')) {
    Diagnostics attempt;
    auto root = ParseJson(text, file_name, attempt, limits);
    if (root || named_json) {
      for (const Diagnostic& diagnostic : attempt.all()) diagnostics.Add(diagnostic);
      return root;
    }
  }
  return ParseYaml(text, file_name, diagnostics, limits);
}

}  // namespace lakegate
