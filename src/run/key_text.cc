#include "run/key_text.h"

#include <algorithm>

#include "quality/field_values.h"
#include "read/byte_source.h"
#include "validate/explain.h"

namespace lakegate {
namespace {

constexpr size_t kWindowBytes = 16 * 1024;

class BorrowedBytes : public ByteSource {
 public:
  explicit BorrowedBytes(std::string_view bytes) : bytes_(bytes) {}
  Result<size_t> Read(std::span<char> out) override {
    const size_t count = std::min(out.size(), bytes_.size());
    std::copy_n(bytes_.begin(), count, out.begin());
    bytes_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view bytes_;
};

class KeySink : public RecordSink {
 public:
  KeySink(const CheckPlan& plan, const std::vector<FieldPath>& fields)
      : plan_(plan), fields_(fields) {}
  void OnRecord(const RecordSpan&, const RawRecord& record) override {
    for (const FieldPath& field : fields_) {
      const std::string value = ShowValue(ValueAt(field, record), FieldAt(plan_.fields, field));
      text_ += (text_.empty() ? "" : ",") + value;
    }
  }
  void OnDamaged(const RecordSpan&, Damage) override {}
  std::string Text() const { return fields_.size() == 1 ? text_ : "[" + text_ + "]"; }

 private:
  const CheckPlan& plan_;
  const std::vector<FieldPath>& fields_;
  std::string text_;
};

}  // namespace

KeyText::KeyText(const CheckPlan& plan) : plan_(plan), window_(kWindowBytes) {}

Result<std::string> KeyText::Read(JobInput* input, std::string_view record, int64_t offset,
                                  const std::vector<FieldPath>& fields) {
  if (reader_input_ != input->index) {
    reader_ = input->MakeReader();
    reader_input_ = input->index;
  }
  BorrowedBytes source(record);
  window_.Start(&source, offset);
  KeySink sink(plan_, fields);
  LAKEGATE_ASSIGN(const UnitCounts counts, reader_->ReadUnit(&window_, offset + 1, &sink));
  (void)counts;
  return sink.Text();
}

}  // namespace lakegate
