// A library for LD_PRELOAD: SQLite's own VFS with a fault in its N-th operation, for whole
// programs.
//
//   LD_PRELOAD=libfaulty_sqlite_vfs.so LAKEGATE_SQLITE_FAULT=kill:37 lakegate run
//
// Kinds: `error` the operation is not done and fails; `after` it is done and fails all the same;
// `full` this and every later write fails as on a full disk; `dead` this and every later operation
// fails; `kill` SIGKILL before it; `torn` SIGKILL in the middle of a write; `stop` SIGSTOP before
// it; `none` nothing. LAKEGATE_SQLITE_FAULT_LOG=FILE: a line "37 write wal" for each operation,
// before it is done, and "fault" where one was made. Operations of all databases and threads are
// numbered together from 1.
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

enum class Kind : uint8_t { kNone, kError, kAfter, kFull, kDead, kKill, kTorn, kStop };
// What a fault may do to an operation. Giving up a lock never fails, as on a healthy system.
enum class Nature : uint8_t { kReads, kWrites, kCannotFail };

struct Plan {
  Kind kind = Kind::kNone;
  int64_t number = 0;
  FILE* log = nullptr;
  std::atomic<int64_t> operations{0};
};
Plan plan;
sqlite3_vfs* inner_vfs = nullptr;

struct FaultyFile {
  sqlite3_file base;
  const char* name;  // "main", "wal" ...
  sqlite3_file* inner() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
FaultyFile& Of(sqlite3_file* file) { return *reinterpret_cast<FaultyFile*>(file); }

void Die() { kill(getpid(), SIGKILL); }

void Log(const char* format, int64_t number, const char* what, const char* file) {
  if (plan.log == nullptr) return;
  fprintf(plan.log, format, static_cast<long long>(number), what, file);
  fflush(plan.log);
}

bool Strikes(int64_t number, Nature nature) {
  switch (plan.kind) {
    case Kind::kNone:
      return false;
    case Kind::kError:
      return number == plan.number && nature != Nature::kCannotFail;
    case Kind::kAfter:
    case Kind::kTorn:
      return number == plan.number && nature == Nature::kWrites;
    case Kind::kFull:
      return number >= plan.number && nature == Nature::kWrites;
    case Kind::kDead:
      return number >= plan.number && nature != Nature::kCannotFail;
    case Kind::kKill:
    case Kind::kStop:
      return number == plan.number;
  }
  return false;
}

// `half` does a part of a write.
template <typename Operation, typename Half>
int RunOperation(const char* what, const char* file, Nature nature, int error, Operation operation,
                 Half half) {
  const int64_t number = ++plan.operations;
  Log("%lld %s %s\n", number, what, file);
  if (!Strikes(number, nature)) return operation();
  Log("fault %lld %s %s\n", number, what, file);
  if (plan.kind == Kind::kStop) {
    kill(getpid(), SIGSTOP);
    return operation();
  }
  if (plan.kind == Kind::kTorn) half();
  if (plan.kind == Kind::kTorn || plan.kind == Kind::kKill) Die();
  if (plan.kind == Kind::kAfter) (void)operation();
  return plan.kind == Kind::kFull && error == SQLITE_IOERR_WRITE ? SQLITE_FULL : error;
}

template <typename Operation>
int RunOperation(const char* what, const char* file, Nature nature, int error,
                 Operation operation) {
  return RunOperation(what, file, nature, error, operation, [] {});
}

int Close(sqlite3_file* file) { return Of(file).inner()->pMethods->xClose(Of(file).inner()); }

int Read(sqlite3_file* file, void* out, int size, sqlite3_int64 offset) {
  sqlite3_file* inner = Of(file).inner();
  return RunOperation("read", Of(file).name, Nature::kReads, SQLITE_IOERR_READ,
                      [&] { return inner->pMethods->xRead(inner, out, size, offset); });
}

int Write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  sqlite3_file* inner = Of(file).inner();
  return RunOperation(
      "write", Of(file).name, Nature::kWrites, SQLITE_IOERR_WRITE,
      [&] { return inner->pMethods->xWrite(inner, bytes, size, offset); },
      [&] { (void)inner->pMethods->xWrite(inner, bytes, std::max(size / 2, 1), offset); });
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  sqlite3_file* inner = Of(file).inner();
  return RunOperation("truncate", Of(file).name, Nature::kWrites, SQLITE_IOERR_TRUNCATE,
                      [&] { return inner->pMethods->xTruncate(inner, size); });
}

int Sync(sqlite3_file* file, int flags) {
  sqlite3_file* inner = Of(file).inner();
  return RunOperation("sync", Of(file).name, Nature::kWrites, SQLITE_IOERR_FSYNC,
                      [&] { return inner->pMethods->xSync(inner, flags); });
}

int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  sqlite3_file* inner = Of(file).inner();
  return RunOperation("size", Of(file).name, Nature::kReads, SQLITE_IOERR_FSTAT,
                      [&] { return inner->pMethods->xFileSize(inner, size); });
}

int Lock(sqlite3_file* file, int level) {
  sqlite3_file* inner = Of(file).inner();
  return RunOperation("lock", Of(file).name, Nature::kReads, SQLITE_IOERR_LOCK,
                      [&] { return inner->pMethods->xLock(inner, level); });
}

int Unlock(sqlite3_file* file, int level) {
  sqlite3_file* inner = Of(file).inner();
  return RunOperation("unlock", Of(file).name, Nature::kCannotFail, SQLITE_OK,
                      [&] { return inner->pMethods->xUnlock(inner, level); });
}

int CheckReservedLock(sqlite3_file* file, int* is_reserved) {
  sqlite3_file* inner = Of(file).inner();
  return RunOperation("reserved", Of(file).name, Nature::kReads, SQLITE_IOERR_CHECKRESERVEDLOCK,
                      [&] { return inner->pMethods->xCheckReservedLock(inner, is_reserved); });
}

int FileControl(sqlite3_file* file, int operation, void* argument) {
  sqlite3_file* inner = Of(file).inner();
  return inner->pMethods->xFileControl(inner, operation, argument);
}

int SectorSize(sqlite3_file* file) {
  sqlite3_file* inner = Of(file).inner();
  return inner->pMethods->xSectorSize(inner);
}

int DeviceCharacteristics(sqlite3_file* file) {
  sqlite3_file* inner = Of(file).inner();
  return inner->pMethods->xDeviceCharacteristics(inner);
}

int ShmMap(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  sqlite3_file* inner = Of(file).inner();
  return RunOperation("map", "shm", Nature::kReads, SQLITE_IOERR_SHMMAP,
                      [&] { return inner->pMethods->xShmMap(inner, region, size, extend, out); });
}

int ShmLock(sqlite3_file* file, int offset, int count, int flags) {
  sqlite3_file* inner = Of(file).inner();
  const bool unlocks = (flags & SQLITE_SHM_UNLOCK) != 0;
  return RunOperation(unlocks ? "unlock" : "lock", "shm",
                      unlocks ? Nature::kCannotFail : Nature::kReads, SQLITE_IOERR_SHMLOCK,
                      [&] { return inner->pMethods->xShmLock(inner, offset, count, flags); });
}

void ShmBarrier(sqlite3_file* file) {
  sqlite3_file* inner = Of(file).inner();
  inner->pMethods->xShmBarrier(inner);
}

int ShmUnmap(sqlite3_file* file, int remove) {
  sqlite3_file* inner = Of(file).inner();
  return RunOperation("unmap", "shm", Nature::kCannotFail, SQLITE_OK,
                      [&] { return inner->pMethods->xShmUnmap(inner, remove); });
}

// Version 2: without memory-mapped pages, whose reads could not fail.
const sqlite3_io_methods kMethods = {2,
                                     Close,
                                     Read,
                                     Write,
                                     Truncate,
                                     Sync,
                                     FileSize,
                                     Lock,
                                     Unlock,
                                     CheckReservedLock,
                                     FileControl,
                                     SectorSize,
                                     DeviceCharacteristics,
                                     ShmMap,
                                     ShmLock,
                                     ShmBarrier,
                                     ShmUnmap};

const char* NameOf(int flags) {
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0) return "main";
  if ((flags & SQLITE_OPEN_WAL) != 0) return "wal";
  if ((flags & SQLITE_OPEN_MAIN_JOURNAL) != 0) return "journal";
  return "temporary";
}

int Open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  (void)vfs;
  FaultyFile& faulty = Of(file);
  faulty.base.pMethods = nullptr;
  faulty.name = NameOf(flags);
  const int code = RunOperation("open", faulty.name, Nature::kReads, SQLITE_CANTOPEN, [&] {
    return inner_vfs->xOpen(inner_vfs, name, faulty.inner(), flags, out_flags);
  });
  if (code == SQLITE_OK) faulty.base.pMethods = &kMethods;
  return code;
}

int Delete(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  (void)vfs;
  return RunOperation("delete", strrchr(name, '-') ? strrchr(name, '-') + 1 : "main",
                      Nature::kWrites, SQLITE_IOERR_DELETE,
                      [&] { return inner_vfs->xDelete(inner_vfs, name, sync_folder); });
}

int Access(sqlite3_vfs* vfs, const char* name, int flags, int* out) {
  (void)vfs;
  return RunOperation("access", strrchr(name, '-') ? strrchr(name, '-') + 1 : "main",
                      Nature::kReads, SQLITE_IOERR_ACCESS,
                      [&] { return inner_vfs->xAccess(inner_vfs, name, flags, out); });
}

Plan* ReadPlan() {
  static constexpr struct {
    const char* name;
    Kind kind;
  } kKinds[] = {{"none", Kind::kNone}, {"error", Kind::kError}, {"after", Kind::kAfter},
                {"full", Kind::kFull}, {"dead", Kind::kDead},   {"kill", Kind::kKill},
                {"torn", Kind::kTorn}, {"stop", Kind::kStop}};
  const char* fault = getenv("LAKEGATE_SQLITE_FAULT");
  if (fault == nullptr) return nullptr;
  const std::string text = fault;
  const size_t colon = text.find(':');
  for (const auto& known : kKinds) {
    if (text.substr(0, colon) != known.name) continue;
    plan.kind = known.kind;
    if (colon != std::string::npos) plan.number = std::atoll(text.c_str() + colon + 1);
    if (const char* log = getenv("LAKEGATE_SQLITE_FAULT_LOG")) plan.log = fopen(log, "a");
    return &plan;
  }
  fprintf(stderr, "faulty_sqlite_vfs: LAKEGATE_SQLITE_FAULT=%s is not known\n", fault);
  _exit(99);
}

// Before main: every database that is opened without naming a VFS gets this one.
__attribute__((constructor)) void Register() {
  if (ReadPlan() == nullptr) return;
  static sqlite3_vfs vfs;
  inner_vfs = sqlite3_vfs_find(nullptr);
  if (inner_vfs == nullptr) return;
  vfs = *inner_vfs;
  vfs.zName = "faulty";
  vfs.pNext = nullptr;
  vfs.szOsFile = static_cast<int>(sizeof(FaultyFile)) + inner_vfs->szOsFile;
  vfs.xOpen = Open;
  vfs.xDelete = Delete;
  vfs.xAccess = Access;
  sqlite3_vfs_register(&vfs, 1);
}

}  // namespace
