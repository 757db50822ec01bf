#include "contract/map_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace lakegate {
namespace {

constexpr size_t kMaxMendedKeys = 1000;

const char* MendForText(YamlKind kind) {
  return kind == YamlKind::kInteger || kind == YamlKind::kReal || kind == YamlKind::kBoolean
             ? "write it in quotes"
             : "";
}

bool IsNumber(const YamlNode& node) {
  return node.kind == YamlKind::kInteger || node.kind == YamlKind::kReal;
}

std::string Shown(const YamlNode& node) {
  std::string text = Name(node.kind);
  if (node.is_scalar() && node.kind != YamlKind::kNull) text += " (" + node.text + ")";
  return text;
}

std::string Join(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) joined += (joined.empty() ? "" : ", ") + word;
  return joined;
}

bool EqualButForCase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

void MendWithQuotes(const YamlNode& node, const FileProblems& problems) {
  problems.diagnostics.Mend({{problems.At(node), node.text, '"' + node.text + '"'}});
}

bool BooleanOf(const YamlNode& node) {
  return node.text == "true" || node.text == "True" || node.text == "TRUE";
}

std::optional<int64_t> IntegerOf(const YamlNode& node) {
  std::string_view text = node.text;
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0o")) {
    base = text[1] == 'x' ? 16 : 8;
    text.remove_prefix(2);
  } else if (text.starts_with('+')) {
    text.remove_prefix(1);
  }
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> NumberOf(const YamlNode& node) {
  std::string_view text = node.text;
  if (text.starts_with("0x") || text.starts_with("0o")) {
    const auto integer = IntegerOf(node);
    return integer ? std::optional<double>(static_cast<double>(*integer)) : std::nullopt;
  }
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

MapReader::MapReader(const YamlNode& node, std::string what, const FileProblems& problems)
    : node_(node), what_(std::move(what)), problems_(problems) {
  if (node.kind == YamlKind::kMap) return;
  Error(node.mark, "wrong-kind", what_ + " must be a mapping (key: value), not " + Shown(node));
}

const YamlNode* MapReader::FindAny(std::string_view key) {
  known_.emplace_back(key);
  return node_.Find(key);
}

const YamlNode* MapReader::Find(std::string_view key) {
  const YamlNode* found = FindAny(key);
  if (found == nullptr || found->kind != YamlKind::kNull) return found;
  Error(KeyMark(key), "empty-value", "'" + std::string(key) + "' of " + what_ + " has no value",
        "give it a value or leave it out");
  return nullptr;
}

const YamlNode* MapReader::FindMap(std::string_view key) {
  const YamlNode* found = Find(key);
  if (found == nullptr || found->kind == YamlKind::kMap) return found;
  WrongKind(key, *found, "a mapping (key: value)");
  return nullptr;
}

const YamlNode* MapReader::FindList(std::string_view key) {
  const YamlNode* found = Find(key);
  if (found == nullptr || found->kind == YamlKind::kList) return found;
  WrongKind(key, *found, "a list");
  return nullptr;
}

void MapReader::Ignore(std::initializer_list<std::string_view> keys) {
  for (std::string_view key : keys) known_.emplace_back(key);
}

void MapReader::Newer(std::string_view key, std::string_view version) {
  if (node_.Find(key) == nullptr) return;
  known_.emplace_back(key);
  Error(KeyMark(key), "newer-key",
        "'" + std::string(key) + "' of " + what_ + " is known from " + std::string(version) +
            " on, later than this file's apiVersion",
        "raise apiVersion to " + std::string(version) + ", or leave it out");
}

std::optional<Written<std::string>> MapReader::Text(std::string_view key) {
  const YamlNode* found = Find(key);
  if (found == nullptr) return std::nullopt;
  if (found->kind == YamlKind::kText)
    return Written<std::string>{found->text, problems_.At(*found)};
  WrongKind(key, *found, "a text", MendForText(found->kind));
  if (*MendForText(found->kind) != '\0') MendWithQuotes(*found, problems_);
  return std::nullopt;
}

std::optional<Written<bool>> MapReader::Boolean(std::string_view key) {
  const YamlNode* found = Find(key);
  if (found == nullptr) return std::nullopt;
  if (found->kind == YamlKind::kBoolean) {
    return Written<bool>{BooleanOf(*found), problems_.At(*found)};
  }
  WrongKind(key, *found, "true or false", "YAML 1.2 has no yes and no");
  return std::nullopt;
}

std::optional<Written<int64_t>> MapReader::Integer(std::string_view key) {
  const YamlNode* found = Find(key);
  if (found == nullptr) return std::nullopt;
  if (found->kind == YamlKind::kInteger) {
    if (const auto value = IntegerOf(*found)) return Written<int64_t>{*value, problems_.At(*found)};
  }
  WrongKind(key, *found, "a whole number");
  return std::nullopt;
}

std::optional<Written<double>> MapReader::Number(std::string_view key) {
  const YamlNode* found = Find(key);
  if (found == nullptr) return std::nullopt;
  if (IsNumber(*found)) {
    if (const auto value = NumberOf(*found)) return Written<double>{*value, problems_.At(*found)};
  }
  WrongKind(key, *found, "a number");
  return std::nullopt;
}

std::optional<Written<std::string>> MapReader::NumberText(std::string_view key) {
  const YamlNode* found = Find(key);
  if (found == nullptr) return std::nullopt;
  if (IsNumber(*found)) return Written<std::string>{found->text, problems_.At(*found)};
  WrongKind(key, *found, "a number");
  return std::nullopt;
}

std::optional<std::vector<Written<std::string>>> MapReader::Texts(std::string_view key) {
  const YamlNode* found = FindList(key);
  if (found == nullptr) return std::nullopt;
  std::vector<Written<std::string>> texts;
  for (const YamlNode& item : found->items) {
    if (item.kind == YamlKind::kText) {
      texts.push_back({item.text, problems_.At(item)});
    } else {
      WrongKind(key, item, "a list of texts", MendForText(item.kind));
      if (*MendForText(item.kind) != '\0') MendWithQuotes(item, problems_);
    }
  }
  return texts;
}

bool MapReader::Require(std::string_view key) {
  known_.emplace_back(key);
  if (node_.Find(key) != nullptr) return true;
  if (node_.kind == YamlKind::kMap) {
    Error(node_.mark, "missing-key", what_ + " has no '" + std::string(key) + "'",
          "add " + std::string(key) + ":");
  }
  return false;
}

void MapReader::RefuseUnknown(const std::string& id) {
  for (const YamlEntry& entry : node_.entries) {
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    const auto nearest = DidYouMean(entry.key, known_);
    Error(entry.mark, id, "unknown key '" + entry.key + "' in " + what_,
          nearest ? "did you mean '" + *nearest + "'?" : "");
    // Looked up only where that is quick for every unknown key.
    if (nearest && node_.entries.size() <= kMaxMendedKeys && node_.Find(*nearest) == nullptr) {
      problems_.diagnostics.Mend({{problems_.At(entry.mark), entry.key, *nearest}});
    }
  }
}

void MapReader::Error(YamlMark mark, std::string id, std::string message, std::string mend) const {
  problems_.Error(mark, std::move(id), std::move(message), std::move(mend));
}

void MapReader::WrongKind(std::string_view key, const YamlNode& node, const std::string& wanted,
                          const std::string& mend) const {
  Error(node.mark, "wrong-kind",
        "'" + std::string(key) + "' of " + what_ + " must be " + wanted + ", not " + Shown(node),
        mend);
}

YamlMark MapReader::KeyMark(std::string_view key) const {
  for (const YamlEntry& entry : node_.entries) {
    if (entry.key == key) return entry.mark;
  }
  return node_.mark;
}

void MapReader::UnknownWord(std::string_view key, const Written<std::string>& text,
                            const std::vector<std::string>& known) const {
  const auto nearest = DidYouMean(text.value, known);
  problems_.diagnostics.Error(
      text.position, "unknown-value",
      "'" + std::string(key) + "' of " + what_ + " cannot be '" + text.value + "'",
      nearest ? "did you mean '" + *nearest + "'? known: " + Join(known) : "known: " + Join(known));
  for (const std::string& word : known) {
    if (!EqualButForCase(word, text.value)) continue;
    problems_.diagnostics.Mend({{text.position, text.value, word}});
  }
}

}  // namespace lakegate
