#include "harness/endurance/last_words.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "core/base/bus_error_words.h"
#include "core/base/errno_status.h"

namespace daxlab {
namespace {

// Signal handlers have no other way to know. The text is whole whenever its length is not 0.
struct Step {
  std::array<char, 500> text{};
  volatile sig_atomic_t length = 0;
  const char* prefix = "";
};
constinit Step step;

void put(const char* text, size_t length) {
  // Nothing can be done about a standard error that takes no more.
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text, length);
}

void on_signal(int number, siginfo_t* info, void* context) {
  const char* what = number == SIGALRM ? "still running at its time limit" : sigabbrev_np(number);
  const char* const killed_by = number == SIGALRM ? "" : "killed by SIG";
  for (const char* part : {step.prefix, ": ", killed_by, what, " in "}) put(part, strlen(part));
  put(step.text.data(), static_cast<size_t>(step.length));
  if (number == SIGBUS) {
    std::array<char, 1024> cause;
    const size_t length = describe_bus_error(bus_error_of(*info, context), cause);
    if (length > 0) put(": ", 2);
    put(cause.data(), length);
  }
  put("\n", 1);
  signal(number, SIG_DFL);
  raise(number);
}

}  // namespace

std::optional<Error> say_last_words(const char* prefix) {
  step.prefix = prefix;
  struct sigaction action {};
  action.sa_sigaction = on_signal;
  action.sa_flags = SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  for (int number : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGALRM}) {
    if (sigaction(number, &action, nullptr) != 0) return error_from_errno("sigaction", errno);
  }
  return std::nullopt;
}

void begin_step(std::string_view name, std::chrono::nanoseconds limit) {
  step.length = 0;
  const size_t length = std::min(name.size(), step.text.size());
  std::memcpy(step.text.data(), name.data(), length);
  step.length = static_cast<sig_atomic_t>(length);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(limit).count();
  alarm(static_cast<unsigned>(std::clamp<int64_t>(seconds, 0, 24 * 3600)));
}

}  // namespace daxlab
