#include "write/quarantine_text.h"

#include "core/utf8.h"
#include "read/json_text.h"
#include "write/base64.h"

namespace lakegate {

std::string_view RuleIdOf(const Reason& reason, const CheckPlan& plan) {
  if (reason.rule < 0) return Name(reason.code);
  return plan.rules[static_cast<size_t>(reason.rule)].id;
}

void AppendReasonsJson(const std::vector<Reason>& reasons, const CheckPlan& plan,
                       std::string* out) {
  out->push_back('[');
  bool first = true;
  for (const Reason& reason : reasons) {
    if (!first) out->push_back(',');
    first = false;
    out->append("{\"rule\":");
    AppendJsonString(RuleIdOf(reason, plan), out);
    out->append(",\"code\":\"").append(Name(reason.code)).append("\",\"field\":");
    AppendJsonString(reason.field, out);
    out->append(",\"value\":").append(reason.value.empty() ? "null" : reason.value);
    out->append(",\"message\":");
    AppendJsonString(reason.message, out);
    out->push_back('}');
  }
  out->push_back(']');
}

void AppendIndexText(const ReasonedRecord& record, const CheckPlan& plan, std::string* out) {
  out->append(",\"reasons\":");
  AppendReasonsJson(record.reasons, plan, out);
  if (static_cast<int64_t>(record.bytes.size()) < record.length)
    out->append(",\"raw_is_cut\":true");
  if (FirstInvalidUtf8(record.bytes)) {
    out->append(",\"raw_base64\":\"").append(EncodeBase64(record.bytes)).append("\"");
  } else {
    out->append(",\"raw\":");
    AppendJsonString(record.bytes, out);
  }
  out->append("}\n");
}

}  // namespace lakegate
