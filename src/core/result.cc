#include "core/result.h"

namespace lakegate {

const char* Name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidConfig:
      return "invalid config";
    case ErrorCode::kInvalidData:
      return "invalid data";
    case ErrorCode::kNotFound:
      return "not found";
    case ErrorCode::kAlreadyExists:
      return "already exists";
    case ErrorCode::kConflict:
      return "conflict";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kPermissionDenied:
      return "permission denied";
    case ErrorCode::kCorrupt:
      return "corrupt";
    case ErrorCode::kUnsupported:
      return "unsupported";
    case ErrorCode::kCancelled:
      return "cancelled";
    case ErrorCode::kCommitUnknown:
      return "commit outcome unknown";
  }
  return "unknown";
}

}  // namespace lakegate
