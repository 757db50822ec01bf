// Where the time of a job went, for --profile.
#pragma once

#include <string>

#include "run/check_job.h"

namespace lakegate {

// A line per stage: seconds over all threads, share, and the GB/s that one thread would reach in
// this stage alone. The bytes are those that were read, after decompression.
std::string RenderProfile(const JobOutcome& outcome, int threads);

}  // namespace lakegate
