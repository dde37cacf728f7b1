#include "harness/end_to_end/daxlab_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

extern char** environ;

namespace daxlab {
namespace {

void close_stream(int& fd) {
  if (fd >= 0) close(fd);
  fd = -1;
}

// False at the end of what was written.
bool read_some(int fd, std::string& into) {
  std::array<char, 4096> buffer;
  const ssize_t got = read(fd, buffer.data(), buffer.size());
  if (got > 0) into.append(buffer.data(), static_cast<size_t>(got));
  return got > 0 || (got < 0 && errno == EINTR);
}

// Both at once: a program that waits to be read from on one must not be left waiting.
void read_both(std::array<int, 2>& streams, ProcessOutcome& outcome) {
  while (streams[0] >= 0 || streams[1] >= 0) {
    std::array<pollfd, 2> waits = {{{streams[0], POLLIN, 0}, {streams[1], POLLIN, 0}}};
    if (poll(waits.data(), waits.size(), -1) < 0) continue;  // EINTR
    if (waits[0].revents != 0 && !read_some(streams[0], outcome.out)) close_stream(streams[0]);
    if (waits[1].revents != 0 && !read_some(streams[1], outcome.error)) close_stream(streams[1]);
  }
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

RunningProgram RunningProgram::daxlab(const std::vector<std::string>& arguments,
                                      const std::vector<std::string>& environment) {
  std::vector<std::string> words = {DAXLAB_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return RunningProgram(std::move(words), environment);
}

RunningProgram RunningProgram::shell(const std::string& line) {
  return RunningProgram({"/bin/sh", "-c", line}, {});
}

RunningProgram RunningProgram::of(const std::vector<std::string>& words,
                                  const std::vector<std::string>& environment) {
  return RunningProgram(words, environment);
}

RunningProgram::RunningProgram(std::vector<std::string> words, std::vector<std::string> variables) {
  for (char** variable = environ; *variable != nullptr; ++variable) variables.push_back(*variable);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  std::array<int, 2> written = {-1, -1};
  for (size_t i = 0; i < 2; ++i) {
    std::array<int, 2> ends = {-1, -1};
    EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0) << std::strerror(errno);
    streams_[i] = ends[0];
    written[i] = ends[1];
    const int standard = i == 0 ? STDOUT_FILENO : STDERR_FILENO;
    posix_spawn_file_actions_adddup2(&actions, ends[1], standard);
  }
  const int problem = posix_spawn(&process_, words[0].c_str(), &actions, &attributes,
                                  pointers_to(words).data(), pointers_to(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  for (int& fd : written) close_stream(fd);
  EXPECT_EQ(problem, 0) << words[0] << ": " << std::strerror(problem);
  if (problem != 0) process_ = -1;
}

RunningProgram::~RunningProgram() {
  if (process_ > 0) {
    kill(-process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  for (int& fd : streams_) close_stream(fd);
}

void RunningProgram::signal(int number) const {
  ASSERT_GT(process_, 0);
  EXPECT_EQ(kill(process_, number), 0) << std::strerror(errno);
}

void RunningProgram::signal_group(int number) const {
  ASSERT_GT(process_, 0);
  EXPECT_EQ(kill(-process_, number), 0) << std::strerror(errno);
}

ProcessOutcome RunningProgram::wait() {
  ProcessOutcome outcome;
  if (process_ < 0) return outcome;
  read_both(streams_, outcome);
  int status = 0;
  while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  process_ = -1;
  if (WIFEXITED(status)) outcome.exit_status = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) outcome.signal_number = WTERMSIG(status);
  return outcome;
}

ProcessOutcome run_daxlab(const std::vector<std::string>& arguments,
                          const std::vector<std::string>& environment) {
  return RunningProgram::daxlab(arguments, environment).wait();
}

}  // namespace daxlab
