// For tests of what belongs to other users: only root can give a file away, or become another one.
#pragma once

#include <grp.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <functional>
#include <string>

namespace daxlab {

// Of nobody on any machine.
inline constexpr uid_t stranger = 54321;
inline constexpr uid_t visitor = 43210;

// Links too, and not what they lead to.
inline void give_to(uid_t user, const std::filesystem::path& path) {
  ASSERT_EQ(lchown(path.c_str(), user, user), 0) << path << ": " << std::strerror(errno);
}

// Runs `body` in a child that is that user; what it says, or how else it ended.
inline std::string as_user(uid_t user, const std::function<std::string()>& body) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return std::strerror(errno);
  const pid_t child = fork();
  if (child == 0) {
    ::close(ends[0]);
    std::string said = "cannot become another user";
    if (setgroups(0, nullptr) == 0 && setresgid(user, user, user) == 0 &&
        setresuid(user, user, user) == 0) {
      said = body();
    }
    const bool sent = ::write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size());
    _exit(sent ? 0 : 1);
  }
  ::close(ends[1]);
  std::string said;
  std::array<char, 4096> buffer;
  for (ssize_t count = 0; (count = ::read(ends[0], buffer.data(), buffer.size())) > 0;) {
    said.append(buffer.data(), static_cast<size_t>(count));
  }
  ::close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) said += " (the child did not end well)";
  return said;
}

}  // namespace daxlab

// Ends the test with the reason.
#define SKIP_UNLESS_ROOT() \
  if (geteuid() != 0) GTEST_SKIP() << "only root can give files to other users, or become one"
