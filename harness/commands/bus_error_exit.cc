#include "harness/commands/bus_error_exit.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <string>

#include "core/base/bus_error_words.h"
#include "harness/commands/command.h"

namespace daxlab {
namespace {

// The handler can be given nothing; what it needs is made before.
std::string& last_words() {
  static std::string words;
  return words;
}

void say_and_exit(int, siginfo_t* info, void* context) {
  std::array<char, 1024> cause;
  size_t length = describe_bus_error(bus_error_of(*info, context), cause);
  if (length == 0)
    length = static_cast<size_t>(std::snprintf(cause.data(), cause.size(), "that somebody sent"));
  cause[std::min(length, cause.size() - 1)] = '\n';
  const std::string& words = last_words();
  [[maybe_unused]] ssize_t written = write(STDERR_FILENO, words.data(), words.size());
  written = write(STDERR_FILENO, cause.data(), std::min(length + 1, cause.size()));
  _exit(exit_usage);
}

}  // namespace

void exit_on_bus_error(const char* command, const std::filesystem::path& path) {
  last_words() =
      fmt::format("{}: {}: a part of the file could not be read: SIGBUS ", command, path.string());
  struct sigaction action {};
  action.sa_sigaction = say_and_exit;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGBUS, &action, nullptr);
}

}  // namespace daxlab
