// What the walker reads out of a line, against simdjson's DOM; limits and options.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "read/json_walker.h"
#include "read/window_buffer.h"
#include "tests/support/made_plan.h"
#include "tests/support/seen_records.h"
#include "tests/support/test_scale.h"
#include "tests/support/walk_pair.h"

namespace lakegate {
namespace {

// Strings, an object with members, an array of objects, an array of arrays of numbers, maps of
// plain values and of arrays of objects.
CheckPlan NestedPlan() {
  MadePlan made;
  made.Add("id");
  made.Add("caf\u00e9");
  made.Add("back\\slash");
  made.Add("n", {TypeKind::kInteger});
  FieldPlan& object = made.Add("o", {TypeKind::kObject});
  made.AddChild(object, "id");
  FieldPlan& inner = made.AddChild(object, "deep", {TypeKind::kObject});
  made.AddChild(inner, "id");
  FieldPlan& list = made.Add("list", {TypeKind::kArray});
  FieldPlan& item = made.AddChild(list, "", {TypeKind::kObject});
  made.AddChild(item, "id");
  made.AddChild(item, "n", {TypeKind::kInteger});
  FieldPlan& rows = made.Add("rows", {TypeKind::kArray});
  FieldPlan& row = made.AddChild(rows, "", {TypeKind::kArray});
  made.AddChild(row, "", {TypeKind::kInteger});
  made.AddMap("xtra", {TypeKind::kInteger});
  FieldPlan& held = made.AddMap("more", {TypeKind::kArray});
  FieldPlan& inside = made.AddChild(held, "", {TypeKind::kObject});
  made.AddChild(inside, "id");
  return made.plan();
}

// The values as one text, the same from both readers: members by the plan's names, in its order.
std::string FromDom(const FieldPlan& field, simdjson::dom::element element);

std::string MembersFromDom(const std::vector<FieldPlan>& fields, simdjson::dom::object object) {
  std::string text = "{";
  for (const FieldPlan& field : fields) {
    simdjson::dom::element member;
    text += field.name + "=";
    text += object.at_key(field.name).get(member) ? "-" : FromDom(field, member);
    text += ";";
  }
  return text + "}";
}

std::string FromDom(const FieldPlan& field, simdjson::dom::element element) {
  switch (element.type()) {
    case simdjson::dom::element_type::STRING:
      return "s:" + std::string(element.get_string().value());
    case simdjson::dom::element_type::BOOL:
      return element.get_bool().value() ? "true" : "false";
    case simdjson::dom::element_type::NULL_VALUE:
      return "null";
    case simdjson::dom::element_type::ARRAY: {
      const simdjson::dom::array array = element.get_array();
      std::string text = "[" + std::to_string(array.size()) + ":";
      if (field.type.kind == TypeKind::kArray) {
        for (const simdjson::dom::element item : array) {
          text += FromDom(field.children[0], item) + ",";
        }
      }
      return text + "]";
    }
    case simdjson::dom::element_type::OBJECT: {
      const simdjson::dom::object object = element.get_object();
      const std::string size = std::to_string(object.size());
      if (field.type.kind == TypeKind::kMap) {
        std::string text = size + "map{";
        for (const auto [key, value] : object) {
          text +=
              "q:" + std::string(key) + "=" + FromDom(field.children[0].children[1], value) + ";";
        }
        return text + "}";
      }
      return size + (field.type.kind == TypeKind::kObject ? MembersFromDom(field.children, object)
                                                          : std::string("{}"));
    }
    default:
      return "#" + simdjson::minify(element);
  }
}

std::string FromWalker(const FieldPlan& field, const RawValue& value, const RawRecord& record) {
  if (value.kind == RawKind::kArray) {
    std::string text = "[" + std::to_string(value.count) + ":";
    for (uint32_t i = value.first; i != kNoValue; i = record.values[i].next) {
      text += FromWalker(field.children[0], record.values[i], record) + ",";
    }
    return text + "]";
  }
  if (value.kind != RawKind::kObject) return DescribeValue(value);
  if (field.type.kind == TypeKind::kMap) {
    std::string text = std::to_string(value.count) + "map{";
    for (uint32_t i = value.first; i != kNoValue;) {
      const RawValue& held = record.values[record.values[i].next];
      text += DescribeValue(record.values[i]) + "=" +
              FromWalker(field.children[0].children[1], held, record) + ";";
      i = held.next;
    }
    return text + "}";
  }
  std::string text = std::to_string(value.count) + "{";
  if (field.type.kind == TypeKind::kObject) {
    for (size_t i = 0; i < field.children.size(); ++i) {
      text += field.children[i].name + "=" +
              FromWalker(field.children[i], record.values[value.first + i], record) + ";";
    }
  }
  return text + "}";
}

class LineMaker {
 public:
  explicit LineMaker(uint32_t seed) : random_(seed) {}
  std::string Object(int depth) {
    std::vector<std::string> keys = {"id",   "caf\u00e9", "n",    "o",    "deep",
                                     "list", "rows",      "xtra", "more", "back\\\\slash"};
    std::shuffle(keys.begin(), keys.end(), random_);
    keys.resize(Pick(keys.size() + 1));
    std::string text = "{" + Space();
    for (size_t i = 0; i < keys.size(); ++i) {
      if (i) text += "," + Space();
      std::string key = keys[i];
      if (key == "id" && Pick(4) == 0) key = "\\u0069d";
      text += "\"" + key + "\"" + Space() + ":" + Space() + Value(keys[i], depth) + Space();
    }
    return text + "}";
  }

 private:
  size_t Pick(size_t count) { return random_() % count; }
  std::string Space() { return Pick(3) ? "" : std::string(Pick(3), ' ') + (Pick(4) ? "" : "\t"); }
  std::string Array(const std::string& key, int depth) {
    std::string text = "[" + Space();
    const size_t count = Pick(4);
    for (size_t i = 0; i < count; ++i) {
      text += (i ? "," : "") + Space() + Value(key == "rows" ? "row" : key, depth + 1) + Space();
    }
    return text + "]";
  }
  std::string Value(const std::string& key, int depth) {
    const bool nested =
        depth < 5 && (key == "o" || key == "deep" || key == "xtra" || (key == "more" && Pick(2)));
    if (nested && Pick(4)) return Object(depth + 1);
    if (depth < 5 && key == "list" && Pick(6) == 0) return Object(depth + 1);
    if (depth < 5 && (key == "list" || key == "rows" || key == "row") && Pick(4)) {
      if (key == "list" && Pick(2)) return "[" + Object(depth + 1) + "," + Object(depth + 1) + "]";
      return Array(key, depth);
    }
    static const char* kPlain[] = {"\"\"",
                                   "\"plain text\"",
                                   "\"a\\u00e9\\n\\\"b\"",
                                   "\"\u00e9\"",
                                   "1",
                                   "-17",
                                   "0",
                                   "true",
                                   "false",
                                   "null",
                                   "{}",
                                   "[]"};
    return kPlain[Pick(std::size(kPlain))];
  }
  std::mt19937 random_;
};

std::string Padded(const std::string& line) { return line + std::string(kWindowPadding, '}'); }

TEST(JsonWalkerValues, EqualTheDom) {
  const CheckPlan plan = NestedPlan();
  const JsonLayout layout = MakeJsonLayout(plan.fields);
  JsonWalker walker(&layout, {});
  simdjson::dom::parser dom;
  LineMaker maker(3);
  for (int64_t i = 0; i < 10'000 * TestScale() && !HasFailure(); ++i) {
    const std::string line = maker.Object(0);
    const std::string padded = Padded(line);
    const auto damage = walker.Walk({padded.data(), line.size()});
    ASSERT_FALSE(damage.has_value()) << damage->message << "\n" << line;
    std::string walked = "{";
    for (size_t f = 0; f < plan.fields.size(); ++f) {
      walked += plan.fields[f].name + "=" +
                FromWalker(plan.fields[f], walker.record().values[f], walker.record()) + ";";
    }
    const simdjson::dom::object object = dom.parse(line).get_object();
    ASSERT_EQ(walked + "}", MembersFromDom(plan.fields, object)) << line;
  }
}

TEST(JsonWalkerValues, RepeatedKeysOfMaps) {
  MadePlan made;
  made.AddMap("m", {TypeKind::kInteger});
  const JsonLayout layout = MakeJsonLayout(made.plan().fields);
  const std::string line = R"({"m":{"a":1,"b":2,"\u0061":3,"c":4,"b":5,"a":6}})";
  const std::string padded = Padded(line);
  const auto read = [&](DuplicateKeys duplicate_keys) {
    ReadLimits limits;
    limits.duplicate_keys = duplicate_keys;
    JsonWalker walker(&layout, limits);
    if (const auto damage = walker.Walk({padded.data(), line.size()})) return damage->field;
    return FromWalker(made.plan().fields[0], walker.record().values[0], walker.record());
  };
  EXPECT_EQ(read(DuplicateKeys::kReject), "a");
  EXPECT_EQ(read(DuplicateKeys::kFirst), "3map{q:a=#1;q:b=#2;q:c=#4;}");
  EXPECT_EQ(read(DuplicateKeys::kLast), "3map{q:c=#4;q:b=#5;q:a=#6;}");
}

TEST(JsonWalkerValues, UnknownKeysOfKnownObjectsAreListed) {
  const CheckPlan plan = NestedPlan();
  const JsonLayout layout = MakeJsonLayout(plan.fields);
  JsonWalker walker(&layout, {});
  const std::string line =
      R"({"new\u0031":{"inner":1},"o":{"id":1,"x":2},"id":3,"other":[{"y":1}]})";
  const std::string padded = Padded(line);
  ASSERT_FALSE(walker.Walk({padded.data(), line.size()}));
  const auto& keys = walker.record().unknown_keys;
  EXPECT_EQ((std::vector<std::string>(keys.begin(), keys.end())),
            (std::vector<std::string>{"new1", "x", "other"}));
}

TEST(JsonWalkerValues, ABackslashInAKeyIsNotAnEscapeOfIt) {
  const CheckPlan plan = NestedPlan();
  const JsonLayout layout = MakeJsonLayout(plan.fields);
  JsonWalker walker(&layout, {});
  // A raw comparison with the name would take the second one for the field.
  for (const auto& [line, found] :
       std::vector<std::pair<std::string, bool>>{{R"({"id":1,"café":1,"back\\slash":"x"})", true},
                                                 {R"({"back\u005cslash":"x"})", true},
                                                 {R"({"back\\\\slash":"x"})", false}}) {
    const std::string padded = Padded(line);
    ASSERT_FALSE(walker.Walk({padded.data(), line.size()})) << line;
    EXPECT_EQ(walker.record().values[2].kind != RawKind::kAbsent, found) << line;
  }
}

TEST(JsonWalkerValues, RepeatedKeysByOption) {
  const CheckPlan plan = NestedPlan();
  const JsonLayout layout = MakeJsonLayout(plan.fields);
  const std::string line =
      R"({"o":{"id":"a"},"id":"one","\u0069d":"two","x":1,"x":2,"o":{"id":"b"},"id":null})";
  const std::string padded = Padded(line);
  const auto read = [&](DuplicateKeys option) {
    ReadLimits limits;
    limits.duplicate_keys = option;
    JsonWalker walker(&layout, limits);
    const auto damage = walker.Walk({padded.data(), line.size()});
    if (damage) return damage->field + "@" + std::to_string(damage->column);
    const RawRecord& record = walker.record();
    return DescribeValue(record.values[0]) + " " +
           DescribeValue(record.values[record.values[4].first]);
  };
  EXPECT_EQ(read(DuplicateKeys::kReject), "id@27");
  EXPECT_EQ(read(DuplicateKeys::kFirst), "s:one s:a");
  EXPECT_EQ(read(DuplicateKeys::kLast), "null s:b");
}

std::optional<Damage> WalkAlone(const std::string& line, int max_depth) {
  const CheckPlan plan = NestedPlan();
  const JsonLayout layout = MakeJsonLayout(plan.fields);
  ReadLimits limits;
  limits.max_depth = max_depth;
  JsonWalker walker(&layout, limits);
  const std::string padded = Padded(line);
  return walker.Walk({padded.data(), line.size()});
}

TEST(JsonWalkerLimits, Depth) {
  const auto nested = [](size_t depth) {
    return "{\"x\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
  };
  EXPECT_FALSE(WalkAlone(nested(64), 64));
  const auto damage = WalkAlone(nested(65), 64);
  ASSERT_TRUE(damage);
  EXPECT_EQ(damage->code, ReasonCode::kTooDeep);
  EXPECT_EQ(damage->column, 5 + 63);
  EXPECT_FALSE(WalkAlone(nested(65), 65));
  EXPECT_EQ(WalkAlone(nested(200'000), 64)->code, ReasonCode::kTooDeep);
  EXPECT_EQ(WalkAlone(std::string(200'000, '['), 64)->code, ReasonCode::kTooDeep);
  std::string objects;
  for (int i = 0; i < 200'000; ++i) objects += "{\"o\":";
  EXPECT_EQ(WalkAlone(objects, 64)->code, ReasonCode::kTooDeep);
}

// Two bytes of text may stand for as many values as the contract knows members of an item.
TEST(JsonWalkerLimits, ManyAbsentValues) {
  MadePlan made;
  FieldPlan& rows = made.Add("rows", {TypeKind::kArray});
  FieldPlan& row = made.AddChild(rows, "", {TypeKind::kObject});
  for (int i = 0; i < 99; ++i) made.AddChild(row, "c" + std::to_string(i));
  const CheckPlan plan = made.plan();
  const JsonLayout layout = MakeJsonLayout(plan.fields);
  ReadLimits limits;
  limits.max_values = 1'001;
  for (const int items : {10, 11}) {  // a hundred values each, and the list itself
    std::string line = "{\"rows\":[";
    for (int i = 0; i < items; ++i) line += i > 0 ? ",{}" : "{}";
    line += "]}";
    EXPECT_EQ(WalkPair(&layout, limits).Compare(line), items == 10);
    JsonWalker walker(&layout, limits);
    const std::string padded = Padded(line);
    const auto damage = walker.Walk({padded.data(), line.size()});
    ASSERT_EQ(damage.has_value(), items == 11);
    if (!damage) continue;
    EXPECT_EQ(damage->code, ReasonCode::kTooLong);
    EXPECT_EQ(damage->column, static_cast<int64_t>(line.size()) - 2);
  }
}

// Squared time would not end here.
TEST(JsonWalkerLimits, ManyKeys) {
  std::string line = "{";
  for (int i = 0; i < 100'000; ++i) {
    line += "\"key" + std::to_string(i) + "\":{\"a\":1,\"b\":2},";
  }
  EXPECT_FALSE(WalkAlone(line + "\"end\":1}", 64));
  const auto damage = WalkAlone(line + "\"key77777\":1}", 64);
  ASSERT_TRUE(damage);
  EXPECT_EQ(damage->code, ReasonCode::kDuplicateKey);
  EXPECT_EQ(damage->column, static_cast<int64_t>(line.size()));
}

TEST(JsonWalkerLimits, LongStringsAndManyItems) {
  const std::string text(3'000'000, 'x');
  EXPECT_FALSE(WalkAlone("{\"id\":\"" + text + "\"}", 64));
  std::string items = "[1";
  for (int i = 0; i < 300'000; ++i) items += ",1";
  EXPECT_FALSE(WalkAlone("{\"rows\":[" + items + "]]}", 64));
  EXPECT_EQ(WalkAlone("{\"rows\":[" + items + "]}", 64)->code, ReasonCode::kJsonSyntax);
}

}  // namespace
}  // namespace lakegate
