#include "write/laned_writer.h"

#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <thread>

namespace lakegate {
namespace {

// What each lane was given, row group by row group.
struct Recorded {
  std::mutex mutex;  // the lanes' threads write here
  std::map<int, std::vector<std::vector<int64_t>>> row_groups;
  int failing_lane = -1;
  int unmade_lane = -1;
};

class RecordingWriter : public TableWriter {
 public:
  RecordingWriter(Recorded* recorded, int lane) : recorded_(*recorded), lane_(lane) {}

  Status Append(std::vector<ColumnBuffer>* columns, int64_t rows) override {
    if (lane_ == recorded_.failing_lane) {
      return Error{ErrorCode::kUnavailable, "the disk is full", ""};
    }
    std::lock_guard lock(recorded_.mutex);
    if (starts_row_group_) recorded_.row_groups[lane_].emplace_back();
    starts_row_group_ = false;
    for (int64_t row = 0; row < rows; ++row) {
      recorded_.row_groups[lane_].back().push_back(
          (*columns)[0].values().ValueAt<int64_t>(static_cast<size_t>(row)));
    }
    return {};
  }
  Status EndRowGroup() override {
    starts_row_group_ = true;
    return {};
  }
  Result<std::vector<WrittenFile>> Finish() override {
    return std::vector<WrittenFile>{{"part-" + std::to_string(lane_), 1, 1}};
  }

 private:
  Recorded& recorded_;
  const int lane_;
  bool starts_row_group_ = true;
};

std::vector<ColumnBuffer> Unit(int64_t first, int64_t rows) {
  std::vector<ColumnBuffer> columns;
  columns.emplace_back(ValueType{TypeKind::kInteger}, std::vector<ColumnBuffer>{});
  for (int64_t row = 0; row < rows; ++row) columns[0].AppendInteger(first + row);
  return columns;
}

Result<std::vector<WrittenFile>> WriteUnits(int lanes, int threads, int units, Recorded* recorded) {
  LaneOptions options;
  options.lanes = lanes;
  options.threads = threads;
  options.row_group_bytes = 2000;  // three units of 100 rows
  options.queue_bytes = 3000;
  const auto writer =
      MakeLanedWriter(options, [&](int lane) -> Result<std::unique_ptr<TableWriter>> {
        if (lane == recorded->unmade_lane) {
          return Error{ErrorCode::kUnsupported, "there is no library", ""};
        }
        return std::unique_ptr<TableWriter>(std::make_unique<RecordingWriter>(recorded, lane));
      });
  for (int unit = 0; unit < units; ++unit) {
    auto columns = Unit(unit * 100, 100);
    LAKEGATE_TRY(writer->Append(&columns, 100));
  }
  return writer->Finish();
}

TEST(LanedWriter, UnitsGoToTheLanesInTurnWhateverTheThreads) {
  Recorded alone, together;
  const auto files = WriteUnits(3, 1, 20, &alone);
  ASSERT_TRUE(files.has_value());
  EXPECT_EQ(files->size(), 3u);
  ASSERT_TRUE(WriteUnits(3, 4, 20, &together).has_value());
  EXPECT_EQ(alone.row_groups, together.row_groups);
  ASSERT_EQ(alone.row_groups[1].size(), 3u);
  EXPECT_EQ(alone.row_groups[1][0].size(), 300u);
  EXPECT_EQ(alone.row_groups[1][0][0], 100);
  EXPECT_EQ(alone.row_groups[1][0][100], 400);
  EXPECT_EQ(alone.row_groups[1][1][0], 1000);
  size_t rows = 0;
  for (const auto& [lane, groups] : together.row_groups) {
    for (const auto& group : groups) rows += group.size();
  }
  EXPECT_EQ(rows, 2000u);
}

TEST(LanedWriter, UnusedLanesMakeNoFiles) {
  Recorded recorded;
  const auto files = WriteUnits(4, 4, 2, &recorded);
  ASSERT_TRUE(files.has_value());
  ASSERT_EQ(files->size(), 2u);
  EXPECT_EQ((*files)[1].name, "part-1");
  const auto none = WriteUnits(4, 4, 0, &recorded);
  ASSERT_TRUE(none.has_value());
  EXPECT_EQ(none->size(), 1u);  // an empty table has a file
}

TEST(LanedWriter, AnErrorOfOneLaneIsTheErrorOfAll) {
  Recorded recorded;
  recorded.failing_lane = 1;
  for (const int threads : {1, 4}) {
    const auto files = WriteUnits(2, threads, 50, &recorded);
    ASSERT_FALSE(files.has_value());
    EXPECT_EQ(files.error().message, "the disk is full");
  }
}

TEST(LanedWriter, AWriterThatCannotBeMadeIsTheErrorOfAll) {
  Recorded recorded;
  recorded.unmade_lane = 0;
  for (const int threads : {1, 4}) {
    for (const int units : {0, 50}) {
      const auto files = WriteUnits(2, threads, units, &recorded);
      ASSERT_FALSE(files.has_value());
      EXPECT_EQ(files.error().message, "there is no library");
    }
  }
}

TEST(LanedWriter, SmallInputsHaveOneLane) {
  EXPECT_EQ(LanesFor(0), 1);
  EXPECT_EQ(LanesFor(int64_t{63} << 20), 1);
  EXPECT_EQ(LanesFor(int64_t{300} << 20), 2);
}

}  // namespace
}  // namespace lakegate
