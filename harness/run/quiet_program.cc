#include "harness/run/quiet_program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>

#include "core/base/errno_status.h"
#include "harness/run/standard_streams.h"

extern char** environ;

namespace daxlab {

ErrorOr<int> run_quietly(std::vector<std::string> words, int output, int kept) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  if (kept >= 0) posix_spawn_file_actions_adddup2(&actions, kept, kept);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  const sigset_t ours = write_signals();  // what daxlab ignores is nothing that compilers should
  posix_spawnattr_setsigdefault(&attributes, &ours);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t child = -1;
  const int problem =
      posix_spawnp(&child, pointers[0], &actions, &attributes, pointers.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (problem != 0) return error_from_errno(words.front(), problem);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

void show_on_stderr(int output) {
  lseek(output, 0, SEEK_SET);
  std::array<char, 4096> buffer;
  for (ssize_t got = 0; (got = read(output, buffer.data(), buffer.size())) > 0;) {
    print_to(stderr, {buffer.data(), static_cast<size_t>(got)});
  }
}

}  // namespace daxlab
