// Walks every value of one JSON line along the contract's layout. simdjson finds the structure
// (its stage 1: quotes, operators, UTF-8, control characters); the grammar, the numbers, the
// escapes and the keys are checked here, without recursion beyond the depth limit.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "core/input_format.h"
#include "read/json_layout.h"
#include "read/line_walker.h"
#include "read/raw_record.h"
#include "read/record_sink.h"

namespace lakegate {

// One per thread; not thread safe. Borrows the layout and the quick walker.
class JsonWalker {
 public:
  // `quick`, which may be null, has walked each line before Walk does: what it found well formed is
  // not explained again.
  JsonWalker(const JsonLayout* layout, const ReadLimits& limits, const LineWalker* quick = nullptr);
  ~JsonWalker();
  JsonWalker(const JsonWalker&) = delete;
  JsonWalker& operator=(const JsonWalker&) = delete;

  // `line` without its line end; kWindowPadding bytes behind it must be readable.
  // The record (see record()) stays valid until the next call. Nothing returned: well formed.
  // `explains` false: the column and the words of a syntax error may be missing.
  std::optional<Damage> Walk(std::string_view line, bool explains = true);
  const RawRecord& record() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lakegate
