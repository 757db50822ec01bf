#include "write/quarantine_text.h"

#include "core/utf8.h"
#include "read/json_text.h"
#include "write/base64.h"

namespace lakegate {

std::string_view RuleIdOf(const Reason& reason, const CheckPlan& plan) {
  if (reason.rule < 0) return Name(reason.code);
  return plan.rules[static_cast<size_t>(reason.rule)].id;
}

void AppendReasonsJson(const std::vector<Reason>& reasons, const CheckPlan& plan, ByteBuffer* out) {
  out->AppendValue('[');
  bool first = true;
  for (const Reason& reason : reasons) {
    if (!first) out->AppendValue(',');
    first = false;
    out->AppendShort("{\"rule\":");
    AppendJsonString(RuleIdOf(reason, plan), out);
    out->AppendShort(",\"code\":\"");
    out->AppendShort(Name(reason.code));
    out->AppendShort("\",\"field\":");
    AppendJsonString(reason.field, out);
    out->AppendShort(",\"value\":");
    out->Append(reason.value.empty() ? "null" : reason.value);
    out->AppendShort(",\"message\":");
    AppendJsonString(reason.message, out);
    out->AppendValue('}');
  }
  out->AppendValue(']');
}

void AppendIndexText(const ReasonedRecord& record, const CheckPlan& plan, ByteBuffer* out) {
  out->AppendShort(",\"reasons\":");
  AppendReasonsJson(record.reasons, plan, out);
  if (static_cast<int64_t>(record.bytes.size()) < record.length) {
    out->AppendShort(",\"raw_is_cut\":true");
  }
  if (!record.is_utf8 && FirstInvalidUtf8(record.bytes)) {
    out->AppendShort(",\"raw_base64\":\"");
    AppendBase64(record.bytes, out);
    out->AppendValue('"');
  } else {
    out->AppendShort(",\"raw\":");
    AppendJsonString(record.bytes, out);
  }
  out->AppendShort("}\n");
}

}  // namespace lakegate
