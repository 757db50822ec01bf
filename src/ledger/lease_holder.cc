#include "ledger/lease_holder.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

namespace lakegate {

namespace {

std::string FirstLine(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line;
}

std::string HostIdentity() {
  char host[256] = "unknown";
  gethostname(host, sizeof host - 1);
  char space[64] = "";
  const ssize_t length = readlink("/proc/self/ns/pid", space, sizeof space - 1);
  const std::string boot = FirstLine("/proc/sys/kernel/random/boot_id").substr(0, 8);
  std::string name_space(space, length > 0 ? static_cast<size_t>(length) : 0);  // "pid:[4026]"
  std::erase_if(name_space, [](char c) { return c < '0' || c > '9'; });
  return std::string(host) + "/" + boot + "/" + name_space;
}

struct ProcessStat {
  char state = '?';
  std::string start_time;  // clock ticks since boot
};

// /proc/<pid>/stat (proc(5)): the name, in parentheses, may hold anything; then state is field 3
// and start time field 22.
std::optional<ProcessStat> ReadProcessStat(const std::string& pid) {
  const std::string line = FirstLine("/proc/" + pid + "/stat");
  const size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(line.substr(name_end + 1));
  ProcessStat stat;
  fields >> stat.state;
  for (int field = 4; field <= 22; ++field) fields >> stat.start_time;
  if (!fields) return std::nullopt;
  return stat;
}

}  // namespace

std::string CurrentHolder() {
  const std::string pid = std::to_string(getpid());
  const auto stat = ReadProcessStat(pid);
  return HostIdentity() + ":" + pid + ":" + (stat ? stat->start_time : "0");
}

HolderState ProbeHolder(const std::string& holder) {
  const size_t last = holder.rfind(':');
  const size_t middle =
      last == std::string::npos || last == 0 ? std::string::npos : holder.rfind(':', last - 1);
  if (middle == std::string::npos || holder.substr(0, middle) != HostIdentity()) {
    return HolderState::kUnknown;
  }
  const std::string pid_text = holder.substr(middle + 1, last - middle - 1);
  pid_t pid = 0;
  std::from_chars(pid_text.data(), pid_text.data() + pid_text.size(), pid);
  if (pid <= 0) return HolderState::kUnknown;
  if (kill(pid, 0) != 0 && errno == ESRCH) return HolderState::kDead;
  const auto stat = ReadProcessStat(pid_text);
  if (!stat) return HolderState::kAlive;  // it exists, but /proc does not show it
  if (stat->state == 'Z' || stat->state == 'X') return HolderState::kDead;
  return stat->start_time == holder.substr(last + 1) ? HolderState::kAlive : HolderState::kDead;
}

}  // namespace lakegate
