// PlainCheck against FieldChecker: what it passes has no violation and the same column, and it
// does not leave plain values to the other.
#include "validate/plain_check.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "read/line_walker.h"
#include "read/window_buffer.h"
#include "tests/support/made_plan.h"
#include "validate/make_column.h"

namespace lakegate {
namespace {

// JSON values of every kind, near every edge that a type or a bound has.
const char* const kValues[] = {"null",
                               "true",
                               "false",
                               "\"\"",
                               "\"a\"",
                               "\"b\"",
                               "\"abc\"",
                               "\"\\u00e9t\xC3\xA9\"",
                               "\"123e4567-e89b-12d3-a456-426614174000\"",
                               "\"123e4567-e89b-12d3-a456-42661417400g\"",
                               "\"ann@example.org\"",
                               "\"ann@\"",
                               "\"2025-01-31\"",
                               "\"2025-02-29\"",
                               "\"2025-01-31T12:00:00Z\"",
                               "\"2025-01-31T12:00:00.123456Z\"",
                               "\"2025-01-31T12:00\"",
                               "\"2025-01-31T12:00:00.1234567Z\"",
                               "\"2025-01-31t24:00:00Z\"",
                               "\"12:30:00\"",
                               "\"12:30\"",
                               "{}",
                               "{\"x\":1}",
                               "{\"x\":\"1\",\"y\":2}",
                               "{\"x\":null}",
                               "[]",
                               "[1]",
                               "[1,2,3]",
                               "[1,\"2\"]",
                               "[1,1]",
                               "[null]"};

const char* const kNumbers[] = {"0",
                                "1",
                                "2",
                                "5",
                                "10",
                                "99",
                                "100",
                                "101",
                                "127",
                                "128",
                                "129",
                                "255",
                                "256",
                                "32767",
                                "32768",
                                "65535",
                                "65536",
                                "2147483647",
                                "2147483648",
                                "4294967295",
                                "4294967296",
                                "9007199254740992",
                                "9007199254740993",
                                "123456789012345678",
                                "9223372036854775807",
                                "9223372036854775808",
                                "18446744073709551615",
                                "18446744073709551616",
                                "0.5",
                                "1.0",
                                "1.5",
                                "2.50",
                                "99.99",
                                "99.994",
                                "100.00",
                                "1234567.1234567",
                                "12345678.125",
                                "0.1",
                                "0.30000000000000004",
                                "1e3",
                                "1E-2",
                                "3.4028236e38",
                                "1e308",
                                "1e309",
                                "0.0",
                                "0e0",
                                "123456789.123456789"};

// As cells only.
const char* const kCells[] = {"+5",
                              "+0",
                              "-0",
                              "-0.00",
                              "-",
                              "+",
                              "",
                              ".",
                              ".5",
                              "-.5",
                              "1.",
                              "00012",
                              "-007.50",
                              "+1.25",
                              "1..2",
                              "1.2.3",
                              "--5",
                              "5-",
                              " 5",
                              "5 ",
                              "0x10",
                              "1,5",
                              "12:30",
                              "999999999999999999",
                              "-999999999999999999",
                              "1234567890123456789",
                              "-0000000000000000001",
                              "0.000000000000000001",
                              "0.1234567890123456789",
                              "123456789012.345678",
                              "\xC3\xA9"};

std::vector<std::string> Values() {
  std::vector<std::string> values(std::begin(kValues), std::end(kValues));
  for (const char* number : kNumbers) {
    values.push_back(number);
    values.push_back(std::string("-") + number);
  }
  return values;
}

class PlainCheckTest : public testing::Test {
 protected:
  // Each value as JSON and, if it is a plain one, as CSV cells.
  void Judge(const MadePlan& made) {
    CheckPlan plan = const_cast<MadePlan&>(made).plan();
    const JsonLayout layout = MakeJsonLayout(plan.fields);
    LineWalker walker(&layout, {}, ChosenInstructionSet());
    FieldChecker checker(plan.fields[0]);
    PlainCheck plain(checker);
    for (const std::string& value : Values()) {
      std::string line = "{\"a\":" + value + "}\n" + std::string(kWindowPadding, ' ');
      ASSERT_NE(walker.Walk(line.data()), nullptr) << value;
      JudgeOne(plan, checker, plain, walker.record(), value);
      if (value[0] == '{' || value[0] == '[') continue;
      const std::string cell = value[0] == '"' ? value.substr(1, value.size() - 2) : value;
      JudgeCells(plan, checker, plain, cell);
    }
    for (const std::string cell : kCells) JudgeCells(plan, checker, plain, cell);
    std::string empty = "{}\n" + std::string(kWindowPadding, ' ');
    ASSERT_NE(walker.Walk(empty.data()), nullptr);
    JudgeOne(plan, checker, plain, walker.record(), "absent");
  }

  void JudgeCells(const CheckPlan& plan, FieldChecker& checker, PlainCheck& plain,
                  const std::string& text) {
    for (const RawKind kind : {RawKind::kCell, RawKind::kQuotedCell}) {
      RawValue cell;
      cell.kind = kind;
      const std::string padded = text + std::string(kTextPadding, '7');
      cell.data = padded.data();
      cell.size = static_cast<uint32_t>(text.size());
      JudgeOne(plan, checker, plain, RawRecord{{&cell, 1}, {}}, "cell " + text);
    }
  }

  void JudgeOne(const CheckPlan& plan, FieldChecker& checker, PlainCheck& plain,
                const RawRecord& record, const std::string& shown) {
    ColumnBuffer wanted = MakeColumn(plan.fields[0]);
    ColumnBuffer column = MakeColumn(plan.fields[0]);
    std::vector<Violation> violations;
    checker.Check(record.values[0], record, &wanted, &violations);
    const bool passes = plain.Passes(record.values[0], record.values.data(), &column);
    EXPECT_EQ(passes, plain.Passes(record.values[0], record.values.data(), nullptr)) << shown;
    EXPECT_TRUE(passes || !plain.PassesAtOnce(record.values[0], nullptr)) << shown;
    ColumnBuffer stored = MakeColumn(plan.fields[0]);
    if (plain.PassesAtOnce(record.values[0], &stored)) {
      EXPECT_TRUE(passes) << shown;
      ExpectSame(stored, wanted, shown);
    } else {
      EXPECT_EQ(stored.length(), 0) << shown;
    }
    passed_ += passes ? 1 : 0;
    left_ += !passes && violations.empty() ? 1 : 0;
    if (!passes) return;
    EXPECT_TRUE(violations.empty()) << plan.fields[0].path << ": " << shown;
    ExpectSame(column, wanted, shown);
  }

  static void ExpectSame(const ColumnBuffer& a, const ColumnBuffer& b, const std::string& shown) {
    EXPECT_EQ(a.length(), b.length()) << shown;
    EXPECT_EQ(a.null_count(), b.null_count()) << shown;
    for (int64_t row = 0; row < a.length(); ++row) {
      EXPECT_EQ(a.IsNull(row), b.IsNull(row)) << shown;
    }
    EXPECT_EQ(a.values().view(), b.values().view()) << shown;
    EXPECT_EQ(a.offsets().view(), b.offsets().view()) << shown;
    for (size_t i = 0; i < a.children().size(); ++i) {
      ExpectSame(a.children()[i], b.children()[i], shown);
    }
  }

  int64_t passed_ = 0;
  int64_t left_ = 0;  // to FieldChecker, without a violation
};

std::vector<ValueType> NumberTypes() {
  std::vector<ValueType> types;
  for (const uint8_t bits : {8, 16, 32, 64}) {
    types.push_back({TypeKind::kInteger, bits, true});
    types.push_back({TypeKind::kInteger, bits, false});
  }
  types.push_back({TypeKind::kDouble, 32});
  types.push_back({TypeKind::kDouble, 64});
  types.push_back({TypeKind::kDecimal, 64, true, 4, 2});
  types.push_back({TypeKind::kDecimal, 64, true, 38, 0});
  types.push_back({TypeKind::kDecimal, 64, true, 38, 30});
  return types;
}

TEST_F(PlainCheckTest, NumbersOfEveryTypeAndBound) {
  for (const ValueType& type : NumberTypes()) {
    for (const int64_t bound : {-1, 0, 1, 99, 100}) {
      for (const bool exclusive : {false, true}) {
        for (const auto kind : {ConstraintKind::kMinimum, ConstraintKind::kMaximum}) {
          if (type.kind == TypeKind::kInteger && !type.is_signed && bound < 0) continue;
          MadePlan made;
          Constraint& limit = made.Constrain(made.Add("a", type), kind, ReasonCode::kMinimum);
          limit.bound.integer = bound;
          limit.bound.real = static_cast<double>(bound);
          limit.bound.decimal = bound;
          limit.exclusive = exclusive;
          Judge(made);
        }
      }
    }
    MadePlan free;
    free.Add("a", type);
    Judge(free);
  }
  EXPECT_GT(passed_, 10'000);
  EXPECT_LT(left_, passed_ / 50) << "the upper half of unsigned 64-bit columns";
}

TEST_F(PlainCheckTest, TextsAndTheRest) {
  for (const bool required : {false, true}) {
    for (const TypeKind kind :
         {TypeKind::kString, TypeKind::kBoolean, TypeKind::kDate, TypeKind::kTimestamp,
          TypeKind::kTime, TypeKind::kObject, TypeKind::kArray}) {
      MadePlan made;
      FieldPlan& field = made.Add("a", {kind});
      if (required) made.Require(field);
      Judge(made);
    }
    for (const StringFormat format :
         {StringFormat::kUuid, StringFormat::kEmail, StringFormat::kDateTime}) {
      MadePlan made;
      FieldPlan& field = made.Add("a");
      if (required) made.Require(field);
      made.Constrain(field, ConstraintKind::kFormat, ReasonCode::kFormat).format = format;
      Judge(made);
    }
  }
  MadePlan made;
  FieldPlan& field = made.Add("a");
  made.Constrain(field, ConstraintKind::kEnum, ReasonCode::kEnum).values = {"a", "abc"};
  made.Constrain(field, ConstraintKind::kMinLength, ReasonCode::kMinLength).limit = 2;
  made.Constrain(field, ConstraintKind::kMaxLength, ReasonCode::kMaxLength).limit = 3;
  made.Constrain(field, ConstraintKind::kPattern, ReasonCode::kPattern).text = "^a";
  Judge(made);
  EXPECT_GT(passed_, 300);
  EXPECT_EQ(left_, 0);
}

TEST_F(PlainCheckTest, ObjectsListsAndWhatIsLeft) {
  for (const int64_t limit : {0, 1, 3}) {
    MadePlan objects;
    FieldPlan& object = objects.Add("a", {TypeKind::kObject});
    objects.AddChild(object, "x", {TypeKind::kInteger, 8});
    objects.Constrain(object, ConstraintKind::kMinProperties, ReasonCode::kMinProperties).limit =
        limit;
    Judge(objects);
    MadePlan lists;
    FieldPlan& list = lists.Add("a", {TypeKind::kArray});
    lists.AddChild(list, "", {TypeKind::kInteger, 8});
    lists.Constrain(list, ConstraintKind::kMaxItems, ReasonCode::kMaxItems).limit = limit;
    Judge(lists);
  }
  EXPECT_GT(passed_, 20);
  EXPECT_EQ(left_, 0);
  MadePlan unique;
  FieldPlan& list = unique.Add("a", {TypeKind::kArray});
  unique.AddChild(list, "", {TypeKind::kInteger});
  unique.Constrain(list, ConstraintKind::kUniqueItems, ReasonCode::kUniqueItems);
  Judge(unique);
  EXPECT_GT(left_, 0) << "PlainCheck does not know uniqueItems";
}

}  // namespace
}  // namespace lakegate
