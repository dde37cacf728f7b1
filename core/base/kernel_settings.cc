#include "core/base/kernel_settings.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fstream>

#include "core/base/owned_descriptor.h"
#include "daxlab/types.h"

namespace daxlab {
namespace {

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

}  // namespace

bool kernel_has_huge_zero_page(const std::string& folder) {
  return first_line(folder + "/use_zero_page") == "1" &&
         first_line(folder + "/enabled").find("[never]") == std::string::npos;
}

// The kernel says of a page that is mapped here alone, but not whether it is the zero page: which
// is nobody's alone.
bool kernel_has_zero_page() {
  constexpr uint64_t mapped_here_alone = uint64_t{1} << 56;
  void* page = mmap(nullptr, page_bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return true;
  (void)*static_cast<volatile const char*>(page);  // 0, and the page is there
  uint64_t entry = 0;
  const OwnedDescriptor entries(open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));
  const uint64_t at = reinterpret_cast<uintptr_t>(page) / page_bytes * sizeof entry;
  const ssize_t read = pread(entries.number(), &entry, sizeof entry, static_cast<off_t>(at));
  munmap(page, page_bytes);
  return read != sizeof entry || (entry & mapped_here_alone) == 0;
}

uint64_t kernel_max_map_count() {
  std::ifstream file("/proc/sys/vm/max_map_count");
  uint64_t count = 0;
  return file >> count ? count : 65530;
}

}  // namespace daxlab
