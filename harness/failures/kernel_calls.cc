#include "harness/failures/kernel_calls.h"

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <span>

#include "daxlab/types.h"

namespace daxlab {
namespace {

FailurePlan failure_plan;
CallCount calls_made;
std::array<std::span<std::byte>, 16> given;
size_t times_given = 0;
// Signal handlers read it: no allocation at the first touch.
constinit thread_local uint32_t armed_depth __attribute__((tls_model("initial-exec"))) = 0;

// Not an error but half of what was asked for, and then ENOMEM: of a range the kernel may have done
// a part when it finds that it cannot go on.
constexpr int half_done = -1;

std::span<const int> errors_of(CallKind kind) {
  static constexpr std::array<int, 1> no_memory = {ENOMEM};
  static constexpr std::array<int, 2> of_mmap = {ENOMEM, EAGAIN};
  static constexpr std::array<int, 2> of_mprotect = {ENOMEM, half_done};
  static constexpr std::array<int, 4> of_madvise = {EINVAL, ENOMEM, EAGAIN, half_done};
  static constexpr std::array<int, 4> of_ioctl = {ENOMEM, EAGAIN, EINVAL, half_done};
  static constexpr std::array<int, 3> of_fallocate = {ENOSPC, ENOMEM, EINTR};
  static constexpr std::array<int, 2> of_memfd = {EMFILE, ENOMEM};
  static constexpr std::array<int, 2> of_userfaultfd = {EMFILE, EPERM};
  switch (kind) {
    case CallKind::mmap:
      return of_mmap;
    case CallKind::mprotect:
      return of_mprotect;
    case CallKind::madvise:
      return of_madvise;
    case CallKind::ioctl:
      return of_ioctl;
    case CallKind::fallocate:
      return of_fallocate;
    case CallKind::memfd_create:
      return of_memfd;
    case CallKind::userfaultfd:
      return of_userfaultfd;
    case CallKind::munmap:
    case CallKind::ftruncate:
    case CallKind::allocation:
    case CallKind::count:
      break;
  }
  return no_memory;
}

void note_given(void* at, size_t length_bytes) {
  if (armed_depth == 0 || at == MAP_FAILED) return;
  given[times_given++ % given.size()] = {static_cast<std::byte*>(at), length_bytes};
}

// What the call comes to: 0, an error of errors_of, or half_done.
int failure_of(CallKind kind) {
  if (armed_depth == 0) return 0;
  if (failure_plan.only != CallKind::count && failure_plan.only != kind) return 0;
  uint64_t number = ++calls_made.calls;
  ++calls_made.calls_of[static_cast<size_t>(kind)];
  if (number == failure_plan.first) calls_made.choices = errors_of(kind).size();
  bool chosen =
      number == failure_plan.first || (failure_plan.second != 0 && number == failure_plan.second) ||
      (failure_plan.all_from_first && failure_plan.first != 0 && number > failure_plan.first);
  if (!chosen) return 0;
  ++calls_made.failed;
  ++calls_made.failed_of[static_cast<size_t>(kind)];
  calls_made.last_kind = kind;
  calls_made.last_number = number;
  std::span<const int> errors = errors_of(kind);
  return errors[failure_plan.choice % errors.size()];
}

// True: this call fails, with errno set.
bool fails(CallKind kind) {
  const int failure = failure_of(kind);
  if (failure != 0) errno = failure;
  return failure != 0;
}

// A call over a range, by `call(length)`.
template <class Call>
int on_range(CallKind kind, uint64_t length_bytes, Call call) {
  const int failure = failure_of(kind);
  if (failure == 0) return call(length_bytes);
  const uint64_t half_bytes = length_bytes / page_bytes / 2 * page_bytes;
  if (failure == half_done && half_bytes > 0) call(half_bytes);
  errno = failure == half_done ? ENOMEM : failure;
  return -1;
}

}  // namespace

const char* name_of(CallKind kind) {
  static constexpr std::array<const char*, static_cast<size_t>(CallKind::count) + 1> names = {
      "mmap",         "munmap",    "mprotect",    "madvise",      "ioctl", "fallocate",
      "memfd_create", "ftruncate", "userfaultfd", "operator new", "none"};
  return names[static_cast<size_t>(kind)];
}

std::string CallCount::last_failed() const {
  if (failed == 0) return {};
  return std::string(name_of(last_kind)) + ", call " + std::to_string(last_number);
}

void start(const FailurePlan& wanted) {
  failure_plan = wanted;
  calls_made = {};
  given = {};
}

const CallCount& calls_so_far() { return calls_made; }

std::span<std::byte> memory_given(size_t length_bytes) {
  for (size_t i = 1; i <= given.size() && i <= times_given; ++i) {
    const std::span<std::byte> memory = given[(times_given - i) % given.size()];
    if (memory.size() == length_bytes) return memory;
  }
  return {};
}

Armed::Armed() { ++armed_depth; }
Armed::~Armed() { --armed_depth; }

}  // namespace daxlab

// NOLINTBEGIN: names that the linker gives
extern "C" {

void* __real_mmap(void* at, size_t length, int protection, int flags, int descriptor, off_t offset);
void* __wrap_mmap(void* at, size_t length, int protection, int flags, int descriptor,
                  off_t offset) {
  if (daxlab::fails(daxlab::CallKind::mmap)) return MAP_FAILED;
  void* memory = __real_mmap(at, length, protection, flags, descriptor, offset);
  daxlab::note_given(memory, length);
  return memory;
}

int __real_munmap(void* at, size_t length);
int __wrap_munmap(void* at, size_t length) {
  return daxlab::fails(daxlab::CallKind::munmap) ? -1 : __real_munmap(at, length);
}

int __real_mprotect(void* at, size_t length, int protection);
int __wrap_mprotect(void* at, size_t length, int protection) {
  return daxlab::on_range(daxlab::CallKind::mprotect, length,
                          [&](uint64_t part) { return __real_mprotect(at, part, protection); });
}

int __real_madvise(void* at, size_t length, int advice);
int __wrap_madvise(void* at, size_t length, int advice) {
  return daxlab::on_range(daxlab::CallKind::madvise, length,
                          [&](uint64_t part) { return __real_madvise(at, part, advice); });
}

int __real_ioctl(int descriptor, unsigned long request, void* argument);
int __wrap_ioctl(int descriptor, unsigned long request, void* argument) {
  constexpr unsigned long number_of_api = 0x3f;  // UFFDIO_API
  if (_IOC_NR(request) == number_of_api) {
    return daxlab::fails(daxlab::CallKind::ioctl) ? -1
                                                  : __real_ioctl(descriptor, request, argument);
  }
  // All others of userfaultfd's begin with their range.
  struct Range {
    uint64_t start, length;
  };
  auto* range = static_cast<Range*>(argument);
  const uint64_t length = range->length;
  const int done = daxlab::on_range(daxlab::CallKind::ioctl, length, [&](uint64_t part) {
    range->length = part;
    return __real_ioctl(descriptor, request, argument);
  });
  range->length = length;
  return done;
}

int __real_fallocate(int descriptor, int mode, off_t offset, off_t length);
int __wrap_fallocate(int descriptor, int mode, off_t offset, off_t length) {
  if (!daxlab::fails(daxlab::CallKind::fallocate)) {
    return __real_fallocate(descriptor, mode, offset, length);
  }
  const int error_number = errno;
  if (daxlab::failure_plan.fallocate_does_half) {
    __real_fallocate(descriptor, mode, offset, length / 2);
  }
  errno = error_number;
  return -1;
}

int __real_memfd_create(const char* name, unsigned flags);
int __wrap_memfd_create(const char* name, unsigned flags) {
  return daxlab::fails(daxlab::CallKind::memfd_create) ? -1 : __real_memfd_create(name, flags);
}

int __real_ftruncate(int descriptor, off_t length);
int __wrap_ftruncate(int descriptor, off_t length) {
  return daxlab::fails(daxlab::CallKind::ftruncate) ? -1 : __real_ftruncate(descriptor, length);
}

long __real_syscall(long number, long a, long b, long c, long d, long e, long f);
long __wrap_syscall(long number, long a, long b, long c, long d, long e, long f) {
  if (number == SYS_mmap && daxlab::fails(daxlab::CallKind::mmap)) return -1;
  if (number == SYS_userfaultfd) {
    if (daxlab::failure_plan.userfaultfd_forbidden) {
      errno = EPERM;
      return -1;
    }
    if (daxlab::fails(daxlab::CallKind::userfaultfd)) return -1;
  }
  return __real_syscall(number, a, b, c, d, e, f);
}

}  // extern "C"
// NOLINTEND

// All but the aligned forms, which a sanitizer would have of its own otherwise.
namespace {

void* allocated(size_t size) noexcept {
  if (daxlab::fails(daxlab::CallKind::allocation)) return nullptr;
  return std::malloc(size == 0 ? 1 : size);
}

void* allocated_or_thrown(size_t size) {
  if (void* memory = allocated(size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(size_t size) { return allocated_or_thrown(size); }
void* operator new[](size_t size) { return allocated_or_thrown(size); }
void* operator new(size_t size, const std::nothrow_t&) noexcept { return allocated(size); }
void* operator new[](size_t size, const std::nothrow_t&) noexcept { return allocated(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
