#include "report/html_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/report_model.h"

namespace lakegate {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kStyle = R"(
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --ok: #1a7f37; --warn: #9a6700;
  --bad: #cf222e; --skip: #6e7781; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line);
  overflow-wrap: break-word; }
th, td.verdict, td.number { white-space: nowrap; } th { font-weight: 600; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
code { background: var(--soft); padding: 0 .25rem; border-radius: .2rem; }
.verdict { font-weight: 700; } .passed { color: var(--ok); } .warned { color: var(--warn); }
.failed, .error { color: var(--bad); } .skipped { color: var(--skip); }
.facts { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 1rem 0; }
.facts b { display: block; font-size: 1.2rem; } .scroll { overflow-x: auto; }
)";

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        // Control characters have no place in HTML.
        out += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? '.' : c;
    }
  }
  return out;
}

std::string TextOf(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || found->is_null()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

int64_t CountOf(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number() ? found->get<int64_t>() : 0;
}

std::string Cell(const std::string& text, const char* kind = "") {
  return "<td" + (*kind ? std::string(" class=\"") + kind + "\"" : "") + ">" + Escaped(text) +
         "</td>";
}

std::string VerdictCell(const std::string& verdict) {
  return "<td class=\"verdict " + Escaped(verdict) + "\">" + Escaped(verdict) + "</td>";
}

std::string Table(const std::vector<const char*>& heads, const std::string& rows) {
  std::string text = "<div class=\"scroll\"><table><thead><tr>";
  for (const char* head : heads) text += "<th>" + std::string(head) + "</th>";
  return text + "</tr></thead><tbody>\n" + rows + "</tbody></table></div>\n";
}

// 2.0 as 2.
std::string NumbersOf(const Json& json) {
  if (json.is_array()) {
    std::string list;
    for (const Json& item : json) list += (list.empty() ? "" : ", ") + NumbersOf(item);
    return list;
  }
  std::string text = json.dump();
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

std::string ThresholdWords(const Json& rule) {
  static constexpr std::pair<const char*, const char*> kSigns[] = {
      {"mustBe", "="},
      {"mustNotBe", "not"},
      {"mustBeGreaterThan", ">"},
      {"mustBeGreaterOrEqualTo", ">="},
      {"mustBeLessThan", "<"},
      {"mustBeLessOrEqualTo", "<="},
      {"mustBeBetween", "between"},
      {"mustNotBeBetween", "not between"}};
  const std::string op = TextOf(rule, "operator");
  if (op.empty()) return "";
  const auto sign =
      std::ranges::find_if(kSigns, [&](const auto& known) { return op == known.first; });
  const std::string words = sign == std::end(kSigns) ? op : sign->second;
  const bool is_any = TextOf(rule, "scope") != "dataset" && TextOf(rule, "threshold") == "0";
  if (is_any) return "";  // the action says it
  const char* unit = TextOf(rule, "unit") == "percent" ? " %" : "";
  return words + " " + NumbersOf(rule["threshold"]) + unit;
}

std::string MeasuredWords(const Json& rule) {
  const auto value = rule.find("value");
  if (value == rule.end() || value->is_null()) return "";
  if (const std::string exact = TextOf(rule, "exact"); !exact.empty()) return exact;
  if (TextOf(rule, "metric") == "volume") return ShowPercent(value->get<double>());
  if (TextOf(rule, "unit") != "percent" || !value->is_number()) {
    return value->is_number_integer() ? WithCommas(value->get<int64_t>()) : TextOf(rule, "value");
  }
  return ShowPercent(value->get<double>()) + " (" + WithCommas(CountOf(rule, "violations")) +
         " of " + WithCommas(CountOf(rule, "base")) + ")";
}

int RankOf(const Json& rule) {
  static const std::vector<std::string> order = {"failed", "error", "warned", "skipped", "passed"};
  const auto found = std::find(order.begin(), order.end(), TextOf(rule, "verdict"));
  return static_cast<int>(found - order.begin());
}

std::string RuleRows(const Json& report) {
  std::vector<const Json*> rules;
  for (const Json& rule : report["rules"]) rules.push_back(&rule);
  std::stable_sort(rules.begin(), rules.end(),
                   [](const Json* a, const Json* b) { return RankOf(*a) < RankOf(*b); });
  const std::string file = TextOf(report["contract"], "file");
  std::string rows;
  for (const Json* rule : rules) {
    const std::string line = TextOf(*rule, "contract_line");
    std::string why = TextOf(*rule, "why_skipped") + TextOf(*rule, "why_not");
    const std::string detail = TextOf(*rule, "detail");
    if (!detail.empty() && TextOf(*rule, "verdict") != "passed") {
      why = ThresholdWords(*rule) + "; " + detail;
    }
    rows += "<tr>" + VerdictCell(TextOf(*rule, "verdict")) + Cell(TextOf(*rule, "id")) +
            Cell(TextOf(*rule, "promise")) + Cell(MeasuredWords(*rule), "number") +
            Cell(why.empty() ? ThresholdWords(*rule) : why) + Cell(TextOf(*rule, "action")) +
            Cell(line.empty() ? "" : file + ":" + line) + "</tr>\n";
  }
  return rows;
}

std::string FileRows(const Json& report) {
  std::string rows;
  for (const Json& file : report["files"]) {
    std::string reasons;
    for (const Json& reason : file["reasons"]) {
      reasons +=
          (reasons.empty() ? "" : "; ") + TextOf(reason, "code") + ": " + TextOf(reason, "message");
    }
    rows += "<tr>" + VerdictCell(file["rejected"].get<bool>() ? "failed" : "passed") +
            Cell(TextOf(file, "path")) + Cell(WithCommas(CountOf(file, "records")), "number") +
            Cell(WithCommas(CountOf(file, "quarantined")), "number") +
            Cell(ShowBytes(CountOf(file, "size")), "number") + Cell(reasons) + "</tr>\n";
  }
  return rows;
}

std::string SampleRows(const Json& report) {
  std::string rows;
  for (const Json& sample : report["samples"]) {
    for (const Json& reason : sample["reasons"]) {
      rows += "<tr>" + Cell(TextOf(sample, "file")) + Cell(TextOf(sample, "line"), "number") +
              Cell(TextOf(reason, "field")) + Cell(TextOf(reason, "code")) +
              Cell(TextOf(reason, "value")) + Cell(TextOf(reason, "message")) + "</tr>\n";
    }
  }
  return rows;
}

std::string Fact(const std::string& value, const std::string& name) {
  return "<div><b>" + Escaped(value) + "</b>" + Escaped(name) + "</div>";
}

std::string Heading(const Json& report) {
  const Json& contract = report["contract"];
  std::string what = TextOf(report, "dataset");
  if (what.empty()) what = TextOf(contract, "schema");
  if (const std::string partition = TextOf(report, "partition");
      !partition.empty() && partition != "-") {
    what += " " + partition;
  }
  const std::string verdict = TextOf(report, "verdict");
  std::string text =
      "<h1>" + Escaped(what) + " <span class=\"verdict " + Escaped(verdict) + "\">" +
      Escaped(verdict) + "</span></h1>\n<p>contract <code>" + Escaped(TextOf(contract, "id")) +
      "</code> " + Escaped(TextOf(contract, "version")) + " (" + Escaped(TextOf(contract, "file")) +
      "), gate " + Escaped(TextOf(report, "gate"));
  const std::string run = TextOf(report, "run_id");
  if (!run.empty()) {
    text += ", run <code>" + Escaped(run) + "</code> of " + Escaped(TextOf(report, "started_at"));
  }
  return text + "</p>\n";
}

std::string Facts(const Json& report) {
  const Json& coverage = report["coverage"];
  return "<div class=\"facts\">" + Fact(WithCommas(CountOf(report, "records")), "records") +
         Fact(WithCommas(CountOf(report, "accepted")), "accepted") +
         Fact(WithCommas(CountOf(report, "quarantined")), "set aside") +
         Fact(WithCommas(CountOf(coverage, "promises")), "promises") +
         Fact(WithCommas(CountOf(coverage, "enforced")), "enforced") +
         Fact(WithCommas(CountOf(coverage, "informational")), "informational") +
         Fact(WithCommas(CountOf(coverage, "not_enforceable")), "not enforceable") + "</div>\n";
}

std::string Samples(const Json& report) {
  const std::string rows = SampleRows(report);
  if (rows.empty()) return "";
  std::string text = "<h2>Records with reasons</h2>\n" +
                     Table({"file", "line", "field", "code", "value", "reason"}, rows);
  const int64_t more = CountOf(report, "more_samples");
  const std::string folder = TextOf(report, "quarantine");
  if (more > 0) {
    text += "<p>and " + WithCommas(more) + " more records" +
            (folder.empty() ? "" : ": <code>" + Escaped(folder) + "/rejects.ndjson</code>") +
            "</p>\n";
  }
  return text;
}

// "</script>" and "<!--" would end the element or change how it is read (HTML, 4.12.1.3).
std::string Embedded(const std::string& json) {
  std::string text;
  for (const char c : json) text += c == '<' ? std::string("\\u003c") : std::string(1, c);
  return "<script type=\"application/json\" id=\"report\">\n" + text + "</script>\n";
}

}  // namespace

std::string RenderHtml(const std::string& report_json) {
  const Json report = Json::parse(report_json);
  const std::string title =
      "lakegate: " + TextOf(report["contract"], "schema") + " " + TextOf(report, "verdict");
  std::string text =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
      Escaped(title) + "</title>\n<style>" + kStyle + "</style></head>\n<body>\n" +
      Heading(report) + Facts(report);
  text += "<h2>Rules</h2>\n" +
          Table({"verdict", "rule", "promise", "measured", "allowed", "action", "written"},
                RuleRows(report));
  text += "<h2>Files</h2>\n" +
          Table({"", "file", "records", "set aside", "size", "reasons"}, FileRows(report));
  return text + Samples(report) + Embedded(report_json) + "</body></html>\n";
}

}  // namespace lakegate
