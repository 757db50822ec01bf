// Result<T>: the outcome of an operation that can fail for reasons outside the program.
// A bad record is never a Result (see reason.h); a bug is LAKEGATE_CHECK (see check.h).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace lakegate {

// What the caller can do next decides the code, not where the failure happened.
enum class ErrorCode {
  kInvalidConfig,     // the user mends a file or a flag; nothing was started
  kInvalidData,       // the input cannot be what it claims to be
  kNotFound,          // it is not there
  kAlreadyExists,     // it is there and must not be
  kConflict,          // somebody else changed it meanwhile: read again
  kUnavailable,       // may work later: retry
  kPermissionDenied,  // rights are missing
  kCorrupt,           // our own state is damaged
  kUnsupported,       // not built, or not on this machine
  kCancelled,         // the user stopped it
  kCommitUnknown,     // may or may not have happened: look first, never retry blindly
};

// "invalid config", "not found", ... for messages.
const char* Name(ErrorCode code);

struct Error {
  ErrorCode code;
  std::string message;  // what failed, on what, why
  std::string hint;     // what to do next; may be empty

  // Adds one outer clause: "while <doing>: <message>".
  Error While(const std::string& doing) const {
    return {code, "while " + doing + ": " + message, hint};
  }
};

template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : state_(std::move(value)) {}      // NOLINT: implicit on purpose
  Result(Error error) : state_(std::move(error)) {}  // NOLINT
  bool has_value() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return has_value(); }
  T& value() & { return std::get<T>(state_); }
  const T& value() const& { return std::get<T>(state_); }
  T&& value() && { return std::get<T>(std::move(state_)); }
  const Error& error() const& { return std::get<Error>(state_); }
  Error&& error() && { return std::get<Error>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit on purpose
  bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }
  const Error& error() const& { return *error_; }
  Error&& error() && { return std::move(*error_); }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace lakegate

#define LAKEGATE_CONCAT_INNER(a, b) a##b
#define LAKEGATE_CONCAT(a, b) LAKEGATE_CONCAT_INNER(a, b)

// Returns the error of `expr` from the enclosing function, if there is one.
#define LAKEGATE_TRY(expr)                       \
  do {                                           \
    if (auto try_status = (expr); !try_status) { \
      return std::move(try_status).error();      \
    }                                            \
  } while (false)

// Assigns the value of the Result `expr` to `lhs`, or returns its error.
#define LAKEGATE_ASSIGN(lhs, expr) \
  LAKEGATE_ASSIGN_INNER(LAKEGATE_CONCAT(result_, __LINE__), lhs, expr)
#define LAKEGATE_ASSIGN_INNER(result, lhs, expr) \
  auto result = (expr);                          \
  if (!result) {                                 \
    return std::move(result).error();            \
  }                                              \
  lhs = std::move(result).value()
