#include "run/work_exchange.h"

#include <string>
#include <utility>

namespace lakegate {
namespace {

// Leaves zeros in the bundle.
WorkResult TakeResult(const WorkUnit& unit, UnitBundle* bundle) {
  UnitResult& from = bundle->result;
  WorkResult result;
  result.run_id = unit.order.run_id;
  result.lease_epoch = unit.order.lease_epoch;
  result.file = unit.file;
  result.index = unit.index;
  result.part = bundle->part;
  result.ends_unit = std::exchange(bundle->ends_unit, false);
  result.is_last = std::exchange(bundle->last, false);
  result.counts = std::exchange(from.counts, {});
  result.records = std::exchange(from.records, 0);
  result.accepted = std::exchange(from.accepted, 0);
  result.accepted_bytes = std::exchange(from.accepted_bytes, 0);
  result.quarantined_bytes = std::exchange(from.quarantined_bytes, 0);
  result.rule_violations = std::exchange(from.rule_violations, {});
  result.structure_violations = std::exchange(from.structure_violations, {});
  result.metrics = std::exchange(bundle->metrics.metrics, {});
  result.unknown_keys = std::exchange(from.unknown_keys, {});
  result.more_unknown_keys = std::exchange(from.more_unknown_keys, 0);
  result.reject_file = std::exchange(from.reject_file, false);
  result.damage = std::exchange(bundle->file_damage, std::nullopt);
  return result;
}

Status PutResult(WorkResult result, const WorkUnit& unit, UnitBundle* bundle) {
  const bool is_of_unit =
      result.run_id == unit.order.run_id && result.lease_epoch == unit.order.lease_epoch &&
      result.file == unit.file && result.index == unit.index && result.part == bundle->part;
  if (!is_of_unit) {
    return Error{ErrorCode::kConflict,
                 "a worker answered for unit " + std::to_string(result.index) + " of file " +
                     std::to_string(result.file) + " of run '" + result.run_id +
                     "', which it was not asked for",
                 "run again"};
  }
  UnitResult& to = bundle->result;
  bundle->ends_unit = result.ends_unit;
  bundle->last = result.is_last;
  to.counts = result.counts;
  to.records = result.records;
  to.accepted = result.accepted;
  to.accepted_bytes = result.accepted_bytes;
  to.quarantined_bytes = result.quarantined_bytes;
  to.rule_violations = std::move(result.rule_violations);
  to.structure_violations = std::move(result.structure_violations);
  bundle->metrics.metrics = std::move(result.metrics);
  to.unknown_keys = std::move(result.unknown_keys);
  to.more_unknown_keys = result.more_unknown_keys;
  to.reject_file = result.reject_file;
  bundle->file_damage = std::move(result.damage);
  return {};
}

}  // namespace

Result<WorkUnit> ReceiveUnit(const WorkUnit& unit, bool as_json) {
  if (!as_json) return unit;
  return ReadWorkUnit(ToJson(unit));
}

Status DeliverResult(const WorkUnit& unit, bool as_json, UnitBundle* bundle) {
  if (!as_json) return {};
  LAKEGATE_ASSIGN(WorkResult result, ReadWorkResult(ToJson(TakeResult(unit, bundle))));
  return PutResult(std::move(result), unit, bundle);
}

}  // namespace lakegate
