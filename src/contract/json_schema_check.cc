// Applies compiled rules to a document.
#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "contract/diagnostics.h"
#include "contract/json_schema.h"
#include "contract/json_schema_rule.h"
#include "contract/map_reader.h"

namespace lakegate {
namespace {

using Reach = SchemaViolation::Reach;
using Violations = std::vector<SchemaViolation>;

// Where a value stands, as a chain up to the root.
struct Place {
  const Place* parent = nullptr;
  std::string_view key;  // of a mapping's member, else `index` counts
  size_t index = 0;
  YamlMark mark;  // of the key

  std::string Text() const {
    if (parent == nullptr) return "";
    const std::string before = parent->Text();
    if (key.empty()) return before + "[" + std::to_string(index) + "]";
    return before.empty() ? std::string(key) : before + "." + std::string(key);
  }
  std::string Shown() const { return parent == nullptr ? "the contract" : "'" + Text() + "'"; }
};

bool IsNumber(const YamlNode& node) {
  return node.kind == YamlKind::kInteger || node.kind == YamlKind::kReal;
}

bool IsWhole(const YamlNode& node) {
  if (node.kind == YamlKind::kInteger) return true;
  const auto value = node.kind == YamlKind::kReal ? NumberOf(node) : std::nullopt;
  return value && std::floor(*value) == *value;
}

bool HasType(const YamlNode& node, uint8_t types) {
  switch (node.kind) {
    case YamlKind::kNull:
      return types & kSchemaNull;
    case YamlKind::kBoolean:
      return types & kSchemaBoolean;
    case YamlKind::kInteger:
    case YamlKind::kReal:
      return (types & kSchemaNumber) || ((types & kSchemaInteger) && IsWhole(node));
    case YamlKind::kText:
      return types & kSchemaString;
    case YamlKind::kList:
      return types & kSchemaArray;
    case YamlKind::kMap:
      return types & kSchemaObject;
  }
  return false;
}

std::string TypeNames(uint8_t types) {
  constexpr std::pair<SchemaType, const char*> kNames[] = {
      {kSchemaString, "a text"},
      {kSchemaInteger, "a whole number"},
      {kSchemaNumber, "a number"},
      {kSchemaBoolean, "true or false"},
      {kSchemaNull, "null"},
      {kSchemaArray, "a list"},
      {kSchemaObject, "a mapping (key: value)"}};
  std::string names;
  for (const auto& [bit, name] : kNames) {
    if (types & bit) names += (names.empty() ? "" : " or ") + std::string(name);
  }
  return names;
}

std::string ShownKind(const YamlNode& node) {
  std::string text = Name(node.kind);
  if (node.is_scalar() && node.kind != YamlKind::kNull) text += " (" + node.text + ")";
  return text;
}

// Equal values have equal texts: numbers by value, mappings without regard to order.
std::string Canonical(const YamlNode& node) {
  if (node.kind == YamlKind::kText) return "\"" + std::to_string(node.text.size()) + node.text;
  if (node.kind == YamlKind::kNull) return "n";
  if (node.kind == YamlKind::kBoolean) return BooleanOf(node) ? "t" : "f";
  if (IsNumber(node)) {
    if (const auto whole = IntegerOf(node)) return "i" + std::to_string(*whole);
    const auto value = NumberOf(node);
    if (!value) return "r" + node.text;
    if (std::floor(*value) == *value && std::abs(*value) < 1e15) {
      return "i" + std::to_string(static_cast<int64_t>(*value));
    }
    return "r" + std::to_string(*value) + node.text;
  }
  std::vector<std::string> parts;
  for (const YamlNode& item : node.items) parts.push_back(Canonical(item));
  for (const YamlEntry& entry : node.entries) {
    parts.push_back(std::to_string(entry.key.size()) + entry.key + Canonical(entry.value));
  }
  if (node.kind == YamlKind::kMap) std::sort(parts.begin(), parts.end());
  std::string text = node.kind == YamlKind::kMap ? "{" : "[";
  for (const std::string& part : parts) text += part + ",";
  return text;
}

bool AllDifferent(const std::vector<YamlNode>& items) {
  std::vector<std::string> texts;
  for (const YamlNode& item : items) texts.push_back(Canonical(item));
  std::sort(texts.begin(), texts.end());
  return std::adjacent_find(texts.begin(), texts.end()) == texts.end();
}

void CollectKeys(const SchemaRule& rule, std::vector<std::string>& keys) {
  for (const auto& [key, member] : rule.properties) keys.push_back(key);
  if (rule.ref != nullptr) CollectKeys(*rule.ref, keys);
  for (const SchemaRule* part : rule.all_of) CollectKeys(*part, keys);
}

// `out` is null where only the answer counts; then the first violation ends the work.
class SchemaChecker {
 public:
  // `evaluated`, if wanted, marks the entries of a mapping that some part of a rule has looked at.
  bool Apply(const SchemaRule& rule, const YamlNode& node, const Place& place,
             std::vector<char>* evaluated, Violations* out) {
    const bool keep = evaluated == nullptr && !node.is_scalar();
    if (!keep) return ApplyAnew(rule, node, place, evaluated, out);
    // Several branches lead to the same members; without a memory that doubles at every level.
    const auto known = known_.find({&rule, &node});
    if (known != known_.end() && (known->second != Outcome::kUnreported || out == nullptr)) {
      return known->second == Outcome::kValid;
    }
    const bool valid = ApplyAnew(rule, node, place, nullptr, out);
    known_[{&rule, &node}] =
        valid ? Outcome::kValid : (out != nullptr ? Outcome::kReported : Outcome::kUnreported);
    return valid;
  }

 private:
  enum class Outcome : uint8_t { kValid, kReported, kUnreported };
  using Pair = std::pair<const SchemaRule*, const YamlNode*>;
  struct PairHash {
    size_t operator()(const Pair& pair) const {
      return std::hash<const void*>()(pair.first) * 31 + std::hash<const void*>()(pair.second);
    }
  };

  static bool Report(Violations* out, SchemaViolation violation) {
    if (out != nullptr && out->size() < JsonSchema::kMaxViolations) {
      out->push_back(std::move(violation));
    }
    return false;
  }
  static YamlMark KeyMark(const YamlNode& node, const Place& place) {
    return place.mark.line > 0 ? place.mark : node.mark;
  }

  bool ApplyAnew(const SchemaRule& rule, const YamlNode& node, const Place& place,
                 std::vector<char>* evaluated, Violations* out) {
    if (rule.never) {
      return Report(out, {Reach::kValue, &node, node.mark, KeyMark(node, place), "",
                          "misplaced-key", place.Shown() + " is not allowed here", ""});
    }
    std::vector<char> own;
    std::vector<char>* seen = evaluated;
    if (rule.unevaluated != nullptr && node.kind == YamlKind::kMap) seen = &own;
    if (seen != nullptr) own.resize(node.entries.size());
    if (seen != nullptr) seen = &own;
    bool valid = ApplyToValue(rule, node, place, out);
    const auto go_on = [&] { return valid || out != nullptr; };
    if (go_on() && node.kind == YamlKind::kMap) {
      valid = ApplyToMembers(rule, node, place, seen, out) && valid;
    }
    if (go_on() && node.kind == YamlKind::kList)
      valid = ApplyToItems(rule, node, place, out) && valid;
    if (go_on()) valid = ApplyParts(rule, node, place, seen, out) && valid;
    // Parts that failed have looked at nothing: their keys would seem unknown.
    if (valid && rule.unevaluated != nullptr && node.kind == YamlKind::kMap) {
      valid = ApplyToRest(rule, Reach::kRest, node, place, own, out);
    }
    if (valid && evaluated != nullptr) {
      for (size_t i = 0; i < own.size(); ++i) {
        if (own[i]) (*evaluated)[i] = 1;
      }
    }
    return valid;
  }

  bool ApplyToValue(const SchemaRule& rule, const YamlNode& node, const Place& place,
                    Violations* out) {
    const auto report = [&](const char* id, const std::string& message, const std::string& mend) {
      return Report(out, {Reach::kValue, &node, node.mark, KeyMark(node, place), "", id,
                          place.Shown() + message, mend});
    };
    if (rule.types != 0 && !HasType(node, rule.types)) {
      const bool quote =
          (rule.types & kSchemaString) && node.is_scalar() && node.kind != YamlKind::kNull;
      if (out == nullptr) return false;
      report("wrong-kind", " must be " + TypeNames(rule.types) + ", not " + ShownKind(node),
             quote ? "write it in quotes" : "");
      if (quote && out->back().node == &node) {
        out->back().before = node.text;
        out->back().after = '"' + node.text + '"';
      }
      return false;
    }
    bool valid = true;
    if (rule.words && !HasWord(rule, node)) {
      if (out == nullptr) return false;
      const auto nearest = DidYouMean(node.text, *rule.words);
      std::string known;
      for (const std::string& word : *rule.words) known += (known.empty() ? "" : ", ") + word;
      valid = report("unknown-value",
                     node.is_scalar() ? " cannot be '" + node.text + "'" : " must be one word",
                     (nearest ? "did you mean '" + *nearest + "'? known: " : "known: ") + known);
    }
    if (IsNumber(node) && (rule.minimum || rule.exclusive_minimum)) {
      const double value = NumberOf(node).value_or(0);
      const double least = rule.minimum ? *rule.minimum : *rule.exclusive_minimum;
      if (rule.minimum ? value < least : value <= least) {
        valid = report("out-of-range",
                       std::string(" must be ") + (rule.minimum ? "at least " : "more than ") +
                           std::to_string(static_cast<int64_t>(least)) + ", not " + node.text,
                       "");
      }
    }
    if (rule.pattern && node.kind == YamlKind::kText &&
        !RE2::PartialMatch(node.text, *rule.pattern)) {
      valid = report("wrong-form", " cannot be '" + node.text + "'",
                     "its form is " + rule.pattern->pattern());
    }
    return valid;
  }

  static bool HasWord(const SchemaRule& rule, const YamlNode& node) {
    return node.kind == YamlKind::kText &&
           std::find(rule.words->begin(), rule.words->end(), node.text) != rule.words->end();
  }

  bool ApplyToMembers(const SchemaRule& rule, const YamlNode& node, const Place& place,
                      std::vector<char>* seen, Violations* out) {
    bool valid = true;
    for (const std::string& key : rule.required) {
      if (node.Find(key) != nullptr) continue;
      valid = Report(out, {Reach::kMember, &node, node.mark, node.mark, key, "missing-key",
                           place.Shown() + " has no '" + key + "'", "add " + key + ":"});
    }
    if (rule.properties.empty() && rule.additional == nullptr) return valid;
    std::vector<char> here(rule.additional == nullptr ? 0 : node.entries.size());
    for (size_t i = 0; i < node.entries.size() && (valid || out != nullptr); ++i) {
      const YamlEntry& entry = node.entries[i];
      const auto member = rule.properties.find(entry.key);
      if (member == rule.properties.end()) continue;
      if (!here.empty()) here[i] = 1;
      if (seen != nullptr) (*seen)[i] = 1;
      valid =
          Apply(*member->second, entry.value, {&place, entry.key, 0, entry.mark}, nullptr, out) &&
          valid;
    }
    if (rule.additional == nullptr || (!valid && out == nullptr)) return valid;
    const bool rest = ApplyToRest(rule, Reach::kKey, node, place, here, out);
    if (seen != nullptr) seen->assign(seen->size(), 1);
    return rest && valid;
  }

  // The members that `looked_at` leaves.
  bool ApplyToRest(const SchemaRule& owner, Reach reach, const YamlNode& node, const Place& place,
                   const std::vector<char>& looked_at, Violations* out) {
    const SchemaRule& rule = reach == Reach::kRest ? *owner.unevaluated : *owner.additional;
    bool valid = true;
    for (size_t i = 0; i < node.entries.size(); ++i) {
      const YamlEntry& entry = node.entries[i];
      if (looked_at[i]) continue;
      if (!rule.never) {
        valid = Apply(rule, entry.value, {&place, entry.key, 0, entry.mark}, nullptr, out) && valid;
        continue;
      }
      if (out == nullptr || out->size() >= JsonSchema::kMaxViolations) return false;
      std::vector<std::string> keys;
      CollectKeys(owner, keys);
      const auto nearest = DidYouMean(entry.key, keys);
      const bool safe = nearest && node.Find(*nearest) == nullptr;
      valid = Report(out, {reach, &node, entry.mark, entry.mark, entry.key, "unknown-key",
                           "unknown key '" + entry.key + "' in " + place.Shown(),
                           nearest ? "did you mean '" + *nearest + "'?" : "", safe ? entry.key : "",
                           safe ? *nearest : ""});
    }
    return valid;
  }

  bool ApplyToItems(const SchemaRule& rule, const YamlNode& node, const Place& place,
                    Violations* out) {
    const auto report = [&](const char* id, const std::string& message) {
      return Report(out, {Reach::kValue, &node, node.mark, KeyMark(node, place), "", id,
                          place.Shown() + message, ""});
    };
    bool valid = true;
    const size_t count = node.items.size();
    if (rule.min_items && count < *rule.min_items) {
      valid = report("too-few-items", " must list at least " + std::to_string(*rule.min_items));
    }
    if (rule.max_items && count > *rule.max_items) {
      valid = report("too-many-items", " must list at most " + std::to_string(*rule.max_items));
    }
    if (rule.unique_items && !AllDifferent(node.items)) {
      valid = report("repeated-item", " lists the same twice");
    }
    if (rule.items == nullptr) return valid;
    for (size_t i = 0; i < count && (valid || out != nullptr); ++i) {
      valid = Apply(*rule.items, node.items[i], {&place, {}, i, {}}, nullptr, out) && valid;
    }
    return valid;
  }

  bool ApplyParts(const SchemaRule& rule, const YamlNode& node, const Place& place,
                  std::vector<char>* seen, Violations* out) {
    bool valid = rule.ref == nullptr || Apply(*rule.ref, node, place, seen, out);
    for (const SchemaRule* part : rule.all_of) {
      if (!valid && out == nullptr) return false;
      valid = Apply(*part, node, place, seen, out) && valid;
    }
    if (!rule.any_of.empty()) {
      valid = ApplyAlternatives(rule.any_of, 0, node, place, seen, out) && valid;
    }
    if (!rule.one_of.empty()) {
      valid = ApplyAlternatives(rule.one_of, 1, node, place, seen, out) && valid;
    }
    if (rule.forbidden != nullptr && Apply(*rule.forbidden, node, place, nullptr, nullptr)) {
      std::string keys;
      for (const std::string& key : rule.forbidden->required) keys += " '" + key + "'";
      valid =
          Report(out, {Reach::kWhole, &node, node.mark, KeyMark(node, place), "", "misplaced-key",
                       place.Shown() + (keys.empty() ? " is not allowed here"
                                                     : " must not have" + keys + " here"),
                       ""});
    }
    if (rule.condition != nullptr) {
      const bool holds = Apply(*rule.condition, node, place, seen, nullptr);
      const SchemaRule* then = holds ? rule.when : rule.otherwise;
      if (then != nullptr) valid = Apply(*then, node, place, seen, out) && valid;
    }
    return valid;
  }

  // `most` is 0 for any number of alternatives that fit.
  bool ApplyAlternatives(const std::vector<const SchemaRule*>& alternatives, int most,
                         const YamlNode& node, const Place& place, std::vector<char>* seen,
                         Violations* out) {
    int fitting = 0;
    for (const SchemaRule* alternative : alternatives) {
      if (Apply(*alternative, node, place, seen, nullptr)) ++fitting;
      if (fitting > 0 && most == 0 && seen == nullptr) return true;
    }
    if (fitting == 1 || (fitting > 1 && most == 0)) return true;
    if (out == nullptr) return false;
    if (fitting > 1) {
      return Report(out, {Reach::kWhole, &node, node.mark, KeyMark(node, place), "", "ambiguous",
                          place.Shown() + " fits " + std::to_string(fitting) +
                              " of several forms, but must fit one only",
                          ""});
    }
    return ReportNoneFits(alternatives, node, place, out);
  }

  // The violations of the only alternative of the right kind, else that no one fits.
  bool ReportNoneFits(const std::vector<const SchemaRule*>& alternatives, const YamlNode& node,
                      const Place& place, Violations* out) {
    uint8_t types = 0;
    const SchemaRule* candidate = nullptr;
    int candidates = 0;
    for (const SchemaRule* alternative : alternatives) {
      const SchemaRule& rule = alternative->ref != nullptr ? *alternative->ref : *alternative;
      types = static_cast<uint8_t>(types | rule.types);
      if (rule.types != 0 && !HasType(node, rule.types)) continue;
      candidate = alternative;
      ++candidates;
    }
    if (candidates == 1) {
      Apply(*candidate, node, place, nullptr, out);
      return false;
    }
    if (candidates == 0) {
      return Report(
          out, {Reach::kValue, &node, node.mark, KeyMark(node, place), "", "wrong-kind",
                place.Shown() + " must be " + TypeNames(types) + ", not " + ShownKind(node), ""});
    }
    return Report(out, {Reach::kWhole, &node, node.mark, KeyMark(node, place), "", "no-form-fits",
                        place.Shown() + " has none of the forms that are allowed here", ""});
  }

  std::unordered_map<Pair, Outcome, PairHash> known_;
};

}  // namespace

std::vector<SchemaViolation> JsonSchema::Check(const YamlNode& document) const {
  SchemaChecker checker;
  if (checker.Apply(*rules_[0], document, {}, nullptr, nullptr)) return {};
  Violations violations;
  SchemaChecker().Apply(*rules_[0], document, {}, nullptr, &violations);
  return violations;
}

}  // namespace lakegate
