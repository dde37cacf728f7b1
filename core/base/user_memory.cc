#include "core/base/user_memory.h"

#include <ucontext.h>

#include "daxlab/types.h"

namespace daxlab {

// From where each number stands to the first instruction, and to the one behind the last.
struct UserAccess {
  int32_t start;
  int32_t end;

  static uint64_t address(const int32_t& number) {
    return reinterpret_cast<uintptr_t>(&number) + static_cast<uint64_t>(int64_t{number});
  }
  bool has(uint64_t instruction) const {
    return instruction >= address(start) && instruction < address(end);
  }
};

// Names that the linker makes for a section of this name.
extern "C" const UserAccess __start_daxlab_user_access[] __attribute__((visibility("hidden")));
extern "C" const UserAccess __stop_daxlab_user_access[] __attribute__((visibility("hidden")));

namespace {

// What was sent, and what the kernel tells of memory that nobody has touched, comes at any
// instruction.
bool raised_by_access(const siginfo_t& info) {
  return info.si_code > 0 && !(info.si_signo == SIGBUS && info.si_code == BUS_MCEERR_AO);
}

uint64_t bytes_in_page_from(const std::byte* address) {
  return page_bytes - reinterpret_cast<uintptr_t>(address) % page_bytes;
}

// `touch` is called with one byte of each page.
template <class Byte, class Touch>
uint64_t touched_bytes(Byte* start, uint64_t length_bytes, Touch touch) {
  uint64_t at = 0;
  while (at < length_bytes) {
    if (!touch(start + at)) return at;
    at += bytes_in_page_from(start + at);
  }
  return length_bytes;
}

}  // namespace

bool skip_user_access(const siginfo_t& info, void* context) noexcept {
  if (!raised_by_access(info)) return false;
  constexpr greg_t carry_flag = 1;
  greg_t* registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
  const auto instruction = static_cast<uint64_t>(registers[REG_RIP]);
  for (const UserAccess* access = __start_daxlab_user_access; access != __stop_daxlab_user_access;
       ++access) {
    if (!access->has(instruction)) continue;
    registers[REG_RIP] = static_cast<greg_t>(UserAccess::address(access->end));
    registers[REG_EFL] |= carry_flag;
    return true;
  }
  return false;
}

uint64_t readable_user_bytes(const void* from, uint64_t length_bytes) noexcept {
  return touched_bytes(static_cast<const std::byte*>(from), length_bytes, [](const std::byte* at) {
    std::byte value;
    return load_user_byte(at, value);
  });
}

uint64_t writable_user_bytes(void* to, uint64_t length_bytes) noexcept {
  return touched_bytes(static_cast<std::byte*>(to), length_bytes, [](std::byte* at) {
    bool failed;
    asm volatile(DAXLAB_USER_ACCESS("lock orb $0, (%[at])")
                 : "=@ccc"(failed)
                 : [at] "r"(at)
                 : "memory");
    return !failed;
  });
}

uint64_t zero_user_bytes(void* to, uint64_t length_bytes) noexcept {
  uint64_t left_bytes = length_bytes;
  asm volatile(DAXLAB_USER_ACCESS("rep stosb")
               : "+D"(to), "+c"(left_bytes)
               : "a"(0)
               : "memory", "cc");
  return length_bytes - left_bytes;
}

}  // namespace daxlab
