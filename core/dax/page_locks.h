// The lock of one file page, held from looking a page up to inserting it. Without it a reader may
// map what a writer has just replaced.
//
// Locks are 1024 words for each file, shared by offsets that are equal modulo 1024. Order: a thread
// waits for several only inside one run aligned to max_fault_pages, in ascending order (such a run
// never wraps); all others it only tries. So nobody waits in a circle.
#pragma once

#include <array>
#include <cstdint>

#include "core/sync/sync.h"
#include "daxlab/types.h"

namespace daxlab {

class PageLocks {
 public:
  static constexpr uint64_t stripes = 1024;
  static_assert(stripes % max_fault_pages == 0);
  Mutex& of(uint64_t pgoff) { return locks_[pgoff % stripes]; }

 private:
  std::array<Mutex, stripes> locks_;
};

// The page locks that one operation holds; gives them back at its end. Signal-safe, on the stack.
class HeldPages {
 public:
  // With `all`, the caller holds the file's invalidate_lock exclusively, which is worth every page.
  enum class Scope { pages, all };
  explicit HeldPages(PageLocks& locks, Scope scope = Scope::pages)
      : locks_(locks), all_(scope == Scope::all) {}
  ~HeldPages() { release(); }
  HeldPages(const HeldPages&) = delete;
  HeldPages& operator=(const HeldPages&) = delete;

  // Waits. The range lies inside one aligned run of max_fault_pages, and nothing is held. Returns
  // how many locks had to be waited for.
  uint64_t lock(PageRange range);
  // Does not wait: how many pages of the range, from its start, are held now (also from before).
  uint64_t try_lock(PageRange range);
  void release();

 private:
  bool held(uint64_t stripe) const { return (bits_[stripe / 64] >> (stripe % 64) & 1) != 0; }
  void note(uint64_t stripe) { bits_[stripe / 64] |= uint64_t{1} << (stripe % 64); }

  PageLocks& locks_;
  bool all_;
  std::array<uint64_t, PageLocks::stripes / 64> bits_{};
};

}  // namespace daxlab
