// Reads one mapping of a user's file: typed members, and what is unknown. Every problem goes to
// the Diagnostics; a member with a problem reads as absent. Shared by contracts and lakegate.yaml.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "contract/diagnostics.h"
#include "contract/yaml_document.h"

namespace lakegate {

// A value and where it is written.
template <typename T>
struct Written {
  T value{};
  SourcePosition position;
};

// A file's name and its Diagnostics.
struct FileProblems {
  const std::string& file;
  Diagnostics& diagnostics;

  SourcePosition At(YamlMark mark) const { return {file, mark.line, mark.column}; }
  SourcePosition At(const YamlNode& node) const { return At(node.mark); }
  void Error(YamlMark mark, std::string id, std::string message, std::string mend = "") const {
    diagnostics.Error(At(mark), std::move(id), std::move(message), std::move(mend));
  }
};

// The problem added last is mended by quotes around this number or boolean.
void MendWithQuotes(const YamlNode& node, const FileProblems& problems);

// Scalars of the core schema. The node must be of that kind.
bool BooleanOf(const YamlNode& node);
// The value of a kInteger (decimal, 0x, 0o); nothing beyond int64.
std::optional<int64_t> IntegerOf(const YamlNode& node);
// The value of a kInteger or kReal; nothing for .inf, .nan and what is beyond a double.
std::optional<double> NumberOf(const YamlNode& node);

// Legal call order: read and Ignore what is known, then RefuseUnknown once.
// Not thread safe; borrows the node, the file name and the diagnostics.
class MapReader {
 public:
  // `what` names the mapping in messages: "the property 'amount'". A node that is no mapping is
  // reported and reads as empty.
  MapReader(const YamlNode& node, std::string what, const FileProblems& problems);

  // The key is known. Its value, if it is there (and not null, except with FindAny).
  const YamlNode* Find(std::string_view key);
  const YamlNode* FindAny(std::string_view key);
  const YamlNode* FindMap(std::string_view key);
  const YamlNode* FindList(std::string_view key);
  void Ignore(std::initializer_list<std::string_view> keys);
  // The key exists only from `version` on: an error if it is there, with that explanation.
  void Newer(std::string_view key, std::string_view version);

  std::optional<Written<std::string>> Text(std::string_view key);
  std::optional<Written<bool>> Boolean(std::string_view key);
  std::optional<Written<int64_t>> Integer(std::string_view key);
  std::optional<Written<double>> Number(std::string_view key);
  // A number as it is written, so that no digit is lost.
  std::optional<Written<std::string>> NumberText(std::string_view key);
  // A list of texts; a member that is no text is an error.
  std::optional<std::vector<Written<std::string>>> Texts(std::string_view key);
  // One of the words; else an error that lists them.
  template <typename T>
  std::optional<Written<T>> OneOf(std::string_view key,
                                  std::initializer_list<std::pair<const char*, T>> words) {
    auto text = Text(key);
    if (!text) return std::nullopt;
    std::vector<std::string> known;
    for (const auto& [word, value] : words) {
      if (text->value == word) return Written<T>{value, text->position};
      known.push_back(word);
    }
    UnknownWord(key, *text, known);
    return std::nullopt;
  }

  // An error if the key is not there.
  bool Require(std::string_view key);
  void RefuseUnknown(const std::string& id = "unknown-key");

  void Error(YamlMark mark, std::string id, std::string message, std::string mend = "") const;
  void WrongKind(std::string_view key, const YamlNode& node, const std::string& wanted,
                 const std::string& mend = "") const;
  const YamlNode& node() const { return node_; }
  const std::string& what() const { return what_; }
  const FileProblems& problems() const { return problems_; }
  SourcePosition position() const { return problems_.At(node_); }
  // Position of the key, or of the mapping if the key is not there.
  YamlMark KeyMark(std::string_view key) const;

 private:
  void UnknownWord(std::string_view key, const Written<std::string>& text,
                   const std::vector<std::string>& known) const;

  const YamlNode& node_;
  std::string what_;
  FileProblems problems_;
  std::vector<std::string> known_;
};

}  // namespace lakegate
