#include "query/sql_engine.h"

#include <gtest/gtest.h>

#include <set>

#include "core/sql_quote.h"
#include "query/duckdb_session.h"
#include "query/sql_type.h"
#include "tests/support/made_plan.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_lake.h"

namespace lakegate {
namespace {

class SqlEngineTest : public testing::Test {
 protected:
  void SetUp() override {
    options_.temp_directory = lake_.root();
    options_.now_us = 1'735'689'600'000'000;  // 2025-01-01
  }

  // A file as SQL makes it, with an engine of its own.
  std::string Parquet(const std::string& name, const std::string& select) {
    const std::string path = lake_.WriteFile(name, "");
    const auto library = DuckdbLibrary::Load("");
    EXPECT_OK(library);
    const auto session = DuckdbSession::Open(**library, {{"threads", "1"}});
    EXPECT_OK(session);
    EXPECT_OK((*session)->Execute("COPY (" + select + ") TO " + QuoteSqlText(path) +
                                  " (FORMAT parquet)"));
    return path;
  }

  // An engine with the table t, sealed.
  std::unique_ptr<SqlEngine> Sealed(
      const std::string& select = "SELECT range AS id FROM range(9)") {
    auto engine = SqlEngine::Open(options_);
    EXPECT_OK(engine);
    EXPECT_OK((*engine)->AddTable({.name = "t", .files = {Parquet("t.parquet", select)}}));
    EXPECT_OK((*engine)->Seal());
    return std::move(*engine);
  }

  static std::string One(SqlEngine* engine, const std::string& sql) {
    const Result<SqlResult> result = engine->Query(sql, {});
    if (!result) return result.error().message;
    if (result->rows.size() != 1 || result->rows[0].size() != 1) return "<no single value>";
    return result->rows[0][0].value_or("<null>");
  }

  TempLake lake_;
  SqlEngineOptions options_;
};

TEST_F(SqlEngineTest, NumbersAreExact) {
  const auto engine = Sealed();
  EXPECT_EQ(One(engine.get(), "SELECT 9007199254740993 + 0"), "9007199254740993");
  EXPECT_EQ(One(engine.get(), "SELECT sum(x) FROM (VALUES (9223372036854775807), (1)) v(x)"),
            "9223372036854775808");
  EXPECT_EQ(One(engine.get(), "SELECT sum(x::DECIMAL(18,2)) FROM (VALUES ('0.10'), ('0.20')) v(x)"),
            "0.30");
  EXPECT_EQ(One(engine.get(), "SELECT 0.1::DOUBLE + 0.2::DOUBLE"), "0.30000000000000004");
  EXPECT_EQ(One(engine.get(), "SELECT NULL"), "<null>");
}

TEST_F(SqlEngineTest, NamesTypesAndRows) {
  const auto engine = Sealed();
  const auto result = engine->Query(
      "SELECT id, id AS id, 1.5::DECIMAL(9,1) AS d, 'x' AS s, DATE '2025-01-01' AS day, true AS b, "
      "[1] AS l, 2.0::DOUBLE AS r FROM t ORDER BY id DESC -- the end",
      {.max_rows = 2});
  ASSERT_OK(result);
  std::vector<SqlKind> kinds;
  for (const SqlColumn& column : result->columns) kinds.push_back(column.kind);
  EXPECT_EQ(kinds,
            (std::vector{SqlKind::kInteger, SqlKind::kInteger, SqlKind::kDecimal, SqlKind::kText,
                         SqlKind::kTemporal, SqlKind::kBoolean, SqlKind::kOther, SqlKind::kReal}));
  EXPECT_EQ(result->columns[4].name, "day");
  ASSERT_EQ(result->rows.size(), 2u);
  EXPECT_TRUE(result->more_rows);
  EXPECT_EQ(result->rows[0][0], "8");
  EXPECT_EQ(result->rows[1][1], "7");
}

TEST_F(SqlEngineTest, ColumnsOfFoldersAndConstants) {
  auto engine = SqlEngine::Open(options_);
  ASSERT_OK(engine);
  const std::string a = Parquet("x/day=2025-01-02/p=a%20b/f.parquet", "SELECT 1 AS n");
  const std::string b = Parquet("x/day=2025-01-03/p=c/f.parquet", "SELECT 2 AS n");
  ASSERT_OK((*engine)->AddTable(
      {.name = "whole", .files = {a, b}, .path_columns = {{"day", "DATE"}, {"p", "VARCHAR"}}}));
  SqlTable part{.name = "part", .files = {a}};
  part.constants = {{"day", {.kind = TypeKind::kDate}, "2025-01-02"}, {"p", {}, std::nullopt}};
  ASSERT_OK((*engine)->AddTable(part));
  ASSERT_OK((*engine)->Seal());
  EXPECT_EQ(One(engine->get(), "SELECT string_agg(p || n || day, ',' ORDER BY n) FROM whole"),
            "a b12025-01-02,c22025-01-03");
  EXPECT_EQ(One(engine->get(), "SELECT day + 1 FROM part WHERE p IS NULL"), "2025-01-03");
}

TEST_F(SqlEngineTest, AwkwardNames) {
  auto engine = SqlEngine::Open(options_);
  ASSERT_OK(engine);
  const std::string path =
      Parquet("it's [1] *?/f.parquet", "SELECT 1 AS \"a\"\"b\n'c\", 2 AS \"select\"");
  ASSERT_OK((*engine)->AddTable({.name = "my \"table\"; DROP", .files = {path}}));
  ASSERT_OK((*engine)->Seal());
  EXPECT_EQ(
      One(engine->get(), "SELECT \"a\"\"b\n'c\" + \"select\" FROM \"my \"\"table\"\"; DROP\""),
      "3");
}

TEST_F(SqlEngineTest, ATableOfNoFilesHasItsColumns) {
  MadePlan made;
  made.Add("n", {.kind = TypeKind::kInteger, .bits = 32});
  FieldPlan& object = made.Add("o", {.kind = TypeKind::kObject});
  FieldPlan& list = made.AddChild(object, "list", {.kind = TypeKind::kArray});
  made.AddChild(list, "", {.kind = TypeKind::kDecimal, .precision = 9, .scale = 2});
  SqlTable table{.name = "t"};
  for (const FieldPlan& field : made.plan().fields) {
    table.empty_columns.emplace_back(field.name, SqlTypeOf(field));
  }
  auto engine = SqlEngine::Open(options_);
  ASSERT_OK(engine);
  EXPECT_TRUE(IsError((*engine)->AddTable({.name = "none"}), ErrorCode::kInvalidData, "none"));
  ASSERT_OK((*engine)->AddTable(table));
  ASSERT_OK((*engine)->Seal());
  EXPECT_EQ(One(engine->get(), "SELECT count(n) FROM t"), "0");
  EXPECT_EQ(One(engine->get(), "SELECT count(*) FROM (SELECT sum(o.list[1]) FROM t)"), "1");
}

TEST_F(SqlEngineTest, ListsAreText) {
  auto engine = SqlEngine::Open(options_);
  ASSERT_OK(engine);
  ASSERT_OK((*engine)->AddCsv("codes", lake_.WriteFile("codes.csv", "code,name\n007,Bond\n1,\n")));
  EXPECT_TRUE(IsError((*engine)->AddCsv("no", lake_.Path("missing.csv")), ErrorCode::kUnavailable,
                      "missing.csv"));
  ASSERT_OK((*engine)->Seal());
  EXPECT_EQ(One(engine->get(), "SELECT string_agg(code, '|') FROM codes"), "007|1");
}

TEST_F(SqlEngineTest, NowIsAnArgument) {
  const auto engine = Sealed();
  for (const char* now : {"now()", "current_timestamp", "get_current_timestamp()"}) {
    EXPECT_EQ(One(engine.get(), std::string("SELECT ") + now), "2025-01-01 00:00:00+00") << now;
  }
  EXPECT_EQ(One(engine.get(), "SELECT current_date - 1"), "2024-12-31");
  EXPECT_EQ(One(engine.get(), "SELECT today() + INTERVAL 1 HOUR"), "2025-01-01 01:00:00");
  EXPECT_EQ(One(engine.get(), "SELECT localtimestamp"), "2025-01-01 00:00:00");
  EXPECT_EQ(One(engine.get(), "SELECT current_time"), "00:00:00");
}

TEST_F(SqlEngineTest, HostileQueriesAreRefused) {
  const auto engine = Sealed();
  const std::string outside = lake_.WriteFile("outside.csv", "secret\n1\n");
  const std::string target = lake_.Path("made");
  const std::vector<std::string> before = lake_.List();
  for (const std::string& sql : std::vector<std::string>{
           "",
           ";",
           "-- nothing",
           "SELECT",
           "SELECT 1; SELECT 2",
           "SELECT 1; DROP VIEW t",
           "SELECT 1) TO '" + target + "'; COPY (SELECT 1",
           "SELECT 1) --",
           "SELECT ?",
           "SELECT $x",
           "COPY t TO '" + target + "'",
           "COPY (SELECT 1) TO '" + target + "' (FORMAT csv)",
           "ATTACH '" + target + "'",
           "EXPORT DATABASE '" + target + "'",
           "INSTALL httpfs",
           "LOAD httpfs",
           "PRAGMA threads=4",
           "SET threads = 4",
           "RESET threads",
           "CHECKPOINT",
           "CREATE TABLE x AS SELECT 1",
           "CREATE MACRO f() AS 1",
           "DROP VIEW t",
           "USE system",
           "INSERT INTO t VALUES (1)",
           "DELETE FROM t",
           "CALL pragma_version()",
           "EXPLAIN SELECT 1",
           "PREPARE p AS SELECT 1",
           "BEGIN",
           "VACUUM",
           "FROM (INSERT INTO t VALUES (1))",
           "SELECT * FROM read_csv('/etc/passwd')",
           "SELECT * FROM '/etc/passwd'",
           "SELECT * FROM '" + outside + "'",
           "SELECT * FROM read_text('" + outside + "')",
           "SELECT * FROM system.main.read_blob('" + outside + "')",
           "SELECT * FROM glob('/etc/*')",
           "SELECT * FROM READ_CSV_AUTO('" + outside + "')",
           "FROM sniff_csv('" + outside + "')",
           "SELECT (SELECT count(*) FROM parquet_scan('" + lake_.Path("t.parquet") + "'))",
           "FROM query('COPY t TO x')",
           "FROM query('SELECT 1')",
           "FROM query_table('t')",
           "FROM json_execute_serialized_sql('{}')",
           "FROM enable_logging()",
           "FROM enable_profiling(save_location = '" + target + ".txt')",
           "FROM arrow_scan(1::POINTER, 2::POINTER, 3::POINTER)",
           "FROM duckdb_settings()",
           "FROM duckdb_secrets()",
           "FROM force_checkpoint()",
           "SELECT random()",
           "SELECT uuid()",
           "SELECT sleep_ms(100000)",
           "SELECT repeat('x', 3000000000)",
           "SELECT write_log('x')",
           "WITH x AS (SELECT * FROM read_csv('" + outside + "')) SELECT count(*) FROM x",
           std::string("SELECT 1\0; SELECT 2", 19)}) {
    const Result<SqlResult> result = engine->Query(sql, {});
    EXPECT_TRUE(IsError(result, ErrorCode::kInvalidConfig, "")) << sql;
  }
  EXPECT_EQ(lake_.List(), before);
  EXPECT_EQ(One(engine.get(), "SELECT count(*) FROM t"), "9");  // it still works
}

TEST_F(SqlEngineTest, AnEndlessQueryIsStopped) {
  const auto engine = Sealed();
  const std::string endless =
      "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT (n + 1) % 7 FROM r) SELECT count(*) FROM "
      "r";
  EXPECT_TRUE(IsError(engine->Query(endless, {.timeout_ms = 100}), ErrorCode::kUnavailable,
                      "longer than 0.100 s"));
  const std::string large =
      "SELECT count(*) FROM range(10000000000) a, range(1000) b "
      "WHERE a.range % 7 = b.range % 5";
  EXPECT_TRUE(IsError(engine->Query(large, {.timeout_ms = 50}), ErrorCode::kUnavailable, "longer"));
  std::atomic<bool> cancelled{true};
  const Result<SqlResult> stopped = engine->Query(endless, {.cancelled = &cancelled});
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(One(engine.get(), "SELECT count(*) FROM t"), "9");
}

TEST_F(SqlEngineTest, MemoryIsBounded) {
  options_.memory_bytes = int64_t{32} << 20;
  options_.temp_bytes = int64_t{8} << 20;
  const auto engine = Sealed();
  for (const char* sql :
       {"SELECT count(DISTINCT md5(range::VARCHAR)) FROM range(2000000)",
        "SELECT len(list(range::VARCHAR || 'xxxxxxxxxxxxxxxxxxxxxxxx')) FROM range(3000000)"}) {
    EXPECT_TRUE(IsError(engine->Query(sql, {}), ErrorCode::kUnavailable, "memory")) << sql;
  }
  EXPECT_EQ(One(engine.get(), "SELECT count(*) FROM t"), "9");
}

TEST_F(SqlEngineTest, NothingStaysBehind) {
  Sealed();
  EXPECT_EQ(lake_.List(), (std::vector<std::string>{"t.parquet"}));
}

TEST_F(SqlEngineTest, AMissingLibraryIsAnErrorWithAMend) {
  options_.library_path = lake_.Path("libduckdb.so");
  EXPECT_TRUE(IsError(SqlEngine::Open(options_), ErrorCode::kUnsupported, "libduckdb.so"));
}

TEST_F(SqlEngineTest, TheVersionIsTheOneOfTheHeader) {
  const Result<std::string> version = SqlEngineVersion("");
  ASSERT_OK(version);
  EXPECT_EQ(*version, "DuckDB v1.5.5");
}

TEST_F(SqlEngineTest, ErrorsNameTheColumn) {
  const auto engine = Sealed();
  EXPECT_TRUE(
      IsError(engine->Query("SELECT idd FROM t", {}), ErrorCode::kInvalidConfig, "\"idd\""));
  EXPECT_TRUE(IsError(engine->Query("SELECT CAST(id || 'x' AS INTEGER) FROM t", {}),
                      ErrorCode::kInvalidConfig, "0x"));
}

}  // namespace
}  // namespace lakegate
