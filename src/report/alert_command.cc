// The channel `command`: a shell command of the user, which gets the alert on standard input.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "report/alert_delivery.h"

namespace lakegate {
namespace {

constexpr size_t kKeptBytes = 4000;
constexpr auto kPause = std::chrono::milliseconds(5);

Error Failed(const std::string& what) {
  return {ErrorCode::kUnavailable, what, "try it with: lakegate alerts test NAME"};
}

// Unnamed files: nothing can block, however much is written.
class ScratchFile {
 public:
  ScratchFile() {
    char path[] = "/tmp/lakegate-alert-XXXXXX";
    descriptor_ = mkostemp(path, O_CLOEXEC);
    if (descriptor_ >= 0) unlink(path);
  }
  ~ScratchFile() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  int descriptor() const { return descriptor_; }

  bool Fill(const std::string& text) {
    size_t at = 0;
    while (at < text.size()) {
      const ssize_t wrote = write(descriptor_, text.data() + at, text.size() - at);
      if (wrote <= 0) return false;
      at += static_cast<size_t>(wrote);
    }
    return lseek(descriptor_, 0, SEEK_SET) == 0;
  }
  // The last line of what was written, without its end.
  std::string LastLine() const {
    std::array<char, kKeptBytes> bytes;
    const off_t size = lseek(descriptor_, 0, SEEK_END);
    const off_t from = std::max<off_t>(0, size - static_cast<off_t>(bytes.size()));
    const ssize_t got = pread(descriptor_, bytes.data(), bytes.size(), from);
    std::string text(bytes.data(), got > 0 ? static_cast<size_t>(got) : 0);
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    return text.substr(text.rfind('\n') + 1);
  }

 private:
  int descriptor_ = -1;
};

Result<pid_t> Spawn(const std::string& command, int input, int output) {
  const pid_t child = fork();
  if (child < 0) return Failed(std::string("cannot start a process: ") + std::strerror(errno));
  if (child > 0) return child;
  // From here on only what may be called between fork and exec of a process with threads.
  setpgid(0, 0);  // so that its children can be killed, too
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
  _exit(127);
}

// Its status as of waitpid; nothing if time is up.
std::optional<int> WaitFor(pid_t child, int timeout_ms) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  int status = 0;
  while (waitpid(child, &status, WNOHANG) != child) {
    if (std::chrono::steady_clock::now() > end) {
      kill(-child, SIGKILL);
      waitpid(child, &status, 0);
      return std::nullopt;
    }
    std::this_thread::sleep_for(kPause);
  }
  return status;
}

}  // namespace

Status RunAlertCommand(const std::string& command, const std::string& json, int timeout_ms) {
  ScratchFile input, output;
  if (input.descriptor() < 0 || output.descriptor() < 0 || !input.Fill(json)) {
    return Failed(std::string("no room in /tmp: ") + std::strerror(errno));
  }
  LAKEGATE_ASSIGN(const pid_t child, Spawn(command, input.descriptor(), output.descriptor()));
  const std::optional<int> status = WaitFor(child, timeout_ms);
  if (!status) {
    return Failed("the command did not end within " + std::to_string(timeout_ms / 1000) + " s");
  }
  if (WIFEXITED(*status) && WEXITSTATUS(*status) == 0) return {};
  const std::string said = output.LastLine();
  const std::string how = WIFEXITED(*status)
                              ? "ended with " + std::to_string(WEXITSTATUS(*status))
                              : "was killed by signal " + std::to_string(WTERMSIG(*status));
  return Failed("the command " + how + (said.empty() ? "" : ": " + said));
}

}  // namespace lakegate
