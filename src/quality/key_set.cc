#include "quality/key_set.h"

#include "quality/field_values.h"
#include "validate/field_checker.h"
#include "validate/number_text.h"
#include "validate/temporal_text.h"

namespace lakegate {
namespace {

constexpr uint64_t kSeedOfTexts = 1;  // no bytes of a composed key hash like a text

template <typename T>
void AppendRaw(char tag, T value, std::string* out) {
  out->push_back(tag);
  out->append(reinterpret_cast<const char*>(&value), sizeof value);
}

void AppendSized(char tag, std::string_view text, std::string* out) {
  AppendRaw(tag, static_cast<uint32_t>(text.size()), out);
  out->append(text);
}

// A number as the column would store it; false if it cannot.
bool AppendNumber(const FieldPlan& field, const RawValue& value, std::string* out) {
  const NumberSyntax syntax =
      value.kind == RawKind::kNumber ? NumberSyntax::kJson : NumberSyntax::kText;
  int64_t integer = 0;
  Int128 decimal = 0;
  double real = 0;
  switch (field.type.kind) {
    case TypeKind::kInteger:
      if (ParseInteger(value.text(), field.type, syntax, &integer) != NumberOutcome::kFine) {
        return false;
      }
      AppendRaw('i', integer, out);
      return true;
    case TypeKind::kDecimal:
      if (ParseDecimal(value.text(), field.type.precision, field.type.scale, &decimal) !=
          NumberOutcome::kFine) {
        return false;
      }
      AppendRaw('d', decimal, out);
      return true;
    default:
      if (ParseReal(value.text(), field.type.bits, &real) != NumberOutcome::kFine) return false;
      if (field.type.bits == 32) real = static_cast<float>(real);
      AppendRaw('f', real == 0 ? 0.0 : real, out);  // -0 equals 0
      return true;
  }
}

}  // namespace

KeyExtractor::KeyExtractor(const CheckPlan& plan, KeyColumns columns)
    : plan_(plan),
      columns_(std::move(columns)),
      is_one_text_(columns_.fields.size() == 1 &&
                   FieldAt(plan.fields, columns_.fields[0]).type.kind == TypeKind::kString),
      text_field_(is_one_text_ && columns_.fields[0].size() == 1 ? columns_.fields[0][0] : -1) {}

bool KeyExtractor::AppendPart(const FieldPlan& field, const RawValue& value) {
  switch (value.kind) {
    case RawKind::kAbsent:
    case RawKind::kNull:
      has_null_ = true;
      if (!columns_.nulls_equal) return false;
      scratch_.push_back('0');
      return true;
    case RawKind::kTrue:
    case RawKind::kFalse:
      scratch_.push_back(value.kind == RawKind::kTrue ? 'T' : 'F');
      return true;
    default:
      break;
  }
  switch (field.type.kind) {
    case TypeKind::kInteger:
    case TypeKind::kDecimal:
    case TypeKind::kDouble:
      if (AppendNumber(field, value, &scratch_)) return true;
      break;
    case TypeKind::kDate:
    case TypeKind::kTimestamp:
    case TypeKind::kTime: {
      int64_t instant = 0;
      if (ParseTemporal(value.text(), field, &instant) == TemporalOutcome::kFine) {
        AppendRaw('t', instant, &scratch_);
        return true;
      }
      break;
    }
    case TypeKind::kBoolean: {
      const bool is_cell = value.kind == RawKind::kCell || value.kind == RawKind::kQuotedCell;
      const int truth = is_cell ? BooleanOfCell(value.text()) : -1;
      if (truth < 0) break;
      scratch_.push_back(truth ? 'T' : 'F');
      return true;
    }
    case TypeKind::kString:
      AppendSized(value.kind == RawKind::kNumber ? 'n' : 's', value.text(), &scratch_);
      return true;
    default:
      break;
  }
  AppendSized('x', value.text(), &scratch_);  // of the wrong type: equal text is equal
  return true;
}

bool KeyExtractor::Extract(const RawRecord& record, Hash128* hash) {
  has_null_ = false;
  if (is_one_text_) {
    const RawValue& value = text_field_ >= 0 ? record.values[static_cast<size_t>(text_field_)]
                                             : ValueAt(columns_.fields[0], record);
    if (value.kind >= RawKind::kString) {  // numbers and literals are other keys than their text
      *hash = HashOf(value.text(), kSeedOfTexts);
      return true;
    }
  }
  scratch_.clear();
  for (const FieldPath& path : columns_.fields) {
    if (!AppendPart(FieldAt(plan_.fields, path), ValueAt(path, record))) return false;
  }
  const bool all_null = has_null_ && scratch_.size() == columns_.fields.size() &&
                        scratch_.find_first_not_of('0') == std::string::npos;
  if (all_null && columns_.all_null_is_no_key) return false;
  *hash = HashOf(scratch_);
  return true;
}

}  // namespace lakegate
