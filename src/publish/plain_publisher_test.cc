#include "publish/plain_publisher.h"

#include <gtest/gtest.h>

#include "storage/local_storage.h"
#include "tests/support/publish_scene.h"

namespace lakegate {
namespace {

TEST(PlainPublisherTest, FirstThenExchangeThenSame) {
  PublishScene scene;
  ASSERT_OK_AND_ASSIGN(const PublishOutcome first, scene.Publish("p=1", {{"old", 1}}));
  EXPECT_EQ(first.kind, IntentKind::kFirst);
  EXPECT_EQ(scene.Live("p=1"), (std::vector<std::string>{"old"}));
  ASSERT_OK_AND_ASSIGN(const PublishOutcome second, scene.Publish("p=1", {{"new", 2}, {"er", 3}}));
  EXPECT_EQ(second.kind, IntentKind::kExchange);
  EXPECT_EQ(second.version, 2);
  EXPECT_EQ(scene.Live("p=1"), (std::vector<std::string>{"er", "new"}));
  ASSERT_OK_AND_ASSIGN(const PublishOutcome third, scene.Publish("p=1", {{"new", 2}, {"er", 3}}));
  EXPECT_EQ(third.kind, IntentKind::kSame);
  EXPECT_EQ(third.version, 3);
  scene.ExpectConsistent("p=1");
}

}  // namespace
}  // namespace lakegate
