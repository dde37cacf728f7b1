// memfd_create: what the memfd medium and the page cache are made of.
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "core/base/errno_status.h"
#include "harness/doctor/examine.h"

namespace daxlab {

int probe_memfd() {
  const int descriptor = memfd_create("daxlab-doctor", MFD_CLOEXEC);
  if (descriptor < 0) return errno;
  close(descriptor);
  return 0;
}

MachineFinding examine_memfd(int memfd_errno) {
  MachineFinding finding{.name = "memfd_create", .found = "works", .needed_by_mmu = true};
  if (memfd_errno != 0) {
    finding.state = FindingState::missing;
    finding.found = error_from_errno("memfd_create", memfd_errno).message;
    finding.what_to_do =
        "use a kernel with CONFIG_MEMFD_CREATE, and a container that allows the call";
  }
  return finding;
}

}  // namespace daxlab
