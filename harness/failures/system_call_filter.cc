#include "harness/failures/system_call_filter.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace daxlab {

bool forbid_system_call(int number, int error_number) {
  constexpr uint16_t load = BPF_LD | BPF_W | BPF_ABS;
  constexpr uint16_t jump_if_equal = BPF_JMP | BPF_JEQ | BPF_K;
  constexpr uint16_t answer = BPF_RET | BPF_K;
  const uint32_t refusal = SECCOMP_RET_ERRNO | (static_cast<uint32_t>(error_number) & 0xffff);
  std::array<sock_filter, 6> program = {{
      {load, 0, 0, offsetof(seccomp_data, arch)},
      {jump_if_equal, 0, 2, AUDIT_ARCH_X86_64},
      {load, 0, 0, offsetof(seccomp_data, nr)},
      {jump_if_equal, 1, 0, static_cast<uint32_t>(number)},
      {answer, 0, 0, SECCOMP_RET_ALLOW},
      {answer, 0, 0, refusal},
  }};
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) == 0;
}

}  // namespace daxlab
