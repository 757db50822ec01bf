#include "read/csv_header.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "core/utf8.h"
#include "read/csv_tokenizer.h"
#include "read/latin1.h"
#include "read/line_cursor.h"

namespace lakegate {
namespace {

constexpr size_t kMaxHeaderBytes = 1024 * 1024;

// Letters and digits only, lower case: "Customer ID" and "customer_id" fold to the same.
std::string Folded(std::string_view label) {
  std::string folded;
  for (const char c : label) {
    if (std::isalnum(static_cast<unsigned char>(c)) || static_cast<unsigned char>(c) >= 0x80) {
      folded.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
    }
  }
  return folded;
}

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

// Of the missing names the one that `label` most likely is; empty if none is near.
std::string Nearest(const std::string& label, const std::set<std::string>& missing) {
  const std::string folded = Folded(label).substr(0, 200);
  std::string best;
  size_t best_distance = std::max<size_t>(1, folded.size() / 3) + 1;
  for (const std::string& name : missing) {
    const size_t distance = EditDistance(folded, Folded(name).substr(0, 200));
    if (distance < best_distance) {
      best_distance = distance;
      best = name;
    }
  }
  return best;
}

std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

bool IsBlankLabel(const std::string& label) {
  return label.find_first_not_of(" \t\r\n") == std::string::npos;
}

// One label that holds several names of the contract, or at least several words.
bool IsWholeHeader(const std::vector<std::string>& labels, char delimiter) {
  return labels.size() == 1 && !HintAtDelimiter(labels[0], delimiter).empty();
}

// Extra labels first try to be a misspelt missing one.
void ExplainDifferentNames(const std::vector<std::string>& labels,
                           const std::set<std::string>& known, std::set<std::string> missing,
                           char delimiter, std::vector<FileReason>* reasons) {
  if (IsWholeHeader(labels, delimiter) && !known.contains(labels[0])) {
    reasons->push_back(
        {ReasonCode::kExtraLabel, labels[0],
         "the header is one column " + Quoted(labels[0]) + HintAtDelimiter(labels[0], delimiter)});
    return;
  }
  for (size_t i = 0; i < labels.size(); ++i) {
    if (IsBlankLabel(labels[i]) || known.contains(labels[i])) continue;
    const std::string nearest = Nearest(labels[i], missing);
    const std::string place = "column " + std::to_string(i + 1) + " " + Quoted(labels[i]);
    if (nearest.empty()) {
      reasons->push_back({ReasonCode::kExtraLabel, labels[i], place + " is not in the contract"});
    } else {
      missing.erase(nearest);
      reasons->push_back(
          {ReasonCode::kRenamedLabel, labels[i],
           place + " is not in the contract; the nearest known name is " + Quoted(nearest)});
    }
  }
  for (const std::string& name : missing) {
    reasons->push_back(
        {ReasonCode::kMissingLabel, name, "the column " + Quoted(name) + " is missing"});
  }
}

void ExplainOrder(const std::vector<std::string>& labels, const std::vector<std::string>& expected,
                  std::vector<FileReason>* reasons) {
  for (size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] == expected[i]) continue;
    const auto where = std::find(expected.begin(), expected.end(), labels[i]);
    reasons->push_back({ReasonCode::kMovedLabel, labels[i],
                        "the column " + Quoted(labels[i]) + " stands at place " +
                            std::to_string(i + 1) + ", the contract has it at place " +
                            std::to_string(where - expected.begin() + 1)});
  }
}

void ExplainCells(const std::vector<std::string>& labels, std::vector<FileReason>* reasons) {
  std::map<std::string, size_t> first;
  for (size_t i = 0; i < labels.size(); ++i) {
    if (IsBlankLabel(labels[i])) {
      reasons->push_back(
          {ReasonCode::kBlankLabel, labels[i], "column " + std::to_string(i + 1) + " has no name"});
      continue;
    }
    const auto [found, inserted] = first.emplace(labels[i], i);
    if (!inserted) {
      reasons->push_back({ReasonCode::kDuplicateLabel, labels[i],
                          "columns " + std::to_string(found->second + 1) + " and " +
                              std::to_string(i + 1) + " are both called " + Quoted(labels[i])});
    }
  }
}

}  // namespace

std::string HintAtDelimiter(std::string_view cell, char delimiter) {
  char likely = delimiter;
  ptrdiff_t most = 0;
  for (const char candidate : {';', ',', '\t', '|'}) {
    const auto count = std::count(cell.begin(), cell.end(), candidate);
    if (candidate == delimiter || count <= most) continue;
    likely = candidate;
    most = count;
  }
  if (most == 0) return "";
  return std::string("; the delimiter looks like ") +
         (likely == '\t' ? std::string("a tab") : std::string("'") + likely + "'");
}

HeaderMatch MatchHeader(const std::vector<std::string>& labels, const CheckPlan& plan,
                        const CsvDialect& dialect) {
  HeaderMatch match;
  ExplainCells(labels, &match.reasons);
  std::set<std::string> known, missing;
  const std::set<std::string> present(labels.begin(), labels.end());
  std::vector<std::string> expected;  // the contract's order, without absent path columns
  for (const FieldPlan& field : plan.fields) {
    known.insert(field.name);
    const bool is_present = present.contains(field.name);
    if (!is_present && !field.from_path) missing.insert(field.name);
    if (is_present || !field.from_path) expected.push_back(field.name);
  }
  ExplainDifferentNames(labels, known, std::move(missing), dialect.delimiter, &match.reasons);
  if (!match.reasons.empty()) return match;
  if (dialect.order == ColumnOrder::kExact) ExplainOrder(labels, expected, &match.reasons);
  CsvColumns columns;
  for (const std::string& label : labels) {
    const auto field = std::find_if(plan.fields.begin(), plan.fields.end(),
                                    [&](const FieldPlan& f) { return f.name == label; });
    columns.field_of_cell.push_back(static_cast<int>(field - plan.fields.begin()));
  }
  match.columns = std::make_shared<const CsvColumns>(std::move(columns));
  return match;
}

HeaderMatch HeaderFromContract(const CheckPlan& plan) {
  CsvColumns columns;
  for (size_t i = 0; i < plan.fields.size(); ++i) {
    if (!plan.fields[i].from_path) columns.field_of_cell.push_back(static_cast<int>(i));
  }
  HeaderMatch match;
  match.columns = std::make_shared<const CsvColumns>(std::move(columns));
  return match;
}

Result<CsvPreamble> ReadCsvPreamble(WindowBuffer* window, const CsvDialect& dialect) {
  CsvPreamble preamble;
  const int64_t start = window->offset();
  if (dialect.encoding == TextEncoding::kUtf8) {
    LAKEGATE_ASSIGN(const int64_t mark, SkipByteOrderMark(window));
    (void)mark;
  }
  for (int64_t i = 0; i < dialect.skip_lines; ++i) {
    LAKEGATE_ASSIGN(const bool found, SkipLine(window));
    preamble.lines += found ? 1 : 0;
  }
  CsvTokenizer tokenizer(dialect);
  while (dialect.header && !preamble.has_header) {
    const std::string_view unread = window->unread();
    if (unread.empty() && window->at_end()) break;
    const bool skipped = dialect.comment && !unread.empty() && unread[0] == *dialect.comment;
    auto outcome = CsvTokenizer::Outcome::kNeedMore;
    if (!unread.empty()) {
      outcome = tokenizer.Read(unread.data(), unread.data() + unread.size(), window->at_end());
    }
    if (outcome == CsvTokenizer::Outcome::kNeedMore) {
      if (unread.size() > kMaxHeaderBytes) {
        return Error{ErrorCode::kInvalidData, "the header does not end within 1 MB",
                     "is this a CSV file, and are delimiter and quote right?"};
      }
      LAKEGATE_TRY(window->Fill());
      continue;
    }
    const auto size = static_cast<size_t>(tokenizer.record_end() - unread.data());
    preamble.lines += tokenizer.line_ends();
    if (!skipped && size > 0) {
      if (outcome != CsvTokenizer::Outcome::kRecord) {
        return Error{ErrorCode::kInvalidData, "a quote in the header is not closed or misplaced",
                     "mend the header, or set the quote of the CSV dialect"};
      }
      for (const RawValue& cell : tokenizer.cells()) {
        std::string label(cell.text());
        if (dialect.encoding == TextEncoding::kLatin1) {
          label.clear();
          AppendLatin1AsUtf8(cell.text(), &label);
        } else if (FirstInvalidUtf8(label)) {
          return Error{ErrorCode::kInvalidData, "the header is not valid UTF-8",
                       "declare the encoding, e.g. --csv-encoding latin-1"};
        }
        preamble.labels.push_back(std::move(label));
      }
      preamble.has_header = true;
    }
    window->Consume(static_cast<size_t>(tokenizer.next() - unread.data()));
  }
  preamble.bytes = window->offset() - start;
  return preamble;
}

}  // namespace lakegate
