#include "harness/failures/kernel_calls.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <span>

namespace daxlab {
namespace {

FailurePlan failure_plan;
CallCount calls_made;
// Signal handlers read it: no allocation at the first touch.
constinit thread_local uint32_t armed_depth __attribute__((tls_model("initial-exec"))) = 0;

std::span<const int> errors_of(CallKind kind) {
  static constexpr std::array<int, 1> no_memory = {ENOMEM};
  static constexpr std::array<int, 2> of_mmap = {ENOMEM, EAGAIN};
  static constexpr std::array<int, 3> of_madvise = {EINVAL, ENOMEM, EAGAIN};
  static constexpr std::array<int, 3> of_ioctl = {ENOMEM, EAGAIN, EINVAL};
  static constexpr std::array<int, 3> of_fallocate = {ENOSPC, ENOMEM, EINTR};
  static constexpr std::array<int, 2> of_memfd = {EMFILE, ENOMEM};
  static constexpr std::array<int, 2> of_userfaultfd = {EMFILE, EPERM};
  switch (kind) {
    case CallKind::mmap:
      return of_mmap;
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
    case CallKind::mprotect:
    case CallKind::ftruncate:
    case CallKind::allocation:
    case CallKind::count:
      break;
  }
  return no_memory;
}

// True: this call fails, with errno set.
bool fails(CallKind kind) {
  if (armed_depth == 0) return false;
  uint64_t number = ++calls_made.calls;
  if (number == failure_plan.first) calls_made.choices = errors_of(kind).size();
  bool chosen =
      number == failure_plan.first || (failure_plan.second != 0 && number == failure_plan.second) ||
      (failure_plan.all_from_first && failure_plan.first != 0 && number > failure_plan.first);
  if (!chosen) return false;
  ++calls_made.failed;
  ++calls_made.failed_of[static_cast<size_t>(kind)];
  calls_made.last_kind = kind;
  calls_made.last_number = number;
  std::span<const int> errors = errors_of(kind);
  errno = errors[failure_plan.choice % errors.size()];
  return true;
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
}

const CallCount& calls_so_far() { return calls_made; }

Armed::Armed() { ++armed_depth; }
Armed::~Armed() { --armed_depth; }

}  // namespace daxlab

// NOLINTBEGIN: names that the linker gives
extern "C" {

void* __real_mmap(void* at, size_t length, int protection, int flags, int descriptor, off_t offset);
void* __wrap_mmap(void* at, size_t length, int protection, int flags, int descriptor,
                  off_t offset) {
  if (daxlab::fails(daxlab::CallKind::mmap)) return MAP_FAILED;
  return __real_mmap(at, length, protection, flags, descriptor, offset);
}

int __real_munmap(void* at, size_t length);
int __wrap_munmap(void* at, size_t length) {
  return daxlab::fails(daxlab::CallKind::munmap) ? -1 : __real_munmap(at, length);
}

int __real_mprotect(void* at, size_t length, int protection);
int __wrap_mprotect(void* at, size_t length, int protection) {
  return daxlab::fails(daxlab::CallKind::mprotect) ? -1 : __real_mprotect(at, length, protection);
}

int __real_madvise(void* at, size_t length, int advice);
int __wrap_madvise(void* at, size_t length, int advice) {
  return daxlab::fails(daxlab::CallKind::madvise) ? -1 : __real_madvise(at, length, advice);
}

int __real_ioctl(int descriptor, unsigned long request, void* argument);
int __wrap_ioctl(int descriptor, unsigned long request, void* argument) {
  return daxlab::fails(daxlab::CallKind::ioctl) ? -1 : __real_ioctl(descriptor, request, argument);
}

int __real_fallocate(int descriptor, int mode, off_t offset, off_t length);
int __wrap_fallocate(int descriptor, int mode, off_t offset, off_t length) {
  return daxlab::fails(daxlab::CallKind::fallocate)
             ? -1
             : __real_fallocate(descriptor, mode, offset, length);
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
