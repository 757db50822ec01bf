// The channel `command`: a shell command of the user, which gets the alert on standard input.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>

#include "report/alert_delivery.h"

namespace lakegate {
namespace {

constexpr size_t kKeptBytes = 4000;
constexpr int kPauseMs = 5;

Error Failed(const std::string& what) {
  return {ErrorCode::kUnavailable, what, "try it with: lakegate alerts test NAME"};
}

Error CannotStart() {
  return Failed(std::string("cannot start a process: ") + std::strerror(errno));
}

class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor() { Close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }
  void Set(int number) { number_ = number; }
  void Close() {
    if (number_ >= 0) close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

// In memory: a full disk is something that people must hear of.
bool Fill(int descriptor, const std::string& text) {
  for (size_t at = 0; at < text.size();) {
    const ssize_t wrote = write(descriptor, text.data() + at, text.size() - at);
    if (wrote <= 0) return false;
    at += static_cast<size_t>(wrote);
  }
  return lseek(descriptor, 0, SEEK_SET) == 0;
}

Result<pid_t> Spawn(const std::string& command, int input, int output) {
  const pid_t child = fork();
  if (child < 0) return CannotStart();
  if (child > 0) {
    setpgid(child, child);  // by both: whoever comes first
    return child;
  }
  // From here on only what may be called between fork and exec of a process with threads.
  setpgid(0, 0);  // so that its children can be killed, too
  signal(SIGPIPE, SIG_DFL);
  signal(SIGXFSZ, SIG_DFL);
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
  _exit(127);
}

// Reads what is there, and keeps its end. False: nobody writes any more.
bool Drain(int descriptor, std::string* said) {
  std::array<char, 4096> bytes;
  for (;;) {
    const ssize_t got = read(descriptor, bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got < 0 && errno == EAGAIN;
    said->append(bytes.data(), static_cast<size_t>(got));
    if (said->size() > 2 * kKeptBytes) said->erase(0, said->size() - kKeptBytes);
  }
}

std::string LastLine(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

// Waits, and reads what the child says meanwhile. Its status as of waitpid; nothing if `is_over`.
template <typename IsOver>
std::optional<int> WaitFor(pid_t child, int output, IsOver is_over, std::string* said) {
  int status = 0;
  bool open = true;
  while (waitpid(child, &status, WNOHANG) != child) {
    if (is_over()) {
      kill(-child, SIGKILL);
      waitpid(child, &status, 0);
      return std::nullopt;
    }
    pollfd waiting{open ? output : -1, POLLIN, 0};
    poll(&waiting, 1, kPauseMs);
    open = open && Drain(output, said);
  }
  if (open) Drain(output, said);
  return status;
}

}  // namespace

Status RunAlertCommand(const std::string& command, const std::string& json, int timeout_ms,
                       const std::atomic<bool>* cancelled) {
  Descriptor input(memfd_create("lakegate-alert", MFD_CLOEXEC)), output, write_end;
  int ends[2];
  if (input.number() < 0 || !Fill(input.number(), json) || pipe2(ends, O_CLOEXEC) != 0) {
    return CannotStart();
  }
  output.Set(ends[0]);
  write_end.Set(ends[1]);
  fcntl(output.number(), F_SETFL, O_NONBLOCK);
  LAKEGATE_ASSIGN(const pid_t child, Spawn(command, input.number(), write_end.number()));
  write_end.Close();
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  const auto is_cancelled = [&] { return cancelled && *cancelled; };
  const auto is_over = [&] { return is_cancelled() || std::chrono::steady_clock::now() > end; };
  std::string said;
  const std::optional<int> status = WaitFor(child, output.number(), is_over, &said);
  if (!status && is_cancelled()) return Failed("the command was interrupted");
  if (!status) {
    return Failed("the command did not end within " + std::to_string(timeout_ms / 1000) + " s");
  }
  if (WIFEXITED(*status) && WEXITSTATUS(*status) == 0) return {};
  const std::string line = LastLine(std::move(said));
  const std::string how = WIFEXITED(*status)
                              ? "ended with " + std::to_string(WEXITSTATUS(*status))
                              : "was killed by signal " + std::to_string(WTERMSIG(*status));
  return Failed("the command " + how + (line.empty() ? "" : ": " + line));
}

}  // namespace lakegate
