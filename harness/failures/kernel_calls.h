// Calls of the core to the kernel, and to operator new, that fail when a test wants it. Programs
// that link this put it in between by the linker's --wrap: the product has no seam for it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace daxlab {

enum class CallKind : uint32_t {
  mmap,
  munmap,
  mprotect,
  madvise,
  ioctl,
  fallocate,
  memfd_create,
  ftruncate,
  userfaultfd,
  allocation,  // operator new
  count
};
const char* name_of(CallKind kind);

struct FailurePlan {
  // Which calls fail, counted from 1 over all kinds, or over those of one; 0: none.
  uint64_t first = 0;
  uint64_t second = 0;
  bool all_from_first = false;
  CallKind only = CallKind::count;  // count: all
  // Which of the errors that such a call can give, by the kind's own list, round and round.
  uint32_t choice = 0;
  // Userfaultfd is refused always, as by a system call filter; that is not counted.
  bool userfaultfd_forbidden = false;
  // A fallocate that fails has done half of it, as on a file system that becomes full on the way.
  bool fallocate_does_half = false;
};

// What happened since start().
struct CallCount {
  uint64_t calls = 0;
  std::array<uint64_t, static_cast<size_t>(CallKind::count)> calls_of{};
  uint64_t failed = 0;
  uint64_t choices = 1;  // errors that the call number `first` had to choose from
  std::array<uint64_t, static_cast<size_t>(CallKind::count)> failed_of{};
  // All but those of operator new.
  uint64_t kernel_calls() const {
    return calls - calls_of[static_cast<size_t>(CallKind::allocation)];
  }
  // "madvise, call 17": the last one that failed; empty when none did.
  std::string last_failed() const;
  CallKind last_kind = CallKind::count;
  uint64_t last_number = 0;
};

// One thread at a time has a plan. Calls count, and can fail, in that thread while an Armed lives.
void start(const FailurePlan& plan);
const CallCount& calls_so_far();
// What the last of these calls of mmap() that asked for so many bytes was given; of the last 16,
// or else empty.
std::span<std::byte> memory_given(size_t length_bytes);

class Armed {
 public:
  Armed();
  ~Armed();
  Armed(const Armed&) = delete;
  Armed& operator=(const Armed&) = delete;
};

}  // namespace daxlab
