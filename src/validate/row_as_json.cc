// Cleaned CSV rows as NDJSON: the cell's own text, quoted or bare as its type asks.
#include <string>

#include "read/json_text.h"
#include "validate/number_text.h"
#include "validate/record_checker.h"

namespace lakegate {
namespace {

// A number that JSON does not spell like CSV: "+5", "007", ".5", "5.".
std::string AsJsonNumber(std::string_view text) {
  bool negative = false;
  if (text[0] == '+' || text[0] == '-') {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  while (text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9') {
    text.remove_prefix(1);
  }
  std::string number = negative ? "-" : "";
  if (text[0] == '.') number += '0';
  return number.append(text);
}

bool IsTrue(std::string_view cell) {
  return cell == "1" || cell[0] == 't' || cell[0] == 'T' || cell[0] == 'y' || cell[0] == 'Y';
}

void AppendCell(const FieldPlan& field, const RawValue& value, std::string* out) {
  if (value.kind == RawKind::kNull) {
    out->append("null");
    return;
  }
  switch (field.type.kind) {
    case TypeKind::kBoolean:
      out->append(IsTrue(value.text()) ? "true" : "false");
      break;
    case TypeKind::kInteger:
    case TypeKind::kDouble:
    case TypeKind::kDecimal:
      if (IsJsonNumber(value.text())) {
        out->append(value.text());
      } else {
        out->append(AsJsonNumber(value.text()));
      }
      break;
    default:
      AppendJsonString(value.text(), out);
  }
}

}  // namespace

void AppendRowAsJson(const CheckPlan& plan, const RawRecord& record, ByteBuffer* out) {
  std::string line = "{";
  for (size_t i = 0; i < plan.fields.size(); ++i) {
    if (record.values[i].kind == RawKind::kAbsent) continue;
    if (line.size() > 1) line += ',';
    AppendJsonString(plan.fields[i].name, &line);
    line += ':';
    AppendCell(plan.fields[i], record.values[i], &line);
  }
  line += "}\n";
  out->Append(line);
}

}  // namespace lakegate
