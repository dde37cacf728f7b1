#include "harness/end_to_end/daxlab_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

extern char** environ;

namespace daxlab {
namespace {

struct Pipe {
  Pipe() { EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0) << std::strerror(errno); }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  void close_end(size_t end) {
    if (ends[end] >= 0) close(ends[end]);
    ends[end] = -1;
  }
  // False at the end of what was written.
  bool read_some(std::string& into) const {
    std::array<char, 4096> buffer;
    const ssize_t got = read(ends[0], buffer.data(), buffer.size());
    if (got > 0) into.append(buffer.data(), static_cast<size_t>(got));
    return got > 0 || (got < 0 && errno == EINTR);
  }
  std::array<int, 2> ends = {-1, -1};
};

// Both at once: a program that waits to be read from on one must not be left waiting.
void read_both(Pipe& out, Pipe& error, ProcessOutcome& outcome) {
  while (out.ends[0] >= 0 || error.ends[0] >= 0) {
    std::array<pollfd, 2> waits = {{{out.ends[0], POLLIN, 0}, {error.ends[0], POLLIN, 0}}};
    if (poll(waits.data(), waits.size(), -1) < 0) continue;  // EINTR
    if (waits[0].revents != 0 && !out.read_some(outcome.out)) out.close_end(0);
    if (waits[1].revents != 0 && !error.read_some(outcome.error)) error.close_end(0);
  }
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

ProcessOutcome run_daxlab(const std::vector<std::string>& arguments,
                          const std::vector<std::string>& environment) {
  std::vector<std::string> words = {DAXLAB_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environment;
  for (char** variable = environ; *variable != nullptr; ++variable) variables.push_back(*variable);

  Pipe out, error;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, error.ends[1], STDERR_FILENO);
  pid_t process = -1;
  const int problem = posix_spawn(&process, words[0].c_str(), &actions, nullptr,
                                  pointers_to(words).data(), pointers_to(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  EXPECT_EQ(problem, 0) << words[0] << ": " << std::strerror(problem);
  ProcessOutcome outcome;
  if (problem != 0) return outcome;

  out.close_end(1);
  error.close_end(1);
  read_both(out, error, outcome);
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) outcome.exit_status = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) outcome.signal_number = WTERMSIG(status);
  return outcome;
}

}  // namespace daxlab
