#include "core/engine/mmu/userfault_door.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/base/errno_status.h"
#include "core/engine/mmu/kernel_mapping.h"

namespace daxlab {
namespace {

constexpr uint64_t wanted_features =
    UFFD_FEATURE_SIGBUS | UFFD_FEATURE_MISSING_SHMEM | UFFD_FEATURE_MINOR_SHMEM;

// One request; bytes done, or errno negated. DONTWAKE: nobody sleeps on the page, since the thread
// that faulted is this one and all others wait for its lock.
int64_t zero_pages(int descriptor, uint64_t address, uint64_t length) noexcept {
  uffdio_zeropage argument{.range = {.start = address, .len = length},
                           .mode = UFFDIO_ZEROPAGE_MODE_DONTWAKE,
                           .zeropage = 0};
  int failed = ioctl(descriptor, UFFDIO_ZEROPAGE, &argument) == 0 ? 0 : errno;
  return argument.zeropage > 0 || failed == 0 ? argument.zeropage : -failed;
}

int64_t continue_pages(int descriptor, uint64_t address, uint64_t length) noexcept {
  uffdio_continue argument{.range = {.start = address, .len = length},
                           .mode = UFFDIO_CONTINUE_MODE_DONTWAKE,
                           .mapped = 0};
  int failed = ioctl(descriptor, UFFDIO_CONTINUE, &argument) == 0 ? 0 : errno;
  return argument.mapped > 0 || failed == 0 ? argument.mapped : -failed;
}

// How often in a row the kernel may ask to come again: it does so while something else changes the
// address space, which passes.
constexpr int most_tries = 10'000;

// Asks for what is left until all is done. The kernel stops early where a page is there (EEXIST:
// what to do then is the caller's) or something holds it up (EAGAIN), and says how far it came. Of
// a request that reaches over the end of a kernel mapping it does nothing (ENOENT): pages that were
// armed together lie in several when what was mapped between them has gone, so that less is asked
// for then. Of one page that answer stands: nothing is armed there.
template <class Ask, class Present>
Status repeat(uint64_t address, uint64_t length_bytes, Ask ask, Present present) noexcept {
  uint64_t end = address + length_bytes;
  uint64_t most = length_bytes;  // of one request
  int tries = 0;
  while (address < end) {
    const uint64_t asked = std::min(most, end - address);
    int64_t done = ask(address, asked);
    if (done == -ENOENT && asked > page_bytes) {
      most = asked / page_bytes / 2 * page_bytes;
      continue;
    }
    if (done == -EEXIST) {
      if (Status status = present(address); !status.ok()) return status;
      done = int64_t{page_bytes};
    }
    bool again = done == 0 || done == -EAGAIN;
    tries = again ? tries + 1 : 0;
    if (again && tries < most_tries) continue;
    if (again) return ErrorCode::busy;
    if (done < 0) return status_from_errno(static_cast<int>(-done));
    address += static_cast<uint64_t>(done);
  }
  return {};
}

}  // namespace

std::unique_ptr<UserfaultDoor> UserfaultDoor::open(int* refusal) {
  OwnedDescriptor descriptor(
      static_cast<int>(syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY)));
  uffdio_api api{.api = UFFD_API, .features = wanted_features, .ioctls = 0};
  // Without SIGBUS, shmem or minor faults (before Linux 5.14) it is of no use.
  if (!descriptor.is_open() || ioctl(descriptor.number(), UFFDIO_API, &api) != 0) {
    *refusal = errno;
    return nullptr;
  }
  return std::unique_ptr<UserfaultDoor>(new UserfaultDoor(std::move(descriptor)));
}

Status UserfaultDoor::arm(uint64_t address, uint64_t length_bytes, Memory memory) const noexcept {
  uffdio_register argument{};
  argument.range = {.start = address, .len = length_bytes};
  argument.mode = UFFDIO_REGISTER_MODE_MISSING;
  // Minor faults as well, or a second mapping would be served by the kernel itself.
  if (memory == Memory::shared) argument.mode |= UFFDIO_REGISTER_MODE_MINOR;
  if (ioctl(descriptor_.number(), UFFDIO_REGISTER, &argument) != 0) {
    return errno == ENOMEM ? ErrorCode::no_mappings : status_from_errno(errno);  // as for mprotect
  }
  return protect(address, length_bytes, PROT_READ);
}

Status UserfaultDoor::insert_zero(uint64_t address, uint64_t length_bytes) const noexcept {
  return repeat(
      address, length_bytes,
      [this](uint64_t at, uint64_t length) { return zero_pages(descriptor_.number(), at, length); },
      [](uint64_t) { return Status{}; });
}

// ZEROPAGE makes and maps a page in one step, at two thirds of the cost of two. Where the memfd has
// the page it says EEXIST, and CONTINUE maps it; which says EEXIST in turn where it is mapped.
Status UserfaultDoor::insert_shared(uint64_t address, uint64_t length_bytes) const noexcept {
  auto map_present = [this](uint64_t at) {
    int64_t done = 0;
    for (int tries = 0; tries < most_tries && (done == 0 || done == -EAGAIN); ++tries) {
      done = continue_pages(descriptor_.number(), at, page_bytes);
    }
    if (done > 0 || done == -EEXIST) return Status{};
    return done == 0 ? Status{ErrorCode::busy} : status_from_errno(static_cast<int>(-done));
  };
  return repeat(
      address, length_bytes,
      [this](uint64_t at, uint64_t length) { return zero_pages(descriptor_.number(), at, length); },
      map_present);
}

// The range stays armed: the next touch finds the page absent.
Status UserfaultDoor::drop(uint64_t address, uint64_t length_bytes) const noexcept {
  return drop_pages(address, length_bytes);
}

}  // namespace daxlab
