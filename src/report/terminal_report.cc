// The report as people read it in a terminal.
#include <algorithm>

#include "core/utf8.h"
#include "report/report_model.h"
#include "write/quarantine_text.h"

namespace lakegate {
namespace {

constexpr size_t kMaxCountedReasons = 12;

class Painter {
 public:
  explicit Painter(bool color) : color_(color) {}
  std::string Red(const std::string& text) const { return Paint("31", text); }
  std::string Green(const std::string& text) const { return Paint("32", text); }
  std::string Yellow(const std::string& text) const { return Paint("33", text); }
  std::string Bold(const std::string& text) const { return Paint("1", text); }

 private:
  std::string Paint(const char* code, const std::string& text) const {
    return color_ ? "\x1b[" + std::string(code) + "m" + text + "\x1b[0m" : text;
  }
  bool color_;
};

std::string Padded(const std::string& text, size_t width) {
  const size_t length = CountCodePoints(text);
  return length >= width ? text : text + std::string(width - length, ' ');
}

std::string VerdictWord(Verdict verdict, const Painter& paint) {
  switch (verdict) {
    case Verdict::kPassed:
      return paint.Green("passed ");
    case Verdict::kWarned:
      return paint.Yellow("warned ");
    case Verdict::kFailed:
      return paint.Red("FAILED ");
    case Verdict::kError:
      return paint.Red("ERROR  ");
    case Verdict::kSkipped:
      return paint.Yellow("skipped");
  }
  return "?";
}

struct Row {
  Verdict verdict;
  std::string id, what, measured, allowed, where, detail;
};

std::string MetricWords(const MetricRule& metric, const CheckPlan& plan) {
  std::string columns;
  for (const FieldPath& field : metric.fields) {
    columns += (columns.empty() ? "" : ", ") + FieldAt(plan.fields, field).path;
  }
  if (metric.filter) columns += " where " + metric.filter->text;
  switch (metric.kind) {
    case MetricKind::kRowCount:
      return "rows";
    case MetricKind::kNullValues:
      return "null " + columns;
    case MetricKind::kMissingValues:
      return "missing " + columns;
    case MetricKind::kInvalidValues:
      return "invalid " + columns;
    case MetricKind::kDuplicateValues:
      switch (metric.duplicates) {
        case DuplicateCount::kExtraCopies:
          return "extra copies of " + columns;
        case DuplicateCount::kRepeatedKeys:
          return "repeated keys of " + columns;
        case DuplicateCount::kRowsInGroups:
          return "rows with a repeated " + columns;
      }
  }
  return columns;
}

Row MakeRow(const RuleResult& result, const CheckPlan& plan) {
  Row row{result.verdict, result.id, "", WithCommas(result.violations), "", "", ""};
  if (result.metric) {
    row.what = MetricWords(*result.metric, plan);
    if (result.metric->unit == MetricUnit::kPercent) {
      row.measured = ShowPercent(result.value) + " (" + WithCommas(result.violations) + " of " +
                     WithCommas(result.base) + ")";
    }
    row.allowed = "allowed " + result.threshold;
  } else if (result.rule < 0) {
    row.what = result.id == "quarantine_budget" ? "records set aside" : "structure of the record";
    if (!result.threshold.empty()) row.allowed = "allowed " + result.threshold;
  }
  if (result.rule >= 0) {
    const RuleInfo& info = plan.rules[static_cast<size_t>(result.rule)];
    if (result.query) {
      row.what = info.promise;
      row.measured = ShowMeasured(result);
      row.allowed = "allowed " + result.threshold;
      if (result.verdict != Verdict::kPassed) row.detail = result.measured.detail;
    } else if (!result.metric) {
      row.what = info.promise;
      row.allowed = std::string("action ") + Name(info.action);
    }
    if (info.enforcement != Enforcement::kEnforced) {
      row.measured = "";
      row.allowed = info.why_not;
    }
    if (!result.why_skipped.empty()) {
      row.measured = "";
      row.allowed = result.why_skipped;
    }
    row.where = info.position.file + ":" + std::to_string(info.position.line);
  }
  return row;
}

// Records set aside have a section of their own below the table.
bool IsToldBelow(const RuleResult& result, const CheckPlan& plan) {
  if (result.metric || result.verdict != Verdict::kWarned) return false;
  if (result.rule < 0) return result.id != "quarantine_budget";
  const RuleInfo& info = plan.rules[static_cast<size_t>(result.rule)];
  return info.scope == RuleScope::kRecord && info.action == Action::kQuarantine;
}

// Dataset rules always; record rules only when something is to be said about them.
std::string RuleTable(const ReportModel& model, const Painter& paint) {
  const CheckPlan& plan = *model.plan;
  std::vector<Row> rows;
  int64_t quiet = 0;
  for (const RuleResult& result : model.outcome->gate.results) {
    const bool is_record = !result.metric && result.rule >= 0 &&
                           plan.rules[static_cast<size_t>(result.rule)].scope == RuleScope::kRecord;
    if (result.verdict == Verdict::kPassed && is_record) {
      ++quiet;
    } else if (!IsToldBelow(result, plan)) {
      rows.push_back(MakeRow(result, plan));
    }
  }
  const auto rank = [](const Row& row) {
    switch (row.verdict) {
      case Verdict::kFailed:
      case Verdict::kError:
        return 0;
      case Verdict::kWarned:
        return 1;
      case Verdict::kSkipped:
        return 3;
      default:
        return 2;
    }
  };
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const Row& a, const Row& b) { return rank(a) < rank(b); });
  size_t id = 0, what = 0, measured = 0, allowed = 0;
  for (const Row& row : rows) {
    id = std::max(id, std::min<size_t>(CountCodePoints(row.id), 40));
    what = std::max(what, std::min<size_t>(CountCodePoints(row.what), 44));
    measured = std::max(measured, CountCodePoints(row.measured));
    allowed = std::max(allowed, std::min<size_t>(CountCodePoints(row.allowed), 40));
  }
  std::string text;
  for (const Row& row : rows) {
    text += "  " + VerdictWord(row.verdict, paint) + "  " + Padded(row.id, id) + "  " +
            Padded(row.what, what) + "  " + Padded(row.measured, measured) + "  " +
            Padded(row.allowed, allowed) + "  " + row.where;
    while (text.back() == ' ') text.pop_back();
    text += '\n';
    if (!row.detail.empty()) text += "           " + row.detail + "\n";
  }
  if (quiet > 0) {
    text += "  " + VerdictWord(Verdict::kPassed, paint) + "  " + WithCommas(quiet) +
            (quiet == 1 ? " rule about single records\n" : " rules about single records\n");
  }
  return text;
}

std::string CountedReasons(const ReportModel& model) {
  struct Counted {
    int64_t count;
    std::string words;
  };
  std::vector<Counted> counted;
  const PartitionTotals& totals = model.outcome->totals;
  for (size_t i = 0; i < totals.structure_violations.size(); ++i) {
    if (totals.structure_violations[i] > 0) {
      counted.push_back({totals.structure_violations[i], Name(static_cast<ReasonCode>(i))});
    }
  }
  for (size_t i = 0; i < totals.rule_violations.size(); ++i) {
    if (totals.rule_violations[i] == 0) continue;
    const RuleInfo& info = model.plan->rules[i];
    counted.push_back(
        {totals.rule_violations[i],
         std::string(Name(info.code)) + (info.field.empty() ? "" : " (" + info.field + ")")});
  }
  std::stable_sort(counted.begin(), counted.end(),
                   [](const Counted& a, const Counted& b) { return a.count > b.count; });
  std::string text;
  for (size_t i = 0; i < std::min(counted.size(), kMaxCountedReasons); ++i) {
    text += (i ? " · " : "") + WithCommas(counted[i].count) + " " + counted[i].words;
  }
  if (counted.size() > kMaxCountedReasons) {
    text += " · " + std::to_string(counted.size() - kMaxCountedReasons) + " more kinds";
  }
  return text;
}

// The raw text of a damaged record may show what the contract wants masked.
bool HasMaskedField(const std::vector<FieldPlan>& fields) {
  return std::any_of(fields.begin(), fields.end(), [](const FieldPlan& field) {
    return field.masked || HasMaskedField(field.children);
  });
}

// One record: a line per reason.
std::string SampleLines(const Sample& sample, const ReportModel& model, bool many_files) {
  std::string text;
  std::string place = "line " + std::to_string(sample.record.line);
  if (many_files) place = model.outcome->files[sample.file].path + " " + place;
  for (const Reason& reason : sample.record.reasons) {
    std::string value = reason.value;
    if (value.empty() && reason.rule < 0 && !HasMaskedField(model.plan->fields)) {
      value = std::string(CutUtf8(sample.bytes, 32));
      for (char& c : value) {
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '.';
      }
    }
    text += "     " + Padded(place, 10) + "  " + Padded(reason.field, 12) + "  " +
            Padded(std::string(CutUtf8(value, 48)), 20) + "  " + reason.message + "\n";
    place = "";
  }
  return text;
}

std::string SetAside(const ReportModel& model, const ReportStyle& style, const Painter& paint) {
  const JobOutcome& outcome = *model.outcome;
  const int64_t quarantined = outcome.totals.quarantined();
  const std::string reasons = CountedReasons(model);
  if (quarantined == 0 && reasons.empty()) return "";
  std::string text = "\n  " +
                     paint.Bold(WithCommas(quarantined) +
                                (quarantined == 1 ? " record set aside" : " records set aside")) +
                     "   " + reasons + "\n";
  int64_t shown = 0;
  for (const Sample& sample : outcome.samples) {
    if (shown == style.max_reasons) break;
    text += SampleLines(sample, model, outcome.files.size() > 1);
    ++shown;
  }
  if (quarantined > shown) {
    text += "     … " + WithCommas(quarantined - shown) + " more";
    if (!model.see_all_command.empty()) text += ": " + model.see_all_command;
    text += "\n";
  }
  return text;
}

std::string FileProblems(const ReportModel& model, const Painter& paint) {
  std::string text;
  for (const FileOutcome& file : model.outcome->files) {
    for (const FileReason& reason : file.reasons) {
      text += "  " + paint.Red("REJECTED") + "  " + file.path + "  " + Name(reason.code) + "  " +
              reason.message + "\n";
    }
  }
  if (!text.empty()) text += "\n";
  return text;
}

std::string UnknownFields(const JobOutcome& outcome) {
  if (outcome.unknown_keys.empty()) return "";
  std::string text = "\n  fields that the contract does not know:";
  size_t shown = 0;
  for (const auto& [key, count] : outcome.unknown_keys) {
    if (shown++ == 5) break;
    text += (shown > 1 ? ", " : " ") + key + " (" + WithCommas(count) + ")";
  }
  if (outcome.unknown_keys.size() > 5) {
    text += " and " + std::to_string(outcome.unknown_keys.size() - 5) + " more (see the report)";
  }
  return text + "\n";
}

std::string Heading(const ReportModel& model) {
  const JobOutcome& outcome = *model.outcome;
  int64_t bytes = 0;
  for (const FileOutcome& file : outcome.files)
    bytes += file.size > 0 ? file.size : file.bytes_read;
  std::string what = outcome.files.size() == 1 ? outcome.files[0].path
                                               : std::to_string(outcome.files.size()) + " files";
  if (model.kind == ReportKind::kRun) what = model.dataset + " " + model.partition;
  return what + " · " + WithCommas(outcome.totals.records) + " records · " + ShowBytes(bytes) +
         " · contract " + model.plan->contract_id + " " + model.plan->contract_version + "\n\n";
}

}  // namespace

std::string RenderTerminal(const ReportModel& model, const ReportStyle& style) {
  const JobOutcome& outcome = *model.outcome;
  const Painter paint(style.color);
  const Coverage coverage = CoverageOf(*model.plan);
  std::string text = Heading(model) + FileProblems(model, paint) + RuleTable(model, paint);
  if (outcome.too_few_records) {
    text += "  " + paint.Red("FAILED ") + "  too-few-records  " +
            WithCommas(outcome.totals.accepted) + " accepted records\n";
  }
  text += SetAside(model, style, paint) + UnknownFields(outcome);
  text += "\n  " + std::to_string(coverage.promises) +
          " promises: " + std::to_string(coverage.enforced) + " enforced, " +
          std::to_string(coverage.informational) + " informational, " +
          std::to_string(coverage.not_enforceable) + " not enforceable\n";
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, outcome.seconds < 1 ? "%.0f ms" : "%.2f s",
                outcome.seconds < 1 ? outcome.seconds * 1000 : outcome.seconds);
  const bool failed = model.verdict == Verdict::kFailed || model.verdict == Verdict::kError;
  const std::string word = Name(model.verdict);
  text += "  " + WithCommas(outcome.totals.accepted) + " accepted + " +
          WithCommas(outcome.totals.quarantined()) +
          " set aside = " + WithCommas(outcome.totals.records) + " · " +
          (failed ? paint.Red(word) : paint.Green(word)) + " in " + seconds + "\n";
  return text;
}

}  // namespace lakegate
