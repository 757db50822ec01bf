// Inside liblakegate_parquet.so: Parquet files of the storage as Arrow reads them, and how to write
// others like them.
#pragma once

#include <parquet/arrow/reader.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>

#include <memory>
#include <string>

#include "core/result.h"
#include "storage/storage.h"

namespace lakegate {

// kCorrupt: it is no Parquet file; kNotFound, kUnavailable as the storage's.
Result<std::unique_ptr<parquet::arrow::FileReader>> OpenStoredParquet(Storage* storage,
                                                                      const std::string& path);
Error UnreadableParquet(const std::string& path, const arrow::Status& status);

// Encodings and compression as of the source's columns: the contract behind them may be an older
// one.
std::shared_ptr<parquet::WriterProperties> PropertiesLike(const parquet::FileMetaData& source);

}  // namespace lakegate
