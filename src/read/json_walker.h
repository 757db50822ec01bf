// Walks every value of one JSON line along the contract's layout. simdjson finds the structure
// (its stage 1: quotes, operators, UTF-8, control characters); the grammar, the numbers, the
// escapes and the keys are checked here, without recursion beyond the depth limit.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "core/input_format.h"
#include "read/json_layout.h"
#include "read/raw_record.h"
#include "read/record_sink.h"

namespace lakegate {

// One per thread; not thread safe. Borrows the layout.
class JsonWalker {
 public:
  JsonWalker(const JsonLayout* layout, const ReadLimits& limits);
  ~JsonWalker();
  JsonWalker(const JsonWalker&) = delete;
  JsonWalker& operator=(const JsonWalker&) = delete;

  // `line` without its line end; kWindowPadding bytes behind it must be readable.
  // The record (see record()) stays valid until the next call. Nothing returned: well formed.
  // `explains` false: the column and the words of a syntax error may be missing. `well_formed`: see
  // ExplainJson; up to there it is not too deep either.
  std::optional<Damage> Walk(std::string_view line, bool explains = true, size_t well_formed = 0);
  const RawRecord& record() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lakegate
