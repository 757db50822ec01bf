// The same work on many items, on several threads.
#pragma once

#include <cstddef>
#include <functional>

namespace lakegate {

// Calls work() on up to `threads` threads at once, this one included; fewer if no more are to be
// had. Returns when all have returned. work() must not throw.
void OnThreads(int threads, const std::function<void()>& work);

}  // namespace lakegate
