#include "harness/run/system_call_filter.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "core/base/errno_status.h"

namespace daxlab {
namespace {

constexpr uint16_t load = BPF_LD | BPF_W | BPF_ABS;
constexpr uint16_t jump_if_equal = BPF_JMP | BPF_JEQ | BPF_K;
constexpr uint16_t jump_if_at_least = BPF_JMP | BPF_JGE | BPF_K;
constexpr uint16_t answer = BPF_RET | BPF_K;
constexpr uint32_t first_x32_number = 0x40000000;  // of the same architecture, says the kernel

// No mitigation of speculation comes with the filter: times are to compare with those without it.
bool install(const sock_fprog& filter) {
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &filter) ==
         0;
}

Error no_filter(int error_number) {
  return error_from_errno("system call filters (seccomp) are not to be had here", error_number);
}

}  // namespace

// It reads nothing but architecture and number, so the kernel works out once which calls it allows,
// and does not run it for those.
std::optional<Error> forbid_system_call(int number, int error_number) {
  const uint32_t refusal = SECCOMP_RET_ERRNO | (static_cast<uint32_t>(error_number) & 0xffff);
  std::array<sock_filter, 7> program = {{
      {load, 0, 0, offsetof(seccomp_data, arch)},
      {jump_if_equal, 0, 4, AUDIT_ARCH_X86_64},
      {load, 0, 0, offsetof(seccomp_data, nr)},
      {jump_if_at_least, 2, 0, first_x32_number},
      {jump_if_equal, 1, 0, static_cast<uint32_t>(number)},
      {answer, 0, 0, SECCOMP_RET_ALLOW},
      {answer, 0, 0, refusal},
  }};
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return error_from_errno("prctl(PR_SET_NO_NEW_PRIVS)", errno);
  }
  if (!install(filter)) return no_filter(errno);
  return std::nullopt;
}

std::optional<Error> forbid_userfaultfd() {
  const auto error = forbid_system_call(SYS_userfaultfd, EPERM);
  if (!error) return std::nullopt;
  return Error{"userfaultfd cannot be forbidden: " + error->message};
}

std::optional<Error> check_system_call_filter() {
  uint32_t action = SECCOMP_RET_ERRNO;
  if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0) return std::nullopt;
  return no_filter(errno);
}

}  // namespace daxlab
