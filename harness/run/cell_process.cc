#include "harness/run/cell_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <new>

#include "core/base/errno_status.h"
#include "core/base/owned_descriptor.h"
#include "harness/run/child_prelude.h"
#include "harness/run/exit_cause.h"
#include "harness/run/memory_probe.h"
#include "harness/run/output_tail.h"

namespace daxlab {
namespace {

using Clock = std::chrono::steady_clock;
constexpr size_t shown_output_lines = 5;

struct SharedCallLog {
  explicit SharedCallLog(void* memory) : log(new (memory) CallLog) {}
  ~SharedCallLog() { munmap(log, sizeof(CallLog)); }
  SharedCallLog(const SharedCallLog&) = delete;
  SharedCallLog& operator=(const SharedCallLog&) = delete;
  CallLog* log;
};

// A child is killed and reaped with its owner, if that has not happened before.
class Child {
 public:
  explicit Child(pid_t process) : process_(process) {}
  ~Child() {
    if (!reaped_) {
      kill(process_, SIGKILL);
      reap();
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t process() const { return process_; }
  int reap() {
    int status = 0;
    while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    reaped_ = true;
    return status;
  }

 private:
  pid_t process_;
  bool reaped_ = false;
};

// The parent's side while the child runs.
class Supervision {
 public:
  Supervision(const CellProcessSpec& spec, const CallLog& log, pid_t process, OwnedDescriptor pidfd,
              OwnedDescriptor channel, OwnedDescriptor output)
      : spec_(spec),
        log_(log),
        child_(process),
        deadline_(Clock::now() + spec.time_limit),
        pidfd_(std::move(pidfd)),
        channel_(std::move(channel)),
        output_(std::move(output)) {}

  CellOutcome watch() {
    bool exited = false;
    while (!exited) {
      const auto now = Clock::now();
      if (now >= deadline_) return stop_at_limit();
      std::array<pollfd, 4> waits = {{{pidfd_.number(), POLLIN, 0},
                                      {channel_.number(), POLLIN, 0},
                                      {output_.number(), POLLIN, 0},
                                      {spec_.interrupt_fd, POLLIN, 0}}};
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - now).count();
      const int wait_ms = static_cast<int>(std::min<int64_t>(left, 1'000'000));
      if (poll(waits.data(), waits.size(), wait_ms) < 0) continue;  // EINTR
      if (waits[3].revents != 0) {
        CellOutcome outcome;
        outcome.interrupted = true;
        return outcome;
      }
      exited = waits[0].revents != 0;
      if (waits[1].revents != 0) serve_channel();
      if (waits[2].revents != 0 && !tail_.read_available(output_.number())) output_.reset();
    }
    // What it sent before it went is still there to be read.
    while (channel_.is_open()) {
      if (!serve_channel()) break;
    }
    if (output_.is_open()) tail_.read_available(output_.number());
    ExitCause cause;
    cause.wait_status = child_.reap();
    cause.sent_garbage = garbage_;
    CellOutcome outcome;
    if (cause.wait_status == 0 && result_ && !garbage_) {
      outcome.result = std::move(result_);
    } else {
      outcome.failure = with_output(describe_exit(cause, log_, spec_.plugin_of));
    }
    return outcome;
  }

 private:
  // One message, if there is one.
  bool serve_channel() {
    Request request = receive_request(channel_.number());
    switch (request.kind) {
      case RequestKind::nothing:
        return false;
      case RequestKind::closed:
        channel_.reset();
        return false;
      case RequestKind::garbage:
        garbage_ = true;
        return true;
      case RequestKind::result:
        result_ = std::move(request.text);
        return true;
      case RequestKind::start_measuring:
      case RequestKind::measure:
        answer_measure(request.kind);
        return true;
    }
    return false;
  }

  void answer_measure(RequestKind kind) {
    const auto figures = measure_process(child_.process(), spec_.measured_folder);
    if (!figures.ok()) {
      send_growth(channel_.number(), figures.error());
      return;
    }
    if (kind == RequestKind::start_measuring) peak_.start(figures.value());
    peak_.add(figures.value());
    // A child that does not take its answer is caught by the time limit.
    send_growth(channel_.number(), peak_.growth_bytes());
  }

  CellOutcome stop_at_limit() {
    ExitCause cause;
    cause.at_time_limit = true;
    cause.time_limit = spec_.time_limit;
    // Read before the kill, which leaves every callback where it is all the same.
    const std::string line = describe_exit(cause, log_, spec_.plugin_of);
    kill(child_.process(), SIGKILL);
    child_.reap();
    if (output_.is_open()) tail_.read_available(output_.number());
    CellOutcome outcome;
    outcome.failure = with_output(line);
    return outcome;
  }

  std::string with_output(const std::string& line) const {
    const std::string last = tail_.last_lines(shown_output_lines);
    return last.empty() ? line : fmt::format("{}\nit printed: {}", line, last);
  }

  const CellProcessSpec& spec_;
  const CallLog& log_;
  Child child_;
  Clock::time_point deadline_;
  OwnedDescriptor pidfd_, channel_, output_;
  OutputTail tail_;
  MemoryPeak peak_;
  std::optional<std::string> result_;
  bool garbage_ = false;
};

// noexcept: what the body throws is a defect, and shall abort here with its own message.
[[noreturn]] void run_child(const CellProcessSpec& spec, pid_t parent, int output, int channel,
                            CallLog& log) noexcept {
  if (!become_cell_process(parent, output, log)) {
    perror("daxlab: preparing the cell's process");
    _exit(1);
  }
  CellChannel to_parent(channel);
  spec.body(to_parent, log);
  std::fflush(nullptr);
  // Not exit(): destructors of the parent's statics are not this process's to run.
  _exit(0);
}

}  // namespace

ErrorOr<CellOutcome> run_cell_process(const CellProcessSpec& spec) {
  void* memory =
      mmap(nullptr, sizeof(CallLog), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return error_from_errno("memory shared with a cell's process", errno);
  const SharedCallLog shared(memory);

  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0) {
    return error_from_errno("a socket to a cell's process", errno);
  }
  OwnedDescriptor channel(sockets[0]), child_channel(sockets[1]);
  int pipes[2];
  if (pipe2(pipes, O_CLOEXEC) != 0) return error_from_errno("a pipe from a cell's process", errno);
  OwnedDescriptor output(pipes[0]), child_output(pipes[1]);
  if (fcntl(output.number(), F_SETFL, O_NONBLOCK) != 0) {
    return error_from_errno("a pipe from a cell's process", errno);
  }

  std::fflush(nullptr);  // else both processes would write what is buffered
  const pid_t parent = getpid();
  const pid_t process = fork();
  if (process < 0) return error_from_errno("fork of a cell's process", errno);
  if (process == 0) {
    channel.reset();
    output.reset();
    run_child(spec, parent, child_output.number(), child_channel.number(), *shared.log);
  }
  child_channel.reset();
  child_output.reset();
  OwnedDescriptor pidfd(static_cast<int>(syscall(SYS_pidfd_open, process, 0)));
  if (!pidfd.is_open()) {
    const int error_number = errno;
    const Child stray(process);
    return error_from_errno("pidfd_open of a cell's process", error_number);
  }
  Supervision supervision(spec, *shared.log, process, std::move(pidfd), std::move(channel),
                          std::move(output));
  return supervision.watch();
}

}  // namespace daxlab
