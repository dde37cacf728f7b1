// The kernel's version: which fault interfaces can be there at all.
#include <fmt/format.h>

#include <cstdio>

#include "harness/doctor/examine.h"

namespace daxlab {

MachineFinding examine_kernel(const std::filesystem::path& root) {
  MachineFinding finding{.name = "kernel", .needed_by_mmu = true};
  const std::optional<std::string> release = read_line(root / "proc/sys/kernel/osrelease");
  if (!release) {
    finding.state = FindingState::warning;
    finding.found = "version unknown";
    finding.what_to_do = "mount /proc";
    return finding;
  }
  finding.found = "Linux " + *release;
  unsigned major = 0, minor = 0;
  if (std::sscanf(release->c_str(), "%u.%u", &major, &minor) != 2) {
    finding.state = FindingState::warning;
    finding.what_to_do = "version not understood; daxlab needs Linux 5.14 or later";
    return finding;
  }
  const unsigned version = major * 1000 + minor;
  if (version < 5014) {  // MADV_POPULATE_WRITE, UFFD_FEATURE_MINOR_SHMEM
    finding.state = FindingState::missing;
    finding.what_to_do = "needs Linux 5.14, to give a region its memory when it is made";
  }
  return finding;
}

}  // namespace daxlab
