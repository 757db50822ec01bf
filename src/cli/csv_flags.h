// The flags of the CSV dialect, shared by the commands that read files.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "core/result.h"
#include "run/job_input.h"

namespace lakegate {

struct CsvFlags {
  std::string delimiter, quote, escape, encoding, comment, order;
  std::vector<std::string> null_values;
  bool null_values_given = false;
  bool no_header = false;
  bool single_line = false;
  int64_t skip_lines = -1;
};

void AddCsvFlags(CLI::App* app, CsvFlags* flags);
// Flags that were given replace what `options` has. kInvalidConfig names the flag.
Status ApplyCsvFlags(const CsvFlags& flags, ReadOptions* options);

}  // namespace lakegate
