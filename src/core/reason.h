// Reason codes: why a record (or a whole file) was set aside. A released code keeps its meaning.
// A record's Reason is data: never a Result, an exception or a log line.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace lakegate {

enum class ReasonCode : uint8_t {
  // Structure: the record could not be read, so these stand alone.
  kJsonSyntax,
  kNotAnObject,
  kDuplicateKey,
  kTooDeep,
  kTooLong,
  kEncoding,
  kCsvQuote,
  kMissingCell,
  kExtraCell,
  // Values.
  kTypeError,
  kOutOfRange,
  kRequired,
  kEnum,
  kPattern,
  kFormat,
  kMinLength,
  kMaxLength,
  kMinimum,
  kMaximum,
  kMultipleOf,
  kMinItems,
  kMaxItems,
  kUniqueItems,
  kMinProperties,
  kMaxProperties,
  kDimensions,
  kNormalized,
  kMapKey,
  kUnique,
  kForeignKey,
  kAdditionalField,
  // Whole files.
  kMissingLabel,
  kExtraLabel,
  kMovedLabel,
  kRenamedLabel,
  kBlankLabel,
  kDuplicateLabel,
  kEmptyFile,
  kTruncatedFile,
  kUnknownFormat,
  kChecksum,
  kDuplicateFile,
  kTooFewRecords,
  kTooSmall,
  kTooLarge,
};

enum class ReasonScope : uint8_t { kStructure, kValue, kFile };

struct ReasonDescriptor {
  ReasonCode code;
  const char* name;  // "json-syntax": what files, JSON and `explain` use
  ReasonScope scope;
  const char* summary;  // one sentence: what it means
  const char* mend;     // one sentence: what to do
};

// Every code once, in the order of the enum.
std::span<const ReasonDescriptor> AllReasons();
const ReasonDescriptor& Describe(ReasonCode code);
const char* Name(ReasonCode code);
std::optional<ReasonCode> ReasonCodeFromName(std::string_view name);

}  // namespace lakegate
