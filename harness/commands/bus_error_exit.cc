#include "harness/commands/bus_error_exit.h"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "harness/commands/command.h"

namespace daxlab {
namespace {

// The handler can be given nothing; what it needs is made before.
std::string& last_words() {
  static std::string words;
  return words;
}

void say_and_exit(int) {
  const std::string& words = last_words();
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, words.data(), words.size());
  _exit(exit_usage);
}

}  // namespace

void exit_on_bus_error(const char* command, const std::filesystem::path& path) {
  last_words() = fmt::format(
      "{}: {}: a part of the file could not be read: it was cut meanwhile, its disk is failing, or "
      "it "
      "has holes and its file system is full\n",
      command, path.string());
  struct sigaction action {};
  action.sa_handler = say_and_exit;
  sigaction(SIGBUS, &action, nullptr);
}

}  // namespace daxlab
