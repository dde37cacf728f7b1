// Where a mapping's addresses come from, and where they go.
#include <sys/mman.h>

#include <cerrno>
#include <mutex>

#include "core/base/errno_status.h"
#include "core/base/no_memory.h"
#include "core/engine/mmu/kernel_mapping.h"
#include "core/engine/mmu/mmu_address_space.h"

namespace daxlab {
namespace {

constexpr uint64_t huge_page_bytes = max_fault_pages * page_bytes;
// Without access, behind each mapping: the kernel merges neighbours that are alike, and taking one
// of them away would split them again, which it refuses at vm.max_map_count.
constexpr uint64_t guard_bytes = page_bytes;

}  // namespace

MmuAddressSpace::Addresses MmuAddressSpace::all_of(const Mapping& mapping) {
  return {mapping.start(), mapping.range().pages * page_bytes + guard_bytes};
}

// Addresses without access, congruent to file offsets modulo 2 MiB so that huge zero pages fit,
// unless the mapping asks for others.
Status MmuAddressSpace::reserve_addresses(Mapping& mapping) {
  uint64_t length = mapping.range().pages * page_bytes + guard_bytes;
  void* reserved = mmap(nullptr, length + huge_page_bytes, PROT_NONE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (reserved == MAP_FAILED) return status_from_errno(errno);
  uint64_t first = reinterpret_cast<uint64_t>(reserved);
  uint64_t phase = mapping.congruent_to();
  uint64_t start = first + (phase - first % huge_page_bytes + huge_page_bytes) % huge_page_bytes;
  if (start > first) give_back_addresses({first, start - first});
  uint64_t slack = first + huge_page_bytes - start;
  if (slack > 0) give_back_addresses({start + length, slack});
  mapping.set_start(start);
  return {};
}

// Refused where it would split what the kernel has merged, at vm.max_map_count. The addresses lose
// their access then, and go when the next mapping comes.
void MmuAddressSpace::give_back_addresses(Addresses addresses) noexcept {
  if (munmap(pointer(addresses.start), addresses.length_bytes) == 0) return;
  (void)protect(addresses.start, addresses.length_bytes,
                PROT_NONE);  // nobody may touch them anyway
  std::lock_guard guard(mappings_lock_);
  // Without memory for that they are lost, which takes none from anybody.
  (void)or_no_memory([&] { leftovers_.push_back(addresses); });
}

void MmuAddressSpace::give_back_leftovers() noexcept {
  std::lock_guard guard(mappings_lock_);
  std::erase_if(leftovers_, [](Addresses addresses) {
    return munmap(pointer(addresses.start), addresses.length_bytes) == 0;
  });
}

}  // namespace daxlab
