// A Storage whose N-th operation fails, or calls a hook (which may _exit, to play kill -9).
// Reads, writes and commits of its files count too. Operations are numbered from 1.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/storage.h"

namespace lakegate {

// kBefore: the operation is not done. kAfter: it is done, but its caller gets the error.
enum class FaultMoment : uint8_t { kBefore, kAfter };

// The plan and the count, shared by a storage and its files. Not thread safe.
class FaultPlan {
 public:
  void FailAt(int number, Error error, FaultMoment moment) {
    fail_at_ = number;
    error_ = std::move(error);
    moment_ = moment;
  }
  void CallBefore(int number, std::function<void()> hook) {
    call_before_ = number;
    hook_ = std::move(hook);
  }
  void Disarm() { fail_at_ = call_before_ = 0; }

  int operations() const { return operations_; }
  // What was called, e.g. "Sync /lake/tables", for messages of tests.
  const std::vector<std::string>& log() const { return log_; }

  // Runs `operation` (which returns a Result) as the next one.
  template <typename Operation>
  auto Run(const std::string& name, Operation operation) -> decltype(operation()) {
    log_.push_back(name);
    const int number = ++operations_;
    if (number == call_before_) hook_();
    if (number == fail_at_ && moment_ == FaultMoment::kBefore) return *error_;
    auto result = operation();
    if (number == fail_at_) return *error_;
    return result;
  }

 private:
  int operations_ = 0;
  int fail_at_ = 0;
  int call_before_ = 0;
  FaultMoment moment_ = FaultMoment::kBefore;
  std::optional<Error> error_;
  std::function<void()> hook_;
  std::vector<std::string> log_;
};

class FaultyReadableFile : public ReadableFile {
 public:
  FaultyReadableFile(std::unique_ptr<ReadableFile> inner, FaultPlan& plan)
      : inner_(std::move(inner)), plan_(plan) {}
  Result<size_t> ReadAt(int64_t offset, std::span<char> out) override {
    return plan_.Run("ReadAt", [&] { return inner_->ReadAt(offset, out); });
  }
  Result<FileInfo> Stat() override {
    return plan_.Run("Stat of a file", [&] { return inner_->Stat(); });
  }

 private:
  std::unique_ptr<ReadableFile> inner_;
  FaultPlan& plan_;
};

class FaultyPendingFile : public PendingFile {
 public:
  FaultyPendingFile(std::unique_ptr<PendingFile> inner, FaultPlan& plan)
      : inner_(std::move(inner)), plan_(plan) {}
  Status Write(std::string_view bytes) override {
    return plan_.Run("Write", [&] { return inner_->Write(bytes); });
  }
  Status Commit() override {
    return plan_.Run("Commit", [&] { return inner_->Commit(); });
  }
  Status CommitAs(const std::string& path) override {
    return plan_.Run("CommitAs " + path, [&] { return inner_->CommitAs(path); });
  }
  int64_t size() const override { return inner_->size(); }

 private:
  std::unique_ptr<PendingFile> inner_;
  FaultPlan& plan_;
};

// `inner` and `plan` must outlive it and its files.
class FaultyStorage : public Storage {
 public:
  FaultyStorage(Storage& inner, FaultPlan& plan) : inner_(inner), plan_(plan) {}

  Result<std::vector<FileInfo>> List(const std::string& prefix) override {
    return plan_.Run("List " + prefix, [&] { return inner_.List(prefix); });
  }
  Result<FileInfo> Stat(const std::string& path) override {
    return plan_.Run("Stat " + path, [&] { return inner_.Stat(path); });
  }
  Result<std::unique_ptr<ReadableFile>> OpenRead(const std::string& path) override {
    return plan_.Run("OpenRead " + path, [&]() -> Result<std::unique_ptr<ReadableFile>> {
      LAKEGATE_ASSIGN(auto file, inner_.OpenRead(path));
      return std::unique_ptr<ReadableFile>(
          std::make_unique<FaultyReadableFile>(std::move(file), plan_));
    });
  }
  Result<std::unique_ptr<PendingFile>> Create(const std::string& path,
                                              const CreateOptions& options) override {
    return plan_.Run("Create " + path, [&]() -> Result<std::unique_ptr<PendingFile>> {
      LAKEGATE_ASSIGN(auto file, inner_.Create(path, options));
      return std::unique_ptr<PendingFile>(
          std::make_unique<FaultyPendingFile>(std::move(file), plan_));
    });
  }
  Status MakeDirectories(const std::string& path, DirectoryAccess access) override {
    return plan_.Run("MakeDirectories " + path,
                     [&] { return inner_.MakeDirectories(path, access); });
  }
  Status RenameDirectory(const std::string& from, const std::string& to) override {
    return plan_.Run("RenameDirectory " + from + " " + to,
                     [&] { return inner_.RenameDirectory(from, to); });
  }
  Status ExchangeDirectories(const std::string& a, const std::string& b) override {
    return plan_.Run("ExchangeDirectories " + a + " " + b,
                     [&] { return inner_.ExchangeDirectories(a, b); });
  }
  Status Link(const std::string& from, const std::string& to) override {
    return plan_.Run("Link " + from, [&] { return inner_.Link(from, to); });
  }
  Status Remove(const std::string& path) override {
    return plan_.Run("Remove " + path, [&] { return inner_.Remove(path); });
  }
  // Removing a tree takes many steps, so it has a second number: half of it is gone by then.
  Status RemoveTree(const std::string& path) override {
    LAKEGATE_TRY(plan_.Run("RemoveTree " + path, [&]() -> Status {
      if (auto files = inner_.List(path); files && !files->empty()) {
        return inner_.Remove(files->front().path);
      }
      return {};
    }));
    return plan_.Run("RemoveTree (rest) " + path, [&] { return inner_.RemoveTree(path); });
  }
  Status RemoveEmptyDirectory(const std::string& path) override {
    return plan_.Run("RemoveEmptyDirectory " + path,
                     [&] { return inner_.RemoveEmptyDirectory(path); });
  }
  Status Sync(const std::string& path) override {
    return plan_.Run("Sync " + path, [&] { return inner_.Sync(path); });
  }

 private:
  Storage& inner_;
  FaultPlan& plan_;
};

}  // namespace lakegate
