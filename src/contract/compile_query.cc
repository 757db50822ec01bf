// Quality items that are measured by queries.
#include "contract/plan_builder.h"
#include "contract/sql_template.h"

namespace lakegate {
namespace {

QueryRule QueryOf(const QualityItem& item) {
  QueryRule query;
  query.unit = item.unit.value;
  for (const WrittenThreshold& written : item.thresholds) {
    query.thresholds.push_back(written.threshold);
  }
  if (item.settings.timeout_s) query.timeout_ms = *item.settings.timeout_s * 1000;
  return query;
}

}  // namespace

QueryRule CompileSqlItem(const QualityItem& item, const std::string& path,
                         const PlanBuilder& builder) {
  QueryRule query = QueryOf(item);
  query.unit = MetricUnit::kRows;  // the query itself makes what it wants of the numbers
  query.sql = FillSqlTemplate(item.query ? item.query->value : "", builder.plan.dataset, path);
  return query;
}

}  // namespace lakegate
