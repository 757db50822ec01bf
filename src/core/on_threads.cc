#include "core/on_threads.h"

#include <system_error>
#include <thread>
#include <vector>

namespace lakegate {

void OnThreads(int threads, const std::function<void()>& work) {
  std::vector<std::thread> others;
  try {
    for (int i = 1; i < threads; ++i) others.emplace_back(work);
  } catch (const std::system_error&) {  // no more threads to be had: go on with these
  }
  work();
  for (std::thread& thread : others) thread.join();
}

}  // namespace lakegate
