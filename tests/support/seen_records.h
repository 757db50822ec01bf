// A RecordSink that writes down what it is given, and a ByteSource over a string.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "read/byte_source.h"
#include "read/record_reader.h"

namespace lakegate {

// One value as text: kind, then the bytes; "-" if it is absent.
inline std::string DescribeValue(const RawValue& value) {
  static constexpr const char* kNames[] = {"-",  "null", "true", "false", "#",
                                           "s:", "o:",   "a:",   "c:",    "q:"};
  std::string text = kNames[static_cast<size_t>(value.kind)];
  if (value.kind >= RawKind::kNumber) text += std::string(value.text());
  return text;
}

struct SeenRecord {
  int64_t offset = 0;
  int64_t length = 0;
  int64_t line = 0;  // within the unit; SeenUnits makes it absolute
  std::string bytes;
  std::string damage;  // the reason's name, '@' and the column; empty: a record
  std::string message;
  std::vector<std::string> values;
  bool operator==(const SeenRecord&) const = default;
};

class SeenRecords : public RecordSink {
 public:
  void OnRecord(const RecordSpan& span, const RawRecord& record) override {
    SeenRecord& seen = Add(span);
    for (const RawValue& value : record.values) seen.values.push_back(DescribeValue(value));
  }
  void OnDamaged(const RecordSpan& span, Damage damage) override {
    SeenRecord& seen = Add(span);
    seen.damage = std::string(Name(damage.code)) + "@" + std::to_string(damage.column);
    seen.message = damage.message;
  }

  std::vector<SeenRecord> records;
  int64_t line_base = 0;

 private:
  SeenRecord& Add(const RecordSpan& span) {
    SeenRecord seen;
    seen.offset = span.offset;
    seen.length = span.length;
    seen.line = line_base + span.line;
    seen.bytes = std::string(span.bytes);
    records.push_back(std::move(seen));
    return records.back();
  }
};

class TextSource : public ByteSource {
 public:
  explicit TextSource(std::string_view text) : text_(text) {}
  Result<size_t> Read(std::span<char> out) override {
    const size_t count = std::min(out.size(), text_.size());
    std::copy_n(text_.begin(), count, out.begin());
    text_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view text_;
};

}  // namespace lakegate
