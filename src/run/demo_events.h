// Made-up shop events as NDJSON, of any size: for the demo, tests and benchmarks.
//
// The same options give the same bytes on every machine. Memory does not grow with `events`.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "run/demo_random.h"

namespace lakegate {

enum class EventShape : uint8_t {
  kShop,     // event_id, user_id, event_type, event_ts, amount: ShopEventsContract
  kWide,     // 14 keys and nested props, 27 values, about 560 bytes a line: WideEventsContract
  kWideCsv,  // the same events without props as CSV: WideCsvContract
};
enum class EventTypes : uint8_t { kAll, kWithoutLogin };

// Per cent are exact for kShop, and expected values for kWide. `events` is below 2^32.
//
// kShop: `repeats_per_mille` more lines repeat an earlier id 1..120 s later, 2 % of the users are
// null, and after every 125 events comes one bad line (cut, two objects, trailing comma, invalid
// UTF-8, control byte, amount "12,50", date 2025-02-30, amount as a word) if `bad_lines`.
// kWide, kWideCsv: `events` lines in all, of which `bad_percent` are bad (if `bad_lines`): two of
// five damaged, three with one bad field; 0.8 % repeat an id.
struct EventsOptions {
  int64_t events = 1000;
  uint64_t seed = 1;
  EventShape shape = EventShape::kShop;
  EventTypes types = EventTypes::kAll;
  int64_t date_days = 20'089;      // since 1970-01-01: 2025-01-01
  int64_t repeats_per_mille = 10;  // kShop
  bool bad_lines = true;
  int bad_percent = 5;  // kWide, 0 .. 100
};

// Takes the next bytes, some 256 KB at a time; an error stops the generator.
using EventSink = std::function<Status(std::string_view bytes)>;

Status WriteEvents(const EventsOptions& options, const EventSink& sink);
Status WriteWideEvents(const EventsOptions& options, const EventSink& sink);  // not kShop

// ODCS contracts (YAML) that lint without a finding.
std::string_view ShopEventsContract();
std::string_view WideEventsContract();
std::string_view CustomersContract();

// What happens to bytes between systems.
enum class LineDamage : uint8_t { kCut, kTwoObjects, kTrailingComma, kInvalidUtf8, kControlByte };
inline constexpr int kLineDamages = 5;

// Damages the JSON line from `start` to the end of `text` (without line end). `inside` is the
// place of a character of a string value in it.
void DamageLine(LineDamage damage, size_t start, size_t inside, std::string* text);

// 36 characters, RFC 9562 version 4.
void MakeUuid4(DemoRandom* random, char* out);
// Decimal digits of `value`, at least `width` of them.
void AppendDigits(uint64_t value, int width, std::string* text);

}  // namespace lakegate
