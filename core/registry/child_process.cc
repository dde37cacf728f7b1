#include "core/registry/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "core/base/bus_error.h"
#include "core/base/errno_status.h"
#include "core/base/owned_descriptor.h"

namespace daxlab {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t max_written_bytes = size_t{1} << 20;

void exit_at_once(int status, void*) { _exit(status); }

// A crash should look like one, whatever the parent (a fault engine, a sanitizer) does at signals.
void restore_signals() {
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  forget_fault_handlers();  // a lab that is made here has to find its own
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

// All but those of the standard streams and two others; as far as the kernel has a call for it.
// glibc has none before 2.34.
void close_descriptors_but(int one, int other) {
  const auto close_between = [](int first, int last) {
    if (first > last) return;
    syscall(SYS_close_range, static_cast<unsigned>(first), static_cast<unsigned>(last), 0U);
  };
  const auto [low, high] = std::minmax(one, other);
  close_between(STDERR_FILENO + 1, low - 1);
  close_between(std::max(low, STDERR_FILENO) + 1, high - 1);
  close_between(high + 1, INT_MAX);
}

// `nothing`: /dev/null, opened by the parent, who can tell why when that fails.
void leave_parent_behind(pid_t parent, int nothing) {
  // Its own group, so that what it starts can be killed along with it.
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  prctl(PR_SET_DUMPABLE, 0);
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  restore_signals();
  if (dup2(nothing, STDIN_FILENO) < 0 || dup2(nothing, STDOUT_FILENO) < 0) _exit(1);
  // Registered last, so it comes before every exit handler of the parent: those would flush and
  // delete what is the parent's.
  on_exit(&exit_at_once, nullptr);
}

// noexcept: the frames above, copies of the parent's, must not catch and go on as a second parent.
[[noreturn]] void be_child(const std::function<void(int)>& body, int descriptor, pid_t parent,
                           int nothing, int kept) noexcept {
  leave_parent_behind(parent, nothing);
  close_descriptors_but(descriptor, kept);
  body(descriptor);
  _exit(0);
}

// Whether there may be more to come.
bool drain(int descriptor, std::string& into) {
  std::array<char, 4096> buffer;
  while (into.size() < max_written_bytes) {
    const ssize_t got = read(descriptor, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno == EAGAIN;
    if (got == 0) return false;
    into.append(buffer.data(), static_cast<size_t>(got));
  }
  return false;
}

// Collects what the child writes until it ends (true) or time is over (false). The end is seen at
// the process, not at the pipe: a grandchild may keep the pipe open.
bool collect(int pipe_end, int process, Clock::time_point deadline, std::string& written) {
  std::array<pollfd, 2> events = {{{process, POLLIN, 0}, {pipe_end, POLLIN, 0}}};
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    const int ready =
        poll(events.data(), events.size(), static_cast<int>(std::clamp<int64_t>(left, 0, 60'000)));
    if (ready < 0 && errno != EINTR) return false;
    if (ready > 0 && events[1].revents != 0 && !drain(pipe_end, written)) events[1].fd = -1;
    if (ready > 0 && events[0].revents != 0) {
      if (events[1].fd >= 0) drain(pipe_end, written);
      return true;
    }
    if (Clock::now() >= deadline) return false;
  }
}

int reap(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

std::string ChildOutcome::describe_end() const {
  if (timed_out) return "did not end within its time limit";
  if (signal_number) {
    const char* const name = sigabbrev_np(*signal_number);
    return name != nullptr ? fmt::format("was killed by SIG{}", name)
                           : fmt::format("was killed by signal {}", *signal_number);
  }
  return fmt::format("exited with status {}", exit_status.value_or(0));
}

ErrorOr<ChildOutcome> run_in_child(const std::function<void(int)>& body,
                                   std::chrono::milliseconds time_limit, int kept) {
  const OwnedDescriptor nothing(open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!nothing.is_open()) return error_from_errno("/dev/null for a probe", errno);
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return error_from_errno("pipe for a probe", errno);
  OwnedDescriptor read_end(ends[0]), write_end(ends[1]);
  fcntl(read_end.number(), F_SETFL, O_NONBLOCK);

  fflush(nullptr);  // else an exit in the child could write the parent's buffers a second time
  const pid_t parent = getpid();
  const Clock::time_point deadline = Clock::now() + time_limit;
  const pid_t child = fork();
  if (child < 0) {
    Error error = error_from_errno("fork for a probe", errno);
    error.is_shortage = true;  // EAGAIN, of processes, too
    return error;
  }
  if (child == 0) be_child(body, write_end.number(), parent, nothing.number(), kept);
  write_end.reset();
  setpgid(child, child);  // whichever of the two comes first

  // By number: the C library's declaration lacks C linkage in some releases.
  const OwnedDescriptor process(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));
  const int open_error = errno;
  ChildOutcome outcome;
  const bool ended = process.number() >= 0 &&
                     collect(read_end.number(), process.number(), deadline, outcome.written);
  kill(-child, SIGKILL);
  kill(child, SIGKILL);
  const int status = reap(child);
  if (process.number() < 0) return error_from_errno("pidfd_open for a probe", open_error);
  outcome.timed_out = !ended;
  if (ended && WIFEXITED(status)) outcome.exit_status = WEXITSTATUS(status);
  if (ended && WIFSIGNALED(status)) outcome.signal_number = WTERMSIG(status);
  return outcome;
}

}  // namespace daxlab
