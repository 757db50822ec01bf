#include "run/demo_generator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <vector>

#include "config/lake_config.h"
#include "contract/contract.h"
#include "contract/diagnostics.h"
#include "contract/lint.h"
#include "core/sha256.h"
#include "run/demo_events.h"
#include "run/demo_wide_csv.h"
#include "storage/local_storage.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_lake.h"

namespace lakegate {
namespace {

std::string EventsText(const EventsOptions& options) {
  std::string text;
  EXPECT_TRUE(WriteEvents(options, [&text](std::string_view bytes) {
    text += bytes;
    return Status();
  }));
  return text;
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

int64_t CountOf(const std::vector<std::string>& lines, const std::string& part) {
  return std::count_if(lines.begin(), lines.end(), [&part](const std::string& line) {
    return line.find(part) != std::string::npos;
  });
}

EventsOptions CleanEvents(int64_t events) {
  EventsOptions options;
  options.events = events;
  options.bad_lines = false;
  return options;
}

TEST(DemoEvents, SharesAreExact) {
  const auto lines = LinesOf(EventsText(CleanEvents(1000)));
  EXPECT_EQ(lines.size(), 1010u);
  std::set<std::string> ids;
  for (const std::string& line : lines) ids.insert(line.substr(0, 50));
  EXPECT_EQ(ids.size(), 1000u);
  const int64_t null_users = CountOf(lines, R"("user_id":null)");
  EXPECT_GE(null_users, 20);  // repeats of them count too
  EXPECT_LE(null_users, 30);
}

TEST(DemoEvents, OnlyPurchasesHaveAnAmount) {
  const auto lines = LinesOf(EventsText(CleanEvents(2000)));
  for (const std::string& line : lines) {
    const bool purchase = line.find(R"("event_type":"purchase")") != std::string::npos;
    EXPECT_EQ(line.find(R"("amount":null)") == std::string::npos, purchase) << line;
  }
  EXPECT_NEAR(static_cast<double>(CountOf(lines, "view_item")), 0.45 * 2020, 80);
}

TEST(DemoEvents, EveryKindOfBadLineComesOncePerThousand) {
  EventsOptions options;
  const auto lines = LinesOf(EventsText(options));
  EXPECT_EQ(lines.size(), 1018u);
  EXPECT_EQ(CountOf(lines, ",}"), 1);
  EXPECT_EQ(CountOf(lines, "}{"), 1);
  EXPECT_EQ(CountOf(lines, "\xff"), 1);
  EXPECT_EQ(CountOf(lines, "\x01"), 1);
  EXPECT_EQ(CountOf(lines, R"("12,50")"), 1);
  EXPECT_EQ(CountOf(lines, "2025-02-30"), 1);
  EXPECT_EQ(CountOf(lines, R"("free")"), 1);
  EXPECT_EQ(
      std::count_if(lines.begin(), lines.end(), [](const auto& l) { return l.back() != '}'; }), 1);
}

TEST(DemoEvents, WithoutLoginThereIsNone) {
  EventsOptions options = CleanEvents(500);
  options.types = EventTypes::kWithoutLogin;
  EXPECT_EQ(CountOf(LinesOf(EventsText(options)), "login"), 0);
}

TEST(DemoEvents, TheSeedDecidesEveryByte) {
  // The numbers were taken once; they must be the same on every machine and compiler.
  EventsOptions options;
  EXPECT_EQ(Sha256Hex(EventsText(options)).substr(0, 16), "316f85f2d3d1ff32");
  options.seed = 2;
  EXPECT_NE(Sha256Hex(EventsText(options)).substr(0, 16), "316f85f2d3d1ff32");
  options.shape = EventShape::kWide;
  EXPECT_EQ(Sha256Hex(EventsText(options)).substr(0, 16), "2f499f2ebe8f51fa");
}

TEST(DemoEvents, WideLinesAreAsWideAsAnnounced) {
  EventsOptions options;
  options.shape = EventShape::kWide;
  options.events = 20'000;
  const std::string text = EventsText(options);
  const auto lines = LinesOf(text);
  EXPECT_EQ(lines.size(), 20'000u);
  EXPECT_NEAR(static_cast<double>(text.size()) / 20'000, 560, 15);
  const auto lines_of = [&lines](const std::string& part) { return CountOf(lines, part); };
  // 2 % damaged in 5 ways, 3 % with one of 6 bad fields.
  for (const int64_t damaged :
       {lines_of(",}"), lines_of("}{"), lines_of("\xff"), lines_of("\x01")}) {
    EXPECT_NEAR(static_cast<double>(damaged), 80, 40);
  }
  for (const int64_t bad : {lines_of("refund"), lines_of(" at "), lines_of("-02-30T"),
                            lines_of("-1.00"), lines_of("\"quantity\":1000")}) {
    EXPECT_NEAR(static_cast<double>(bad), 100, 40);
  }
  std::map<std::string, int> ids;
  for (const std::string& line : lines) ++ids[line.substr(0, 50)];
  EXPECT_NEAR(static_cast<double>(lines.size() - ids.size()), 160, 60);
}

TEST(DemoEvents, AnErrorOfTheSinkStopsTheGenerator) {
  EventsOptions options;
  options.shape = EventShape::kWide;
  options.events = 1'000'000'000;
  const Status status = WriteEvents(options, [](std::string_view) {
    return Status(Error{ErrorCode::kUnavailable, "full", ""});
  });
  EXPECT_FALSE(status);
}

TEST(DemoContracts, HaveNothingToLint) {
  for (const std::string_view text :
       {ShopEventsContract(), CustomersContract(), WideEventsContract()}) {
    Diagnostics diagnostics;
    const auto contract = LoadContract(text, "c.yaml", diagnostics);
    ASSERT_TRUE(contract);
    LintContract(*contract, diagnostics);
    for (const Diagnostic& diagnostic : diagnostics.all()) ADD_FAILURE() << ToString(diagnostic);
  }
}

TEST(DemoGenerator, WritesALakeThatThisVersionCanRun) {
  const TempLake lake;
  const auto storage = MakeLocalStorage();
  DemoOptions options;
  options.root = lake.Path("shop");
  ASSERT_TRUE(WriteDemoLake(*storage, options));
  std::vector<std::string> files = lake.List("shop");
  std::erase_if(files, [](const std::string& name) { return name.back() == '/'; });
  const std::vector<std::string> expected = {
      "shop/contracts/customers.odcs.yaml",
      "shop/contracts/events.odcs.yaml",
      "shop/lakegate.yaml",
      "shop/land/customers/customers_2025-01-01.csv",
      "shop/land/customers/customers_2025-01-02.csv",
      "shop/land/events/ingestion_date=2025-01-01/events.json",
      "shop/land/events/ingestion_date=2025-01-02/events.json",
      "shop/land/events/ingestion_date=2025-01-02/events_late.json",
      "shop/land/events/ingestion_date=2025-01-03/events.json",
  };
  EXPECT_EQ(files, expected);

  Diagnostics diagnostics;
  const auto config = LoadLakeConfig(
      lake.ReadFile("shop/lakegate.yaml"), "lakegate.yaml",
      [](const std::string&) { return std::optional<std::string>(); }, diagnostics);
  ASSERT_TRUE(config);
  EXPECT_TRUE(RefuseNotBuilt(*config, diagnostics));
  for (const Diagnostic& diagnostic : diagnostics.all()) ADD_FAILURE() << ToString(diagnostic);
}

TEST(WideCsv, RowsAreTheFlatValuesOfTheEvents) {
  EventsOptions options{.events = 500, .shape = EventShape::kWide, .bad_lines = false};
  const auto write = [&] {
    std::string text;
    EXPECT_TRUE(WriteEvents(options, [&](std::string_view bytes) -> Status {
      text += bytes;
      return {};
    }));
    return LinesOf(text);
  };
  const auto events = write();
  options.shape = EventShape::kWideCsv;
  const auto rows = write();
  ASSERT_EQ(rows.size(), events.size() + 1);
  EXPECT_EQ(rows[0] + "\n", kWideCsvHeader);
  for (size_t i = 0; i < events.size(); ++i) {
    const std::string& row = rows[i + 1];
    EXPECT_EQ(std::count(row.begin(), row.end(), ','), 13) << row;
    EXPECT_EQ(events[i].substr(13, 36), row.substr(0, 36));
    EXPECT_EQ(events[i].find("\"referrer\":null") == std::string::npos,
              row.find("\"https://search") != std::string::npos);
    const std::string quantity = row.substr(row.rfind(',') + 1);
    EXPECT_NE(events[i].find("\"quantity\":" + quantity + ",\"props\""), std::string::npos);
  }
  options.bad_lines = true;
  const auto damaged = write();
  EXPECT_GT(CountOf(damaged, "\xff"), 0);
}

TEST(DemoGenerator, TheSecondCustomersFileHasTwoColumnsSwapped) {
  const TempLake lake;
  const auto storage = MakeLocalStorage();
  ASSERT_TRUE(WriteDemoLake(*storage, {.root = lake.root()}));
  const auto first = LinesOf(lake.ReadFile("land/customers/customers_2025-01-01.csv"));
  const auto second = LinesOf(lake.ReadFile("land/customers/customers_2025-01-02.csv"));
  EXPECT_EQ(first.front(), "customer_id,name,email,city,signed_up");
  EXPECT_EQ(second.front(), "customer_id,email,name,city,signed_up");
  EXPECT_EQ(first.size(), 41u);
  EXPECT_EQ(second.size(), 41u);
}

TEST(DemoGenerator, TheLateFileCanComeLater) {
  const TempLake lake;
  const auto storage = MakeLocalStorage();
  DemoOptions options{.root = lake.root(), .late_file = LateFile::kHoldBack};
  const std::string late = "land/events/ingestion_date=2025-01-02/events_late.json";
  ASSERT_TRUE(WriteDemoLake(*storage, options));
  EXPECT_FALSE(lake.Exists(late));
  ASSERT_TRUE(WriteDemoLateFile(*storage, options));
  const auto lines = LinesOf(lake.ReadFile(late));
  EXPECT_EQ(lines.size(), 50u);
  EXPECT_EQ(CountOf(lines, "\"event_ts\":\"2025-01-02T"), 50);
}

TEST(DemoGenerator, NeverWritesIntoAFilledFolder) {
  const TempLake lake;
  lake.WriteFile("mine.txt", "mine");
  const auto storage = MakeLocalStorage();
  const Status status = WriteDemoLake(*storage, {.root = lake.root()});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(lake.List(), std::vector<std::string>{"mine.txt"});
}

}  // namespace
}  // namespace lakegate
