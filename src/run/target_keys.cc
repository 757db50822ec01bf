#include "run/target_keys.h"

#include "core/sql_quote.h"
#include "query/sql_type.h"

namespace lakegate {
namespace {

constexpr const char* kTargetName = "target";
constexpr int64_t kTimeoutMs = int64_t{3600} * 1000;

// A column of the target in the type of the column that refers to it; null if it is no such value.
std::string KeyColumn(const std::vector<std::string>& path, const FieldPlan& field) {
  std::string column;
  for (const std::string& name : path) column += (column.empty() ? "" : ".") + QuoteSqlName(name);
  // Instants as UTC without an offset.
  const std::string type =
      field.type.kind == TypeKind::kTimestamp ? "TIMESTAMP" : SqlTypeOf(field.type);
  return "CAST(TRY_CAST(" + column + " AS " + type + ") AS VARCHAR)";
}

std::string SelectKeys(const CheckPlan& plan, const ForeignKey& key) {
  std::string columns, not_null;
  for (size_t i = 0; i < key.fields.size(); ++i) {
    const std::string name = "k" + std::to_string(i);
    columns += (i > 0 ? ", " : "") +
               KeyColumn(key.target_columns[i], FieldAt(plan.fields, key.fields[i])) + " AS " +
               name;
    not_null += (i > 0 ? " AND " : "") + name + " IS NOT NULL";
  }
  return "SELECT * FROM (SELECT " + columns + " FROM " + kTargetName + ") WHERE " + not_null;
}

}  // namespace

TargetKeys MakeTargetKeys(const CheckPlan& plan, FindOtherTable find, SqlEngineOptions options,
                          const std::atomic<bool>* cancelled) {
  return [&plan, find = std::move(find), options = std::move(options), cancelled](
             const ForeignKey& key,
             const std::function<Status(const TargetRow&)>& add) -> Result<std::string> {
    LAKEGATE_ASSIGN(const OtherTable other, find({key.target_contract, key.target_object}));
    if (!other.why_missing.empty()) return other.why_missing;
    LAKEGATE_ASSIGN(const std::unique_ptr<SqlEngine> engine, SqlEngine::Open(options));
    LAKEGATE_TRY(AddOtherTable(other, kTargetName, engine.get()));
    LAKEGATE_TRY(engine->Seal());
    QueryLimits limits;
    limits.timeout_ms = kTimeoutMs;
    limits.cancelled = cancelled;
    TargetRow row(key.fields.size());
    const Status read =
        engine->ForEachRow(SelectKeys(plan, key), limits, [&](const SqlRow& columns) {
          for (size_t i = 0; i < row.size(); ++i) row[i] = *columns[i];
          return add(row);
        });
    if (!read) return read.error().While("reading the keys of " + key.target_object);
    return std::string();
  };
}

}  // namespace lakegate
