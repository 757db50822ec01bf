// The door between the program and liblakegate_parquet.so, which holds all that needs Arrow:
// loading Arrow takes longer than checking a small file.
#pragma once

#include <memory>

#include "core/result.h"
#include "write/parquet_merger.h"
#include "write/parquet_rewriter.h"
#include "write/table_writer.h"

// Sets *writer. Both sides are of one build: the types are passed as they are.
extern "C" void lakegate_make_parquet_writer(
    lakegate::Storage* storage, const lakegate::CheckPlan* plan,
    const lakegate::TableWriterOptions* options,
    lakegate::Result<std::unique_ptr<lakegate::TableWriter>>* writer);
// Sets *written.
extern "C" void lakegate_rewrite_parquet(lakegate::Storage* storage,
                                         const std::vector<lakegate::RewriteSource>* sources,
                                         const lakegate::RewriteOptions* options,
                                         lakegate::Result<lakegate::WrittenFile>* written);
// Sets *written.
extern "C" void lakegate_merge_parquet(
    lakegate::Storage* storage, const lakegate::MergeRequest* request,
    lakegate::Result<std::vector<lakegate::WrittenFile>>* written);
// Sets *text.
extern "C" void lakegate_parquet_schema(lakegate::Storage* storage, const std::string* path,
                                        lakegate::Result<std::string>* text);
