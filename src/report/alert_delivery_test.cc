#include "report/alert_delivery.h"

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "tests/support/result_matchers.h"
#include "tests/support/temp_lake.h"

namespace lakegate {
namespace {

TEST(RunAlertCommand, GivesTheTextAndWaits) {
  TempLake lake;
  const std::string path = lake.Path("got");
  const std::string large(3'000'000, 'x');
  ASSERT_OK(RunAlertCommand("sleep 0.1; cat > '" + path + "'", large, 20'000, nullptr));
  EXPECT_OK(RunAlertCommand("test $(wc -c < '" + path + "') = 3000000", "", 20'000, nullptr));
  EXPECT_OK(RunAlertCommand("true", large, 20'000, nullptr));  // reads nothing of it
}

TEST(RunAlertCommand, SaysHowItFailed) {
  const auto message = [](const std::string& command, int timeout_ms) {
    const Status status = RunAlertCommand(command, "{}", timeout_ms, nullptr);
    return status ? std::string("fine") : status.error().message;
  };
  EXPECT_EQ(message("echo one; echo two >&2; exit 3", 20'000), "the command ended with 3: two");
  EXPECT_EQ(message("exit 9", 20'000), "the command ended with 9");
  EXPECT_EQ(message("kill -9 $$", 20'000), "the command was killed by signal 9");
  EXPECT_TRUE(message("no-such-command-here", 20'000).starts_with("the command ended with 127: "));
  EXPECT_EQ(message("(sleep 1000 & sleep 1000)", 1000), "the command did not end within 1 s");
}

TEST(RunAlertCommand, EndsWhenSomebodyWantsIt) {
  const std::atomic<bool> cancelled = true;
  const auto started = std::chrono::steady_clock::now();
  const Status status = RunAlertCommand("sleep 1000", "", 20'000, &cancelled);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "the command was interrupted");
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(15));
}

// Much output neither blocks the command nor is kept; somebody who goes on in the background is
// not waited for.
TEST(RunAlertCommand, MuchOutputAndBackgroundWork) {
  const Status status = RunAlertCommand("sleep 30 & seq 1 3000000; exit 3", "", 60'000, nullptr);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "the command ended with 3: 3000000");
}

TEST(AlertJson, IsOneLineOfJson) {
  Alert alert;
  alert.id = 7;
  alert.dataset = "events";
  alert.partition_key = "day=\xff\n";
  alert.kind = "gated";
  alert.summary = "\"quoted\"";
  const std::string text = AlertJson("shop", alert);
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json["summary"], "\"quoted\"");
  EXPECT_TRUE(json["run_id"].is_null());
}

}  // namespace
}  // namespace lakegate
