// simdjson's own checks are compiled out here in every build: with them stage 1 is four times
// slower, and each is repeated by the walk below.
#ifndef NDEBUG
#define NDEBUG
#endif
#include <emmintrin.h>
#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "read/json_explain.h"
#include "read/json_text.h"
#include "read/json_walker.h"
#include "read/open_keys.h"
#include "read/text_arena.h"
#include "read/window_buffer.h"

namespace lakegate {
namespace {

enum class Outcome : uint8_t { kFine, kSyntax, kTooDeep, kTooMany };

// Whether `text` stands at `at`; up to 64 bytes behind it are read.
bool StartsWith(const char* at, const std::string& text) {
  const size_t size = text.size();
  if (size > 16) return size <= kWindowPadding && std::memcmp(at, text.data(), size) == 0;
  const auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const auto wanted = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data()));
  const auto equal = static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted)));
  const uint32_t mask = (uint32_t{1} << size) - 1;
  return (equal & mask) == mask;
}

// How many values one object, item or entry makes at most.
size_t MostMembers(const JsonLayout& layout) {
  size_t most = std::max<size_t>(layout.members.size(), 2);
  const auto look = [&](const std::unique_ptr<JsonLayout>& inner) {
    if (inner) most = std::max(most, MostMembers(*inner));
  };
  for (const JsonLayout::Member& member : layout.members) {
    look(member.object);
    look(member.items);
  }
  look(layout.item_object);
  look(layout.item_items);
  return most;
}

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

class JsonWalker::Impl {
 public:
  Impl(const JsonLayout* layout, const ReadLimits& limits, const LineWalker* quick)
      : layout_(layout), limits_(limits), quick_(quick), most_members_(MostMembers(*layout)) {}

  std::optional<Damage> Walk(std::string_view line, bool explains) {
    if (explains && last_was_damaged_) {
      if (auto damage = SyntaxAtOnce(line)) return damage;
    }
    std::optional<Damage> damage = WalkLine(line, explains);
    last_was_damaged_ = damage && damage->code == ReasonCode::kJsonSyntax;
    return damage;
  }

  const RawRecord& record() const { return record_; }

 private:
  // Damaged lines mostly come among lines that never get here: then the words alone say it all,
  // as long as no limit can be passed in front of the damage.
  std::optional<Damage> SyntaxAtOnce(std::string_view line) const {
    if (line.size() >= limits_.max_values / most_members_) return std::nullopt;
    auto trouble = TroubleOf(line);
    if (!trouble || trouble->depth > static_cast<size_t>(limits_.max_depth)) return std::nullopt;
    return DamageOf(std::move(*trouble));
  }

  std::optional<Damage> WalkLine(std::string_view line, bool explains) {
    Reset(line);
    explains_ = explains;
    if (!FindStructure()) return Syntax();
    Outcome outcome = Outcome::kFine;
    bool is_object = false;
    if (line_[index_[0]] == '{') {
      is_object = true;
      const uint32_t block = NewBlock(layout_->members.size());
      RawValue self;
      outcome = Object(layout_, block, 1, &self);
    } else {
      RawValue self;
      outcome = Value(nullptr, nullptr, 1, &self);
    }
    if (outcome == Outcome::kTooDeep) {
      return Damage{ReasonCode::kTooDeep, static_cast<int64_t>(At()),
                    "nested deeper than " + std::to_string(limits_.max_depth) + " levels", ""};
    }
    if (outcome == Outcome::kTooMany) {
      return Damage{ReasonCode::kTooLong, static_cast<int64_t>(At()),
                    "the lists of the record have more than " + std::to_string(limits_.max_values) +
                        " values up to here, absent ones of their objects included",
                    ""};
    }
    if (outcome == Outcome::kSyntax || next_ != count_) return Syntax();
    if (!is_object) {
      return Damage{ReasonCode::kNotAnObject, static_cast<int64_t>(index_[0]),
                    "a record must be a JSON object {...}", ""};
    }
    record_.values = values_;
    record_.unknown_keys = unknown_keys_;
    return std::move(repeated_key_);
  }

  void Reset(std::string_view line) {
    line_ = line.data();
    size_ = line.size();
    next_ = 0;
    values_.clear();
    unknown_keys_.clear();
    repeated_key_.reset();
    unknown_.Clear();
    unescaped_.Clear();
    has_escapes_ = std::memchr(line.data(), '\\', line.size()) != nullptr;
  }

  bool FindStructure() {
    if (size_ > capacity_ || !stage_) {
      capacity_ = std::max<size_t>(size_ * 2, 4096);
      const auto error = simdjson::get_active_implementation()->create_dom_parser_implementation(
          capacity_, 1, stage_);
      if (error) return false;
    }
    const auto error = stage_->stage1(reinterpret_cast<const uint8_t*>(line_), size_,
                                      simdjson::stage1_mode::regular);
    count_ = stage_->n_structural_indexes;
    index_ = stage_->structural_indexes.get();
    return !error && count_ > 0;
  }

  // Only for lines that were refused: the exact place and the words.
  Damage Syntax() const {
    Damage damage;
    if (!explains_) return damage;
    if (auto trouble = TroubleOf({line_, size_})) return DamageOf(std::move(*trouble));
    damage.message = "not one valid JSON text";
    return damage;
  }

  std::optional<JsonTrouble> TroubleOf(std::string_view line) const {
    return ExplainJson(line, quick_ ? quick_->WellFormed(line) : 0);
  }

  static Damage DamageOf(JsonTrouble trouble) {
    return {ReasonCode::kJsonSyntax, static_cast<int64_t>(trouble.column),
            std::move(trouble.message), ""};
  }

  size_t At() const { return next_ < count_ ? index_[next_] : size_; }

  uint32_t NewBlock(size_t members) {
    const auto begin = static_cast<uint32_t>(values_.size());
    values_.resize(begin + members);
    return begin;
  }

  // The token at index i, without the space behind it.
  std::string_view Token(uint32_t i) const {
    const char* begin = line_ + index_[i];
    const char* end = line_ + (i + 1 < count_ ? index_[i + 1] : size_);
    while (end > begin + 1 && IsSpace(end[-1])) --end;
    return {begin, static_cast<size_t>(end - begin)};
  }

  // The text of the string at index i, unescaped.
  bool String(uint32_t i, std::string_view* text) {
    const std::string_view token = Token(i);
    if (token.size() < 2 || token.back() != '"') return false;
    const std::string_view inside = token.substr(1, token.size() - 2);
    if (!has_escapes_ || std::memchr(inside.data(), '\\', inside.size()) == nullptr) {
      *text = inside;
      return true;
    }
    std::string& buffer = unescaped_.Next();
    if (!UnescapeJson(inside, &buffer)) return false;
    TextArena::Pad(&buffer);
    *text = buffer;
    return true;
  }

  static void Set(RawValue* value, RawKind kind, std::string_view text) {
    value->kind = kind;
    value->data = text.data();
    value->size = static_cast<uint32_t>(text.size());
  }

  // A value of any kind at next_. `object` and `items`: what the plan knows of it.
  Outcome Value(const JsonLayout* object, const JsonLayout* items, int depth, RawValue* value) {
    if (next_ >= count_) return Outcome::kSyntax;
    const char first = line_[index_[next_]];
    if (first == '{') {
      return Object(object, object ? NewBlock(object->members.size()) : kNoValue, depth, value);
    }
    if (first == '[') return Array(items, depth, value);
    return Scalar(first, value);
  }

  bool IsScalarNext() const {
    return next_ < count_ && line_[index_[next_]] != '{' && line_[index_[next_]] != '[';
  }

  // A string, number or literal at next_. `value` may be in the record: no block is made here.
  Outcome Scalar(char first, RawValue* value) {
    const uint32_t i = next_++;
    if (first != '"') return Word(Token(i), value);
    std::string_view text;
    if (!String(i, &text)) return Outcome::kSyntax;
    Set(value, RawKind::kString, text);
    return Outcome::kFine;
  }

  static Outcome Word(std::string_view token, RawValue* value) {
    RawKind kind = RawKind::kNumber;
    if (token[0] == 'n' && token == "null") {
      kind = RawKind::kNull;
    } else if (token[0] == 't' && token == "true") {
      kind = RawKind::kTrue;
    } else if (token[0] == 'f' && token == "false") {
      kind = RawKind::kFalse;
    } else if (!IsJsonNumber(token)) {
      return Outcome::kSyntax;
    }
    Set(value, kind, token);
    return Outcome::kFine;
  }

  // At '{'. Members go to the block (kNoValue: the object is unknown, its inside is only checked;
  // a map's entries are chained).
  Outcome Object(const JsonLayout* layout, uint32_t block, int depth, RawValue* self) {
    if (depth > limits_.max_depth) return Outcome::kTooDeep;
    const uint32_t begin = index_[next_++];
    unknown_.Open();
    uint32_t members = 0;
    size_t predicted = 0;
    const bool is_map = layout && layout->is_map;
    Chain entries;
    bool closed = next_ < count_ && line_[index_[next_]] == '}';
    while (!closed) {
      if (next_ >= count_ || line_[index_[next_]] != '"') return Outcome::kSyntax;
      const uint32_t key = next_++;
      if (next_ >= count_ || line_[index_[next_]] != ':') return Outcome::kSyntax;
      ++next_;
      const Outcome outcome = is_map ? Entry(*layout, depth, key, &entries)
                                     : Member(layout, block, depth, key, &predicted, &members);
      if (outcome != Outcome::kFine) return outcome;
      if (next_ >= count_) return Outcome::kSyntax;
      const char separator = line_[index_[next_]];
      if (separator == '}') {
        closed = true;
      } else if (separator != ',') {
        return Outcome::kSyntax;
      } else {
        ++next_;
      }
    }
    const uint32_t end = index_[next_++];
    unknown_.Close();
    Set(self, RawKind::kObject, {line_ + begin, end + 1 - begin});
    self->first = is_map ? entries.first : block;
    self->count = is_map ? entries.count : members;
    if (entries.has_repeated) KeepLast(self);
    return Outcome::kFine;
  }

  // The entries of a map so far: key, value, key, value ...
  struct Chain {
    uint32_t first = kNoValue;
    uint32_t last = kNoValue;  // the last value
    uint32_t count = 0;
    bool has_repeated = false;
  };

  Outcome Entry(const JsonLayout& layout, int depth, uint32_t key, Chain* entries) {
    std::string_view text;
    if (!String(key, &text)) return Outcome::kSyntax;
    RawValue name, value;
    Set(&name, RawKind::kQuotedCell, text);
    const bool repeated = !unknown_.Add(text);
    if (repeated) Repeated(key, text);
    const Outcome outcome =
        Value(layout.item_object.get(), layout.item_items.get(), depth + 1, &value);
    if (outcome != Outcome::kFine) return outcome;
    if (repeated && limits_.duplicate_keys != DuplicateKeys::kLast) return outcome;
    entries->has_repeated = entries->has_repeated || repeated;
    const uint32_t slot = NewBlock(2);
    name.next = slot + 1;
    values_[slot] = name;
    values_[slot + 1] = value;
    (entries->last == kNoValue ? entries->first : values_[entries->last].next) = slot;
    entries->last = slot + 1;
    ++entries->count;
    return values_.size() > limits_.max_values ? Outcome::kTooMany : outcome;
  }

  // Of the entries of a map with equal keys only the last stays, at its own place.
  void KeepLast(RawValue* map) {
    std::unordered_map<std::string_view, uint32_t> last;
    for (uint32_t i = map->first; i != kNoValue; i = After(i)) {
      last[values_[i].text()] = i;
    }
    uint32_t* link = &map->first;
    for (uint32_t i = map->first; i != kNoValue; i = After(i)) {
      if (last[values_[i].text()] != i) continue;
      *link = i;
      link = &values_[i + 1].next;
    }
    *link = kNoValue;
    map->count = static_cast<uint32_t>(last.size());
  }
  uint32_t After(uint32_t key) const { return values_[key + 1].next; }

  // Which member of the layout the key is; -1: none. Keys mostly come in the contract's order.
  Outcome FindMember(const JsonLayout* layout, uint32_t key, size_t* predicted, int* member,
                     std::string_view* text) {
    *member = -1;
    const char* inside = line_ + index_[key] + 1;
    if (layout && *predicted < layout->members.size()) {
      // The closing quote is compared, too; the bytes behind the line are readable.
      if (StartsWith(inside, layout->members[*predicted].quoted)) {
        *member = static_cast<int>((*predicted)++);
        return Outcome::kFine;
      }
    }
    if (!String(key, text)) return Outcome::kSyntax;
    if (layout) *member = layout->Find(*text);
    if (*member >= 0) *predicted = static_cast<size_t>(*member) + 1;
    return Outcome::kFine;
  }

  Outcome Member(const JsonLayout* layout, uint32_t block, int depth, uint32_t key,
                 size_t* predicted, uint32_t* members) {
    int member = -1;
    std::string_view text;
    Outcome outcome = FindMember(layout, key, predicted, &member, &text);
    if (outcome != Outcome::kFine) return outcome;
    if (member < 0) {
      if (!unknown_.Add(text)) {
        Repeated(key, text);
      } else {
        ++*members;
        if (layout) unknown_keys_.push_back(text);
      }
      RawValue value;
      return Value(nullptr, nullptr, depth + 1, &value);
    }
    const JsonLayout::Member& known = layout->members[static_cast<size_t>(member)];
    const size_t slot = block + static_cast<size_t>(member);
    const bool repeated = values_[slot].kind != RawKind::kAbsent;
    if (repeated) Repeated(key, known.name);
    *members += repeated ? 0 : 1;
    if (!repeated && IsScalarNext()) {
      // In place: a value put together elsewhere and copied would stall on every store.
      return Scalar(line_[index_[next_]], &values_[slot]);
    }
    RawValue value;
    outcome = Value(known.object.get(), known.items.get(), depth + 1, &value);
    if (!repeated || limits_.duplicate_keys == DuplicateKeys::kLast) values_[slot] = value;
    return outcome;
  }

  void Repeated(uint32_t key, std::string_view name) {
    if (limits_.duplicate_keys != DuplicateKeys::kReject || repeated_key_) return;
    repeated_key_ = Damage{ReasonCode::kDuplicateKey, static_cast<int64_t>(index_[key]),
                           "the key \"" + std::string(name) + "\" stands twice in one object",
                           std::string(name)};
  }

  // Behind an item: a comma, which is consumed, or the closing bracket.
  bool EndOfItem(bool* closed) {
    if (next_ >= count_) return false;
    const char separator = line_[index_[next_]];
    *closed = separator == ']';
    if (separator == ',') ++next_;
    return *closed || separator == ',';
  }

  // At '['. Items are chained if `layout` is given, else only checked.
  Outcome Array(const JsonLayout* layout, int depth, RawValue* self) {
    if (depth > limits_.max_depth) return Outcome::kTooDeep;
    const uint32_t begin = index_[next_++];
    uint32_t items = 0;
    uint32_t last = kNoValue;
    bool closed = next_ < count_ && line_[index_[next_]] == ']';
    while (!closed) {
      if (layout && IsScalarNext()) {
        const uint32_t slot = NewBlock(1);
        (last == kNoValue ? self->first : values_[last].next) = slot;
        last = slot;
        ++items;
        const Outcome outcome = Scalar(line_[index_[next_]], &values_[slot]);
        if (outcome != Outcome::kFine) return outcome;
        if (values_.size() > limits_.max_values) return Outcome::kTooMany;
        if (!EndOfItem(&closed)) return Outcome::kSyntax;
        continue;
      }
      RawValue item;
      const Outcome outcome = Value(layout ? layout->item_object.get() : nullptr,
                                    layout ? layout->item_items.get() : nullptr, depth + 1, &item);
      if (outcome != Outcome::kFine) return outcome;
      ++items;
      if (layout) {
        const uint32_t slot = NewBlock(1);
        values_[slot] = item;
        (last == kNoValue ? self->first : values_[last].next) = slot;
        last = slot;
        if (values_.size() > limits_.max_values) return Outcome::kTooMany;
      }
      if (!EndOfItem(&closed)) return Outcome::kSyntax;
    }
    const uint32_t end = index_[next_++];
    Set(self, RawKind::kArray, {line_ + begin, end + 1 - begin});
    self->count = items;
    return Outcome::kFine;
  }

  const JsonLayout* layout_;
  const ReadLimits limits_;
  const LineWalker* const quick_;
  const size_t most_members_;
  bool last_was_damaged_ = false;
  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage_;
  size_t capacity_ = 0;
  const char* line_ = nullptr;
  size_t size_ = 0;
  const uint32_t* index_ = nullptr;
  uint32_t count_ = 0;
  uint32_t next_ = 0;
  bool has_escapes_ = false;
  bool explains_ = true;
  RawRecord record_;
  std::vector<RawValue> values_;  // of the record
  std::vector<std::string_view> unknown_keys_;
  OpenKeys unknown_;
  TextArena unescaped_;  // values borrow from it
  std::optional<Damage> repeated_key_;
};

JsonWalker::JsonWalker(const JsonLayout* layout, const ReadLimits& limits, const LineWalker* quick)
    : impl_(std::make_unique<Impl>(layout, limits, quick)) {}
JsonWalker::~JsonWalker() = default;

std::optional<Damage> JsonWalker::Walk(std::string_view line, bool explains) {
  return impl_->Walk(line, explains);
}
const RawRecord& JsonWalker::record() const { return impl_->record(); }

}  // namespace lakegate
