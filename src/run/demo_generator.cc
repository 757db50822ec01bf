#include "run/demo_generator.h"

#include <utility>

#include "core/temporal_pattern.h"
#include "run/demo_events.h"

namespace lakegate {
namespace {

constexpr int64_t kFirstDate = 20'089;  // 2025-01-01
constexpr int kDates = 3;
constexpr int kLateRecords = 50;
constexpr int kCustomersPerFile = 40;

constexpr std::string_view kLakeFile =
    R"yaml(# The sample lake of `lakegate demo`. Try: lakegate run
version: 1
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
      keep: in_place
    publish: {mode: replace_partition}
)yaml";

// Every file has its own random numbers, so that one changes nothing in the others.
uint64_t SeedOf(const DemoOptions& options, uint64_t file) {
  return options.seed * 1'000'003 + file;
}

Status MakeFolderOf(Storage& storage, const std::string& path) {
  return storage.MakeDirectories(path.substr(0, path.rfind('/')), DirectoryAccess::kShared);
}

Status WriteText(Storage& storage, const std::string& path, std::string_view text) {
  if (Status made = MakeFolderOf(storage, path); !made) return made;
  return WriteWholeFile(storage, path, text, {});
}

Status WriteEventsFile(Storage& storage, const std::string& path, const EventsOptions& options) {
  if (Status made = MakeFolderOf(storage, path); !made) return made;
  auto file = storage.Create(path, {});
  if (!file) return file.error();
  PendingFile& pending = **file;
  const EventSink sink = [&pending](std::string_view bytes) { return pending.Write(bytes); };
  if (Status written = WriteEvents(options, sink); !written) return written;
  return pending.Commit();
}

std::string EventsFolder(const DemoOptions& options, int64_t date_days) {
  return options.root + "/land/events/ingestion_date=" + FormatDate(date_days) + "/";
}

Status WriteEventsOfDate(Storage& storage, const DemoOptions& options, int date) {
  EventsOptions events;
  events.events = options.events_per_date;
  events.seed = SeedOf(options, static_cast<uint64_t>(date));
  events.date_days = kFirstDate + date;
  events.repeats_per_mille = date == kDates - 1 ? 31 : 10;
  return WriteEventsFile(storage, EventsFolder(options, events.date_days) + "events.json", events);
}

std::string CustomerName(DemoRandom* random) {
  static constexpr std::string_view kFirst[] = {"Anna",  "Bela", "Chen", "Dara",
                                                "Émile", "Fumi", "Gita", "Hugo"};
  static constexpr std::string_view kLast[] = {"Arden", "Baker",   "Costa", "Dvořák",
                                               "Evans", "Fischer", "Gupta", "O'Hara"};
  const std::string first(kFirst[random->Below(8)]);
  const std::string last(kLast[random->Below(8)]);
  if (random->Below(5) == 0) return '"' + last + ", " + first + '"';
  return first + " " + last;
}

enum class CustomerColumns : uint8_t { kAsAgreed, kSwapped };

std::string CustomersCsv(const DemoOptions& options, int file, CustomerColumns columns) {
  static constexpr std::string_view kCities[] = {"Berlin", "Lyon", "Leeds", "Porto", "Gdańsk", ""};
  const bool swapped = columns == CustomerColumns::kSwapped;
  DemoRandom random(SeedOf(options, 100 + static_cast<uint64_t>(file)));
  std::string text = swapped ? "customer_id,email,name,city,signed_up\n"
                             : "customer_id,name,email,city,signed_up\n";
  for (int row = 0; row < kCustomersPerFile; ++row) {
    const std::string id = std::to_string(1 + file * kCustomersPerFile + row);
    const std::string name = CustomerName(&random);
    std::string email = "customer" + id + "@example.com";
    if (!swapped && row == 11) email = "customer" + id + ".example.com";  // no address
    text += id + "," + (swapped ? email + "," + name : name + "," + email) + ",";
    text += std::string(kCities[random.Below(6)]);
    if (swapped || row != 27) {  // one row lacks its last cell
      text += "," + FormatDate(kFirstDate - 1 - random.Below(700));
    }
    text += "\n";
  }
  return text;
}

Status RefuseFilledFolder(Storage& storage, const std::string& root) {
  auto files = storage.List(root);
  if (!files && files.error().code == ErrorCode::kNotFound) return {};
  if (!files) return files.error();
  if (files->empty()) return {};
  return Error{ErrorCode::kAlreadyExists,
               "cannot write the sample lake to '" + root + "': there are files in it, such as '" +
                   files->front().path + "'",
               "name a folder that is empty or not there yet"};
}

}  // namespace

Status WriteDemoLateFile(Storage& storage, const DemoOptions& options) {
  EventsOptions late;
  late.events = kLateRecords;
  late.seed = SeedOf(options, 50);
  late.types = EventTypes::kWithoutLogin;
  late.date_days = kFirstDate + 1;
  late.repeats_per_mille = 0;
  late.bad_lines = false;
  return WriteEventsFile(storage, EventsFolder(options, late.date_days) + "events_late.json", late);
}

Status WriteDemoLake(Storage& storage, const DemoOptions& options) {
  const std::string& root = options.root;
  if (Status empty = RefuseFilledFolder(storage, root); !empty) return empty;
  const std::pair<std::string, std::string> texts[] = {
      {"/contracts/events.odcs.yaml", std::string(ShopEventsContract())},
      {"/contracts/customers.odcs.yaml", std::string(CustomersContract())},
      {"/land/customers/customers_2025-01-01.csv",
       CustomersCsv(options, 0, CustomerColumns::kAsAgreed)},
      {"/land/customers/customers_2025-01-02.csv",
       CustomersCsv(options, 1, CustomerColumns::kSwapped)},
  };
  for (const auto& [path, text] : texts) {
    if (Status written = WriteText(storage, root + path, text); !written) return written;
  }
  for (int date = 0; date < kDates; ++date) {
    if (Status written = WriteEventsOfDate(storage, options, date); !written) return written;
  }
  if (options.late_file == LateFile::kWrite) {
    if (Status written = WriteDemoLateFile(storage, options); !written) return written;
  }
  // Last, so that an interrupted demo is no lake.
  return WriteText(storage, root + "/lakegate.yaml", kLakeFile);
}

}  // namespace lakegate
