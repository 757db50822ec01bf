#include "core/reason.h"

#include "core/check.h"

namespace lakegate {
namespace {

constexpr ReasonDescriptor kReasons[] = {
    {ReasonCode::kJsonSyntax, "json-syntax", ReasonScope::kStructure,
     "The line is not one valid JSON text (RFC 8259).",
     "Mend the producer; the message gives the byte column and what was expected there."},
    {ReasonCode::kNotAnObject, "not-an-object", ReasonScope::kStructure,
     "The line is valid JSON, but not an object: a record must be {...}.",
     "Write one JSON object a line; an array or a bare value has no field names."},
    {ReasonCode::kDuplicateKey, "duplicate-key", ReasonScope::kStructure,
     "The same key stands twice in one object, so its value is ambiguous.",
     "Mend the producer, or set duplicate_keys: first|last on the dataset."},
    {ReasonCode::kTooDeep, "too-deep", ReasonScope::kStructure,
     "The JSON is nested deeper than the limit.",
     "Flatten the record, or raise max_depth on the dataset."},
    {ReasonCode::kTooLong, "too-long", ReasonScope::kStructure,
     "The record is longer than the limit; only its first bytes are kept.",
     "Split the record, or raise max_record_bytes on the dataset."},
    {ReasonCode::kEncoding, "encoding", ReasonScope::kStructure,
     "The bytes are not valid in the file's encoding.",
     "Declare the encoding (csv: {encoding: latin-1}), or mend the producer."},
    {ReasonCode::kCsvQuote, "csv-quote", ReasonScope::kStructure,
     "A CSV quote stands where none may, or is never closed, so the cells cannot be trusted.",
     "Double the quotes inside quoted cells, or set csv: {quote: none} where quotes mean nothing."},
    {ReasonCode::kMissingCell, "missing-cell", ReasonScope::kStructure,
     "The CSV row has fewer cells than the header.",
     "Mend the row; often a delimiter is missing or a line break was lost."},
    {ReasonCode::kExtraCell, "extra-cell", ReasonScope::kStructure,
     "The CSV row has more cells than the header.",
     "Mend the row; often an unquoted cell contains the delimiter."},
    {ReasonCode::kTypeError, "type-error", ReasonScope::kValue,
     "The value cannot be read as the type that the contract promises.",
     "Mend the value, or the contract's logicalType; it is never silently made null."},
    {ReasonCode::kOutOfRange, "out-of-range", ReasonScope::kValue,
     "The number does not fit the column's type; it is never wrapped or rounded to infinity.",
     "Mend the value, or widen the type in the contract."},
    {ReasonCode::kRequired, "required", ReasonScope::kValue,
     "The field is absent or null, and the contract requires it.",
     "Fill the field, or drop required: true."},
    {ReasonCode::kEnum, "enum", ReasonScope::kValue, "The value is not one of the allowed values.",
     "Mend the value, or add it to the list in the contract."},
    {ReasonCode::kPattern, "pattern", ReasonScope::kValue,
     "The text does not contain a match of the pattern.",
     "Mend the value, or the pattern; it is searched, so anchor it with ^ and $ to match all."},
    {ReasonCode::kFormat, "format", ReasonScope::kValue,
     "The text does not have the format that the contract names (uuid, email, ...).",
     "Mend the value, or the format."},
    {ReasonCode::kMinLength, "min-length", ReasonScope::kValue,
     "The text has fewer characters (code points) than minLength.", "Mend the value or the bound."},
    {ReasonCode::kMaxLength, "max-length", ReasonScope::kValue,
     "The text has more characters (code points) than maxLength.", "Mend the value or the bound."},
    {ReasonCode::kMinimum, "minimum", ReasonScope::kValue,
     "The value is below minimum or exclusiveMinimum.", "Mend the value or the bound."},
    {ReasonCode::kMaximum, "maximum", ReasonScope::kValue,
     "The value is above maximum or exclusiveMaximum.", "Mend the value or the bound."},
    {ReasonCode::kMultipleOf, "multiple-of", ReasonScope::kValue,
     "The number is not a multiple of multipleOf.", "Mend the value or the bound."},
    {ReasonCode::kMinItems, "min-items", ReasonScope::kValue,
     "The list has fewer items than minItems.", "Mend the list or the bound."},
    {ReasonCode::kMaxItems, "max-items", ReasonScope::kValue,
     "The list has more items than maxItems.", "Mend the list or the bound."},
    {ReasonCode::kUniqueItems, "unique-items", ReasonScope::kValue,
     "An item stands twice in a list with uniqueItems.", "Remove the copy, or drop uniqueItems."},
    {ReasonCode::kMinProperties, "min-properties", ReasonScope::kValue,
     "The object has fewer members than minProperties.", "Mend the object or the bound."},
    {ReasonCode::kMaxProperties, "max-properties", ReasonScope::kValue,
     "The object has more members than maxProperties.", "Mend the object or the bound."},
    {ReasonCode::kDimensions, "dimensions", ReasonScope::kValue,
     "The vector does not have as many elements as its dimensions say.",
     "Mend the vector or the number of dimensions."},
    {ReasonCode::kNormalized, "normalized", ReasonScope::kValue,
     "The vector's length is not 1 (more than 1 % off), though it is promised to be normalized.",
     "Divide the vector by its length, or drop normalized: true."},
    {ReasonCode::kMapKey, "map-key", ReasonScope::kValue,
     "Two keys of the map are spelt differently, but are the same value (1 and 01).",
     "Spell each key in one way, or give the map's key the type string."},
    {ReasonCode::kUnique, "unique", ReasonScope::kValue,
     "An earlier record has the same key; the message names its file and line.",
     "Remove the copy, or drop unique / primaryKey. The first copy in input order is kept."},
    {ReasonCode::kForeignKey, "foreign-key", ReasonScope::kValue,
     "The value does not exist in the dataset it refers to.",
     "Load the other dataset first, or mend the value."},
    {ReasonCode::kAdditionalField, "additional-field", ReasonScope::kValue,
     "The record has a key that the contract does not know, and the contract refuses those.",
     "Add the field to the contract, or set lakegate.additional: allow."},
    {ReasonCode::kMissingLabel, "missing-label", ReasonScope::kFile,
     "A column of the contract is missing from the file's header.",
     "Add the column to the file, or remove it from the contract."},
    {ReasonCode::kExtraLabel, "extra-label", ReasonScope::kFile,
     "The file's header has a column that the contract does not know.",
     "Add the column to the contract, or remove it from the file."},
    {ReasonCode::kMovedLabel, "moved-label", ReasonScope::kFile,
     "The file's columns stand in another order than the contract's.",
     "Restore the order, or set landing.order: any to match columns by name."},
    {ReasonCode::kRenamedLabel, "renamed-label", ReasonScope::kFile,
     "A column is spelt differently in the header; the message gives the nearest known name.",
     "Spell the column as in the contract."},
    {ReasonCode::kBlankLabel, "blank-label", ReasonScope::kFile, "A cell of the header is blank.",
     "Name every column; often a delimiter is one too many."},
    {ReasonCode::kDuplicateLabel, "duplicate-label", ReasonScope::kFile,
     "The header names the same column twice.", "Rename one of them."},
    {ReasonCode::kEmptyFile, "empty-file", ReasonScope::kFile,
     "The file has no bytes, or a CSV file has no header.",
     "Check the producer; landing.expect.min_bytes: 0 allows empty files."},
    {ReasonCode::kTruncatedFile, "truncated-file", ReasonScope::kFile,
     "The compressed file ends too early; what could be read is not trusted.",
     "Send the file again."},
    {ReasonCode::kUnknownFormat, "unknown-format", ReasonScope::kFile,
     "The file is not in the format that its name or the configuration says.",
     "Mend the file, or name the format with landing.format or --format."},
    {ReasonCode::kChecksum, "checksum", ReasonScope::kFile,
     "The file's checksum is wrong: its bytes were damaged.", "Send the file again."},
    {ReasonCode::kDuplicateFile, "duplicate-file", ReasonScope::kFile,
     "The same bytes were landed before under another name.",
     "Remove one of the two; it is not counted twice."},
    {ReasonCode::kTooFewRecords, "too-few-records", ReasonScope::kFile,
     "Fewer records were accepted than landing.expect.min_records.",
     "Check the producer, or lower landing.expect.min_records."},
    {ReasonCode::kTooSmall, "too-small", ReasonScope::kFile,
     "The file has fewer bytes than landing.expect.min_bytes.",
     "Check the producer, or lower landing.expect.min_bytes."},
    {ReasonCode::kTooLarge, "too-large", ReasonScope::kFile,
     "The file has more bytes than landing.expect.max_bytes.",
     "Split the file, or raise landing.expect.max_bytes."},
};

}  // namespace

std::span<const ReasonDescriptor> AllReasons() { return kReasons; }

const ReasonDescriptor& Describe(ReasonCode code) {
  const auto index = static_cast<size_t>(code);
  LAKEGATE_CHECK(index < std::size(kReasons) && kReasons[index].code == code,
                 "the reason table follows the enum");
  return kReasons[index];
}

const char* Name(ReasonCode code) { return Describe(code).name; }

std::optional<ReasonCode> ReasonCodeFromName(std::string_view name) {
  for (const ReasonDescriptor& reason : kReasons) {
    if (name == reason.name) return reason.code;
  }
  return std::nullopt;
}

}  // namespace lakegate
