#include "write/parquet_schema.h"

#include <arrow/api.h>
#include <parquet/arrow/schema.h>

#include <algorithm>

#include "core/check.h"
#include "validate/make_column.h"

namespace lakegate {
namespace {

std::shared_ptr<arrow::DataType> IntegerType(const ValueType& type) {
  switch (type.bits) {
    case 8:
      return type.is_signed ? arrow::int8() : arrow::uint8();
    case 16:
      return type.is_signed ? arrow::int16() : arrow::uint16();
    case 32:
      return type.is_signed ? arrow::int32() : arrow::uint32();
    default:
      return type.is_signed ? arrow::int64() : arrow::uint64();
  }
}

// `field` may be null for a column without children.
std::shared_ptr<arrow::DataType> ArrowType(const ColumnBuffer& column, const FieldPlan* field) {
  const ValueType& type = column.type();
  switch (type.kind) {
    case TypeKind::kString:
      return arrow::utf8();
    case TypeKind::kInteger:
      return IntegerType(type);
    case TypeKind::kDouble:
      return type.bits == 32 ? arrow::float32() : arrow::float64();
    case TypeKind::kDecimal:
      return arrow::decimal128(type.precision, type.scale);
    case TypeKind::kBoolean:
      return arrow::boolean();
    case TypeKind::kDate:
      return arrow::date32();
    case TypeKind::kTimestamp:
      return arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
    case TypeKind::kTime:
      return arrow::time64(arrow::TimeUnit::MICRO);
    case TypeKind::kArray:
      return arrow::list(arrow::field(
          "element", ArrowType(column.children()[0], field ? &field->children[0] : nullptr)));
    case TypeKind::kMap: {
      const ColumnBuffer& entry = column.children()[0];
      const FieldPlan& parts = field->children[0];
      return arrow::map(ArrowType(entry.children()[0], &parts.children[0]),
                        ArrowType(entry.children()[1], &parts.children[1]));
    }
    case TypeKind::kObject: {
      arrow::FieldVector members;
      for (size_t i = 0; i < column.children().size(); ++i) {
        members.push_back(arrow::field(field->children[i].name,
                                       ArrowType(column.children()[i], &field->children[i])));
      }
      return arrow::struct_(members);
    }
  }
  LAKEGATE_CHECK(false, "every type kind has an Arrow type");
}

bool HasUuidFormat(const FieldPlan& field) {
  return std::any_of(field.constraints.begin(), field.constraints.end(), [](const Constraint& c) {
    return c.kind == ConstraintKind::kFormat && c.format == StringFormat::kUuid;
  });
}

bool HasEnum(const FieldPlan& field) {
  return std::any_of(field.constraints.begin(), field.constraints.end(),
                     [](const Constraint& c) { return c.kind == ConstraintKind::kEnum; });
}

// Random ids neither repeat nor shrink by much.
void AddLeaves(const ColumnBuffer& column, const FieldPlan& field, std::vector<TableLeaf>* leaves) {
  for (size_t i = 0; i < column.children().size(); ++i) {
    AddLeaves(column.children()[i], field.children[i], leaves);
  }
  if (!column.children().empty()) return;
  TableLeaf leaf{column.type(), {}};
  leaf.options.compress = !HasUuidFormat(field);
  if (HasUuidFormat(field)) leaf.options.dictionary = DictionaryUse::kNever;
  if (HasEnum(field)) leaf.options.dictionary = DictionaryUse::kAlways;
  leaves->push_back(leaf);
}

PhysicalType PhysicalOf(parquet::Type::type type) {
  switch (type) {
    case parquet::Type::BOOLEAN:
      return PhysicalType::kBoolean;
    case parquet::Type::INT32:
      return PhysicalType::kInt32;
    case parquet::Type::INT64:
      return PhysicalType::kInt64;
    case parquet::Type::FLOAT:
      return PhysicalType::kFloat;
    case parquet::Type::DOUBLE:
      return PhysicalType::kDouble;
    case parquet::Type::FIXED_LEN_BYTE_ARRAY:
      return PhysicalType::kFixed;
    default:
      return PhysicalType::kBytes;
  }
}

parquet::Compression::type ParquetCodec(Codec codec) {
  switch (codec) {
    case Codec::kNone:
      return parquet::Compression::UNCOMPRESSED;
    case Codec::kSnappy:
      return parquet::Compression::SNAPPY;
    case Codec::kZstd:
      return parquet::Compression::ZSTD;
  }
  return parquet::Compression::UNCOMPRESSED;
}

// The schema's physical types and codecs per column, which the metadata is made from.
Status Describe(const arrow::Schema& schema, Codec codec, TableSchema* table) {
  auto arrow_properties = parquet::ArrowWriterProperties::Builder().build();
  parquet::WriterProperties::Builder builder;
  builder.version(parquet::ParquetVersion::PARQUET_2_6)
      ->created_by("lakegate")
      ->enable_store_decimal_as_integer()
      ->compression(ParquetCodec(codec));
  const auto status = parquet::arrow::ToParquetSchema(&schema, *builder.build(), *arrow_properties,
                                                      &table->descriptor);
  if (!status.ok()) {
    return Error{ErrorCode::kUnsupported, "cannot write Parquet: " + status.message(),
                 "see the contract's types"};
  }
  LAKEGATE_CHECK(static_cast<size_t>(table->descriptor->num_columns()) == table->leaves.size(),
                 "one encoder for every leaf of the schema");
  for (int i = 0; i < table->descriptor->num_columns(); ++i) {
    const parquet::ColumnDescriptor& column = *table->descriptor->Column(i);
    ChunkOptions& options = table->leaves[static_cast<size_t>(i)].options;
    options.physical = PhysicalOf(column.physical_type());
    const bool is_fixed = options.physical == PhysicalType::kFixed;
    if (is_fixed) options.fixed_bytes = column.type_length();
    if (is_fixed || options.physical == PhysicalType::kBoolean) {
      options.dictionary = DictionaryUse::kNever;
    }
    if (!options.compress) builder.compression(column.path(), parquet::Compression::UNCOMPRESSED);
  }
  table->properties = builder.build();
  return {};
}

}  // namespace

Result<TableSchema> MakeTableSchema(const CheckPlan& plan, const TableWriterOptions& options) {
  TableSchema table;
  arrow::FieldVector fields;
  for (size_t i = 0; i < plan.fields.size(); ++i) {
    const auto& out = options.left_out;
    if (std::find(out.begin(), out.end(), static_cast<int>(i)) != out.end()) continue;
    table.stored.push_back(i);
    const ColumnBuffer column = MakeColumn(plan.fields[i]);
    fields.push_back(arrow::field(plan.fields[i].name, ArrowType(column, &plan.fields[i])));
    AddLeaves(column, plan.fields[i], &table.leaves);
  }
  const auto add = [&](const std::string& name, const ValueType& type, DictionaryUse use) {
    fields.push_back(arrow::field(name, ArrowType(ColumnBuffer(type, {}), nullptr)));
    TableLeaf leaf{type, {}};
    leaf.options.dictionary = use;
    table.leaves.push_back(leaf);
  };
  for (const AddedField& added : options.row_columns) {
    table.stored.push_back(plan.fields.size() +
                           static_cast<size_t>(&added - options.row_columns.data()));
    add(added.name, added.type, DictionaryUse::kIfFewValues);
  }
  for (const ConstantColumn& constant : options.constants) {
    add(constant.name, constant.type, DictionaryUse::kAlways);
  }
  LAKEGATE_TRY(Describe(*arrow::schema(fields), options.codec, &table));
  return table;
}

}  // namespace lakegate
