#include "core/engine/mmu/spare_mappings.h"

#include <sys/mman.h>

#include "daxlab/types.h"

namespace daxlab {
namespace {

constexpr uint64_t spare_bytes = SpareMappings::count * page_bytes;

}  // namespace

// Pages of a file with every other one readable: they merge neither with each other nor with what
// the process maps beside them, so that taking them away splits nothing.
void SpareMappings::keep() noexcept {
  if (address_.load() != nullptr) return;
  void* made = mmap(nullptr, spare_bytes, PROT_NONE, MAP_SHARED, descriptor_, 0);
  if (made == MAP_FAILED) return;
  bool all = true;
  for (uint64_t page = 1; all && page < count; page += 2) {
    all = mprotect(static_cast<char*>(made) + page * page_bytes, page_bytes, PROT_READ) == 0;
  }
  void* none = nullptr;
  if (all && address_.compare_exchange_strong(none, made)) return;
  munmap(made, spare_bytes);
}

bool SpareMappings::give_up() noexcept {
  void* kept = address_.exchange(nullptr);
  return kept != nullptr && munmap(kept, spare_bytes) == 0;
}

}  // namespace daxlab
