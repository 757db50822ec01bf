#include "contract/yaml_document.h"

#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <map>
#include <sstream>
#include <unordered_set>

#include "core/utf8.h"

namespace lakegate {
namespace {

// Line and column (code points) of a byte.
YamlMark MarkOfOffset(std::string_view text, size_t offset) {
  YamlMark mark{1, 1};
  for (size_t i = 0; i < offset && i < text.size(); ++i) {
    if (text[i] == '\n') {
      ++mark.line;
      mark.column = 1;
    } else if ((static_cast<uint8_t>(text[i]) & 0xC0) != 0x80) {
      ++mark.column;
    }
  }
  return mark;
}

// Turns the parser's byte columns into code point columns.
class LineIndex {
 public:
  explicit LineIndex(std::string_view text) : text_(text) {
    starts_.push_back(0);
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') starts_.push_back(i + 1);
    }
  }

  YamlMark At(const YAML::Mark& mark) const {
    if (mark.is_null() || mark.line < 0) return {1, 1};
    const size_t line = static_cast<size_t>(mark.line);
    if (line >= starts_.size()) return {mark.line + 1, mark.column + 1};
    int column = 1;
    const size_t end = std::min(starts_[line] + static_cast<size_t>(mark.column), text_.size());
    for (size_t i = starts_[line]; i < end; ++i) {
      if ((static_cast<unsigned char>(text_[i]) & 0xC0) != 0x80) ++column;
    }
    return {mark.line + 1, column};
  }

 private:
  std::string_view text_;
  std::vector<size_t> starts_;
};

// Builds the tree from the parser's events. Problems that make the rest meaningless are thrown as
// the library's own exception and caught in ParseYaml.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, const std::string& file, const YamlLimits& limits,
              Diagnostics& diagnostics)
      : lines_(text), file_(file), limits_(limits), diagnostics_(diagnostics) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    YamlNode node{.kind = YamlKind::kNull, .mark = lines_.At(mark)};
    Keep(anchor, node);
    Place(mark, std::move(node));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      throw YAML::ParserException(mark, "an alias stands inside the value that it names");
    }
    alias_nodes_ += found->second.nodes;
    if (alias_nodes_ > limits_.max_alias_nodes) {
      throw YAML::ParserException(mark, "aliases blow the file up to more than " +
                                            std::to_string(limits_.max_alias_nodes) + " values");
    }
    YamlNode copy = found->second.node;
    copy.mark = lines_.At(mark);
    if (!open_.empty()) open_.back().nodes += found->second.nodes - 1;
    if (!open_.empty()) open_.back().depth = std::max(open_.back().depth, found->second.depth);
    CheckDepth(mark, open_.size() + found->second.depth);
    Place(mark, std::move(copy));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node{.mark = lines_.At(mark), .text = value};
    if (tag == "?") {
      node.kind = KindOfPlainScalar(value);
    } else if (tag == "!" || tag == "tag:yaml.org,2002:str") {
      node.kind = YamlKind::kText;
      node.quoted = true;
    } else {
      throw YAML::ParserException(mark, "tags are not allowed: " + tag);
    }
    Keep(anchor, node);
    Place(mark, std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(mark, anchor, YamlKind::kList);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(mark, anchor, YamlKind::kMap);
  }
  void OnMapEnd() override { Close(); }

  std::optional<YamlNode> TakeRoot() { return std::move(root_); }

 private:
  struct OpenNode {
    YamlNode node;
    YAML::Mark mark;
    YAML::anchor_t anchor = 0;
    size_t nodes = 1;              // in this subtree
    size_t depth = 1;              // of this subtree
    std::optional<YamlEntry> key;  // kMap: its value comes next
    std::unordered_set<std::string> keys;
  };
  struct Anchored {
    YamlNode node;
    size_t nodes = 1;
    size_t depth = 0;
  };

  void CheckDepth(const YAML::Mark& mark, size_t depth) const {
    if (depth <= static_cast<size_t>(limits_.max_depth)) return;
    throw YAML::ParserException(
        mark, "nested deeper than " + std::to_string(limits_.max_depth) + " levels");
  }

  void Open(const YAML::Mark& mark, YAML::anchor_t anchor, YamlKind kind) {
    CheckDepth(mark, open_.size() + 1);
    OpenNode& open = open_.emplace_back();
    open.node.kind = kind;
    open.node.mark = lines_.At(mark);
    open.mark = mark;
    open.anchor = anchor;
  }

  void Close() {
    OpenNode done = std::move(open_.back());
    open_.pop_back();
    if (!open_.empty()) {
      open_.back().nodes += done.nodes - 1;  // Place counts the node itself
      open_.back().depth = std::max(open_.back().depth, done.depth + 1);
    }
    if (done.anchor != 0) {
      anchored_nodes_ += done.nodes;
      if (anchored_nodes_ > 10 * limits_.max_alias_nodes) {
        throw YAML::ParserException(done.mark, "too many values have a name (&anchor)");
      }
      anchors_[done.anchor] = {done.node, done.nodes, done.depth};
    }
    Place(done.mark, std::move(done.node));
  }

  void Keep(YAML::anchor_t anchor, const YamlNode& node) {
    if (anchor != 0) anchors_[anchor] = {node, 1, 0};
  }

  void Place(const YAML::Mark& mark, YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    OpenNode& parent = open_.back();
    ++parent.nodes;
    if (parent.node.kind == YamlKind::kList) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.key) {
      if (!node.is_scalar()) throw YAML::ParserException(mark, "a key must be a plain text");
      parent.key = YamlEntry{node.kind == YamlKind::kNull ? "null" : node.text, node.mark, {}};
    } else {
      AddEntry(parent, std::move(node));
    }
  }

  void AddEntry(OpenNode& parent, YamlNode node) {
    YamlEntry entry = std::move(*parent.key);
    parent.key.reset();
    if (!parent.keys.insert(entry.key).second) {
      diagnostics_.Error({file_, entry.mark.line, entry.mark.column}, "duplicate-key",
                         "the key '" + entry.key + "' is written twice", "leave one of them");
      return;
    }
    if (node.kind == YamlKind::kNull && node.mark.line == 0) node.mark = entry.mark;
    entry.value = std::move(node);
    parent.node.entries.push_back(std::move(entry));
  }

  LineIndex lines_;
  const std::string& file_;
  const YamlLimits& limits_;
  Diagnostics& diagnostics_;
  std::vector<OpenNode> open_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  size_t alias_nodes_ = 0;     // that aliases have added
  size_t anchored_nodes_ = 0;  // kept for aliases
  std::optional<YamlNode> root_;
};

// The stream over the text, without copying it.
class TextBuffer : public std::streambuf {
 public:
  explicit TextBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // NOLINT: a get area is never written to
    setg(begin, begin, begin + text.size());
  }
};

bool AllDigits(std::string_view text, std::string_view digits) {
  return !text.empty() && text.find_first_not_of(digits) == std::string_view::npos;
}

bool IsCoreInteger(std::string_view text) {
  if (text.starts_with("0x")) return AllDigits(text.substr(2), "0123456789abcdefABCDEF");
  if (text.starts_with("0o")) return AllDigits(text.substr(2), "01234567");
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return AllDigits(text, "0123456789");
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool IsCoreReal(std::string_view text) {
  if (text == ".nan" || text == ".NaN" || text == ".NAN") return true;
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  if (text == ".inf" || text == ".Inf" || text == ".INF") return true;
  const size_t exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) {
    std::string_view digits = text.substr(exponent + 1);
    if (digits.starts_with('-') || digits.starts_with('+')) digits.remove_prefix(1);
    if (!AllDigits(digits, "0123456789")) return false;
    text = text.substr(0, exponent);
  }
  const size_t point = text.find('.');
  if (point == std::string_view::npos) return AllDigits(text, "0123456789");
  const std::string_view before = text.substr(0, point);
  const std::string_view after = text.substr(point + 1);
  if (before.empty()) return AllDigits(after, "0123456789");
  return AllDigits(before, "0123456789") && (after.empty() || AllDigits(after, "0123456789"));
}

}  // namespace

const char* Name(YamlKind kind) {
  switch (kind) {
    case YamlKind::kNull:
      return "empty";
    case YamlKind::kBoolean:
      return "true or false";
    case YamlKind::kInteger:
    case YamlKind::kReal:
      return "a number";
    case YamlKind::kText:
      return "a text";
    case YamlKind::kList:
      return "a list";
    case YamlKind::kMap:
      return "a mapping";
  }
  return "?";
}

const YamlNode* YamlNode::Find(std::string_view key) const {
  for (const YamlEntry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

YamlKind KindOfPlainScalar(std::string_view text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") {
    return YamlKind::kNull;
  }
  if (text == "true" || text == "True" || text == "TRUE" || text == "false" || text == "False" ||
      text == "FALSE") {
    return YamlKind::kBoolean;
  }
  if (IsCoreInteger(text)) return YamlKind::kInteger;
  if (IsCoreReal(text)) return YamlKind::kReal;
  return YamlKind::kText;
}

std::optional<YamlNode> ParseYaml(std::string_view text, const std::string& file_name,
                                  Diagnostics& diagnostics, const YamlLimits& limits) {
  if (text.size() > limits.max_bytes) {
    diagnostics.Error({file_name}, "file-too-large",
                      "the file has more than " + std::to_string(limits.max_bytes) + " bytes");
    return std::nullopt;
  }
  if (const std::optional<size_t> bad = FirstInvalidUtf8(text)) {
    const YamlMark mark = MarkOfOffset(text, *bad);
    diagnostics.Error({file_name, mark.line, mark.column}, "encoding", "this is not UTF-8 text",
                      "save the file as UTF-8");
    return std::nullopt;
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const LineIndex lines(text);
  try {
    TextBuffer buffer(text);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    TreeBuilder builder(text, file_name, limits, diagnostics);
    if (!parser.HandleNextDocument(builder)) {
      diagnostics.Error({file_name, 1, 1}, "empty-file", "the file is empty");
      return std::nullopt;
    }
    std::optional<YamlNode> root = builder.TakeRoot();
    if (parser.HandleNextDocument(builder)) {
      diagnostics.Error({file_name, 1, 1}, "several-documents",
                        "the file has several YAML documents", "leave one; remove '---'");
      return std::nullopt;
    }
    return root;
  } catch (const YAML::Exception& exception) {
    const YamlMark mark = lines.At(exception.mark);
    diagnostics.Error({file_name, mark.line, mark.column}, "yaml-syntax",
                      "this is not valid YAML: " + exception.msg);
    return std::nullopt;
  }
}

}  // namespace lakegate
