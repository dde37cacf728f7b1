#include "harness/run/system_call_filter.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <functional>
#include <string>

#include "core/registry/child_process.h"

namespace daxlab {
namespace {

// What `body` says, run where a filter does no harm to the other tests.
std::string in_filtered_child(const std::function<std::string()>& body) {
  const auto outcome = run_in_child(
      [&](int descriptor) {
        const std::string said = body();
        const ssize_t written = write(descriptor, said.data(), said.size());
        if (written != static_cast<ssize_t>(said.size())) _exit(1);
      },
      std::chrono::seconds(60));
  if (!outcome.ok()) return outcome.error().message;
  if (outcome.value().exit_status != 0) return outcome.value().describe_end();
  return outcome.value().written;
}

std::string errno_of(long number) {
  errno = 0;
  const long answer = syscall(number);
  return std::to_string(answer) + " " + std::to_string(errno);
}

std::string message_of(const std::optional<Error>& error) { return error ? error->message : "ok"; }

// "Seccomp_filters:	0"
std::string filters_of_this_process() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("Seccomp_filters:")) return line;
  }
  return "the kernel does not count filters";
}

TEST(SystemCallFilter, AForbiddenCallAnswersItsErrorAndOthersAreAsBefore) {
  EXPECT_EQ(in_filtered_child([] {
              const std::string parent = errno_of(SYS_getppid);
              const auto error = forbid_system_call(SYS_getuid, EXDEV);
              return message_of(error) + ", " + errno_of(SYS_getuid) +
                     (errno_of(SYS_getppid) == parent ? ", same parent" : ", other parent");
            }),
            "ok, -1 " + std::to_string(EXDEV) + ", same parent");
}

TEST(SystemCallFilter, NumbersThatAreNotThoseOfX86_64AreNoWayAround) {
  constexpr long x32 = 0x40000000;
  EXPECT_EQ(in_filtered_child([] {
              const auto error = forbid_system_call(SYS_getuid, EXDEV);
              return message_of(error) + ", " + errno_of(SYS_getuid | x32) + ", " +
                     errno_of(SYS_getppid | x32);
            }),
            "ok, -1 " + std::to_string(EXDEV) + ", -1 " + std::to_string(EXDEV));
}

TEST(SystemCallFilter, UserfaultfdIsNotPermitted) {
  EXPECT_EQ(in_filtered_child([] {
              const auto error = forbid_userfaultfd();
              return message_of(error) + ", " + errno_of(SYS_userfaultfd);
            }),
            "ok, -1 " + std::to_string(EPERM));
}

TEST(SystemCallFilter, CheckingInstallsNone) {
  const std::string before = filters_of_this_process();
  EXPECT_EQ(message_of(check_system_call_filter()), "ok");
  EXPECT_EQ(filters_of_this_process(), before);
}

TEST(SystemCallFilter, WhereThereIsNoneThatIsSaid) {
  const std::string lacking =
      "system call filters (seccomp) are not to be had here: Function not implemented";
  EXPECT_EQ(in_filtered_child([] {
              const auto error = forbid_system_call(SYS_seccomp, ENOSYS);
              return message_of(error) + "\n" + message_of(check_system_call_filter()) + "\n" +
                     message_of(forbid_userfaultfd());
            }),
            "ok\n" + lacking + "\nuserfaultfd cannot be forbidden: " + lacking);
}

}  // namespace
}  // namespace daxlab
