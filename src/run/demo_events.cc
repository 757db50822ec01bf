#include "run/demo_events.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "core/temporal_pattern.h"

namespace lakegate {
namespace {

constexpr size_t kFlushBytes = 256 * 1024;
constexpr int64_t kEventsPerBadLine = 125;
constexpr int kNullUserPercent = 2;
constexpr int64_t kSecondsPerDay = 86'400;
constexpr std::string_view kTypes[] = {"login", "view_item", "add_to_cart", "purchase"};
constexpr uint32_t kTypeShares[] = {25, 45, 20, 10};  // per cent
constexpr int kPurchase = 3;

struct ShopEvent {
  std::array<char, 36> id;
  uint32_t user = 0;  // 0: null
  int type = 0;
  int64_t second = 0;  // since 1970-01-01
  uint32_t cents = 0;  // 0: null
};

// What a bad line says instead.
struct Override {
  std::string_view amount;  // JSON text
  std::string_view time;
};

void AppendTime(int64_t second, std::string* text) {
  const CivilDate date = CivilFromDays(second / kSecondsPerDay);
  const int64_t of_day = second % kSecondsPerDay;
  AppendDigits(static_cast<uint64_t>(date.year), 4, text);
  *text += '-';
  AppendDigits(static_cast<uint64_t>(date.month), 2, text);
  *text += '-';
  AppendDigits(static_cast<uint64_t>(date.day), 2, text);
  *text += 'T';
  AppendDigits(static_cast<uint64_t>(of_day / 3600), 2, text);
  *text += ':';
  AppendDigits(static_cast<uint64_t>(of_day / 60 % 60), 2, text);
  *text += ':';
  AppendDigits(static_cast<uint64_t>(of_day % 60), 2, text);
  *text += 'Z';
}

class ShopWriter {
 public:
  ShopWriter(const EventsOptions& options, const EventSink& sink)
      : options_(options), sink_(sink), random_(options.seed) {}

  Status Run() {
    const int64_t events = options_.events;
    ExactShare repeats(events * options_.repeats_per_mille / 1000, events);
    ExactShare null_users(events * kNullUserPercent / 100, events);
    for (int64_t index = 0; index < events; ++index) {
      ShopEvent event = MakeEvent();
      if (null_users.Pick(&random_)) event.user = 0;
      AppendLine(event, {});
      text_ += '\n';
      recent_[static_cast<size_t>(index) % recent_.size()] = event;
      if (repeats.Pick(&random_)) AppendRepeat(index);
      if (options_.bad_lines && (index + 1) % kEventsPerBadLine == 0) {
        AppendBadLine(static_cast<int>((index / kEventsPerBadLine) % (kLineDamages + 3)));
      }
      if (text_.size() >= kFlushBytes) {
        if (Status written = Flush(); !written) return written;
      }
    }
    return Flush();
  }

 private:
  ShopEvent MakeEvent() {
    ShopEvent event;
    MakeUuid4(&random_, event.id.data());
    event.user = 1 + random_.Below(500);
    event.type = PickType();
    event.second = options_.date_days * kSecondsPerDay + random_.Below(kSecondsPerDay);
    if (event.type == kPurchase) event.cents = 500 + random_.Below(19'501);
    return event;
  }

  int PickType() {
    const uint32_t skipped = options_.types == EventTypes::kWithoutLogin ? kTypeShares[0] : 0;
    uint32_t draw = skipped + random_.Below(100 - skipped);
    int type = 0;
    while (draw >= kTypeShares[type]) draw -= kTypeShares[type++];
    return type;
  }

  void AppendLine(const ShopEvent& event, const Override& bad) {
    text_ += R"({"event_id":")";
    text_.append(event.id.data(), event.id.size());
    text_ += R"(","user_id":)";
    if (event.user == 0) {
      text_ += "null";
    } else {
      text_ += R"("user_)";
      AppendDigits(event.user, 1, &text_);
      text_ += '"';
    }
    text_ += R"(,"event_type":")";
    text_ += kTypes[event.type];
    text_ += R"(","event_ts":")";
    if (bad.time.empty()) {
      AppendTime(event.second, &text_);
    } else {
      text_ += bad.time;
    }
    text_ += R"(","amount":)";
    AppendAmount(event, bad.amount);
    text_ += '}';
  }

  void AppendAmount(const ShopEvent& event, std::string_view bad) {
    if (!bad.empty()) {
      text_ += bad;
    } else if (event.cents == 0) {
      text_ += "null";
    } else {
      AppendDigits(event.cents / 100, 1, &text_);
      text_ += '.';
      AppendDigits(event.cents % 100, 2, &text_);
    }
  }

  // The same id again, a little later: what an impatient client sends.
  void AppendRepeat(int64_t index) {
    const auto known = std::min<uint64_t>(static_cast<uint64_t>(index) + 1, recent_.size());
    ShopEvent event = recent_[random_.Below(known)];
    event.second += 1 + random_.Below(120);
    AppendLine(event, {});
    text_ += '\n';
  }

  void AppendBadLine(int kind) {
    static constexpr Override kBadFields[] = {
        {R"("12,50")", ""}, {"", "2025-02-30T10:00:00Z"}, {R"("free")", ""}};
    ShopEvent event = MakeEvent();
    const size_t start = text_.size();
    if (kind < kLineDamages) {
      AppendLine(event, {});
      const size_t inside = start + text_.substr(start).find("user_") + 2;
      DamageLine(static_cast<LineDamage>(kind), start, inside, &text_);
    } else {
      event.type = kPurchase;
      event.cents = 1250;
      AppendLine(event, kBadFields[kind - kLineDamages]);
    }
    text_ += '\n';
  }

  Status Flush() {
    Status written = sink_(text_);
    text_.clear();
    return written;
  }

  const EventsOptions& options_;
  const EventSink& sink_;
  DemoRandom random_;
  std::array<ShopEvent, 256> recent_{};
  std::string text_;
};

}  // namespace

void MakeUuid4(DemoRandom* random, char* out) {
  static constexpr char kHex[] = "0123456789abcdef";
  const uint64_t high = (random->Next() & ~uint64_t{0xf000}) | 0x4000;
  const uint64_t low = (random->Next() & ~(uint64_t{3} << 62)) | (uint64_t{2} << 62);
  for (int digit = 0; digit < 32; ++digit) {
    if (digit == 8 || digit == 12 || digit == 16 || digit == 20) *out++ = '-';
    const uint64_t half = digit < 16 ? high : low;
    *out++ = kHex[(half >> (60 - 4 * (digit % 16))) & 15];
  }
}

void AppendDigits(uint64_t value, int width, std::string* text) {
  char digits[20];
  int count = 0;
  do {
    digits[19 - count++] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value > 0 || count < width);
  text->append(digits + 20 - count, static_cast<size_t>(count));
}

void DamageLine(LineDamage damage, size_t start, size_t inside, std::string* text) {
  switch (damage) {
    case LineDamage::kCut:
      text->resize(start + (text->size() - start) * 3 / 5);
      break;
    case LineDamage::kTwoObjects:
      text->append(text->substr(start));
      break;
    case LineDamage::kTrailingComma:
      text->back() = ',';
      *text += '}';
      break;
    case LineDamage::kInvalidUtf8:
      (*text)[inside] = '\xff';
      break;
    case LineDamage::kControlByte:
      (*text)[inside] = '\x01';
      break;
  }
}

Status WriteEvents(const EventsOptions& options, const EventSink& sink) {
  if (options.shape != EventShape::kShop) return WriteWideEvents(options, sink);
  return ShopWriter(options, sink).Run();
}

}  // namespace lakegate
