#include "report/html_report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace lakegate {
namespace {

// What RenderJson gives, with hostile texts wherever data or contracts can put them.
nlohmann::ordered_json HostileReport() {
  const std::string evil = "</script><script>alert('x')</script><!--\x01\"&";
  return {
      {"verdict", "failed"},
      {"gate", "closed"},
      {"dataset", evil},
      {"partition", evil},
      {"run_id", evil},
      {"started_at", "2025-01-01T00:00:00Z"},
      {"contract", {{"id", evil}, {"version", evil}, {"file", evil}, {"schema", evil}}},
      {"records", 1234567},
      {"accepted", 1234560},
      {"quarantined", 7},
      {"coverage",
       {{"promises", 9}, {"enforced", 6}, {"informational", 2}, {"not_enforceable", 1}}},
      {"files",
       {{{"path", evil},
         {"size", 5},
         {"rejected", true},
         {"records", 1},
         {"quarantined", 1},
         {"reasons", {{{"code", "empty-file"}, {"message", evil}}}}}}},
      {"rules",
       {{{"id", "passes"}, {"verdict", "passed"}, {"value", 0}, {"unit", "rows"}},
        {{"id", evil},
         {"verdict", "failed"},
         {"promise", evil},
         {"value", 3.1},
         {"unit", "percent"},
         {"violations", 31},
         {"base", 1000},
         {"operator", "mustBeLessThan"},
         {"threshold", 2},
         {"contract_line", 7}},
        {{"id", "no table"}, {"verdict", "skipped"}, {"value", nullptr}, {"why_skipped", evil}}}},
      {"quarantine", evil},
      {"samples",
       {{{"file", evil},
         {"line", 3},
         {"reasons",
          {{{"field", evil}, {"code", "type-error"}, {"value", evil}, {"message", evil}}}}}}},
      {"more_samples", 6}};
}

TEST(HtmlReportTest, NothingOfDataOrContractBecomesMarkup) {
  const std::string page = RenderHtml(HostileReport().dump());
  EXPECT_EQ(page.find("<script>alert"), std::string::npos);
  EXPECT_EQ(page.find("<!--"), std::string::npos);
  EXPECT_EQ(page.find('\x01'), std::string::npos);
  const size_t script = page.find("<script");
  EXPECT_EQ(page.find("<script", script + 1), std::string::npos);
  EXPECT_EQ(page.find("http"), std::string::npos);  // nothing is fetched
}

TEST(HtmlReportTest, HoldsTheJsonReport) {
  const std::string json = HostileReport().dump(2) + "\n";
  const std::string page = RenderHtml(json);
  const std::string open = "<script type=\"application/json\" id=\"report\">\n";
  const size_t begin = page.find(open) + open.size();
  const std::string inside = page.substr(begin, page.find("</script>", begin) - begin);
  EXPECT_EQ(nlohmann::ordered_json::parse(inside), nlohmann::ordered_json::parse(json));
}

TEST(HtmlReportTest, TellsCoverageThresholdsAndWhatComesFirst) {
  const std::string page = RenderHtml(HostileReport().dump());
  EXPECT_NE(page.find("<b>1,234,567</b>records"), std::string::npos);
  EXPECT_NE(page.find("<b>1</b>not enforceable"), std::string::npos);
  EXPECT_NE(page.find("3.1 % (31 of 1,000)"), std::string::npos);
  EXPECT_NE(page.find("&lt; 2 %"), std::string::npos);
  EXPECT_NE(page.find("and 6 more records"), std::string::npos);
  EXPECT_LT(page.find("verdict failed\">failed</td>"), page.find("verdict passed\">passed</td>"));
}

}  // namespace
}  // namespace lakegate
