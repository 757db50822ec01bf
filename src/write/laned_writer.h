// One table written by several writers at once, each to files of its own on its own thread.
//
// What is appended goes to the lanes in turn, so that encoding and compressing use several cores.
// Which rows go where depends on the calls alone, never on the number of threads.
#pragma once

#include <functional>
#include <memory>

#include "write/table_writer.h"

namespace lakegate {

struct LaneOptions {
  int lanes = 1;                                // files that are written at once
  int threads = 1;                              // 1: all on the caller's thread
  int64_t row_group_bytes = int64_t{16} << 20;  // of column memory; ends at a unit
  int64_t queue_bytes = int64_t{6} << 20;       // of column memory that may wait, all lanes
};

// How many lanes an input of that size is worth: a function of the input alone.
int LanesFor(int64_t input_bytes);

// Makes the writer of a lane (0, 1, ...; see TableWriterOptions::first_number). Called when the
// lane gets its first rows, on the lane's thread: what it borrows must live as long as the
// LanedWriter.
using MakeLaneWriter = std::function<Result<std::unique_ptr<TableWriter>>(int lane)>;

std::unique_ptr<TableWriter> MakeLanedWriter(const LaneOptions& options,
                                             MakeLaneWriter make_writer);

}  // namespace lakegate
