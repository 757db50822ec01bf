#include "query/upsert_merge.h"

#include <charconv>
#include <limits>
#include <memory>

#include "core/sql_quote.h"

namespace lakegate {
namespace {

std::string KeyList(const UpsertMerge& merge, const std::string& table) {
  std::string list;
  for (const std::string& column : merge.key) {
    list += (list.empty() ? "" : ", ") + table + "." + QuoteSqlName(column);
  }
  return list;
}

std::string SameKey(const UpsertMerge& merge, const std::string& a, const std::string& b) {
  std::string text;
  for (const std::string& column : merge.key) {
    const std::string name = QuoteSqlName(column);
    text += (text.empty() ? "" : " AND ") + a + "." + name + " = " + b + "." + name;
  }
  return text;
}

// All rows that are stored, and the keys that were taken out.
std::string StoredText(const UpsertMerge& merge) {
  std::string text;
  for (const SqlTable* table : {&merge.stored, &merge.deleted}) {
    if (table->files.empty()) continue;
    text += (text.empty() ? "" : " UNION ALL ") + std::string("SELECT ") +
            KeyList(merge, QuoteSqlName(table->name)) + ", " + QuoteSqlName(merge.order_by) +
            " AS stored_order, " + kRowFileColumn + ", " + kRowNumberColumn + " FROM " +
            QuoteSqlName(table->name);
  }
  return text;
}

// The newest staged row of every key.
std::string NewestText(const UpsertMerge& merge) {
  const std::string order = QuoteSqlName(merge.order_by);
  const std::string deletes = merge.tombstone.empty()
                                  ? "false"
                                  : "coalesce(CAST(" + QuoteSqlName(merge.tombstone) +
                                        " AS VARCHAR) = " + QuoteSqlText(merge.tombstone_value) +
                                        ", false)";
  return "SELECT " + KeyList(merge, "staged") + ", " + order + " AS new_order, " + kRowFileColumn +
         " AS new_file, " + kRowNumberColumn + " AS new_row, " + deletes +
         " AS deletes FROM staged QUALIFY row_number() OVER (PARTITION BY " +
         KeyList(merge, "staged") + " ORDER BY " + order + " DESC NULLS LAST, " +
         QuoteSqlName(merge.sequence) + " DESC) = 1";
}

class Merger {
 public:
  Merger(const UpsertMerge& merge, std::unique_ptr<SqlEngine> engine,
         const std::atomic<bool>* cancelled)
      : merge_(merge), engine_(std::move(engine)) {
    limits_.timeout_ms = std::numeric_limits<int32_t>::max();
    limits_.cancelled = cancelled;
  }

  Result<MergedRows> Run() {
    for (const SqlTable* table : {&merge_.staged, &merge_.stored, &merge_.deleted}) {
      if (table->files.empty()) continue;
      SqlTable placed = *table;
      placed.with_places = true;
      LAKEGATE_TRY(engine_->AddTable(placed));
    }
    LAKEGATE_TRY(engine_->Seal());
    MergedRows merged;
    const std::string stored = StoredText(merge_);
    std::string winners = "newest AS (" + NewestText(merge_) + ")";
    if (stored.empty()) {
      winners += ", winners AS (SELECT * FROM newest)";
    } else {
      winners += ", old AS (" + stored +
                 "), winners AS (SELECT * FROM newest WHERE NOT EXISTS (SELECT 1 FROM old WHERE " +
                 SameKey(merge_, "old", "newest") +
                 " AND coalesce(stored_order > new_order, stored_order IS NOT NULL)))";
    }
    std::string sql = "WITH " + winners +
                      " SELECT new_file, new_row, CASE WHEN deletes THEN 'deleted' ELSE 'kept' END"
                      " FROM winners";
    if (!stored.empty()) {
      sql += std::string(" UNION ALL SELECT ") + kRowFileColumn + ", " + kRowNumberColumn +
             ", 'lost' FROM old JOIN winners ON " + SameKey(merge_, "old", "winners");
    }
    Status done = engine_->ForEachRow(sql, limits_, [&](const SqlRow& row) -> Status {
      if (row.size() != 3 || !row[0] || !row[1] || !row[2]) {
        return Error{ErrorCode::kCorrupt, "a row without a place", ""};
      }
      std::vector<RowPlace>& places = *row[2] == "kept"      ? merged.kept
                                      : *row[2] == "deleted" ? merged.deleted
                                                             : merged.lost;
      RowPlace place{*row[0], 0};
      std::from_chars(row[1]->data(), row[1]->data() + row[1]->size(), place.row);
      places.push_back(std::move(place));
      return {};
    });
    if (!done) return done.error().While("merging rows by key");
    return merged;
  }

 private:
  const UpsertMerge& merge_;
  const std::unique_ptr<SqlEngine> engine_;
  QueryLimits limits_;
};

}  // namespace

Result<MergedRows> MergeUpsert(const UpsertMerge& merge, const SqlEngineOptions& options,
                               const std::atomic<bool>* cancelled) {
  if (merge.staged.files.empty()) return MergedRows{};
  LAKEGATE_ASSIGN(std::unique_ptr<SqlEngine> engine, SqlEngine::Open(options));
  return Merger(merge, std::move(engine), cancelled).Run();
}

}  // namespace lakegate
