// Calls of the core to the kernel, and to operator new, that fail when a test wants it. Programs
// that link this put it in between by the linker's --wrap: the product has no seam for it.
#pragma once

#include <array>
#include <cstdint>
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
  // Which calls fail, counted from 1 over all kinds; 0: none.
  uint64_t first = 0;
  uint64_t second = 0;
  bool all_from_first = false;
  // Which of the errors that such a call can give, by the kind's own list, round and round.
  uint32_t choice = 0;
  // Userfaultfd is refused always, as by a system call filter; that is not counted.
  bool userfaultfd_forbidden = false;
};

// What happened since start().
struct CallCount {
  uint64_t calls = 0;
  uint64_t failed = 0;
  uint64_t choices = 1;  // errors that the call number `first` had to choose from
  std::array<uint64_t, static_cast<size_t>(CallKind::count)> failed_of{};
  // "madvise, call 17": the last one that failed; empty when none did.
  std::string last_failed() const;
  CallKind last_kind = CallKind::count;
  uint64_t last_number = 0;
};

// One thread at a time has a plan. Calls count, and can fail, in that thread while an Armed lives.
void start(const FailurePlan& plan);
const CallCount& calls_so_far();

class Armed {
 public:
  Armed();
  ~Armed();
  Armed(const Armed&) = delete;
  Armed& operator=(const Armed&) = delete;
};

}  // namespace daxlab
