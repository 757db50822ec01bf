// Columns: type, nullability and how values are read.
#include <algorithm>
#include <cctype>
#include <charconv>

#include "contract/plan_builder.h"

namespace lakegate {
namespace {

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// "Decimal( 12, 2 )" -> {"decimal", {12, 2}}
struct PhysicalType {
  std::string name;
  std::vector<int> arguments;
};

PhysicalType SplitPhysicalType(const std::string& text) {
  PhysicalType type;
  const std::string lower = Lower(text);
  const size_t open = lower.find('(');
  type.name = lower.substr(0, open);
  while (!type.name.empty() && type.name.back() == ' ') type.name.pop_back();
  type.name.erase(0, type.name.find_first_not_of(' '));
  if (open == std::string::npos) return type;
  for (size_t at = open + 1; at < lower.size() && lower[at] != ')';) {
    int value = 0;
    const auto [end, error] =
        std::from_chars(lower.data() + at, lower.data() + lower.size(), value);
    if (error == std::errc()) {
      type.arguments.push_back(value);
      at = static_cast<size_t>(end - lower.data());
    } else {
      ++at;
    }
  }
  return type;
}

bool IsDecimalName(const std::string& name) {
  return name == "decimal" || name == "numeric" || name == "number" || name == "dec";
}

LogicalType TypeOfPhysicalName(const std::string& name) {
  static const std::vector<std::pair<LogicalType, std::vector<std::string>>> names = {
      {LogicalType::kInteger,
       {"int", "integer", "bigint", "smallint", "tinyint", "long", "int64", "int32", "int16",
        "int8"}},
      {LogicalType::kNumber,
       {"decimal", "numeric", "number", "dec", "double", "double precision", "float", "real",
        "float64", "float32"}},
      {LogicalType::kBoolean, {"boolean", "bool"}},
      {LogicalType::kDate, {"date"}},
      {LogicalType::kTimestamp,
       {"timestamp", "datetime", "timestamptz", "timestamp with time zone",
        "timestamp without time zone", "timestamp_ntz", "timestamp_tz", "timestamp_ltz"}},
      {LogicalType::kTime, {"time"}},
  };
  for (const auto& [type, list] : names) {
    if (std::find(list.begin(), list.end(), name) != list.end()) return type;
  }
  return LogicalType::kString;
}

LogicalType TypeOf(const Property& property) {
  if (property.logical_type) return property.logical_type->value;
  if (!property.properties.empty()) return LogicalType::kObject;
  if (property.has_items) return LogicalType::kArray;
  if (property.physical_type) {
    return TypeOfPhysicalName(SplitPhysicalType(property.physical_type->value).name);
  }
  return LogicalType::kString;
}

// decimal(p,s) by physicalType, else a double.
ValueType NumberType(const Property& property, PlanBuilder& builder) {
  ValueType type{.kind = TypeKind::kDouble};
  if (property.options.format && property.options.format->value == "f32") type.bits = 32;
  if (!property.physical_type) return type;
  const PhysicalType physical = SplitPhysicalType(property.physical_type->value);
  if (!IsDecimalName(physical.name)) return type;
  type.kind = TypeKind::kDecimal;
  if (physical.arguments.empty()) {
    builder.diagnostics.Warning(property.physical_type->position, "decimal-without-precision",
                                "'" + property.path + "' is " + property.physical_type->value +
                                    " without precision and scale: decimal(38,9) is taken",
                                "write decimal(18,2) or the like");
    type.precision = 38;
    type.scale = 9;
    return type;
  }
  const int precision = physical.arguments[0];
  const int scale = physical.arguments.size() > 1 ? physical.arguments[1] : 0;
  if (precision < 1 || precision > 38 || scale < 0 || scale > precision) {
    builder.diagnostics.Error(
        property.physical_type->position, "decimal-range",
        "'" + property.path + "': " + property.physical_type->value + " cannot be stored",
        "precision is 1 to 38, scale 0 to precision");
    return {.kind = TypeKind::kDouble};
  }
  type.precision = static_cast<uint8_t>(precision);
  type.scale = static_cast<uint8_t>(scale);
  return type;
}

ValueType IntegerType(const Property& property, PlanBuilder& builder) {
  ValueType type{.kind = TypeKind::kInteger};
  if (!property.options.format) return type;
  const std::string& format = property.options.format->value;
  type.is_signed = format.starts_with('i');
  int bits = 64;
  std::from_chars(format.data() + 1, format.data() + format.size(), bits);
  if (bits == 128) {
    type.is_signed = true;
    builder.AddNotEnforceable(
        builder.RecordRule(property, "format", ReasonCode::kOutOfRange,
                           property.path + " is " + format, property.options.format->position),
        format + " has no column type: the column is a 64-bit integer, larger values are refused");
    return type;
  }
  type.bits = static_cast<uint8_t>(bits);
  return type;
}

// "+02:00", "-0530", "UTC" ... as seconds east; nothing for zones that need a database.
std::optional<int32_t> FixedOffset(const std::string& zone) {
  for (const char* utc : {"UTC", "Etc/UTC", "Z", "GMT", "Etc/GMT", "Etc/Zulu", "Zulu"}) {
    if (zone == utc) return 0;
  }
  const auto parsed = ParseIsoTimestamp("2000-01-01T00:00:00" + zone);
  return parsed ? parsed->offset_s : std::nullopt;
}

// timezone: true asks for an offset in every text, whatever defaultTimezone says.
void CompileTimezone(const Property& property, const Written<bool>& timezone, FieldPlan& field,
                     PlanBuilder& builder) {
  RuleInfo rule = builder.RecordRule(
      property, "timezone", ReasonCode::kTypeError,
      property.path + (timezone.value ? " has" : " need not have") + " a time zone",
      timezone.position);
  if (timezone.value && field.type.kind == TypeKind::kTime) {
    builder.AddNotEnforceable(std::move(rule), "a time of day is stored without a zone");
    return;
  }
  if (timezone.value && field.epoch == EpochUnit::kNone) {
    field.offset_rule = builder.AddRule(std::move(rule));
    return;
  }
  rule.enforcement = Enforcement::kInformational;
  rule.why_not = timezone.value ? "a count since 1970 is in UTC"
                                : "texts with an offset are read correctly all the same";
  builder.AddRule(std::move(rule));
}

void CompileTemporal(const Property& property, FieldPlan& field, PlanBuilder& builder) {
  const TypeOptions& options = property.options;
  if (options.format) {
    auto pattern = TemporalPattern::Compile(options.format->value);
    if (pattern) field.temporal = std::make_shared<const TemporalPattern>(*std::move(pattern));
  }
  if (property.settings.source_format) field.epoch = property.settings.source_format->value;
  if (options.default_timezone) {
    const Written<std::string>& zone = *options.default_timezone;
    if (const auto offset = FixedOffset(zone.value)) {
      field.default_offset_s = *offset;
    } else if (field.type.kind == TypeKind::kTimestamp) {
      if (auto found = TimeZone::Find(zone.value)) {
        field.zone = *std::move(found);
      } else {
        builder.diagnostics.Error(zone.position, "time-zone", found.error().message,
                                  found.error().hint);
      }
    }
  }
  if (options.timezone) CompileTimezone(property, *options.timezone, field, builder);
}

ValueType ValueTypeOf(LogicalType logical, const Property& property, PlanBuilder& builder) {
  switch (logical) {
    case LogicalType::kString:
      return {.kind = TypeKind::kString};
    case LogicalType::kInteger:
      return IntegerType(property, builder);
    case LogicalType::kNumber:
      return NumberType(property, builder);
    case LogicalType::kBoolean:
      return {.kind = TypeKind::kBoolean};
    case LogicalType::kDate:
      return {.kind = TypeKind::kDate};
    case LogicalType::kTimestamp:
      return {.kind = TypeKind::kTimestamp};
    case LogicalType::kTime:
      return {.kind = TypeKind::kTime};
    case LogicalType::kObject:
      return {.kind = TypeKind::kObject};
    case LogicalType::kMap:
      return {.kind = TypeKind::kMap};
    case LogicalType::kArray:
    case LogicalType::kVector:
      return {.kind = TypeKind::kArray};
  }
  return {};
}

void AddTypeRule(LogicalType logical, const Property& property, FieldPlan& field,
                 PlanBuilder& builder) {
  const bool written = property.logical_type || property.physical_type;
  SourcePosition position = property.position;
  if (property.physical_type) position = property.physical_type->position;
  if (property.logical_type) position = property.logical_type->position;
  RuleInfo rule = builder.RecordRule(property, "type", ReasonCode::kTypeError,
                                     property.path + " is of type " + Name(field.type), position);
  rule.implied = !written;
  if (logical == LogicalType::kVector) rule.promise = property.path + " is of type vector";
  field.type_rule = builder.AddRule(std::move(rule));
}

// A value inside `property` that the contract does not describe as a property of its own.
Property ImpliedPart(const Property& property, const char* name, const char* suffix) {
  Property part;
  part.name = name;
  part.path = property.path + suffix;
  part.position = property.position;
  part.settings.action = property.settings.action;
  return part;
}

void AddImpliedRequired(const Property& property, FieldPlan& field, PlanBuilder& builder) {
  if (field.required_rule >= 0) return;
  RuleInfo rule = builder.RecordRule(property, "required", ReasonCode::kRequired,
                                     property.path + " is never null", property.position);
  rule.implied = true;
  field.required_rule = builder.AddRule(std::move(rule));
}

// A list needs its one child, also where the contract does not describe it.
FieldPlan ImpliedItem(const Property& property, PlanBuilder& builder) {
  const Property item = ImpliedPart(property, "item", "[]");
  FieldPlan field;
  field.name = item.name;
  field.path = item.path;
  AddTypeRule(LogicalType::kString, item, field, builder);
  return field;
}

// One element of a vector. float16 and bfloat16 are stored as float32, bits as bytes 0 and 1.
FieldPlan VectorElement(const Property& property, PlanBuilder& builder) {
  const auto& written = property.options.element_type;
  const std::string type = written ? written->value : "float32";
  Property element = ImpliedPart(property, "element", "[]");
  element.logical_type = Written<LogicalType>{LogicalType::kNumber, property.position};
  element.options.format = Written<std::string>{type == "float64" ? "f64" : "f32", {}};
  if (type == "int8" || type == "uint8" || type == "binary") {
    element.logical_type->value = LogicalType::kInteger;
    element.options.format->value = type == "int8" ? "i8" : "u8";
  }
  const auto bound = [&](const char* keyword, const char* text) {
    return Bound{.text = text, .keyword = keyword, .position = property.position};
  };
  if (type == "binary") element.options.upper = {bound("maximum", "1")};
  if (type == "float16") {
    element.options.lower = {bound("minimum", "-65504")};
    element.options.upper = {bound("maximum", "65504")};
  }
  if (written) element.logical_type->position = written->position;
  const size_t first_rule = builder.plan.rules.size();
  FieldPlan field = CompileField(element, builder);
  AddImpliedRequired(element, field, builder);
  // The one promise is elementType; the vector's own rule says that it holds numbers.
  for (size_t i = first_rule; i < builder.plan.rules.size(); ++i) {
    RuleInfo& rule = builder.plan.rules[i];
    rule.implied = !written || static_cast<int>(i) != field.type_rule;
    if (static_cast<int>(i) == field.type_rule) rule.promise = field.path + " is a " + type;
  }
  return field;
}

// An entry of a map: its key, which is never null, and its value.
FieldPlan MapEntry(const Property& property, const FieldPlan& map, PlanBuilder& builder) {
  FieldPlan entry;
  entry.name = "key_value";
  entry.path = map.path;
  entry.type.kind = TypeKind::kObject;
  entry.type_rule = map.type_rule;
  for (const Property& part : property.map) entry.children.push_back(CompileField(part, builder));
  AddImpliedRequired(property.map[0], entry.children[0], builder);
  return entry;
}

// What is inside of what is not public is not public.
void MaskInside(FieldPlan& field) {
  for (FieldPlan& child : field.children) {
    child.masked = true;
    MaskInside(child);
  }
}

void CompileChildren(LogicalType logical, const Property& property, FieldPlan& field,
                     PlanBuilder& builder) {
  for (const Property& member : property.properties) {
    field.children.push_back(CompileField(member, builder));
  }
  if (logical == LogicalType::kArray) {
    field.children.push_back(property.items.empty() ? ImpliedItem(property, builder)
                                                    : CompileField(property.items[0], builder));
  }
  if (logical == LogicalType::kVector) field.children.push_back(VectorElement(property, builder));
  if (logical == LogicalType::kMap) field.children.push_back(MapEntry(property, field, builder));
  if (field.masked) MaskInside(field);
  if (!property.options.required) return;
  for (const Written<std::string>& name : *property.options.required) {
    for (size_t i = 0; i < property.properties.size(); ++i) {
      const Property& member = property.properties[i];
      if (member.name != name.value || field.children[i].required_rule >= 0) continue;
      field.children[i].required_rule =
          builder.AddRule(builder.RecordRule(member, "required", ReasonCode::kRequired,
                                             member.path + " is never null", name.position));
    }
  }
}

}  // namespace

FieldPlan CompileField(const Property& property, PlanBuilder& builder) {
  const LogicalType logical = TypeOf(property);
  FieldPlan field;
  field.name = property.name;
  field.path = property.path;
  field.type = ValueTypeOf(logical, property, builder);
  AddTypeRule(logical, property, field, builder);
  if (property.required.value) {
    field.required_rule = builder.AddRule(
        builder.RecordRule(property, "required", ReasonCode::kRequired,
                           property.path + " is never null", property.required.position));
  }
  if (logical == LogicalType::kDate || logical == LogicalType::kTimestamp ||
      logical == LogicalType::kTime) {
    CompileTemporal(property, field, builder);
  }
  const std::string classification = Lower(property.classification);
  field.masked = !classification.empty() && classification != "public";
  field.from_path = property.partitioned.value;
  CompileConstraints(property, field, builder);
  CompileChildren(logical, property, field, builder);
  return field;
}

}  // namespace lakegate
