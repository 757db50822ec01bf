#include "contract/compat.h"

#include "contract/check_plan.h"

namespace lakegate {
namespace {

constexpr std::pair<Compat, const char*> kNames[] = {
    {Compat::kSodaV3, "soda-v3"},
    {Compat::kSodaV4, "soda-v4"},
    {Compat::kDeequ, "deequ"},
    {Compat::kGx, "gx"},
    {Compat::kDatacontractCli, "datacontract-cli"},
};

void ApplyToDuplicates(Compat compat, MetricRule* metric) {
  const bool single = metric->fields.size() == 1;
  switch (compat) {
    case Compat::kSodaV3:
      metric->duplicates = DuplicateCount::kRepeatedKeys;
      metric->definition = "distinct keys without null that occur more than once, of all rows";
      break;
    case Compat::kSodaV4:
      metric->nulls_equal = !single;
      metric->base = single ? PercentBase::kNonNull : PercentBase::kAll;
      metric->definition = single ? "rows - missing - distinct values, of the rows not missing"
                                  : "rows - distinct keys (nulls are equal), of all rows";
      break;
    case Compat::kDeequ:
      metric->duplicates = DuplicateCount::kRowsInGroups;
      metric->base = PercentBase::kNonNull;
      metric->definition =
          "all rows of the keys that occur more than once, of the rows with a key "
          "(100 % - Uniqueness)";
      break;
    case Compat::kGx:
      metric->duplicates = DuplicateCount::kRowsInGroups;
      metric->nulls_equal = !single;
      metric->all_null_is_no_key = true;
      metric->base = PercentBase::kKeyed;
      metric->definition = single ? "every row of a repeated value, of the rows that are not null"
                                  : "every row of a repeated key, of the rows whose key is not all "
                                    "null";
      break;
    case Compat::kDatacontractCli:
      metric->duplicates = DuplicateCount::kRepeatedKeys;
      metric->nulls_equal = true;
      metric->definition = "keys that occur more than once (nulls are one key); percent is a count";
      break;
    case Compat::kNone:
      break;
  }
}

void ApplyToValues(Compat compat, MetricRule* metric) {
  const bool is_soda = compat == Compat::kSodaV3 || compat == Compat::kSodaV4;
  if (metric->kind == MetricKind::kMissingValues &&
      (is_soda || compat == Compat::kDatacontractCli)) {
    metric->count_null_as_missing = true;
    metric->definition = "null and the listed tokens, of all rows";
  } else if (metric->kind == MetricKind::kInvalidValues && compat == Compat::kGx) {
    metric->base = PercentBase::kNonNull;
    metric->definition = "unexpected values, of the rows that are not null";
  } else if (metric->kind == MetricKind::kNullValues && compat == Compat::kDeequ) {
    metric->definition = "rows that are null (100 % - Completeness), of all rows";
  } else {
    metric->definition = metric->kind == MetricKind::kRowCount ? "rows" : "values, of all rows";
  }
}

}  // namespace

const char* Name(Compat compat) {
  for (const auto& [known, name] : kNames) {
    if (known == compat) return name;
  }
  return "lakegate";
}

std::optional<Compat> CompatFromName(std::string_view name) {
  for (const auto& [compat, known] : kNames) {
    if (name == known) return compat;
  }
  return std::nullopt;
}

std::vector<std::string> CompatNames() {
  std::vector<std::string> names;
  for (const auto& [compat, name] : kNames) names.emplace_back(name);
  return names;
}

void ApplyCompat(Compat compat, MetricRule* metric) {
  if (compat == Compat::kNone) return;
  metric->readable_rows = true;
  metric->base = PercentBase::kAll;
  metric->duplicates = DuplicateCount::kExtraCopies;
  metric->nulls_equal = false;
  if (compat == Compat::kSodaV3) metric->percent_digits = 2;
  if (compat == Compat::kDatacontractCli) {
    metric->percent_digits = 6;
    metric->percent_is_count =
        metric->kind == MetricKind::kDuplicateValues || metric->kind == MetricKind::kRowCount;
  }
  metric->fails_when_empty = compat == Compat::kDeequ && metric->kind != MetricKind::kRowCount;
  if (metric->kind == MetricKind::kDuplicateValues) {
    ApplyToDuplicates(compat, metric);
  } else {
    ApplyToValues(compat, metric);
  }
}

}  // namespace lakegate
