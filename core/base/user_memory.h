// Loads from and stores to memory of the caller, which may not be there: each says whether it could
// be done.
//
// Every such instruction stands in a table, a section of the program. Where one raises SIGSEGV or
// SIGBUS and no page fault handler serves it, our signal handlers look it up and let the thread go
// on behind it, with the carry flag set: the exception tables of Linux, in user space. So a
// caller's address can raise no signal that anybody sees, and no handler of the program can jump
// out of a function of ours that holds a lock or a pin.
//
// Against a jump buffer for each operation: an access that goes well pays for nothing but a flag
// that is cleared and asked for; there is no state of the thread, so simulated threads may change
// in between; and no frame is left by a jump, of which a sanitizer would have to be told.
#pragma once

#include <emmintrin.h>

#include <csignal>
#include <cstddef>
#include <cstdint>

namespace daxlab {

// What one entry of the table stands for at most: more would take registers that have to be saved
// first.
struct FourWords {
  uint64_t words[4];
};

// For handlers of SIGSEGV and SIGBUS, before anybody else is asked about a fault that was not
// served. True: it was one of the accesses below, and the handler just returns. Signal-safe.
bool skip_user_access(const siginfo_t& info, void* context) noexcept;

// All below: any thread whose SIGSEGV and SIGBUS are not blocked, after install_fault_handlers()
// (core/base/bus_error.h). false: not done, nothing was stored. Addresses need no alignment; a
// word at an aligned address is moved whole, four of them in ascending order.

// How many bytes from the start of the range on can be read: up to the first page that cannot. Of
// each page one is touched, and its fault taken.
uint64_t readable_user_bytes(const void* from, uint64_t length_bytes) noexcept;
// The same for stores; changes nothing, and no store of another thread is lost.
uint64_t writable_user_bytes(void* to, uint64_t length_bytes) noexcept;
// How many bytes could be zeroed, by an instruction that takes its time to begin.
uint64_t zero_user_bytes(void* to, uint64_t length_bytes) noexcept;

// "a?": goes where the function goes that it is in, if the linker drops that.
#define DAXLAB_USER_ACCESS(instructions)                 \
  "clc\n"                                                \
  "1:\n\t" instructions                                  \
  "\n"                                                   \
  "2:\n\t"                                               \
  ".pushsection daxlab_user_access,\"a?\",@progbits\n\t" \
  ".balign 4\n\t"                                        \
  ".long 1b - .\n\t"                                     \
  ".long 2b - .\n\t"                                     \
  ".popsection"

[[gnu::always_inline]] inline bool load_user_byte(const std::byte* from,
                                                  std::byte& value) noexcept {
  uint8_t loaded;
  bool failed;
  asm volatile(DAXLAB_USER_ACCESS("movb (%[from]), %[loaded]")
               : "=@ccc"(failed), [loaded] "=&q"(loaded)
               : [from] "r"(from)
               : "memory");
  value = std::byte{loaded};
  return !failed;
}

[[gnu::always_inline]] inline bool load_user_word(const std::byte* from, uint64_t& value) noexcept {
  bool failed;
  asm volatile(DAXLAB_USER_ACCESS("movq (%[from]), %[value]")
               : "=@ccc"(failed), [value] "=&r"(value)
               : [from] "r"(from)
               : "memory");
  return !failed;
}

[[gnu::always_inline]] inline bool load_four_user_words(const std::byte* from,
                                                        FourWords& value) noexcept {
  bool failed;
  asm volatile(DAXLAB_USER_ACCESS("movq (%[from]), %[w0]\n\t"
                                  "movq 8(%[from]), %[w1]\n\t"
                                  "movq 16(%[from]), %[w2]\n\t"
                                  "movq 24(%[from]), %[w3]")
               : "=@ccc"(failed), [w0] "=&r"(value.words[0]), [w1] "=&r"(value.words[1]),
                 [w2] "=&r"(value.words[2]), [w3] "=&r"(value.words[3])
               : [from] "r"(from)
               : "memory");
  return !failed;
}

[[gnu::always_inline]] inline bool store_user_byte(std::byte* to, std::byte value) noexcept {
  bool failed;
  asm volatile(DAXLAB_USER_ACCESS("movb %[value], (%[to])")
               : "=@ccc"(failed)
               : [to] "r"(to), [value] "q"(static_cast<uint8_t>(value))
               : "memory");
  return !failed;
}

[[gnu::always_inline]] inline bool store_user_word(std::byte* to, uint64_t value) noexcept {
  bool failed;
  asm volatile(DAXLAB_USER_ACCESS("movq %[value], (%[to])")
               : "=@ccc"(failed)
               : [to] "r"(to), [value] "r"(value)
               : "memory");
  return !failed;
}

// false: some of them may be stored.
[[gnu::always_inline]] inline bool store_four_user_words(std::byte* to,
                                                         const FourWords& value) noexcept {
  bool failed;
  asm volatile(DAXLAB_USER_ACCESS("movq %[w0], (%[to])\n\t"
                                  "movq %[w1], 8(%[to])\n\t"
                                  "movq %[w2], 16(%[to])\n\t"
                                  "movq %[w3], 24(%[to])")
               : "=@ccc"(failed)
               : [to] "r"(to), [w0] "r"(value.words[0]), [w1] "r"(value.words[1]),
                 [w2] "r"(value.words[2]), [w3] "r"(value.words[3])
               : "memory");
  return !failed;
}

// false: some of the 64 bytes may be zeros.
[[gnu::always_inline]] inline bool zero_user_line(std::byte* to) noexcept {
  bool failed;
  asm volatile(DAXLAB_USER_ACCESS("movups %[zero], (%[to])\n\t"
                                  "movups %[zero], 16(%[to])\n\t"
                                  "movups %[zero], 32(%[to])\n\t"
                                  "movups %[zero], 48(%[to])")
               : "=@ccc"(failed)
               : [to] "r"(to), [zero] "x"(_mm_setzero_si128())
               : "memory");
  return !failed;
}

}  // namespace daxlab
