// Who holds a lease, as text, and whether that process still lives.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace lakegate {

// kUnknown: on another machine (or before a reboot, or in another container).
enum class HolderState : uint8_t { kAlive, kDead, kUnknown };

using HolderProbe = std::function<HolderState(const std::string& holder)>;

// This process: "<host>/<boot id>/<pid namespace>:<pid>:<start time>". The start time tells a
// process from a later one with the same number; boot and namespace tell whether the numbers can be
// compared at all. Must be called after fork, not before.
std::string CurrentHolder();

// Asks the kernel (kill with signal 0, /proc/<pid>/stat). A zombie is dead.
HolderState ProbeHolder(const std::string& holder);

}  // namespace lakegate
