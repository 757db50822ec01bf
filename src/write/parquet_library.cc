#include "write/parquet_library.h"

#include <dlfcn.h>

#include <string>

namespace lakegate {
namespace {

struct Library {
  decltype(&lakegate_make_parquet_writer) make_writer;
};

// Loaded once, never closed: Arrow keeps threads and memory pools.
Result<Library> Load() {
  // Looked for where the program is (its RUNPATH), then where the system looks.
  void* handle = dlopen("liblakegate_parquet.so", RTLD_NOW | RTLD_LOCAL);
  void* symbol = handle ? dlsym(handle, "lakegate_make_parquet_writer") : nullptr;
  if (symbol == nullptr) {
    const char* text = dlerror();
    return Error{ErrorCode::kUnsupported,
                 std::string("Parquet cannot be written: ") + (text ? text : "unknown error"),
                 "liblakegate_parquet.so belongs beside the program"};
  }
  return Library{reinterpret_cast<decltype(&lakegate_make_parquet_writer)>(symbol)};
}

}  // namespace

Result<std::unique_ptr<TableWriter>> MakeParquetWriter(Storage* storage, const CheckPlan& plan,
                                                       TableWriterOptions options) {
  static const Result<Library> library = Load();
  if (!library) return library.error();
  std::unique_ptr<TableWriter> writer;
  library->make_writer(storage, &plan, &options, &writer);
  return writer;
}

}  // namespace lakegate
