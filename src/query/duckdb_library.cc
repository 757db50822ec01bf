#include "query/duckdb_library.h"

#include <dlfcn.h>

#include <map>
#include <memory>
#include <mutex>

namespace lakegate {
namespace {

constexpr const char* kMend =
    "./dev setup fetches it; LAKEGATE_DUCKDB=/path/to/libduckdb.so names one that is elsewhere";

void* Open(const std::string& path, std::string* why) {
  // RTLD_LOCAL: its symbols, and those of what it contains, do not meet ours.
  void* handle = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* text = dlerror();
    *why += (why->empty() ? "" : "; ") + std::string(text ? text : "unknown error");
  }
  return handle;
}

Result<std::unique_ptr<DuckdbLibrary>> Resolve(const std::string& path) {
  std::string why;
  void* handle = Open(path.empty() ? LAKEGATE_DUCKDB_LIBRARY : path, &why);
  if (handle == nullptr && path.empty()) handle = Open("libduckdb.so", &why);
  if (handle == nullptr) {
    return Error{ErrorCode::kUnsupported, "the SQL engine (DuckDB) cannot be loaded: " + why,
                 kMend};
  }
  auto library = std::make_unique<DuckdbLibrary>();
  const char* missing = nullptr;
#define LAKEGATE_DUCKDB_RESOLVE(name)                                                         \
  library->name = reinterpret_cast<decltype(&duckdb_##name)>(dlsym(handle, "duckdb_" #name)); \
  if (library->name == nullptr) missing = "duckdb_" #name;
  LAKEGATE_DUCKDB_CALLS(LAKEGATE_DUCKDB_RESOLVE)
#undef LAKEGATE_DUCKDB_RESOLVE
  if (missing != nullptr) {
    return Error{
        ErrorCode::kUnsupported,
        "the SQL engine at " + (path.empty() ? "its usual place" : path) + " has no " + missing,
        kMend};
  }
  return library;
}

}  // namespace

Result<const DuckdbLibrary*> DuckdbLibrary::Load(const std::string& path) {
  static std::mutex mutex;  // guards `loaded`
  static std::map<std::string, std::unique_ptr<DuckdbLibrary>> loaded;
  std::lock_guard lock(mutex);
  const auto found = loaded.find(path);
  if (found != loaded.end()) return found->second.get();
  LAKEGATE_ASSIGN(std::unique_ptr<DuckdbLibrary> library, Resolve(path));
  const DuckdbLibrary* const kept = library.get();
  loaded.emplace(path, std::move(library));
  return kept;
}

}  // namespace lakegate
