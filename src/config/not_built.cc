// What lakegate.yaml can say and this version cannot do. Building something deletes its line here.
#include "config/lake_config.h"

namespace lakegate {
namespace {

struct NotBuiltList {
  Diagnostics& diagnostics;

  void Refuse(const SourcePosition& at, const std::string& what) {
    diagnostics.Error(at, "not-built", what + ": not built yet in this version", "leave it out");
  }
  void Warn(const SourcePosition& at, const std::string& what) {
    diagnostics.Warning(at, "not-built",
                        what + ": not built yet in this version, it has no effect");
  }
};

void CheckLanding(const Dataset& dataset, NotBuiltList& list) {
  const Landing& landing = dataset.landing;
  const std::string of = " of dataset '" + dataset.name + "'";
  if (landing.is_parquet) list.Refuse(landing.position, "landing format parquet" + of);
  if (landing.columns == HeaderColumns::kFirstFile) {
    list.Refuse(landing.position, "columns: first_file" + of);
  }
  if (landing.ready.kind == ReadyKind::kStable) {
    list.Refuse(landing.position, "ready: {stable: ...}" + of);
  }
  if (landing.ready.kind == ReadyKind::kMarker) {
    list.Refuse(landing.position, "ready: {marker: ...}" + of);
  }
}

void CheckPublish(const Dataset& dataset, NotBuiltList& list) {
  const Publish& publish = dataset.publish;
  const std::string of = " of dataset '" + dataset.name + "'";
  if (publish.format != TableFormat::kParquet) {
    list.Refuse(publish.position, "publish format other than parquet" + of);
  }
}

}  // namespace

Status RefuseNotBuilt(const LakeConfig& config, Diagnostics& diagnostics) {
  const size_t errors_before = diagnostics.error_count();
  NotBuiltList list{diagnostics};
  const SourcePosition top{config.file, 1, 1};
  const Zones& zones = config.zones;
  for (const std::string* zone :
       {&zones.land, &zones.history, &zones.tables, &zones.quarantine, &zones.reports}) {
    if (zone->find("://") != std::string::npos) list.Refuse(top, "the zone " + *zone);
  }
  for (const Dataset& dataset : config.datasets) {
    CheckLanding(dataset, list);
    CheckPublish(dataset, list);
  }
  for (const AlertConfig& alert : config.alerts) {
    if (alert.type != kCommandAlert)
      list.Warn(alert.position, "delivery of alert '" + alert.name + "'");
  }
  for (const ModelConfig& model : config.models) {
    list.Refuse(model.position, "model '" + model.name + "'");
  }
  if (auto error = diagnostics.ErrorSince(errors_before, ErrorCode::kUnsupported)) {
    return *std::move(error);
  }
  return {};
}

}  // namespace lakegate
