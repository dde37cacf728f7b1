// userfaultfd: what the mmu engine takes faults with, where it may. Asked by trying, since neither
// a sysctl nor the kernel's version says what a container's filter lets through.
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "core/base/errno_status.h"
#include "core/base/owned_descriptor.h"
#include "harness/doctor/examine.h"

namespace daxlab {
namespace {

struct Feature {
  uint32_t bit;
  const char* name;
  const char* needed_for;  // empty: nice to know
};

// Bits by number: the headers of a build machine may be older than its kernel.
constexpr std::array<Feature, 17> known_features = {{
    {0, "PAGEFAULT_FLAG_WP", ""},
    {1, "EVENT_FORK", ""},
    {2, "EVENT_REMAP", ""},
    {3, "EVENT_REMOVE", ""},
    {4, "MISSING_HUGETLBFS", ""},
    {5, "MISSING_SHMEM", "page_zero"},
    {6, "EVENT_UNMAP", ""},
    {7, "SIGBUS", "the mmu engine"},
    {8, "THREAD_ID", ""},
    {9, "MINOR_HUGETLBFS", ""},
    {10, "MINOR_SHMEM", "page_zero"},
    {11, "EXACT_ADDRESS", ""},
    {12, "WP_HUGETLBFS_SHMEM", ""},
    {13, "WP_UNPOPULATED", ""},
    {14, "POISON", ""},
    {15, "WP_ASYNC", ""},
    {16, "MOVE", ""},
}};
constexpr uint64_t sigbus_bit = 1ull << 7;

int userfaultfd(int flags) { return static_cast<int>(syscall(SYS_userfaultfd, O_CLOEXEC | flags)); }

// errno, 0 for success. A descriptor can be asked once: `features` in, all that the kernel has out.
int handshake(const OwnedDescriptor& descriptor, uint64_t& features) {
  uffdio_api api{};
  api.api = UFFD_API;
  api.features = features;
  if (ioctl(descriptor.number(), UFFDIO_API, &api) != 0) return errno;
  features = api.features;
  return 0;
}

std::string failed(const char* call, int error_number) {
  return error_from_errno(call, error_number).message;
}

std::string advice(int error_number) {
  switch (error_number) {
    case ENOSYS:
      return "use a kernel with CONFIG_USERFAULTFD, or allow it in a container's system call "
             "filter";
    case EINVAL:
      return "use Linux 5.14 or later";
    case EPERM:
      return "a container's system call filter forbids it: allow userfaultfd (docker run "
             "--security-opt seccomp=unconfined)";
    case EMFILE:
      return "raise the limit of open files: ulimit -n";
    default:
      return "look at the error";
  }
}

MachineFinding examine_features(const UserfaultfdProbe& probe) {
  MachineFinding finding{.name = "userfaultfd features"};
  if (probe.features_errno != 0) {
    finding.state = FindingState::missing;
    finding.found = failed("UFFDIO_API", probe.features_errno);
    finding.what_to_do = advice(probe.features_errno);
    return finding;
  }
  uint64_t unknown = probe.features;
  std::string lacking;
  for (const Feature& feature : known_features) {
    const uint64_t mask = 1ull << feature.bit;
    unknown &= ~mask;
    if ((probe.features & mask) != 0) {
      if (!finding.found.empty()) finding.found += ' ';
      finding.found += feature.name;
    } else if (feature.needed_for[0] != '\0') {
      lacking +=
          fmt::format("{}{} for {}", lacking.empty() ? "" : ", ", feature.name, feature.needed_for);
    }
  }
  if (unknown != 0) finding.found += fmt::format(" and bits {:#x}", unknown);
  if (finding.found.empty()) finding.found = "none";
  if (!lacking.empty()) {
    finding.state = FindingState::warning;
    finding.what_to_do = "needs " + lacking + ": use Linux 5.14 or later on x86-64";
  }
  return finding;
}

// How faults reach the mmu engine: the way that it takes is the one that works here.
MachineFinding examine_delivery(const UserfaultfdProbe& probe) {
  constexpr uint64_t wanted = sigbus_bit | 1ull << 5 | 1ull << 10;
  const bool complete =
      probe.user_mode_errno == 0 && probe.sigbus_errno == 0 && (probe.features & wanted) == wanted;
  MachineFinding delivery{.name = "fault delivery", .found = "userfaultfd + SIGSEGV"};
  if (complete) return delivery;
  delivery.state = FindingState::warning;
  delivery.found = "SIGSEGV alone, for want of userfaultfd";
  delivery.what_to_do =
      "everything runs, but page_zero maps its pages one by one, and each run of touched hole "
      "pages "
      "is a kernel mapping: at vm.max_map_count scattered reads of holes end in bus errors. Do not "
      "compare with results by userfaultfd (fault_delivery in each result)";
  return delivery;
}

}  // namespace

UserfaultfdProbe probe_userfaultfd() {
  UserfaultfdProbe probe;
  const OwnedDescriptor user_mode(userfaultfd(UFFD_USER_MODE_ONLY));
  probe.user_mode_errno = user_mode.is_open() ? 0 : errno;
  const OwnedDescriptor kernel_mode(userfaultfd(0));
  probe.kernel_mode_errno = kernel_mode.is_open() ? 0 : errno;

  const OwnedDescriptor device(open("/dev/userfaultfd", O_RDWR | O_CLOEXEC));
  if (!device.is_open()) {
    probe.device_errno = errno;
  } else {
    constexpr unsigned long new_descriptor = _IO(0xAA, 0x00);  // USERFAULTFD_IOC_NEW
    const OwnedDescriptor made(ioctl(device.number(), new_descriptor, O_CLOEXEC));
    probe.device_errno = made.is_open() ? 0 : errno;
  }

  if (!user_mode.is_open()) {
    probe.features_errno = probe.sigbus_errno = probe.user_mode_errno;
    return probe;
  }
  probe.features_errno = handshake(user_mode, probe.features);
  const OwnedDescriptor again(userfaultfd(UFFD_USER_MODE_ONLY));
  uint64_t asked = sigbus_bit;
  probe.sigbus_errno = again.is_open() ? handshake(again, asked) : errno;
  return probe;
}

std::vector<MachineFinding> examine_userfaultfd(const UserfaultfdProbe& probe) {
  std::vector<MachineFinding> findings;
  MachineFinding user_mode{.name = "userfaultfd", .found = "user-mode faults, without privilege"};
  if (probe.user_mode_errno != 0) {
    user_mode.state = FindingState::missing;
    user_mode.found = failed("userfaultfd(UFFD_USER_MODE_ONLY)", probe.user_mode_errno);
    user_mode.what_to_do = advice(probe.user_mode_errno);
  }
  findings.push_back(user_mode);

  MachineFinding sigbus{.name = "userfaultfd SIGBUS",
                        .found = "faults arrive in the thread that took them"};
  if (probe.sigbus_errno != 0) {
    sigbus.state = FindingState::missing;
    sigbus.found = failed("UFFDIO_API with UFFD_FEATURE_SIGBUS", probe.sigbus_errno);
    sigbus.what_to_do = advice(probe.sigbus_errno);
  }
  findings.push_back(sigbus);
  findings.push_back(examine_features(probe));
  findings.push_back(examine_delivery(probe));

  // Nothing in daxlab needs these two; they say what other users of userfaultfd would meet here.
  MachineFinding kernel_mode{.name = "userfaultfd privileged",
                             .found = "faults inside system calls too"};
  if (probe.kernel_mode_errno != 0) {
    kernel_mode.state = FindingState::warning;
    kernel_mode.found = failed("userfaultfd(0)", probe.kernel_mode_errno);
    kernel_mode.what_to_do =
        probe.kernel_mode_errno == EPERM
            ? "not needed; CAP_SYS_PTRACE or sysctl -w vm.unprivileged_userfaultfd=1 gives it"
            : advice(probe.kernel_mode_errno);
  }
  findings.push_back(kernel_mode);

  MachineFinding device{.name = "/dev/userfaultfd", .found = "usable"};
  if (probe.device_errno != 0) {
    device.state = FindingState::warning;
    device.found = failed("open", probe.device_errno);
    device.what_to_do = probe.device_errno == ENOENT
                            ? "not needed; Linux 6.1 and later have it"
                            : "not needed; chmod or chgrp /dev/userfaultfd gives it";
  }
  findings.push_back(device);
  return findings;
}

}  // namespace daxlab
