#include "contract/csv_dialect_reader.h"

namespace lakegate {
namespace {

// One byte, or `none` (as far as allowed). Also the word "tab".
std::optional<char> ReadByte(MapReader& map, const char* key, std::optional<char> otherwise) {
  const auto text = map.Text(key);
  if (!text) return otherwise;
  if (text->value == "tab" || text->value == "\\t") return '\t';
  if (text->value.size() == 1 && static_cast<unsigned char>(text->value[0]) < 0x80 &&
      text->value[0] != '\n' && text->value[0] != '\r') {
    return text->value[0];
  }
  map.problems().diagnostics.Error(text->position, "not-one-character",
                                   std::string("'") + key + "' must be one ASCII character",
                                   "such as \";\" or tab");
  return otherwise;
}

// As ReadByte; null or "none" means that there is none.
std::optional<char> ReadOptionalByte(MapReader& map, const char* key,
                                     std::optional<char> otherwise) {
  const YamlNode* node = map.FindAny(key);
  if (node == nullptr) return otherwise;
  if (node->kind == YamlKind::kNull || node->text == "none") return std::nullopt;
  return ReadByte(map, key, otherwise);
}

std::vector<std::string> ReadNullValues(MapReader& map, const std::vector<std::string>& otherwise) {
  const auto texts = map.Texts("null_values");
  if (!texts) return otherwise;
  std::vector<std::string> values;
  for (const auto& text : *texts) values.push_back(text.value);
  return values;
}

void CheckDialect(const CsvDialect& dialect, const MapReader& map) {
  const auto clash = [&](std::optional<char> other, const char* key) {
    if (!other || *other != dialect.delimiter) return;
    map.Error(map.KeyMark(key), "csv-clash",
              std::string("'") + key + "' is the same character as the delimiter");
  };
  clash(dialect.quote, "quote");
  clash(dialect.escape, "escape");
  clash(dialect.comment, "comment");
}

}  // namespace

CsvDialect ReadCsvDialect(const YamlNode& node, const FileProblems& problems,
                          const CsvDialect& defaults) {
  CsvDialect dialect = defaults;
  MapReader map(node, "csv", problems);
  dialect.delimiter = ReadByte(map, "delimiter", dialect.delimiter).value_or(',');
  dialect.delimiter_given = node.Find("delimiter") != nullptr;
  dialect.quote = ReadOptionalByte(map, "quote", dialect.quote);
  dialect.escape = ReadOptionalByte(map, "escape", dialect.escape);
  dialect.comment = ReadOptionalByte(map, "comment", dialect.comment);
  if (auto header = map.Boolean("header")) dialect.header = header->value;
  if (auto multiline = map.Boolean("multiline")) dialect.multiline = multiline->value;
  if (auto encoding = map.OneOf<TextEncoding>("encoding", {{"utf-8", TextEncoding::kUtf8},
                                                           {"latin-1", TextEncoding::kLatin1},
                                                           {"utf-16", TextEncoding::kUtf16}})) {
    dialect.encoding = encoding->value;
  }
  if (auto order = map.OneOf<ColumnOrder>(
          "order", {{"exact", ColumnOrder::kExact}, {"any", ColumnOrder::kAny}})) {
    dialect.order = order->value;
  }
  dialect.null_values = ReadNullValues(map, dialect.null_values);
  if (auto skip = map.Integer("skip_lines")) {
    if (skip->value < 0) {
      problems.diagnostics.Error(skip->position, "negative", "'skip_lines' cannot be negative");
    } else {
      dialect.skip_lines = skip->value;
    }
  }
  map.RefuseUnknown();
  CheckDialect(dialect, map);
  return dialect;
}

}  // namespace lakegate
