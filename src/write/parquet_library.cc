#include "write/parquet_library.h"

#include <dlfcn.h>

#include <filesystem>
#include <string>
#include <system_error>

namespace lakegate {
namespace {

struct Library {
  decltype(&lakegate_make_parquet_writer) make_writer;
  decltype(&lakegate_rewrite_parquet) rewrite;
  decltype(&lakegate_merge_parquet) merge;
  decltype(&lakegate_parquet_schema) schema;
};

constexpr const char* kName = "liblakegate_parquet.so";

// The library's place beside the program; its bare name if that cannot be known. By its path, since
// the program's RUNPATH is not looked at when a sanitizer stands in for dlopen.
std::string BesideTheProgram() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? kName : (program.parent_path() / kName).string();
}

// Loaded once, never closed: Arrow keeps threads and memory pools.
Result<Library> Load() {
  void* handle = dlopen(BesideTheProgram().c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) handle = dlopen(kName, RTLD_NOW | RTLD_LOCAL);  // where the system looks
  void* symbol = handle ? dlsym(handle, "lakegate_make_parquet_writer") : nullptr;
  void* rewrite = handle ? dlsym(handle, "lakegate_rewrite_parquet") : nullptr;
  void* merge = handle ? dlsym(handle, "lakegate_merge_parquet") : nullptr;
  void* schema = handle ? dlsym(handle, "lakegate_parquet_schema") : nullptr;
  if (symbol == nullptr || rewrite == nullptr || merge == nullptr || schema == nullptr) {
    const char* text = dlerror();
    return Error{ErrorCode::kUnsupported,
                 std::string("Parquet cannot be written: ") + (text ? text : "unknown error"),
                 "liblakegate_parquet.so belongs beside the program"};
  }
  return Library{reinterpret_cast<decltype(&lakegate_make_parquet_writer)>(symbol),
                 reinterpret_cast<decltype(&lakegate_rewrite_parquet)>(rewrite),
                 reinterpret_cast<decltype(&lakegate_merge_parquet)>(merge),
                 reinterpret_cast<decltype(&lakegate_parquet_schema)>(schema)};
}

const Result<Library>& Loaded() {
  static const Result<Library> library = Load();
  return library;
}

}  // namespace

Result<std::unique_ptr<TableWriter>> MakeParquetWriter(Storage* storage, const CheckPlan& plan,
                                                       TableWriterOptions options) {
  const Result<Library>& library = Loaded();
  if (!library) return library.error();
  Result<std::unique_ptr<TableWriter>> writer = std::unique_ptr<TableWriter>();
  library->make_writer(storage, &plan, &options, &writer);
  return writer;
}

Result<WrittenFile> RewriteParquet(Storage* storage, const std::vector<RewriteSource>& sources,
                                   const RewriteOptions& options) {
  const Result<Library>& library = Loaded();
  if (!library) return library.error();
  Result<WrittenFile> written = WrittenFile{};
  library->rewrite(storage, &sources, &options, &written);
  return written;
}

Result<std::vector<WrittenFile>> MergeParquet(Storage* storage, const MergeRequest& request) {
  const Result<Library>& library = Loaded();
  if (!library) return library.error();
  Result<std::vector<WrittenFile>> written = std::vector<WrittenFile>();
  library->merge(storage, &request, &written);
  return written;
}

Result<std::string> ParquetSchemaText(Storage* storage, const std::string& path) {
  const Result<Library>& library = Loaded();
  if (!library) return library.error();
  Result<std::string> text = std::string();
  library->schema(storage, &path, &text);
  return text;
}

}  // namespace lakegate
