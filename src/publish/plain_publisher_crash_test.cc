// Every storage operation of a publication fails once, and is the place of a kill -9 once; after
// each, readers, ledger and disk must agree and the next publication must succeed.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "publish/plain_publisher.h"
#include "tests/support/faulty_storage.h"
#include "tests/support/publish_scene.h"

namespace lakegate {
namespace {

constexpr int kMostOperations = 200;  // far more than a publication has
constexpr int kKilled = 42;           // exit code of a child at its hook

const std::vector<StagedContent> kOld = {{"old one", 1}, {"old two", 2}};
const std::vector<StagedContent> kNew = {{"new one", 3}, {"new two", 4}, {"new three", 5}};
const std::vector<StagedContent> kPartlyNew = {{"old one", 1}, {"new", 2}};
const std::vector<StagedContent> kNext = {{"next", 6}};

std::vector<std::string> Texts(const std::vector<StagedContent>& contents) {
  std::vector<std::string> texts;
  for (const StagedContent& staged : contents) texts.push_back(staged.content);
  std::sort(texts.begin(), texts.end());
  return texts;
}

struct CrashCase {
  const char* name;
  bool published_before;
  const char* partition_path;
  std::vector<StagedContent> next;
};

class CrashTest : public testing::TestWithParam<CrashCase> {
 protected:
  // What readers may see while the publication of `next` is tried.
  std::vector<std::string> Before() const {
    return GetParam().published_before ? Texts(kOld) : std::vector<std::string>();
  }
  void PublishOld(PublishScene& scene) const {
    if (!GetParam().published_before) return;
    ASSERT_OK(scene.Publish(GetParam().partition_path, kOld));
  }
  void ExpectOldOrNew(PublishScene& scene, const std::string& when) const {
    const auto live = scene.Live(GetParam().partition_path);
    EXPECT_TRUE(live == Before() || live == Texts(GetParam().next))
        << when << ": " << testing::PrintToString(live);
  }
  // After the fault: repaired by Recover, and the next publication works.
  void ExpectConvergence(PublishScene& scene, const std::string& when) const {
    SCOPED_TRACE(when);
    scene.clock().Advance(2'000'000);  // the child's clock was ahead
    ExpectOldOrNew(scene, "before recovery");
    ASSERT_OK_AND_ASSIGN(const RecoveryReport report, scene.publisher().Recover());
    for (const Error& problem : report.problems) ADD_FAILURE() << problem.message;
    ExpectOldOrNew(scene, "after recovery");
    scene.ExpectConsistent(GetParam().partition_path);
    ASSERT_OK_AND_ASSIGN(const RecoveryReport again, scene.publisher().Recover());
    EXPECT_EQ(again.finished + again.undone + again.removed + again.interrupted, 0);
    ASSERT_OK(scene.Publish(GetParam().partition_path, kNext));
    EXPECT_EQ(scene.Live(GetParam().partition_path), Texts(kNext));
    scene.ExpectConsistent(GetParam().partition_path);
  }
};

// Runs `step` in a child whose storage calls _exit before operation `number`. True: it was reached.
template <typename Step>
bool KilledAt(const PublishScene& scene, int number, Step step) {
  const pid_t child = fork();
  if (child == 0) {
    FaultPlan plan;
    plan.CallBefore(number, [] { _exit(kKilled); });
    auto local = MakeLocalStorage();
    FaultyStorage storage(*local, plan);
    const FakeClock clock(kSceneStartUs + 1'000'000);
    ScenePublisher publisher(scene.lake(), storage, clock, 1000 + number, 0);
    _exit(step(publisher) ? 0 : 1);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  const int code = WEXITSTATUS(status);
  EXPECT_TRUE(code == 0 || code == kKilled) << code;
  return code == kKilled;
}

TEST_P(CrashTest, EveryOperationFails) {
  for (const FaultMoment moment : {FaultMoment::kBefore, FaultMoment::kAfter}) {
    int number = 1;
    for (; number < kMostOperations; ++number) {
      PublishScene scene;
      PublishOld(scene);
      FaultPlan plan;
      FaultyStorage storage(scene.storage(), plan);
      ScenePublisher faulty(scene.lake(), storage, scene.clock(), 1000, 0);
      plan.FailAt(number, {ErrorCode::kUnavailable, "injected", "none"}, moment);
      auto outcome = faulty.Publish(GetParam().partition_path, GetParam().next);
      const std::string when = "operation " + std::to_string(number) + ": " + plan.log().back();
      const bool reached = plan.operations() >= number;
      if (outcome) {
        EXPECT_EQ(scene.Live(GetParam().partition_path), Texts(GetParam().next)) << when;
      } else if (outcome.error().code != ErrorCode::kCommitUnknown) {
        EXPECT_EQ(scene.Live(GetParam().partition_path), Before()) << when;
      }
      ExpectConvergence(scene, when);
      if (HasFatalFailure() || HasNonfatalFailure() || !reached) break;
    }
    EXPECT_GT(number, 10);
    EXPECT_LT(number, kMostOperations);
  }
}

TEST_P(CrashTest, KilledAtEveryOperation) {
  int number = 1;
  for (bool reached = true; reached && number < kMostOperations; ++number) {
    PublishScene scene;
    PublishOld(scene);
    reached = KilledAt(scene, number, [&](ScenePublisher& publisher) {
      return publisher.Publish(GetParam().partition_path, GetParam().next).has_value();
    });
    ExpectConvergence(scene, "killed at " + std::to_string(number));
    if (HasFailure()) break;
  }
  EXPECT_GT(number, 10);
  EXPECT_LT(number, kMostOperations);
}

// For every place of a first kill, recovery itself is killed at each of its own operations.
TEST_P(CrashTest, RecoveryIsKilledToo) {
  for (int first = 1; first < kMostOperations; ++first) {
    bool first_reached = true;
    for (int second = 1; second < kMostOperations; ++second) {
      PublishScene scene;
      PublishOld(scene);
      first_reached = KilledAt(scene, first, [&](ScenePublisher& publisher) {
        return publisher.Publish(GetParam().partition_path, GetParam().next).has_value();
      });
      const bool second_reached = KilledAt(scene, second, [](ScenePublisher& publisher) {
        return publisher.publisher().Recover().has_value();
      });
      ExpectConvergence(scene, std::to_string(first) + ", then " + std::to_string(second));
      if (HasFailure() || !second_reached) break;
    }
    if (HasFailure() || !first_reached) return;
  }
  ADD_FAILURE() << "never came to the end";
}

INSTANTIATE_TEST_SUITE_P(
    Publications, CrashTest,
    testing::Values(CrashCase{"First", false, "ingestion_date=2025-01-01", kNew},
                    CrashCase{"Exchange", true, "ingestion_date=2025-01-01", kNew},
                    CrashCase{"Shared", true, "ingestion_date=2025-01-01", kPartlyNew},
                    CrashCase{"Same", true, "ingestion_date=2025-01-01", kOld},
                    CrashCase{"TwoColumns", false, "country=de/day=1", kNew},
                    CrashCase{"WholeTable", true, "", kNew}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace lakegate
