// What all open handles and mappings of one file share.
//
// Lock order, outermost first; a thread that waits for one holds none that stands below:
//
//   sync_lock        A sync, for its whole length: the next one must not find its marks gone before
//                    its fence.
//
//   extend_lock      What moves the end of the file, for its whole length: writes, preallocate,
//                    truncate.
//
//   invalidate_lock  Shared: faults, publishing, looking blocks up. Exclusive: truncate, punch and
//                    publishing at once, so that no fault maps again what is being unmapped and
//                    unpublished.
//
//   page locks       From looking a page up to inserting it.
//
//   map_lock         A change of the block map.
//
//   mappings_lock    The list of mappings, shared to walk it.
//
//   the redo log's   One record: innermost, for all files of the region.
//
// No lock is held while user memory is touched, except extend_lock, which no fault takes.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/dax/copy_pins.h"
#include "core/dax/mapping.h"
#include "core/dax/page_cache.h"
#include "core/dax/page_locks.h"
#include "core/region/block_map.h"
#include "core/region/inode_table.h"
#include "core/sync/sync.h"

namespace daxlab {

class SharedFile {
 public:
  SharedFile(Region& region, InodeTable& inodes, uint32_t inode_number,
             std::unique_ptr<PageCache> page_cache)
      : map(region, inodes.inode(inode_number)),
        cache(*page_cache),
        cache_(std::move(page_cache)),
        inodes_(inodes),
        inode_number_(inode_number),
        size_bytes_(inodes.size_bytes(inode_number)) {}

  uint32_t inode_number() const { return inode_number_; }
  // What was durable before anybody could see it: who writes or syncs inside a size that somebody
  // else has just set must find it after a crash.
  uint64_t size_bytes() const { return size_bytes_.load(std::memory_order_acquire); }
  uint64_t pages() const { return (size_bytes() + page_bytes - 1) / page_bytes; }
  // Persisted. Under invalidate_lock exclusive, or shared with map_lock to grow.
  void set_size(uint64_t size_bytes, Persist::Where where = Persist::Where::current()) noexcept {
    inodes_.set_size(inode_number_, size_bytes, where);
    show_size(size_bytes);
  }
  // The same in two steps, for the redo log: once the change has been committed, it is shown.
  WordChange size_change(uint64_t size_bytes) const noexcept {
    return inodes_.size_change(inode_number_, size_bytes);
  }
  void show_size(uint64_t size_bytes) noexcept {
    size_bytes_.store(size_bytes, std::memory_order_release);
  }

  // How often the file was cut. A cut zeroes bytes of its last page, whose block stays the file's,
  // and which a read or write that looked it up before may be copying: so each looks here before it
  // looks anything up and after it has copied. Copies that the program puts before the second look
  // come before it: x86 keeps loads in order, and a write has released its pin in between.
  uint64_t cuts() const {
    std::atomic_signal_fence(std::memory_order_seq_cst);
    return cuts_.load(std::memory_order_seq_cst);
  }
  // Under invalidate_lock exclusive, after the size, so that who sees this cut counted sees its
  // size (a write looks at both without a lock), and before the zeros: a locked instruction, which
  // no store overtakes, not even one past the caches.
  void count_cut() noexcept { cuts_.fetch_add(1, std::memory_order_seq_cst); }

  // By how many blocks, modulo 2 MiB, blocks are to lie behind where their pages are in the file;
  // nullopt: nobody has a wish. Any thread.
  void set_block_shift(uint64_t blocks) { block_shift_.store(blocks % max_fault_pages); }
  std::optional<uint64_t> block_shift() const {
    const uint64_t blocks = block_shift_.load(std::memory_order_relaxed);
    return blocks == no_wish ? std::nullopt : std::optional(blocks);
  }

  Mutex sync_lock;
  Mutex extend_lock;
  RwLock invalidate_lock;
  PageLocks page_locks;
  Mutex map_lock;
  BlockMap map;
  CopyPins pins;
  PageCache& cache;
  RwLock mappings_lock;
  std::vector<Mapping*> mappings;
  std::atomic<bool> unlinked{false};      // its blocks go with the last user
  std::atomic<uint64_t> reclaim_hand{0};  // where the page cache was last reclaimed

  // Calls visit(mapping, part of the range that it shows) for each mapping that shows some of it.
  template <class Visit>
  void for_each_mapping(PageRange range, Visit visit) {
    mappings_lock.lock_shared();
    for (Mapping* mapping : mappings) {
      PageRange part = mapping->clip(range);
      if (part.pages > 0) visit(*mapping, part);
    }
    mappings_lock.unlock_shared();
  }

 private:
  static constexpr uint64_t no_wish = UINT64_MAX;

  std::unique_ptr<PageCache> cache_;
  InodeTable& inodes_;
  uint32_t inode_number_;
  std::atomic<uint64_t> size_bytes_;
  std::atomic<uint64_t> block_shift_{no_wish};
  std::atomic<uint64_t> cuts_{0};  // beside the size, which a read looks at anyway
};

}  // namespace daxlab
