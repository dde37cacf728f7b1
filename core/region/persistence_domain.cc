#include "core/region/persistence_domain.h"

#include <sys/stat.h>

#include "core/region/dax_sysfs.h"

namespace daxlab {

std::string persistence_domain_of(const Medium& medium) {
  switch (medium.kind()) {
    case MediumKind::memfd:
      return "none (volatile memory)";
    case MediumKind::file:
      return "none (page cache; survives the process, not power loss)";
    case MediumKind::fsdax:
    case MediumKind::devdax:
      break;
  }
  struct stat there {};
  if (fstat(medium.descriptor(), &there) != 0) return "unknown (the kernel does not say)";
  return persistence_domain_of_device(sysfs_of_memory_behind(there, "/"));
}

}  // namespace daxlab
