#include "ledger/outbox.h"

#include "ledger/sqlite_rows.h"

namespace lakegate {
namespace {

#define ALERT_COLUMNS                                                                          \
  "id, dataset, partition_key, kind, summary, run_id, report_path, times, raised_us, last_us," \
  " resolved_us"
constexpr int kAlertColumns = 11;

Alert AlertOfRow(const SqliteStatement& row) {
  Alert alert;
  alert.id = row.Int(0);
  alert.dataset = row.Text(1);
  alert.partition_key = row.Text(2);
  alert.kind = row.Text(3);
  alert.summary = row.Text(4);
  alert.run_id = row.OptionalText(5);
  alert.report_path = row.OptionalText(6);
  alert.times = row.Int(7);
  alert.raised_us = row.Int(8);
  alert.last_us = row.Int(9);
  alert.resolved_us = row.OptionalInt(10);
  return alert;
}

Delivery DeliveryOfRow(const SqliteStatement& row) {
  Delivery delivery;
  delivery.alert = AlertOfRow(row);
  delivery.channel = row.Text(kAlertColumns);
  delivery.attempts = row.Int(kAlertColumns + 1);
  delivery.next_try_us = row.Int(kAlertColumns + 2);
  delivery.last_error = row.OptionalText(kAlertColumns + 3);
  return delivery;
}

}  // namespace

Result<bool> Outbox::Raise(const Alert& alert, const std::vector<std::string>& channels,
                           TimestampUs now_us) {
  LAKEGATE_ASSIGN(SqliteTransaction transaction, SqliteTransaction::Begin(database_));
  LAKEGATE_ASSIGN(
      const int64_t counted,
      database_.Run("UPDATE outbox SET times = times + 1, last_us = ?5 WHERE dataset = ?1 AND"
                    " partition_key = ?2 AND kind = ?3 AND summary = ?4 AND resolved_us IS NULL",
                    alert.dataset, alert.partition_key, alert.kind, alert.summary, now_us));
  if (counted > 0) {
    LAKEGATE_TRY(transaction.Commit());
    return false;
  }
  LAKEGATE_TRY(Resolve(alert.dataset, alert.partition_key, now_us));
  LAKEGATE_TRY(database_.Run(
      "INSERT INTO outbox (dataset, partition_key, kind, summary, run_id, report_path, times,"
      " raised_us, last_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?7)",
      alert.dataset, alert.partition_key, alert.kind, alert.summary, alert.run_id,
      alert.report_path, now_us));
  for (const std::string& channel : channels) {
    LAKEGATE_TRY(
        database_.Run("INSERT INTO outbox_delivery (outbox_id, channel, attempts, next_try_us)"
                      " SELECT max(id), ?1, 0, ?2 FROM outbox",
                      channel, now_us));
  }
  LAKEGATE_TRY(transaction.Commit());
  return true;
}

Status Outbox::Resolve(const std::string& dataset, const std::string& partition_key,
                       TimestampUs now_us) {
  LAKEGATE_TRY(
      database_.Run("UPDATE outbox SET resolved_us = ?3 WHERE dataset = ?1 AND partition_key = ?2"
                    " AND resolved_us IS NULL",
                    dataset, partition_key, now_us));
  return {};
}

Result<std::vector<Alert>> Outbox::ListOpen() {
  return AllRows<Alert>(
      database_.Query("SELECT " ALERT_COLUMNS " FROM outbox WHERE resolved_us IS NULL ORDER BY id"),
      AlertOfRow);
}

Result<std::vector<Delivery>> Outbox::ListUndelivered() {
  return AllRows<Delivery>(
      database_.Query("SELECT " ALERT_COLUMNS
                      ", channel, attempts, next_try_us, last_error FROM outbox_delivery"
                      " JOIN outbox ON id = outbox_id WHERE delivered_us IS NULL"
                      " ORDER BY id, channel"),
      DeliveryOfRow);
}

Result<bool> Outbox::Claim(int64_t alert_id, const std::string& channel, TimestampUs now_us,
                           TimestampUs again_us) {
  LAKEGATE_ASSIGN(
      const int64_t changed,
      database_.Run("UPDATE outbox_delivery SET attempts = attempts + 1, next_try_us = ?4"
                    " WHERE outbox_id = ?1 AND channel = ?2 AND delivered_us IS NULL"
                    " AND next_try_us <= ?3",
                    alert_id, channel, now_us, again_us));
  return changed == 1;
}

Status Outbox::MarkDelivered(int64_t alert_id, const std::string& channel, TimestampUs now_us) {
  LAKEGATE_TRY(
      database_.Run("UPDATE outbox_delivery SET delivered_us = ?3, last_error = NULL"
                    " WHERE outbox_id = ?1 AND channel = ?2",
                    alert_id, channel, now_us));
  return {};
}

Status Outbox::MarkFailed(int64_t alert_id, const std::string& channel, const std::string& error,
                          TimestampUs next_try_us) {
  LAKEGATE_TRY(
      database_.Run("UPDATE outbox_delivery SET last_error = ?3, next_try_us = ?4"
                    " WHERE outbox_id = ?1 AND channel = ?2",
                    alert_id, channel, error, next_try_us));
  return {};
}

}  // namespace lakegate
