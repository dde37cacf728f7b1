#include "harness/run/cell_fork.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <new>
#include <string>

#include "core/base/errno_status.h"
#include "core/base/process_limits.h"
#include "harness/run/child_prelude.h"

namespace daxlab {
namespace {

// glibc has no close_range before 2.34, and sanitizers none at all.
bool close_descriptors(unsigned first, unsigned last) {
  return first > last || syscall(SYS_close_range, first, last, 0U) == 0;
}

// Standard streams and the channel stay.
bool close_all_but(int channel) {
  const auto kept = static_cast<unsigned>(channel);
  return close_descriptors(STDERR_FILENO + 1, kept - 1) && close_descriptors(kept + 1, UINT_MAX);
}

// noexcept: what the body throws is a defect, and shall abort here with its own message.
[[noreturn]] void run_child(const CellFork::Body& body, pid_t parent, int output, int channel,
                            CallLog& log) noexcept {
  if (!become_cell_process(parent, output, log) || !close_all_but(channel)) {
    perror("daxlab: preparing the cell's process");
    _exit(1);
  }
  CellChannel to_parent(channel);
  body(to_parent, log);
  std::fflush(nullptr);
  // Not exit(): destructors of the parent's statics are not this process's to run.
  _exit(0);
}

}  // namespace

ErrorOr<std::unique_ptr<CellFork>> CellFork::start(const Body& body) {
  void* memory =
      mmap(nullptr, sizeof(CallLog), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return error_from_errno("memory shared with a cell's process", errno);
  std::unique_ptr<CellFork> made(new CellFork(new (memory) CallLog));

  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0) {
    return error_from_errno("a socket to a cell's process", errno);
  }
  made->channel = OwnedDescriptor(sockets[0]);
  const OwnedDescriptor child_channel(sockets[1]);
  int pipes[2];
  if (pipe2(pipes, O_CLOEXEC) != 0) return error_from_errno("a pipe from a cell's process", errno);
  made->output = OwnedDescriptor(pipes[0]);
  const OwnedDescriptor child_output(pipes[1]);
  if (fcntl(made->output.number(), F_SETFL, O_NONBLOCK) != 0) {
    return error_from_errno("a pipe from a cell's process", errno);
  }

  std::fflush(nullptr);  // else both processes would write what is buffered
  const pid_t parent = getpid();
  made->process_ = fork();
  if (made->process_ < 0) {
    const int failed = errno;
    const std::string limit = failed == EAGAIN ? process_limit_met() : "";
    return error_from_errno(
        limit.empty() ? "fork of a cell's process" : "fork of a cell's process (" + limit + ")",
        failed);
  }
  if (made->process_ == 0) {
    run_child(body, parent, child_output.number(), child_channel.number(), *made->log_);
  }
  made->pidfd = OwnedDescriptor(static_cast<int>(syscall(SYS_pidfd_open, made->process_, 0)));
  if (!made->pidfd.is_open()) return error_from_errno("pidfd_open of a cell's process", errno);
  if (madvise(memory, sizeof(CallLog), MADV_DONTFORK) != 0) {
    return error_from_errno("memory shared with a cell's process", errno);
  }
  return made;
}

CellFork::~CellFork() {
  if (process_ > 0) {
    kill();
    reap();
  }
  munmap(log_, sizeof(CallLog));
}

void CellFork::kill() { ::kill(process_, SIGKILL); }

int CellFork::reap() {
  int status = 0;
  while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  process_ = -1;
  return status;
}

}  // namespace daxlab
