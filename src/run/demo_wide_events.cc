// Wide events: 14 keys and nested props, 27 values, about 560 bytes a line.
#include <array>
#include <cstring>

#include "run/demo_events.h"
#include "run/demo_wide_csv.h"

namespace lakegate {
namespace {

constexpr size_t kFlushBytes = 256 * 1024;
constexpr uint32_t kRepeatedPerMille = 8;
constexpr int kBadFields = 6;

constexpr std::string_view kTypes[] = {"login", "view_item", "add_to_cart", "purchase"};
constexpr std::string_view kCountries[] = {"DE", "FR", "GB", "US", "BR", "IN", "JP", "ZA"};
constexpr std::string_view kDevices[] = {"phone", "tablet", "desktop", "television"};
constexpr std::string_view kVersions[] = {"4.18.0", "4.18.1", "4.19.0", "5.0.0"};
constexpr std::string_view kBrowsers[] = {"Firefox", "Chrome", "Safari", "Edge"};
constexpr std::string_view kSystems[] = {"Linux", "Android", "iOS", "Windows"};
constexpr std::string_view kLanguages[] = {"en-US", "de-DE", "fr-FR", "pt-BR"};
constexpr std::string_view kNames[] = {"anna", "bela", "chen", "dara",
                                       "emil", "fumi", "gita", "hugo"};
constexpr std::string_view kTags[] = {"new", "sale", "mobile", "organic", "email", "partner"};

enum class BadField : uint8_t { kNone, kId, kType, kEmail, kTime, kAmount, kQuantity };

// A pool of random bits: one draw of the generator feeds several small choices.
class Choices {
 public:
  explicit Choices(DemoRandom* random) : random_(random) {}
  // 0 .. bound - 1, for bounds up to 65536.
  uint32_t Below(uint32_t bound) {
    if (left_ == 0) {
      bits_ = random_->Next();
      left_ = 4;
    }
    const auto part = static_cast<uint32_t>(bits_ & 0xffff);
    bits_ >>= 16;
    --left_;
    return (part * bound) >> 16;
  }
  template <size_t kCount>
  std::string_view OneOf(const std::string_view (&texts)[kCount]) {
    return texts[Below(kCount)];
  }

 private:
  DemoRandom* random_;
  uint64_t bits_ = 0;
  int left_ = 0;
};

class WideWriter {
 public:
  WideWriter(const EventsOptions& options, const EventSink& sink)
      : options_(options),
        sink_(sink),
        random_(options.seed),
        choices_(&random_),
        bad_per_mille_(options.bad_lines ? static_cast<uint32_t>(options.bad_percent) * 10 : 0),
        damaged_per_mille_(bad_per_mille_ * 2 / 5) {
    text_.reserve(kFlushBytes + 4096);
  }

  Status Run() {
    const bool is_csv = options_.shape == EventShape::kWideCsv;
    if (is_csv) text_ += kWideCsvHeader;
    for (int64_t index = 0; index < options_.events; ++index) {
      const size_t start = text_.size();
      const uint32_t fate = random_.Below(1000);
      const bool damaged = fate < damaged_per_mille_;
      const bool bad_field = !damaged && fate < bad_per_mille_;
      const size_t inside =
          AppendLine(index, bad_field ? static_cast<BadField>(1 + choices_.Below(kBadFields))
                                      : BadField::kNone);
      if (is_csv) {
        line_.assign(text_, start);
        text_.resize(start);
        AppendWideRow(line_, &text_);
      }
      if (damaged) {
        const auto damage = static_cast<LineDamage>(choices_.Below(kLineDamages));
        if (is_csv) DamageRow(damage, start, &text_);
        if (!is_csv) DamageLine(damage, start, inside, &text_);
      }
      text_ += '\n';
      if (text_.size() >= kFlushBytes) {
        if (Status written = Flush(); !written) return written;
      }
    }
    return Flush();
  }

 private:
  // Returns the place of a character inside a string value.
  size_t AppendLine(int64_t index, BadField bad) {
    AppendKeys(index, bad);
    const size_t inside = AppendPlace();
    AppendNumbers(bad);
    AppendProps();
    return inside;
  }

  void AppendKeys(int64_t index, BadField bad) {
    text_ += R"({"event_id":")";
    AppendId(index);
    if (bad == BadField::kId) text_.back() = 'x';
    const uint32_t user = choices_.Below(50'000);
    text_ += R"(","user_id":)";
    AppendDigits(1'000'000 + user, 1, &text_);
    text_ += R"(,"session_id":")";
    AppendHex(random_.Next());
    text_ += R"(","event_type":")";
    text_ += bad == BadField::kType ? "refund" : choices_.OneOf(kTypes);
    text_ += R"(","event_ts":")";
    AppendTime(bad);
    text_ += R"(","email":")";
    text_ += kNames[user % 8];
    text_ += '.';
    AppendDigits(user, 1, &text_);
    text_ += bad == BadField::kEmail ? " at example.com" : "@example.com";
  }

  void AppendId(int64_t index) {
    const auto slot = static_cast<size_t>(index) % recent_.size();
    if (index > 0 && random_.Below(1000) < kRepeatedPerMille) {
      const auto known = static_cast<uint64_t>(index) < recent_.size()
                             ? static_cast<uint64_t>(index)
                             : recent_.size();
      recent_[slot] = recent_[random_.Below(known)];
    } else {
      MakeUuid4(&random_, recent_[slot].data());
    }
    text_.append(recent_[slot].data(), recent_[slot].size());
  }

  void AppendHex(uint64_t value) {
    char digits[16];
    for (int digit = 0; digit < 16; ++digit) {
      digits[digit] = "0123456789abcdef"[(value >> (60 - 4 * digit)) & 15];
    }
    text_.append(digits, sizeof(digits));
  }

  void AppendTime(BadField bad) {
    const uint32_t second = random_.Below(86'400);
    text_ += bad == BadField::kTime ? "2025-02-30T" : "2025-01-01T";
    AppendDigits(second / 3600, 2, &text_);
    text_ += ':';
    AppendDigits(second / 60 % 60, 2, &text_);
    text_ += ':';
    AppendDigits(second % 60, 2, &text_);
    text_ += '.';
    AppendDigits(choices_.Below(1000), 3, &text_);
    text_ += 'Z';
  }

  size_t AppendPlace() {
    text_ += R"(","country":")";
    text_ += choices_.OneOf(kCountries);
    text_ += R"(","device":")";
    text_ += choices_.OneOf(kDevices);
    text_ += R"(","app":")";
    text_ += choices_.OneOf(kVersions);
    text_ += R"(","ip":"10.)";
    for (int part = 0; part < 3; ++part) {
      if (part > 0) text_ += '.';
      AppendDigits(choices_.Below(256), 1, &text_);
    }
    text_ += R"(","url":"https://shop.example/i/)";
    const size_t inside = text_.size() - 3;
    AppendDigits(choices_.Below(60'000), 5, &text_);
    if (choices_.Below(4) == 0) {
      text_ += R"(","referrer":null)";
    } else {
      text_ += R"(","referrer":"https://search.example/?q=)";
      AppendDigits(choices_.Below(60'000), 5, &text_);
      text_ += '"';
    }
    return inside;
  }

  void AppendNumbers(BadField bad) {
    text_ += R"(,"amount":)";
    if (bad == BadField::kAmount) {
      text_ += "-1.00";
    } else if (choices_.Below(2) == 0) {
      text_ += "null";
    } else {
      AppendDigits(choices_.Below(1000), 1, &text_);
      text_ += '.';
      AppendDigits(choices_.Below(100), 2, &text_);
    }
    text_ += R"(,"quantity":)";
    AppendDigits(bad == BadField::kQuantity ? 1000 : 1 + choices_.Below(100), 1, &text_);
  }

  void AppendProps() {
    text_ += R"(,"props":{"browser":")";
    text_ += choices_.OneOf(kBrowsers);
    text_ += R"(","os":")";
    text_ += choices_.OneOf(kSystems);
    text_ += R"(","screen":{"w":)";
    AppendDigits(320 + 8 * choices_.Below(200), 1, &text_);
    text_ += R"(,"h":)";
    AppendDigits(480 + 8 * choices_.Below(120), 1, &text_);
    text_ += R"(},"lang":")";
    text_ += choices_.OneOf(kLanguages);
    text_ += choices_.Below(2) == 0 ? R"(","member":true)" : R"(","member":false)";
    text_ += choices_.Below(2) == 0 ? R"(,"test":"A","tags":[")" : R"(,"test":"B","tags":[")";
    for (int tag = 0; tag < 3; ++tag) {
      if (tag > 0) text_ += R"(",")";
      text_ += choices_.OneOf(kTags);
    }
    text_ += R"("],"score":0.)";
    AppendDigits(1 + choices_.Below(9999), 4, &text_);
    text_ += R"(,"scroll":)";
    AppendDigits(choices_.Below(101), 1, &text_);
    text_ += R"(,"load_ms":)";
    AppendDigits(20 + choices_.Below(3000), 1, &text_);
    text_ += "}}";
  }

  Status Flush() {
    Status written = sink_(text_);
    text_.clear();
    return written;
  }

  const EventsOptions& options_;
  const EventSink& sink_;
  DemoRandom random_;
  Choices choices_;
  const uint32_t bad_per_mille_;      // of 1000 lines
  const uint32_t damaged_per_mille_;  // of these
  std::array<std::array<char, 36>, 1024> recent_{};
  std::string text_;
  std::string line_;  // kWideCsv: of the event
};

}  // namespace

Status WriteWideEvents(const EventsOptions& options, const EventSink& sink) {
  return WideWriter(options, sink).Run();
}

}  // namespace lakegate
