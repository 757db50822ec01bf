// Checks on Result<T> that print the error.
#pragma once

#include <gtest/gtest.h>

#include "core/result.h"

namespace lakegate {

template <typename T>
testing::AssertionResult IsOk(const Result<T>& result) {
  if (result) return testing::AssertionSuccess();
  return testing::AssertionFailure() << Name(result.error().code) << ": " << result.error().message
                                     << " (" << result.error().hint << ")";
}

// The error has the code, a message that contains `text`, and (always) a hint.
template <typename T>
testing::AssertionResult IsError(const Result<T>& result, ErrorCode code, const std::string& text) {
  if (result) return testing::AssertionFailure() << "succeeded";
  const Error& error = result.error();
  if (error.code == code && error.message.find(text) != std::string::npos && !error.hint.empty()) {
    return testing::AssertionSuccess();
  }
  return IsOk(result);
}

}  // namespace lakegate

#define ASSERT_OK(expression) ASSERT_TRUE(::lakegate::IsOk(expression))
#define EXPECT_OK(expression) EXPECT_TRUE(::lakegate::IsOk(expression))
// Fails the test function if `expression` is an error, else assigns its value to `target`.
#define ASSERT_OK_AND_ASSIGN(target, expression) \
  ASSERT_OK_AND_ASSIGN_INNER(LAKEGATE_CONCAT(checked_, __LINE__), target, expression)
#define ASSERT_OK_AND_ASSIGN_INNER(result, target, expression) \
  auto result = (expression);                                  \
  ASSERT_TRUE(::lakegate::IsOk(result));                       \
  target = std::move(result).value()
