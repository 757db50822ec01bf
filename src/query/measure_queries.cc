#include "query/measure_queries.h"

#include <charconv>
#include <cstdlib>
#include <map>
#include <set>

#include "contract/exact_decimal.h"
#include "core/sql_quote.h"
#include "core/utf8.h"
#include "query/rule_sql.h"

namespace lakegate {
namespace {

constexpr size_t kMaxExampleBytes = 200;

Measurement NotMeasured(MeasurementState state, std::string detail) {
  Measurement measurement;
  measurement.state = state;
  measurement.detail = std::move(detail);
  return measurement;
}

Measurement Failed(const Error& error) {
  return NotMeasured(MeasurementState::kError,
                     error.message + (error.hint.empty() ? "" : "; " + error.hint));
}

Measurement Failed(std::string detail) {
  return NotMeasured(MeasurementState::kError, std::move(detail));
}

int64_t CountIn(const std::optional<std::string>& text) {
  return text ? std::strtoll(text->c_str(), nullptr, 10) : 0;
}

// Two columns that differ only in case are one for SQL: which one a rule means cannot be said.
std::optional<std::string> TwinColumns(const std::vector<FieldPlan>& fields) {
  std::map<std::string, std::string> seen;
  for (const FieldPlan& field : fields) {
    std::string lower = field.name;
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    const auto [other, is_new] = seen.emplace(lower, field.name);
    if (!is_new) return "'" + other->second + "' and '" + field.name + "'";
  }
  return std::nullopt;
}

// "86400" or "12.345678": microseconds as seconds.
std::string SecondsOf(int64_t us) {
  std::string text = us < 0 ? "-" : "";
  const uint64_t size =
      us < 0 ? uint64_t{0} - static_cast<uint64_t>(us) : static_cast<uint64_t>(us);
  text += std::to_string(size / 1'000'000);
  if (size % 1'000'000 == 0) return text;
  text += "." + std::to_string(1'000'000 + size % 1'000'000).substr(1);
  while (text.back() == '0') text.pop_back();
  return text;
}

class Measurer {
 public:
  Measurer(const CheckPlan& plan, const QueryScene& scene) : plan_(plan), scene_(scene) {}

  Result<std::vector<Measurement>> Run() {
    std::vector<Measurement> measured(plan_.queries.size());
    Prepare(&measured);
    for (size_t i = 0; i < plan_.queries.size(); ++i) {
      if (scene_.cancelled && scene_.cancelled->load(std::memory_order_relaxed)) {
        return Error{ErrorCode::kCancelled, "interrupted", ""};
      }
      const QueryRule& rule = plan_.queries[i];
      if (rule.kind == QueryKind::kVolume) {
        measured[i] = Volume(rule);
      } else if (engine_ && measured[i].state == MeasurementState::kMeasured) {
        LAKEGATE_ASSIGN(measured[i], Measure(rule, i));
      }
    }
    return measured;
  }

 private:
  // Opens the engine with all tables, and seals it. What fails is told of every rule it concerns.
  void Prepare(std::vector<Measurement>* measured) {
    std::optional<Error> error;
    if (const auto twins = TwinColumns(plan_.fields)) {
      error = Error{ErrorCode::kInvalidConfig, "the columns " + *twins + " differ only in case",
                    "SQL cannot tell them apart: rename one"};
    }
    Result<std::unique_ptr<SqlEngine>> engine =
        error ? Result<std::unique_ptr<SqlEngine>>(*error) : SqlEngine::Open(scene_.engine);
    if (!engine) {
      error = engine.error();
    } else if (const Status added = (*engine)->AddTable(scene_.table); !added) {
      error = added.error();
    }
    for (size_t i = 0; !error && i < plan_.queries.size(); ++i) {
      AddOther(plan_.queries[i], i, engine->get(), &(*measured)[i]);
    }
    if (!error) {
      if (const Status sealed = (*engine)->Seal(); !sealed) error = sealed.error();
    }
    if (!error) {
      engine_ = std::move(*engine);
      return;
    }
    for (Measurement& measurement : *measured) measurement = Failed(*error);
  }

  std::string OtherName(size_t index) const {
    return "lakegate other table " + std::to_string(index);
  }

  void AddOther(const QueryRule& rule, size_t index, SqlEngine* engine, Measurement* measurement) {
    Result<OtherTable> other = OtherTable{};
    if (!rule.dataset.empty()) {
      other = scene_.find_dataset(rule);
    } else if (rule.file.empty()) {
      return;
    } else {
      other->csv_file = rule.file[0] == '/' || scene_.contract_folder.empty()
                            ? rule.file
                            : scene_.contract_folder + "/" + rule.file;
    }
    if (!other) {
      *measurement = Failed(other.error());
    } else if (!other->table && other->csv_file.empty()) {
      *measurement = NotMeasured(MeasurementState::kSkipped, other->why_missing);
    } else if (Status added = AddOtherTable(*other, OtherName(index), engine); !added) {
      *measurement = Failed(added.error());
    } else if (!other->table) {
      lists_.insert(index);
    }
  }

  Result<Measurement> Measure(const QueryRule& rule, size_t index) {
    const RuleTables tables{QuoteSqlName(scene_.table.name), QuoteSqlName(OtherName(index)),
                            lists_.contains(index)};
    QueryLimits limits;
    limits.timeout_ms = rule.timeout_ms;
    limits.max_rows = 1;
    limits.cancelled = scene_.cancelled;
    const Result<SqlResult> result = engine_->Query(SqlOfRule(rule, tables), limits);
    if (!result && result.error().code == ErrorCode::kCancelled) return result.error();
    if (!result && result.error().code == ErrorCode::kUnavailable) {
      return Failed(result.error().message +
                    "; make it cheaper, or give the rule more with lakegate.timeout");
    }
    if (!result) return Failed(result.error());
    if (rule.kind == QueryKind::kFreshness) return Freshness(*result);
    return rule.columns.empty() || result->columns.size() == 1 ? Value(rule, *result)
                                                               : Counts(rule, *result);
  }

  Measurement Value(const QueryRule& rule, const SqlResult& result) {
    if (rule.kind == QueryKind::kRowCountEqual) return Counts(rule, result);
    if (result.columns.size() != 1 || result.rows.size() != 1 || result.more_rows) {
      return Failed("the query must give one row with one number; it gives " +
                    std::string(result.more_rows ? "several" : std::to_string(result.rows.size())) +
                    " rows with " + std::to_string(result.columns.size()) + " columns");
    }
    const std::optional<std::string>& value = result.rows[0][0];
    if (!value) {
      return NotMeasured(MeasurementState::kNull, rule.kind == QueryKind::kSql
                                                      ? "the query gave no value (null)"
                                                      : "there are too few values to measure it");
    }
    const SqlKind kind = result.columns[0].kind;
    const bool is_number =
        kind == SqlKind::kInteger || kind == SqlKind::kDecimal || kind == SqlKind::kReal;
    if (!is_number || !ExactDecimal::Parse(*value)) {
      return Failed(
          "the query must give a number; it gives " +
          (is_number || kind == SqlKind::kBoolean ? *value : std::string("another type")));
    }
    Measurement measurement;
    measurement.value = *value;
    return measurement;
  }

  Measurement Counts(const QueryRule& rule, const SqlResult& result) {
    const auto& row = result.rows.at(0);
    Measurement measurement;
    measurement.violations = CountIn(row[0]);
    measurement.base = CountIn(row[1]);
    measurement.value = std::to_string(measurement.violations);
    if (!row[2] || measurement.violations == 0) return measurement;
    const std::string example(CutUtf8(*row[2], kMaxExampleBytes));
    measurement.detail = rule.kind == QueryKind::kNoGaps      ? "first gap: " + example
                         : rule.kind == QueryKind::kMonotonic ? "first: " + example
                         : rule.kind == QueryKind::kReference ? "e.g. " + example
                                                              : example;
    return measurement;
  }

  Measurement Freshness(const SqlResult& result) {
    const auto& row = result.rows.at(0);
    if (!row[0]) {
      return NotMeasured(MeasurementState::kNull, "there is no value that could be fresh");
    }
    Measurement measurement;
    measurement.value = SecondsOf(scene_.now_us - CountIn(row[0]));
    if (row[1]) measurement.detail = "newest " + *row[1];
    return measurement;
  }

  Measurement Volume(const QueryRule& rule) {
    if (!scene_.earlier_rows) {
      return NotMeasured(MeasurementState::kSkipped, "there is no lake, hence no history");
    }
    const Result<std::vector<int64_t>> earlier = scene_.earlier_rows(rule.partitions);
    if (!earlier) return Failed(earlier.error());
    int64_t sum = 0;
    for (const int64_t rows : *earlier) sum += rows;
    const auto known = static_cast<int>(earlier->size());
    if (known < rule.partitions || sum == 0) {
      return NotMeasured(MeasurementState::kSkipped,
                         sum == 0 && known == rule.partitions
                             ? "the earlier partitions have no rows"
                             : "too little history: " + std::to_string(known) + " of " +
                                   std::to_string(rule.partitions) + " earlier partitions");
    }
    Measurement measurement;
    measurement.violations = scene_.rows * rule.partitions;  // of `sum`: rows against the mean
    measurement.base = sum;
    measurement.detail = std::to_string(scene_.rows) + " rows, the last " + std::to_string(known) +
                         " partitions had " + std::to_string(sum);
    return measurement;
  }

  const CheckPlan& plan_;
  const QueryScene& scene_;
  std::unique_ptr<SqlEngine> engine_;
  std::set<size_t> lists_;  // rules whose other table is a list
};

}  // namespace

Result<std::vector<Measurement>> MeasurePlan(const CheckPlan& plan, const QueryScene& scene) {
  return Measurer(plan, scene).Run();
}

}  // namespace lakegate
