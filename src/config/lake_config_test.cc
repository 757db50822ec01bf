#include "config/lake_config.h"

#include <gtest/gtest.h>

#include <map>

namespace lakegate {
namespace {

constexpr const char* kExample = R"yaml(version: 1
name: shop
datasets:
  events:
    contract: contracts/events.odcs.yaml
    landing:
      path: events/ingestion_date={ingestion_date}/*.json
      format: ndjson
      keep: in_place
    on_violation: quarantine
    publish:
      mode: replace_partition
      partition_by: [ingestion_date]
      add_columns: {processing_ts: run_started_at}
  customers:
    contract: contracts/customers.odcs.yaml
    landing:
      path: customers/*.csv
      keep: move
      columns: first_file
    publish: {mode: upsert, key: [customer_id], order_by: updated_at}
)yaml";

std::optional<std::string> FakeEnvironment(const std::string& name) {
  static const std::map<std::string, std::string> variables = {
      {"ROOT", "/data"}, {"DEPTH", "12"}, {"EMPTY", ""}};
  const auto found = variables.find(name);
  if (found == variables.end()) return std::nullopt;
  return found->second;
}

std::string Ids(const Diagnostics& diagnostics) {
  std::string ids;
  for (const Diagnostic& d : diagnostics.all()) {
    ids += (ids.empty() ? "" : " ") + std::to_string(d.position.line) + ":" + d.id;
  }
  return ids;
}

std::string All(const Diagnostics& diagnostics) {
  std::string all;
  for (const Diagnostic& d : diagnostics.all()) all += ToString(d) + "\n";
  return all;
}

// The problems of a file whose only dataset has these lines (from line 4 on, indented by 4).
std::string ProblemsOf(const std::string& dataset_lines) {
  Diagnostics diagnostics;
  auto config = LoadLakeConfig("version: 1\ndatasets:\n  d:\n" + dataset_lines, "lakegate.yaml",
                               FakeEnvironment, diagnostics);
  EXPECT_EQ(config.has_value(), !diagnostics.has_errors());
  return Ids(diagnostics);
}

const std::string kBase = "    contract: c.yaml\n    landing: {path: d/*.csv}\n";  // lines 4, 5

std::string ProblemsOfLanding(const std::string& keys) {
  return ProblemsOf("    contract: c.yaml\n    landing:\n      path: d/*.csv\n      " + keys +
                    "\n");
}

std::string NotBuilt(const std::string& dataset_lines) {
  Diagnostics diagnostics;
  auto config = LoadLakeConfig("version: 1\ndatasets:\n  d:\n" + dataset_lines, "lakegate.yaml",
                               FakeEnvironment, diagnostics);
  if (!config) return All(diagnostics);
  const Status status = RefuseNotBuilt(*config, diagnostics);
  if (!status) {
    EXPECT_EQ(status.error().code, ErrorCode::kUnsupported);
  }
  return Ids(diagnostics);
}

TEST(LakeConfig, ReadsTheExample) {
  Diagnostics diagnostics;
  auto config = LoadLakeConfig(kExample, "lakegate.yaml", FakeEnvironment, diagnostics);
  ASSERT_TRUE(config) << All(diagnostics);
  EXPECT_EQ(config->name, "shop");
  ASSERT_EQ(config->datasets.size(), 2u);
  const Dataset& events = config->datasets[0];
  EXPECT_EQ(events.landing.format, FileFormat::kNdjson);
  EXPECT_EQ(events.publish.partition_by, std::vector<std::string>{"ingestion_date"});
  ASSERT_EQ(events.publish.add_columns.size(), 1u);
  EXPECT_EQ(events.publish.add_columns[0].second, AddedColumn::kRunStartedAt);
  EXPECT_EQ(events.history_window_s, 7 * 86'400);
  EXPECT_EQ(config->FindDataset("customers")->publish.order_by, "updated_at");
  EXPECT_EQ(config->FindDataset("nobody"), nullptr);
}

TEST(LakeConfig, RefusesWhatIsNotBuiltInTheExample) {
  Diagnostics diagnostics;
  auto config = LoadLakeConfig(kExample, "lakegate.yaml", FakeEnvironment, diagnostics);
  ASSERT_TRUE(config);
  const Status status = RefuseNotBuilt(*config, diagnostics);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(diagnostics.error_count(), 1u) << All(diagnostics);
}

TEST(LakeConfig, ReadsEverythingOfTheProductPage) {
  Diagnostics diagnostics;
  auto config = LoadLakeConfig(R"yaml(
version: 1
name: shop
zones: {land: land, history: history, tables: tables/, quarantine: quarantine, reports: reports}
ledger: .lakegate/ledger.db
datasets:
  events:
    contract: contracts/events.odcs.yaml
    landing:
      path: events/ingestion_date={ingestion_date}/*.csv
      format: tsv
      csv: {quote: '"', header: true, encoding: latin-1, null_values: ["", NA], skip_lines: 2}
      ready: {stable: 10s}
      keep: in_place
      expect: {min_files: 2, min_bytes: 1, max_bytes: 5GB, min_records: 0, by: "06:00 UTC"}
      columns: contract
      order: any
      max_depth: ${DEPTH:-64}
      max_record_bytes: 1MiB
      duplicate_keys: last
    on_violation: reject_file
    quarantine_budget: {percent: 5}
    publish:
      partition_by: [ingestion_date]
      codec: snappy
    history_window: 3 days
    owner: {name: growth-team, notify: [growth-mail]}
    alerts: [ops]
    quarantine: {retention: 90 days}
alerts:
  ops: {type: sentry, dsn: "${SENTRY_DSN:-none}"}
  growth-mail: {type: email, to: [a@example.org, b@example.org]}
models:
  daily: {sql: models/daily.sql, publish: {partition_by: [day]}}
)yaml",
                               "lakegate.yaml", FakeEnvironment, diagnostics);
  ASSERT_TRUE(config) << All(diagnostics);
  const Dataset& events = config->datasets[0];
  EXPECT_EQ(config->zones.tables, "tables");
  EXPECT_EQ(events.landing.input.csv.delimiter, '\t');
  EXPECT_EQ(events.landing.input.csv.encoding, TextEncoding::kLatin1);
  EXPECT_EQ(events.landing.input.csv.order, ColumnOrder::kAny);
  EXPECT_EQ(events.landing.input.csv.skip_lines, 2);
  EXPECT_EQ(events.landing.input.limits.max_depth, 12);
  EXPECT_EQ(events.landing.input.limits.max_record_bytes, 1 << 20);
  EXPECT_EQ(events.landing.input.limits.duplicate_keys, DuplicateKeys::kLast);
  EXPECT_EQ(events.landing.ready.stable_s, 10);
  EXPECT_EQ(events.landing.expect.max_bytes, 5'000'000'000);
  EXPECT_EQ(events.landing.expect.by_utc_s, 6 * 3600);
  EXPECT_EQ(events.on_violation, Action::kRejectFile);
  EXPECT_EQ(events.quarantine_budget.percent, 5);
  EXPECT_EQ(events.publish.codec, Codec::kSnappy);
  EXPECT_EQ(events.history_window_s, 3 * 86'400);
  EXPECT_EQ(events.owner, "growth-team");
  EXPECT_EQ(events.quarantine_retention_s, 90 * 86'400);
  EXPECT_EQ(config->alerts[0].options[0].second, "none");
  EXPECT_EQ(config->alerts[1].options[0].second, "a@example.org,b@example.org");
  EXPECT_EQ(config->models[0].sql, "models/daily.sql");
}

TEST(LakeConfig, ReportsAllProblemsAtOnce) {
  Diagnostics diagnostics;
  auto config = LoadLakeConfig(R"yaml(version: 2
datsets: {}
datasets:
  a/b:
    contract: 5
    landing: {path: /abs, format: xml, keep: mov}
    on_violation: ignore
    history_window: soon
)yaml",
                               "lakegate.yaml", FakeEnvironment, diagnostics);
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code, ErrorCode::kInvalidConfig);
  diagnostics.SortByPosition();
  EXPECT_EQ(Ids(diagnostics),
            "1:config-version 2:unknown-key 4:bad-name 5:wrong-kind 6:bad-path 6:unknown-value "
            "6:unknown-value 7:unknown-value 8:bad-duration");
  EXPECT_NE(All(diagnostics)
                .find("lakegate.yaml:2:1: error: unknown key 'datsets' in "
                      "lakegate.yaml (did you mean 'datasets'?)"),
            std::string::npos)
      << All(diagnostics);
}

TEST(LakeConfig, ReplacesVariables) {
  Diagnostics diagnostics;
  auto config = LoadLakeConfig(
      "version: 1\nname: \"${NOBODY:-x}-${ROOT}\"\nledger: ${EMPTY:-l.db}\n"
      "datasets:\n  d:\n    contract: ${ROOT}/c.yaml\n    landing: {path: \"d/{day}/*.csv\"}\n",
      "lakegate.yaml", FakeEnvironment, diagnostics);
  ASSERT_TRUE(config) << All(diagnostics);
  EXPECT_EQ(config->name, "x-/data");
  EXPECT_EQ(config->ledger, "l.db");
  EXPECT_EQ(config->datasets[0].contract, "/data/c.yaml");
  EXPECT_EQ(ProblemsOf("    contract: ${NOBODY}\n    landing: {path: a}\n"), "4:unset-variable");
  EXPECT_EQ(ProblemsOf("    contract: ${9x}\n    landing: {path: a}\n"), "4:bad-variable");
  EXPECT_EQ(ProblemsOf("    contract: a${ROOT\n    landing: {path: a}\n"), "4:bad-variable");
}

TEST(LakeConfig, ChecksDatasets) {
  EXPECT_EQ(ProblemsOf(kBase), "");
  EXPECT_EQ(ProblemsOf("    contract: c.yaml\n"), "4:missing-key");
  EXPECT_EQ(ProblemsOf(kBase + "    alerts: [ops]\n"), "3:unknown-alert");
  EXPECT_EQ(ProblemsOf(kBase + "    publish: {mode: upsert}\n"), "6:upsert-key");
  EXPECT_EQ(ProblemsOf(kBase + "    publish: {key: [a]}\n"), "6:upsert-key");
  EXPECT_EQ(ProblemsOf(kBase + "    publish: {mode: append, partition_by: [a, a]}\n"),
            "6:repeated-partition");
  EXPECT_EQ(ProblemsOf(kBase + "    publish: {mode: upsert, key: [a]}\n"), "6:upsert-key");
  EXPECT_EQ(ProblemsOf(kBase + "    publish: {partition_by: [a]}\n"), "6:mode-and-partitions");
  EXPECT_EQ(ProblemsOf(kBase + "    publish: {partition_by: [{date: a}]}\n"),
            "6:mode-and-partitions");
  EXPECT_EQ(ProblemsOf(kBase + "    publish: {mode: append, partition_by: [{day: a}]}\n"),
            "6:missing-key 6:unknown-key");
  EXPECT_EQ(ProblemsOf(kBase + "    publish: {tombstone: a}\n"), "6:upsert-key");
  EXPECT_EQ(ProblemsOf(kBase + "    publish: {compact: {}}\n"), "6:compact-mode");
  const std::string append = "    contract: c.yaml\n    publish: {mode: append}\n";
  EXPECT_EQ(ProblemsOf(append + "    landing: {path: a, batch: {files: 5}, all_must_pass: true}\n"),
            "");
  EXPECT_EQ(ProblemsOf(append + "    landing: {path: a, batch: {files: 0}}\n"), "6:out-of-range");
  EXPECT_EQ(ProblemsOf(append + "    landing: {path: a, batch: {}}\n"), "6:missing-key");
  EXPECT_EQ(
      ProblemsOf(append + "    landing: {path: a, batch: {files: 5}, expect: {min_files: 2}}\n"),
      "6:batch-and-min-files");
  EXPECT_EQ(ProblemsOf("    contract: c.yaml\n    landing: {path: a, batch: {files: 5}}\n"),
            "4:mode-and-partitions");
  EXPECT_EQ(ProblemsOf(kBase + "    publish: {mode: append, compact: {target: 0}}\n"),
            "6:out-of-range");
  EXPECT_EQ(ProblemsOf(kBase + "    publish: {mode: append, compact: {min_files: 1}}\n"),
            "6:out-of-range");
  EXPECT_EQ(ProblemsOf(kBase + "    publish: {mode: append, compact: {size: 1}}\n"),
            "6:unknown-key");
  EXPECT_EQ(ProblemsOf(kBase + "    quarantine_budget: {percent: 101}\n"), "6:budget-range");
  EXPECT_EQ(ProblemsOf(kBase + "    quarantine_budget: {}\n"), "6:empty-budget");
  EXPECT_EQ(ProblemsOf(kBase + "    publish: {add_columns: {a: b}}\n"), "6:unknown-value");
}

TEST(LakeConfig, ChecksLanding) {
  EXPECT_EQ(ProblemsOfLanding("csv: {delimiter: ab}"), "7:not-one-character");
  EXPECT_EQ(ProblemsOfLanding("csv: {delimiter: '\"'}"), "7:csv-clash");
  EXPECT_EQ(ProblemsOfLanding("csv: {quote: none, delimiter: tab}"), "");
  EXPECT_EQ(ProblemsOfLanding("csv: {quot: '\"'}"), "7:unknown-key");
  EXPECT_EQ(ProblemsOfLanding("ready: later"), "7:wrong-kind");
  EXPECT_EQ(ProblemsOfLanding("ready: {stable: 5 parsecs}"), "7:bad-duration");
  EXPECT_EQ(ProblemsOfLanding("expect: {min_bytes: 1TB, max_bytes: 1GB}"), "7:empty-range");
  EXPECT_EQ(ProblemsOfLanding("expect: {by: noon}"), "7:bad-time");
  EXPECT_EQ(ProblemsOfLanding("expect: {min_files: -1}"), "7:negative");
  EXPECT_EQ(ProblemsOfLanding("max_depth: 0"), "7:out-of-range");
  EXPECT_EQ(ProblemsOfLanding("{format: ndjson"), "8:yaml-syntax");
}

TEST(LakeConfig, ChecksZones) {
  Diagnostics diagnostics;
  auto config = LoadLakeConfig("version: 1\nzones: {land: a, tables: a/}\ndatasets: {}\n",
                               "lakegate.yaml", FakeEnvironment, diagnostics);
  EXPECT_FALSE(config);
  EXPECT_EQ(Ids(diagnostics), "2:same-zone");
}

TEST(LakeConfig, FitsModesAndPartitionsToThePath) {
  const std::string day = "    contract: c\n    landing: {path: \"{day}/*\"}\n    publish: ";
  EXPECT_EQ(ProblemsOf(day + "{partition_by: [day]}\n"), "");
  EXPECT_EQ(ProblemsOf(day + "{mode: append, partition_by: [day, {date: at}]}\n"), "");
  EXPECT_EQ(ProblemsOf(day + "{mode: replace_table, partition_by: [day]}\n"),
            "6:mode-and-partitions");
  EXPECT_EQ(ProblemsOf(day + "{mode: upsert, key: [a], order_by: b, partition_by: [day]}\n"),
            "6:mode-and-partitions");
  Diagnostics diagnostics;
  auto config = LoadLakeConfig("version: 1\ndatasets:\n  d:\n" + day +
                                   "{mode: upsert, key: [day, a], order_by: b, tombstone: {op: D},"
                                   " partition_by: [day, {date: at}, {date: b, as: month}, c]}\n",
                               "lakegate.yaml", FakeEnvironment, diagnostics);
  ASSERT_TRUE(config) << All(diagnostics);
  const Publish& publish = config->datasets[0].publish;
  EXPECT_EQ(publish.partition_by, (std::vector<std::string>{"day", "at_date", "month", "c"}));
  EXPECT_EQ(publish.path_columns, std::vector<std::string>{"day"});
  ASSERT_EQ(publish.date_columns.size(), 2u);
  EXPECT_EQ(publish.date_columns[1].name, "month");
  EXPECT_EQ(publish.date_columns[1].column, "b");
  EXPECT_EQ(publish.tombstone.column + "=" + publish.tombstone.value, "op=D");
}

TEST(LakeConfig, RefusesWhatIsNotBuilt) {
  EXPECT_EQ(NotBuilt(kBase), "");
  EXPECT_EQ(NotBuilt(kBase + "    publish: {format: csv}\n"), "6:not-built");
  EXPECT_EQ(NotBuilt("    contract: c\n    landing: {path: a, ready: {marker: _SUCCESS}}\n"),
            "5:not-built");
  EXPECT_EQ(NotBuilt("    contract: c\n    landing: {path: a, format: parquet}\n"), "5:not-built");
  Diagnostics diagnostics;
  auto config = LoadLakeConfig(
      "version: 1\nzones: {land: s3://bucket/land}\ndatasets: {}\nmodels:\n  m: {sql: m.sql}\n"
      "alerts:\n  ops: {type: slack}\n",
      "lakegate.yaml", FakeEnvironment, diagnostics);
  ASSERT_TRUE(config) << All(diagnostics);
  EXPECT_FALSE(RefuseNotBuilt(*config, diagnostics));
  diagnostics.SortByPosition();
  EXPECT_EQ(Ids(diagnostics), "1:not-built 5:not-built 7:not-built");
  EXPECT_EQ(diagnostics.error_count(), 2u);
}

}  // namespace
}  // namespace lakegate
