// Recursive descent with bounded depth; the first error stops it.
#include <optional>

#include "contract/diagnostics.h"
#include "contract/filter_literal.h"
#include "contract/filter_tokens.h"

namespace lakegate {
namespace {

using Token = FilterToken;

struct Operand {
  std::optional<FieldPath> field;
  FilterConstant constant;  // if it is no field
  size_t offset = 0;
};

Comparison Mirrored(Comparison comparison) {
  switch (comparison) {
    case Comparison::kLess:
      return Comparison::kGreater;
    case Comparison::kLessOrEqual:
      return Comparison::kGreaterOrEqual;
    case Comparison::kGreater:
      return Comparison::kLess;
    case Comparison::kGreaterOrEqual:
      return Comparison::kLessOrEqual;
    default:
      return comparison;
  }
}

bool IsNumeric(TypeKind kind) {
  return kind == TypeKind::kInteger || kind == TypeKind::kDecimal || kind == TypeKind::kDouble;
}

class FilterParser {
 public:
  FilterParser(std::string_view text, const std::vector<FieldPlan>& fields)
      : text_(text), fields_(fields) {}

  std::variant<RecordFilter, FilterError> Parse() {
    if (text_.size() > kMaxFilterBytes) {
      return FilterError{
          0, "the filter is longer than " + std::to_string(kMaxFilterBytes) + " bytes", ""};
    }
    Advance();
    const int root = Or(0);
    if (!error_ && token_.kind != Token::Kind::kEnd) Unexpected("AND, OR or the end");
    if (error_) return *error_;
    filter_.text = std::string(text_);
    (void)root;  // the last node
    return std::move(filter_);
  }

 private:
  void Advance() {
    token_ = NextFilterToken(text_, &at_);
    if (token_.kind == Token::Kind::kBad) Fail(token_.offset, token_.text);
  }
  bool TakeKeyword(std::string_view word) {
    if (!token_.IsKeyword(word)) return false;
    Advance();
    return true;
  }
  bool TakeSymbol(std::string_view symbol) {
    if (!token_.IsSymbol(symbol)) return false;
    Advance();
    return true;
  }
  void Fail(size_t offset, std::string message, std::string hint = "") {
    if (!error_) error_ = FilterError{offset, std::move(message), std::move(hint)};
  }
  void Unexpected(const std::string& wanted) {
    const std::string found =
        token_.kind == Token::Kind::kEnd ? "the end" : "'" + token_.text + "'";
    Fail(token_.offset, "expected " + wanted + ", found " + found);
  }
  void Expect(std::string_view symbol) {
    if (!TakeSymbol(symbol)) Unexpected("'" + std::string(symbol) + "'");
  }
  int Add(FilterNode node) {
    filter_.nodes.push_back(std::move(node));
    return static_cast<int>(filter_.nodes.size()) - 1;
  }
  int Negated(int node, bool negated) {
    if (!negated) return node;
    FilterNode wrapper{FilterNode::Kind::kNot};
    wrapper.children = {node};
    return Add(std::move(wrapper));
  }

  int Or(int depth) {
    return Chain(depth, FilterNode::Kind::kOr, "OR", [&] { return And(depth); });
  }
  int And(int depth) {
    return Chain(depth, FilterNode::Kind::kAnd, "AND", [&] { return Not(depth); });
  }
  template <typename Part>
  int Chain(int depth, FilterNode::Kind kind, std::string_view word, Part part) {
    if (depth > kMaxFilterDepth) {
      Fail(token_.offset,
           "the filter is nested deeper than " + std::to_string(kMaxFilterDepth) + " levels");
    }
    if (error_) return -1;
    std::vector<int> children = {part()};
    while (!error_ && TakeKeyword(word)) children.push_back(part());
    if (children.size() == 1) return children[0];
    FilterNode node{kind};
    node.children = std::move(children);
    return Add(std::move(node));
  }

  int Not(int depth) {
    bool negated = false;
    while (TakeKeyword("NOT")) negated = !negated;
    if (error_) return -1;
    if (!TakeSymbol("(")) return Negated(Predicate(), negated);
    const int inside = Or(depth + 1);
    Expect(")");
    return Negated(inside, negated);
  }

  int Predicate() {
    const Operand left = ReadOperand();
    if (error_) return -1;
    if (token_.IsKeyword("IS")) return IsNull(left);
    const bool negated = TakeKeyword("NOT");
    if (token_.IsKeyword("IN")) return Negated(In(left), negated);
    if (token_.IsKeyword("BETWEEN")) return Negated(Between(left), negated);
    if (token_.IsKeyword("LIKE")) return Negated(Like(left), negated);
    if (negated) {
      Unexpected("IN, BETWEEN or LIKE");
      return -1;
    }
    if (const auto comparison = TakeComparison()) return Compare(left, *comparison, ReadOperand());
    return Truth(left);
  }

  std::optional<Comparison> TakeComparison() {
    static constexpr std::pair<std::string_view, Comparison> kSigns[] = {
        {"=", Comparison::kEqual},          {"<>", Comparison::kNotEqual},
        {"!=", Comparison::kNotEqual},      {"<", Comparison::kLess},
        {"<=", Comparison::kLessOrEqual},   {">", Comparison::kGreater},
        {">=", Comparison::kGreaterOrEqual}};
    for (const auto& [sign, comparison] : kSigns) {
      if (TakeSymbol(sign)) return comparison;
    }
    return std::nullopt;
  }

  Operand ReadOperand() {
    Operand operand;
    operand.offset = operand.constant.offset = token_.offset;
    FilterConstant& constant = operand.constant;
    using Kind = FilterConstant::Kind;
    const bool minus = token_.IsSymbol("-");
    if (minus || token_.IsSymbol("+")) Advance();
    if (token_.kind == Token::Kind::kNumber) {
      constant.kind = Kind::kNumber;
      constant.text = (minus ? "-" : "") + token_.text;
      Advance();
    } else if (operand.offset != token_.offset) {
      Unexpected("a number behind the sign");
    } else if (token_.kind == Token::Kind::kText) {
      constant.kind = Kind::kText;
      constant.text = token_.text;
      Advance();
    } else if (token_.IsKeyword("TRUE") || token_.IsKeyword("FALSE")) {
      constant.kind = Kind::kBoolean;
      constant.text = token_.IsKeyword("TRUE") ? "true" : "false";
      Advance();
    } else if (!TakeKeyword("NULL")) {
      ReadTypedTextOrField(&operand);
    }
    return operand;
  }

  // DATE '2025-01-31', else a column, which may be called date.
  void ReadTypedTextOrField(Operand* operand) {
    using Kind = FilterConstant::Kind;
    static constexpr std::pair<std::string_view, Kind> kWords[] = {
        {"DATE", Kind::kDate}, {"TIMESTAMP", Kind::kTimestamp}, {"TIME", Kind::kTime}};
    for (const auto& [word, kind] : kWords) {
      if (!token_.IsKeyword(word)) continue;
      size_t behind = at_;
      const Token next = NextFilterToken(text_, &behind);
      if (next.kind != Token::Kind::kText) continue;
      Advance();
      operand->constant.kind = kind;
      operand->constant.text = token_.text;
      return Advance();
    }
    operand->field = ReadField();
  }

  bool IsReserved() const {
    for (const char* word : {"AND", "OR", "NOT", "IN", "BETWEEN", "LIKE", "ESCAPE", "IS"}) {
      if (token_.IsKeyword(word)) return true;
    }
    return false;
  }

  FieldPath ReadField() {
    FieldPath path;
    const std::vector<FieldPlan>* members = &fields_;
    std::string shown;
    do {
      const bool is_name = token_.kind == Token::Kind::kQuotedName ||
                           (token_.kind == Token::Kind::kWord && !IsReserved());
      if (!is_name) {
        Unexpected(path.empty() ? "a column or a constant" : "a name behind the dot");
        return path;
      }
      const int index = FindMember(*members, shown);
      if (error_) return path;
      path.push_back(index);
      const FieldPlan& field = (*members)[static_cast<size_t>(index)];
      shown = field.path;
      members = &field.children;
      Advance();
      if (token_.IsSymbol(".") && field.type.kind != TypeKind::kObject) {
        Fail(token_.offset,
             "'" + shown + "' is of type " + Name(field.type) + " and has no members here",
             IsNested(field.type.kind) ? "a list or map has many values: a filter is about one"
                                       : "");
      }
    } while (!error_ && TakeSymbol("."));
    return path;
  }

  int FindMember(const std::vector<FieldPlan>& members, const std::string& parent) {
    std::vector<std::string> names;
    for (size_t i = 0; i < members.size(); ++i) {
      if (members[i].name == token_.text) return static_cast<int>(i);
      names.push_back(members[i].name);
    }
    const auto nearest = DidYouMean(token_.text, names);
    Fail(token_.offset,
         "there is no column '" + token_.text + "'" + (parent.empty() ? "" : " in " + parent),
         nearest ? "did you mean '" + *nearest + "'?" : "texts stand in single quotes");
    return -1;
  }

  const FieldPlan* FieldOf(const Operand& operand, const char* what) {
    if (error_) return nullptr;
    if (operand.field) return &FieldAt(fields_, *operand.field);
    Fail(operand.offset, std::string(what) + " needs a column on its left");
    return nullptr;
  }

  int IsNull(const Operand& left) {
    Advance();
    const bool negated = TakeKeyword("NOT");
    if (!TakeKeyword("NULL")) Unexpected("NULL");
    if (FieldOf(left, "IS NULL") == nullptr) return -1;
    FilterNode node{FilterNode::Kind::kIsNull};
    node.field = *left.field;
    return Negated(Add(std::move(node)), negated);
  }

  int Truth(const Operand& left) {
    if (left.field && FieldAt(fields_, *left.field).type.kind != TypeKind::kBoolean) {
      Unexpected("a comparison, IN, BETWEEN, LIKE or IS behind '" +
                 FieldAt(fields_, *left.field).path + "'");
      return -1;
    }
    if (!left.field) {
      Fail(left.offset, "a constant alone says nothing about a record");
      return -1;
    }
    Operand yes;
    yes.constant = {FilterConstant::Kind::kBoolean, "true", left.offset};
    return Compare(left, Comparison::kEqual, yes);
  }

  int Compare(const Operand& left, Comparison comparison, const Operand& right) {
    if (error_) return -1;
    if (!left.field && !right.field) {
      Fail(left.offset, "the comparison has no column");
      return -1;
    }
    if (!left.field) return Compare(right, Mirrored(comparison), left);
    FilterNode node{FilterNode::Kind::kCompare};
    node.comparison = comparison;
    node.field = *left.field;
    if (right.field) {
      const FieldPlan& a = FieldAt(fields_, *left.field);
      const FieldPlan& b = FieldAt(fields_, *right.field);
      const bool comparable = (a.type.kind == b.type.kind && !IsNested(a.type.kind)) ||
                              (IsNumeric(a.type.kind) && IsNumeric(b.type.kind));
      if (!comparable) {
        Fail(right.offset, "'" + a.path + "' is of type " + Name(a.type) + ", '" + b.path +
                               "' of type " + Name(b.type) + ": they cannot be compared");
      }
      node.kind = FilterNode::Kind::kCompareFields;
      node.other = *right.field;
      return Add(std::move(node));
    }
    if (right.constant.kind == FilterConstant::Kind::kNull) return Add({});
    AddLiteral(right.constant, &node);
    return Add(std::move(node));
  }

  void AddLiteral(const FilterConstant& constant, FilterNode* node) {
    auto literal = LiteralFor(constant, FieldAt(fields_, node->field));
    if (auto* error = std::get_if<FilterError>(&literal)) {
      Fail(error->offset, std::move(error->message), std::move(error->hint));
      return;
    }
    node->literals.push_back(std::get<FilterLiteral>(std::move(literal)));
  }

  int In(const Operand& left) {
    Advance();
    if (FieldOf(left, "IN") == nullptr) return -1;
    FilterNode node{FilterNode::Kind::kIn};
    node.field = *left.field;
    Expect("(");
    do {
      const Operand entry = ReadOperand();
      if (error_) return -1;
      if (entry.field) {
        Fail(entry.offset, "the list of IN holds constants only");
      } else if (entry.constant.kind == FilterConstant::Kind::kNull) {
        node.list_has_null = true;
      } else {
        AddLiteral(entry.constant, &node);
      }
    } while (!error_ && TakeSymbol(","));
    Expect(")");
    return Add(std::move(node));
  }

  int Between(const Operand& left) {
    Advance();
    const Operand low = ReadOperand();
    if (!error_ && !TakeKeyword("AND")) Unexpected("AND");
    const Operand high = ReadOperand();
    const int above = Compare(left, Comparison::kGreaterOrEqual, low);
    const int below = Compare(left, Comparison::kLessOrEqual, high);
    FilterNode node{FilterNode::Kind::kAnd};
    node.children = {above, below};
    return Add(std::move(node));
  }

  int Like(const Operand& left) {
    Advance();
    const FieldPlan* field = FieldOf(left, "LIKE");
    if (field == nullptr) return -1;
    if (field->type.kind != TypeKind::kString) {
      Fail(left.offset,
           "LIKE needs a string, but '" + field->path + "' is of type " + Name(field->type));
    }
    const Token pattern = token_;
    if (pattern.kind != Token::Kind::kText) Unexpected("a pattern in single quotes");
    Advance();
    char escape = 0;
    if (TakeKeyword("ESCAPE")) {
      if (token_.kind != Token::Kind::kText || token_.text.size() != 1) {
        Unexpected("one character in single quotes");
      } else {
        escape = token_.text[0];
      }
      Advance();
    }
    FilterNode node{FilterNode::Kind::kLike};
    node.field = *left.field;
    auto tokens = CompileLike(pattern.text, escape);
    if (!tokens) {
      Fail(pattern.offset, "the pattern ends in the escape character");
    } else {
      node.pattern = *std::move(tokens);
    }
    return Add(std::move(node));
  }

  const std::string_view text_;
  const std::vector<FieldPlan>& fields_;
  size_t at_ = 0;
  Token token_;
  RecordFilter filter_;
  std::optional<FilterError> error_;
};

}  // namespace

std::variant<RecordFilter, FilterError> ParseFilter(std::string_view text,
                                                    const std::vector<FieldPlan>& fields) {
  return FilterParser(text, fields).Parse();
}

}  // namespace lakegate
