// The fault capability: what to map when a load or store finds nothing, or finds a read-only page.
// The core owns loops, locks and the page table; a strategy answers by calling FaultOps.
// Shape and names follow struct vm_fault and the DAX fault handlers of Linux.
#pragma once

#include <cstdint>

#include "daxlab/plugin.h"
#include "daxlab/status.h"
#include "daxlab/types.h"

namespace daxlab {

// What lies under a mapping where nothing was inserted.
enum class HoleBacking : uint32_t {
  trap,         // private anonymous addresses: every first touch is a fault here
  page_cache,   // the file's page cache: first touches are faults, cached pages insert cheaply
  kernel_zero,  // the kernel serves zeros itself (2 MiB pages where aligned); only writes fault
};

enum class FaultResult : uint32_t {
  no_page,  // done: the access is repeated (VM_FAULT_NOPAGE). Of one page 100,000 times at most
            // without any change there: then the access gets SIGBUS, and the run an error
  locked,   // as no_page, and this fault holds the lock of Fault::page (VM_FAULT_LOCKED)
  sigbus,   // the access gets SIGBUS
  oom,      // no memory or kernel mapping to serve it; the access gets SIGBUS, the run an error
};

struct Fault {
  uint64_t mapping_start;  // address of the mapping's first byte (vma->vm_start)
  uint64_t mapping_pgoff;  // file page shown there (vma->vm_pgoff)
  uint64_t mapping_pages;
  uint64_t address;  // of the page that faulted
  uint64_t pgoff;  // fault: from the address. page_mkwrite: the mapped page's own index, which for
                   // a page shared by many offsets is that of its latest insertion
  PageRange window;  // file pages around it that may be handled too: inside mapping, file and one
                     // aligned run of max_fault_pages; by true offset, never by a page's index
  bool write;
  Page* page;  // page_mkwrite: the page that is mapped; fault: nullptr
};

// Ops act on file pages that this fault holds the lock of. It holds its own page's; any other page
// of a range is locked as met, without waiting, until the fault ends; what is done or answered is
// clipped to what could be locked. A page that could not be: 0 pages or ErrorCode::busy; return
// no_page then, and the access comes again.
class FaultOps {
 public:
  // Block or hole at range.pgoff, and how many pages of the range run on like it. 0 blocks: busy or
  // beyond the end of file. (_find_data_block)
  virtual Extent find_block(PageRange range) noexcept = 0;
  // The same, but where range.pgoff is a hole, blocks are put there first, up to the hole's end or
  // fewer: zeroed, persisted, then published. Four times in one callback at most, then busy.
  // no_space, busy, beyond_end, bad_plugin. (_get_block_create)
  virtual Result<Extent> get_block_create(PageRange range) noexcept = 0;

  // The page cache of this file: zero pages over holes, one per offset. nullptr: no memory or busy.
  virtual Page* find_or_create_page(uint64_t pgoff) noexcept = 0;
  // Throws cached pages out, from every mapping too.
  virtual void remove_pages(PageRange range) noexcept = 0;
  // Throws out up to `pages` clean cached pages of the file that nobody works on; how many went.
  virtual uint64_t reclaim_pages(uint64_t pages) noexcept = 0;
  virtual uint64_t cached_pages() const noexcept = 0;

  // The kernel's zero page, and the strategy's own one (which has max_fault_pages pages). Each
  // stands for any offset; inserting it sets its index.
  virtual Page* kernel_zero_page() noexcept = 0;
  virtual Page* own_zero_page() noexcept = 0;

  // Maps `page` read-only at `address` and the following pages (cached pages: those of the offsets
  // that follow, which must be in the cache). Pages that are mapped already are left alone. The
  // kernel's zero page cannot lie over the backing page_cache. Returns how many pages from
  // `address` on are mapped now; 0: busy, that backing, out of memory or of kernel mappings.
  virtual uint64_t insert_page(uint64_t address, Page* page, uint64_t pages) noexcept = 0;
  // Maps blocks of this file at `address`: the first page in place of what is there, up to the next
  // page that is mapped already. Only of the four extents that this callback was told last, else it
  // is an unsafe answer. Returns pages mapped; 0: busy, a bad block, or out of kernel mappings.
  virtual uint64_t insert_block(uint64_t address, Extent extent, bool writable) noexcept = 0;
  // Takes a range out of every mapping of the file, this fault's included: the next access faults.
  virtual void unmap_mapping_range(PageRange range) noexcept = 0;
  // The same, but leaves this fault's own mapping as it is.
  virtual void unmap_other_mappings(PageRange range) noexcept = 0;

  // Waits for the lock of `page`; once in a callback. The core lets go of it when it has looked at
  // the result, which is `locked` only after this. A cached page is locked already; a zero page is
  // one lock for all files.
  virtual void lock_page(Page* page) noexcept = 0;

 protected:
  ~FaultOps() = default;
};

class FaultStrategy {
 public:
  // Asked once, before any mapping is made.
  virtual HoleBacking hole_backing() const noexcept = 0;

  // Both: signal context, in the thread that faulted; the file does not shrink, and this page's
  // state stands still. No malloc, no stdio, no lock but the host's, no touch of mapped memory;
  // none of the host's locks is held when they return.
  virtual FaultResult fault(const Fault& fault, FaultOps& ops) noexcept = 0;
  virtual FaultResult page_mkwrite(const Fault& fault, FaultOps& ops) noexcept = 0;

  // Both: any thread, not in signal context, so malloc is allowed; the pages are locked. No mapping
  // has faulted, so that nothing can be inserted.
  // write() is about to put blocks where `range` has holes, and nobody sees them yet. Take down
  // what lies over those holes, in every mapping.
  virtual void before_fill(PageRange range, FaultOps& ops) noexcept = 0;
  // Punch or truncate made `range` a hole; nothing is mapped or cached there.
  virtual void after_punch(PageRange range, FaultOps& ops) noexcept = 0;

 protected:
  ~FaultStrategy() = default;
};

struct FaultPlugin {
  PluginInfo info;
  FaultStrategy* (*create)(Host& host, const OptionValues& options) noexcept;  // nullptr: no memory
  void (*destroy)(FaultStrategy* strategy) noexcept;
};

}  // namespace daxlab

// Once per plugin, at namespace scope: the exported symbol by which the core knows kind and ABI.
#define DAXLAB_FAULT_PLUGIN(name, Type, summary, options)                                      \
  DAXLAB_PLUGIN(::daxlab::FaultPlugin, ::daxlab::FaultStrategy, daxlab_fault_abi1, name, Type, \
                summary, options, ::daxlab::PluginFlags::none)
