// Tables outbox and outbox_delivery: failures that people must hear of, and who has heard of them.
//
// Delivered at least once: a delivery is claimed before it is tried, and tried again until the
// channel took it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "ledger/sqlite_database.h"

namespace lakegate {

// One failure of one partition, however often it was seen.
struct Alert {
  int64_t id = 0;
  std::string dataset;
  std::string partition_key;
  std::string kind;     // gated, failed, held, missing, stale
  std::string summary;  // why, in one line
  std::optional<std::string> run_id;
  std::optional<std::string> report_path;
  int64_t times = 1;  // how often it was seen
  TimestampUs raised_us = 0;
  TimestampUs last_us = 0;
  std::optional<TimestampUs> resolved_us;  // the partition is fine again, or failed otherwise
};

struct Delivery {
  Alert alert;
  std::string channel;  // a name of `alerts` in lakegate.yaml
  int64_t attempts = 0;
  TimestampUs next_try_us = 0;
  std::optional<std::string> last_error;
};

// Borrows the database; one thread.
class Outbox {
 public:
  explicit Outbox(SqliteDatabase& database) : database_(database) {}

  // The same failure as the open one is only counted (false). Another one takes its place and is
  // to be delivered by each of `channels` (true). Uses everything of `alert` but id and times.
  Result<bool> Raise(const Alert& alert, const std::vector<std::string>& channels,
                     TimestampUs now_us);
  // The partition is fine.
  Status Resolve(const std::string& dataset, const std::string& partition_key, TimestampUs now_us);

  // Oldest first.
  Result<std::vector<Alert>> ListOpen();
  Result<std::vector<Delivery>> ListUndelivered();

  // Before a try: whether it is due and nobody else is trying. `again_us`: when it may be tried
  // again if this process dies.
  Result<bool> Claim(int64_t alert_id, const std::string& channel, TimestampUs now_us,
                     TimestampUs again_us);
  Status MarkDelivered(int64_t alert_id, const std::string& channel, TimestampUs now_us);
  Status MarkFailed(int64_t alert_id, const std::string& channel, const std::string& error,
                    TimestampUs next_try_us);

 private:
  SqliteDatabase& database_;
};

}  // namespace lakegate
