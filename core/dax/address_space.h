// What an engine does to addresses: the page table behind the strategies. The core decides what
// goes where, holds the page locks and keeps the entries of the mapping; the engine makes it true.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/dax/mapping.h"
#include "core/dax/page_cache.h"
#include "daxlab/status.h"
#include "daxlab/types.h"

namespace daxlab {

// Who resolves faults. Called by the engine in the thread that faulted, with a reference on the
// mapping.
class FaultHandler {
 public:
  // ok: repeat the access. An error: it gets a bus error, and this is why. Signal-safe.
  virtual Status handle(Mapping& mapping, uint64_t address, bool write) noexcept = 0;

 protected:
  ~FaultHandler() = default;
};

// Page runs lie inside the mapping; entries still show the state before the call. On an error
// nothing has changed. Any thread; insertions and removal are signal-safe.
class AddressSpace {
 public:
  virtual ~AddressSpace() = default;

  // For results: "userfaultfd + SIGSEGV".
  virtual const char* fault_delivery() const = 0;
  // What lies under holes where a strategy asks for `wanted`: the trap instead of the page cache,
  // where the kernel lacks the means for that.
  virtual HoleBacking backing_for(HoleBacking wanted) const = 0;

  // The page cache of a file, empty. Outlives neither this nor the counters. Throws std::bad_alloc.
  virtual std::unique_ptr<PageCache> make_page_cache(Counters& counters) const = 0;

  // Before the first mapping; the handler outlives the last one.
  virtual void set_fault_handler(FaultHandler& handler) = 0;

  // Finds addresses for the mapping and sets its start. Pages past `pages_in_file` show no zeros by
  // themselves. no_memory, no_mappings, unsupported (memory is locked, and the kernel too old).
  virtual Status map(Mapping& mapping, uint64_t pages_in_file) = 0;
  // Waits for verbs in progress, then gives the addresses back.
  virtual void unmap(Mapping& mapping) = 0;

  // Where the program may load and store itself; nullptr: only through load and store.
  virtual std::byte* raw(const Mapping& mapping) const = 0;
  // Whether some of these bytes of the program's are a mapping's: a cut of its file takes them away.
  virtual bool shows(const void* start, uint64_t length_bytes) noexcept = 0;
  // One access to an aligned word, its faults included; an error in place of a bus error.
  virtual Result<uint64_t> load(Mapping& mapping, uint64_t address) = 0;
  virtual Status store(Mapping& mapping, uint64_t address, uint64_t value) = 0;

  // Each makes a run of pages that are not present show something, read-only. no_memory,
  // no_mappings, unsupported (this page over this backing).
  virtual Status insert_kernel_zero(Mapping& mapping, PageRange run) noexcept = 0;
  // Of an aligned run of max_fault_pages.
  virtual Status insert_own_zero(Mapping& mapping, PageRange run) noexcept = 0;
  virtual Status insert_cached(Mapping& mapping, PageRange run) noexcept = 0;
  // Replaces whatever is there in one step, so that no other thread can fault in between.
  virtual Status insert_blocks(Mapping& mapping, PageRange run, uint64_t first_block,
                               bool writable) noexcept = 0;
  // Takes pages out: the next access faults. Says through the entries what each has become
  // (`backing`, or `none` where arming the backing again is left to the next insertion).
  virtual Status remove(Mapping& mapping, PageRange run) noexcept = 0;

  // Kernel mappings that insertions may still make (see mapping_room.h); 0: they are refused.
  virtual uint64_t room() const noexcept = 0;
  // Takes pages out, present or not, so that the run is one kernel mapping, or a part of one: the
  // next access to any of them faults. On an error entries say how far that came.
  virtual Status clear(Mapping& mapping, PageRange run) noexcept = 0;
  // The first mapping, by address, that ends behind `address`, with a reference; nullptr: none.
  virtual Mapping* acquire_mapping_from(uint64_t address) noexcept = 0;
  // A present page faulted: shows again what its entry says, if somebody has let go of it (the
  // program dropped it with MADV_DONTNEED, a cached one was swapped out, access was taken).
  virtual Status show_again(Mapping& mapping, uint64_t pgoff) noexcept = 0;
};

}  // namespace daxlab
