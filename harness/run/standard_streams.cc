#include "harness/run/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <initializer_list>
#include <string>

#include "core/base/printable.h"

namespace daxlab {
namespace {

constexpr auto signals_of_writes = {SIGPIPE, SIGXFSZ};

}  // namespace

void take_standard_streams() {
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(number, F_GETFD) != -1) continue;
    // The lowest number that is free, which this is. Not closed by exec: programs that daxlab
    // becomes, or starts, have streams for the same reason.
    if (open("/dev/null", O_RDONLY) != number) _exit(1);
  }
  for (const int number : signals_of_writes) signal(number, SIG_IGN);
}

void restore_write_signals() {
  for (const int number : signals_of_writes) signal(number, SIG_DFL);
}

sigset_t write_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : signals_of_writes) sigaddset(&signals, number);
  return signals;
}

void print_to(std::FILE* stream, std::string_view text) {
  const std::string shown = printable_lines(text);
  std::fwrite(shown.data(), 1, shown.size(), stream);  // ferror() knows
}

bool send_output() {
  std::fflush(stdout);
  return std::ferror(stdout) == 0 && std::ferror(stderr) == 0;
}

}  // namespace daxlab
