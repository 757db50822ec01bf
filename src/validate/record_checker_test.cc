// Whole records through reader and checker: every kind of constraint, all reasons, actions.
#include "validate/record_checker.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "read/record_reader.h"
#include "tests/support/made_plan.h"
#include "tests/support/seen_records.h"

namespace lakegate {
namespace {

using Texts = std::vector<std::string>;

class RecordCheckerTest : public testing::Test {
 protected:
  FieldPlan& Field(const std::string& name, TypeKind kind) { return made_.Add(name, {kind}); }
  // A constraint whose reason code is what tests see.
  Constraint& Limit(FieldPlan& field, ConstraintKind kind, ReasonCode code, int64_t limit) {
    Constraint& constraint = made_.Constrain(field, kind, code);
    constraint.limit = limit;
    return constraint;
  }

  const UnitResult& Check(const std::string& lines) {
    RecordChecker checker(made_.plan(), options_, nullptr);
    checker.Start(&result_);
    WindowBuffer window(kDefaultWindowBytes);
    TextSource source(lines);
    window.Start(&source, 0);
    const auto reader = MakeNdjsonReader(made_.plan(), {});
    const auto counts = reader->ReadUnit(&window, static_cast<int64_t>(lines.size()), &checker);
    EXPECT_TRUE(counts.has_value());
    EXPECT_EQ(result_.accepted_bytes + result_.quarantined_bytes + counts->line_end_bytes +
                  counts->skipped_bytes,
              static_cast<int64_t>(lines.size()));
    for (const ColumnBuffer& column : result_.columns) EXPECT_EQ(column.length(), result_.accepted);
    return result_;
  }

  // "code field value" of each reason of one record, in order; "accepted" if there is none.
  Texts Reasons(const std::string& line) {
    Check(line + "\n");
    Texts texts;
    for (const auto* records : {&result_.rejects, &result_.warned}) {
      for (const ReasonedRecord& record : *records) {
        for (const Reason& reason : record.reasons) {
          EXPECT_FALSE(reason.message.empty());
          texts.push_back(std::string(Name(reason.code)) + " " + reason.field + " " + reason.value);
        }
      }
    }
    return texts.empty() ? Texts{"accepted"} : texts;
  }

  MadePlan made_;
  RecordCheckerOptions options_{true, CleanText::kCopyLines, true};
  UnitResult result_;
};

TEST_F(RecordCheckerTest, LengthsCountCodePoints) {
  FieldPlan& field = Field("a", TypeKind::kString);
  Limit(field, ConstraintKind::kMinLength, ReasonCode::kMinLength, 2);
  Limit(field, ConstraintKind::kMaxLength, ReasonCode::kMaxLength, 3);
  EXPECT_EQ(Reasons(R"({"a":"é"})"), Texts{"min-length a \"é\""});
  EXPECT_EQ(Reasons(R"({"a":"éé"})"), Texts{"accepted"});
  EXPECT_EQ(Reasons(R"({"a":"é𝄞é"})"), Texts{"accepted"});
  EXPECT_EQ(Reasons(R"({"a":"éééé"})"), Texts{"max-length a \"éééé\""});
  EXPECT_EQ(Reasons(R"({"a":"\u00e9\u00e9\u00e9\u00e9"})"), Texts{"max-length a \"éééé\""});
  EXPECT_EQ(Reasons(R"({"a":null})"), Texts{"accepted"});
  EXPECT_EQ(Reasons(R"({})"), Texts{"accepted"});
}

TEST_F(RecordCheckerTest, PatternFormatAndEnumOfTexts) {
  FieldPlan& field = Field("a", TypeKind::kString);
  made_.Constrain(field, ConstraintKind::kPattern, ReasonCode::kPattern).text = "b+";
  made_.Constrain(field, ConstraintKind::kFormat, ReasonCode::kFormat).format =
      StringFormat::kHostname;
  made_.Constrain(field, ConstraintKind::kEnum, ReasonCode::kEnum).values = {"abc", "b", "x y"};
  EXPECT_EQ(Reasons(R"({"a":"abc"})"), Texts{"accepted"});  // searched, not anchored
  EXPECT_EQ(Reasons(R"({"a":"x y"})"), (Texts{"pattern a \"x y\"", "format a \"x y\""}));
  EXPECT_EQ(Reasons(R"({"a":"B_"})"),
            (Texts{"pattern a \"B_\"", "format a \"B_\"", "enum a \"B_\""}));
  EXPECT_EQ(Reasons(R"({"a":""})"), (Texts{"pattern a \"\"", "format a \"\"", "enum a \"\""}));
}

TEST_F(RecordCheckerTest, BoundsOfIntegers) {
  FieldPlan& field = Field("n", TypeKind::kInteger);
  field.type.bits = 8;
  made_.Constrain(field, ConstraintKind::kMinimum, ReasonCode::kMinimum).bound.integer = 3;
  Constraint& most = made_.Constrain(field, ConstraintKind::kMaximum, ReasonCode::kMaximum);
  most.bound.integer = 9;
  most.exclusive = true;
  made_.Constrain(field, ConstraintKind::kMultipleOf, ReasonCode::kMultipleOf).bound.integer = 3;
  EXPECT_EQ(Reasons(R"({"n":3})"), Texts{"accepted"});
  EXPECT_EQ(Reasons(R"({"n":6.0})"), Texts{"accepted"});
  EXPECT_EQ(Reasons(R"({"n":2})"), (Texts{"minimum n 2", "multiple-of n 2"}));
  EXPECT_EQ(Reasons(R"({"n":9})"), Texts{"maximum n 9"});
  EXPECT_EQ(Reasons(R"({"n":8})"), Texts{"multiple-of n 8"});
  EXPECT_EQ(Reasons(R"({"n":128})"), Texts{"out-of-range n 128"});
  EXPECT_EQ(Reasons(R"({"n":1.5})"), Texts{"type-error n 1.5"});
  EXPECT_EQ(Reasons(R"({"n":"3"})"), Texts{"type-error n \"3\""});
  EXPECT_EQ(Reasons(R"({"n":1e400})"), Texts{"out-of-range n \"1e400\""});
}

TEST_F(RecordCheckerTest, BoundsOfTheOtherNumbers) {
  FieldPlan& large = Field("u", TypeKind::kInteger);
  large.type.is_signed = false;
  made_.Constrain(large, ConstraintKind::kMinimum, ReasonCode::kMinimum).bound.integer =
      static_cast<int64_t>(uint64_t{1} << 63);
  FieldPlan& real = Field("r", TypeKind::kDouble);
  Constraint& positive = made_.Constrain(real, ConstraintKind::kMinimum, ReasonCode::kMinimum);
  positive.exclusive = true;
  made_.Constrain(real, ConstraintKind::kMultipleOf, ReasonCode::kMultipleOf).bound.real = 0.1;
  FieldPlan& exact = Field("d", TypeKind::kDecimal);
  exact.type.precision = 5;
  exact.type.scale = 2;
  made_.Constrain(exact, ConstraintKind::kMaximum, ReasonCode::kMaximum).bound.decimal = 1050;
  made_.Constrain(exact, ConstraintKind::kMultipleOf, ReasonCode::kMultipleOf).bound.decimal = 5;
  Constraint& one_of = made_.Constrain(exact, ConstraintKind::kEnum, ReasonCode::kEnum);
  one_of.scalars.resize(2);
  one_of.scalars[0].decimal = 1050;
  one_of.scalars[1].decimal = -5;
  EXPECT_EQ(Reasons(R"({"u":9223372036854775807})"), Texts{"minimum u 9223372036854775807"});
  EXPECT_EQ(Reasons(R"({"u":18446744073709551615})"), Texts{"accepted"});
  EXPECT_EQ(Reasons(R"({"r":0.7,"d":10.50})"), Texts{"accepted"});
  EXPECT_EQ(Reasons(R"({"r":0,"d":-5e-2})"), Texts{"minimum r 0"});
  EXPECT_EQ(Reasons(R"({"r":0.75})"), Texts{"multiple-of r 0.75"});
  EXPECT_EQ(Reasons(R"({"d":10.51})"),
            (Texts{"maximum d 10.51", "multiple-of d 10.51", "enum d 10.51"}));
  EXPECT_EQ(Reasons(R"({"d":1.005})"), Texts{"type-error d 1.005"});
  EXPECT_EQ(Reasons(R"({"d":1000})"), Texts{"out-of-range d 1000"});
}

TEST_F(RecordCheckerTest, NeverMeansNoValuePasses) {
  FieldPlan& field = Field("n", TypeKind::kInteger);
  made_.Constrain(field, ConstraintKind::kMinimum, ReasonCode::kMinimum).never = true;
  EXPECT_EQ(Reasons(R"({"n":9223372036854775807})"), Texts{"minimum n 9223372036854775807"});
}

TEST_F(RecordCheckerTest, BooleansDatesAndTimes) {
  Field("b", TypeKind::kBoolean);
  FieldPlan& day = Field("day", TypeKind::kDate);
  made_.Constrain(day, ConstraintKind::kMinimum, ReasonCode::kMinimum).bound.integer = 1;
  FieldPlan& at = Field("at", TypeKind::kTimestamp);
  made_.Constrain(at, ConstraintKind::kMaximum, ReasonCode::kMaximum).bound.integer = 0;
  Field("time", TypeKind::kTime);
  Field("epoch", TypeKind::kTimestamp).epoch = EpochUnit::kSeconds;
  EXPECT_EQ(Reasons(R"({"b":false,"day":"1970-01-02","at":"1970-01-01T01:00:00+01:00"})"),
            Texts{"accepted"});
  EXPECT_EQ(Reasons(R"({"b":0,"day":"1970-01-01","at":"1970-01-01T00:00:01Z"})"),
            (Texts{"type-error b 0", "minimum day \"1970-01-01\"",
                   "maximum at \"1970-01-01T00:00:01Z\""}));
  EXPECT_EQ(Reasons(R"({"day":"2025-02-29","at":"x","time":"24:00","epoch":"1"})"),
            (Texts{"type-error day \"2025-02-29\"", "type-error at \"x\"",
                   "type-error time \"24:00\"", "type-error epoch \"1\""}));
  EXPECT_EQ(Reasons(R"({"time":"23:59:59.999999","epoch":1.5})"), Texts{"accepted"});
}

TEST_F(RecordCheckerTest, AbsentNullAndEmptyAreThreeThings) {
  made_.Require(Field("a", TypeKind::kString));
  EXPECT_EQ(Reasons(R"({})"), Texts{"required a "});
  EXPECT_EQ(result_.rejects[0].reasons[0].message, "the field is absent, but required");
  EXPECT_EQ(Reasons(R"({"a":null})"), Texts{"required a null"});
  EXPECT_EQ(result_.rejects[0].reasons[0].message, "the field is null, but required");
  EXPECT_EQ(Reasons(R"({"a":""})"), Texts{"accepted"});
}

TEST_F(RecordCheckerTest, NestedObjectsAndItemsWithNumbers) {
  FieldPlan& list = Field("items", TypeKind::kArray);
  Limit(list, ConstraintKind::kMinItems, ReasonCode::kMinItems, 1);
  Limit(list, ConstraintKind::kMaxItems, ReasonCode::kMaxItems, 3);
  made_.Constrain(list, ConstraintKind::kUniqueItems, ReasonCode::kUniqueItems);
  FieldPlan& item = made_.AddChild(list, "", {TypeKind::kObject});
  Limit(item, ConstraintKind::kMinProperties, ReasonCode::kMinProperties, 1);
  Limit(item, ConstraintKind::kMaxProperties, ReasonCode::kMaxProperties, 2);
  FieldPlan& tags = made_.AddChild(item, "tags", {TypeKind::kArray});
  made_.Require(made_.AddChild(tags, "", {TypeKind::kInteger}));
  EXPECT_EQ(Reasons(R"({"items":[{"tags":[1,2]},{"tags":[]},{"x":1}]})"), Texts{"accepted"});
  EXPECT_EQ(Reasons(R"({"items":[{"tags":[1,"a"]},{"tags":[null,2,true]}]})"),
            (Texts{"type-error items[0].tags[1] \"a\"", "required items[1].tags[0] null",
                   "type-error items[1].tags[2] true"}));
  EXPECT_EQ(Reasons(R"({"items":[]})"), Texts{"min-items items \"[]\""});
  EXPECT_EQ(Reasons(R"({"items":[{},{"x":1,"y":2,"z":3},5]})"),
            (Texts{"min-properties items[0] \"{}\"",
                   "max-properties items[1] \"{\\\"x\\\":1,\\\"y\\\":2,\\\"z\\\":3}\"",
                   "type-error items[2] 5"}));
  EXPECT_EQ(Reasons(R"({"items":[{"x":1},{"x":2},{"x":1},{"x":3}]})").size(), 2u);
  EXPECT_EQ(Reasons(R"({"items":{}})"), Texts{"type-error items \"{}\""});
}

TEST_F(RecordCheckerTest, ActionsDecideWhatIsPublished) {
  FieldPlan& field = Field("n", TypeKind::kInteger);
  const auto least = [&](int64_t bound, Action action) {
    made_.Constrain(field, ConstraintKind::kMinimum, ReasonCode::kMinimum, action).bound.integer =
        bound;
  };
  least(10, Action::kWarn);
  made_.plan().rules[static_cast<size_t>(field.type_rule)].action = Action::kWarn;
  Check("{\"n\":10}\n{\"n\":9}\n{\"n\":\"x\"}\n");
  EXPECT_EQ(result_.accepted, 2);
  EXPECT_EQ(result_.warned.size(), 1u);
  EXPECT_EQ(result_.rejects.size(), 1u);  // a warning cannot publish what has no column value
  EXPECT_EQ(result_.clean.view(), "{\"n\":10}\n{\"n\":9}\n");
  least(5, Action::kRejectFile);
  least(5, Action::kFail);
  Check("{\"n\":5}\n");
  EXPECT_FALSE(result_.reject_file);
  Check("{\"n\":4}\n");
  EXPECT_TRUE(result_.reject_file);
  EXPECT_EQ(result_.rejects[0].reasons.size(), 3u);
  EXPECT_EQ(result_.accepted, 0);
}

TEST_F(RecordCheckerTest, MaskedValuesAreNeverShown) {
  FieldPlan& field = Field("secret", TypeKind::kInteger);
  field.masked = true;
  made_.Constrain(field, ConstraintKind::kMinimum, ReasonCode::kMinimum).bound.integer = 5;
  EXPECT_EQ(Reasons(R"({"secret":4711e99})"), Texts{"out-of-range secret \"***\""});
  EXPECT_EQ(Reasons(R"({"secret":"4711"})"), Texts{"type-error secret \"***\""});
  for (const char* line :
       {R"({"secret":4711x})", R"({"secret":04711})", R"({"secret":word4711})"}) {
    Check(std::string(line) + "\n");
    ASSERT_EQ(result_.rejects.size(), 1u);
    const Reason& reason = result_.rejects[0].reasons[0];
    EXPECT_EQ(reason.code, ReasonCode::kJsonSyntax);
    EXPECT_EQ(reason.message.find("4711"), std::string::npos) << reason.message;
  }
}

TEST_F(RecordCheckerTest, UnknownKeysAreCountedOrRefused) {
  Field("a", TypeKind::kString);
  Check("{\"a\":\"1\",\"x\":1}\n{\"x\":2,\"y\":{}}\n");
  EXPECT_EQ(result_.accepted, 2);
  EXPECT_EQ(result_.unknown_keys, (UnknownKeys{{"x", 2}, {"y", 1}}));
  std::string line = "{\"k0\":0";
  for (size_t i = 1; i < kMaxUnknownKeys + 5; ++i) line += ",\"k" + std::to_string(i) + "\":0";
  Check(line + "}\n");
  EXPECT_EQ(result_.unknown_keys.size(), kMaxUnknownKeys);
  EXPECT_EQ(result_.more_unknown_keys, 5);
  made_.plan().additional = AdditionalFields::kReject;
  made_.plan().additional_rule = made_.Rule("additional", ReasonCode::kAdditionalField);
  EXPECT_EQ(Reasons(R"({"a":"1","x":1,"y":2})"),
            (Texts{"additional-field x ", "additional-field y "}));
}

TEST_F(RecordCheckerTest, ManyReasonsAreCapped) {
  FieldPlan& list = Field("l", TypeKind::kArray);
  made_.AddChild(list, "", {TypeKind::kInteger});
  std::string line = "{\"l\":[\"x\"";
  for (int i = 0; i < 149; ++i) line += ",\"x\"";
  Check(line + "]}\n");
  ASSERT_EQ(result_.rejects[0].reasons.size(), kMaxReasonsPerRecord);
  EXPECT_NE(result_.rejects[0].reasons.back().message.find("50 more reasons"), std::string::npos);
}

// Columns hold exactly the accepted records, whatever was undone in between.
TEST_F(RecordCheckerTest, ColumnsHoldTheAcceptedRecords) {
  Field("n", TypeKind::kInteger);
  FieldPlan& list = Field("l", TypeKind::kArray);
  made_.AddChild(list, "");
  made_.Require(Field("end", TypeKind::kString));
  std::string lines;
  int64_t accepted = 0;
  for (int i = 0; i < 500; ++i) {
    const bool good = i % 7 != 3 && i % 5 != 1;
    accepted += good;
    lines += "{\"n\":" + std::to_string(i) + ",\"l\":[\"a\",\"" + std::to_string(i) + "\"]" +
             (i % 7 != 3 ? ",\"end\":\"x\"" : "") + (i % 5 != 1 ? "}\n" : "\n");
  }
  Check(lines);
  ASSERT_EQ(result_.accepted, accepted);
  int64_t row = 0;
  for (int i = 0; i < 500; ++i) {
    if (i % 7 == 3 || i % 5 == 1) continue;
    EXPECT_EQ(result_.columns[0].values().ValueAt<int64_t>(static_cast<size_t>(row)), i);
    ++row;
  }
  EXPECT_EQ(result_.columns[1].children()[0].length(), 2 * accepted);
  EXPECT_EQ(result_.kept.size(), 500u);
  EXPECT_EQ(result_.kept.back().clean_end, result_.clean.size());
}

TEST(AppendRowAsJson, CellsByTheirTypes) {
  MadePlan made;
  made.Add("text");
  made.Add("n", {TypeKind::kInteger});
  made.Add("r", {TypeKind::kDouble});
  made.Add("b", {TypeKind::kBoolean});
  made.Add("path");
  const auto cell = [](std::string_view text, RawKind kind = RawKind::kCell) {
    return RawValue{text.data(), static_cast<uint32_t>(text.size()), kind};
  };
  ByteBuffer out;
  const RawValue first[] = {cell("a\"b"), cell("+007"), cell("-.5e3"), cell("Yes"), {}};
  const RawValue second[] = {cell("", RawKind::kQuotedCell), cell("", RawKind::kNull), cell("0.10"),
                             cell("0"), cell("x")};
  AppendRowAsJson(made.plan(), {first, {}}, &out);
  AppendRowAsJson(made.plan(), {second, {}}, &out);
  EXPECT_EQ(out.view(),
            "{\"text\":\"a\\\"b\",\"n\":7,\"r\":-0.5e3,\"b\":true}\n"
            "{\"text\":\"\",\"n\":null,\"r\":0.10,\"b\":false,\"path\":\"x\"}\n");
}

// Reasons that are not kept use the memory of those before: longer, shorter, without a value.
TEST_F(RecordCheckerTest, ReasonsThatAreNotKeptAreTheSame) {
  FieldPlan& field = Field("a", TypeKind::kString);
  Limit(field, ConstraintKind::kMaxLength, ReasonCode::kMaxLength, 3);
  made_.Constrain(field, ConstraintKind::kPattern, ReasonCode::kPattern).text = "b+";
  made_.Require(Field("n", TypeKind::kInteger));
  std::string lines;
  for (const size_t length : {4, 5000, 1, 150, 2, 0, 7}) {
    lines += "{\"a\":\"" + std::string(length, 'x') + "\",\"n\":1}\n";
    lines += "{\"a\":\"" + std::string(length, 'x') + "\",\"n\":}\n";
    lines += "{\"a\":null,\"n\":\"" + std::string(length, 'y') + "\"}\n";
    lines += "{}\n{\"a\":\"" + std::string(5000, 'k') + "\"}\n";
  }
  options_.index_text = [](const ReasonedRecord& record, const CheckPlan&, ByteBuffer* out) {
    for (const Reason& reason : record.reasons) {
      for (const std::string& text : {std::to_string(reason.rule), std::string(Name(reason.code)),
                                      reason.field, reason.value, reason.message}) {
        out->Append(text + '|');
      }
    }
    out->Append("\n");
  };
  const std::string kept(Check(lines).index_text.view());
  EXPECT_EQ(std::count(kept.begin(), kept.end(), '\n'), 35);
  options_.max_reasons_kept = 0;
  EXPECT_EQ(Check(lines).index_text.view(), kept);
  EXPECT_TRUE(result_.rejects.back().reasons.empty());
}

}  // namespace
}  // namespace lakegate
