#include "core/dax/dax_view.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <new>

#include "core/base/no_memory.h"
#include "core/dax/fault_path.h"
#include "core/dax/page_table.h"
#include "core/dax/sync_blocks.h"
#include "core/dax/traced_call.h"
#include "core/sync/locked.h"
#include "core/sync/schedule.h"

namespace daxlab {
namespace {

// Where the kernel serves holes by itself it must not do so over blocks: those stay without access,
// and come in when they are touched. So does the rest of their 2 MiB: a hole between blocks would
// cost two kernel mappings. Past the end nothing is shown anyway. Under invalidate_lock exclusive.
Status keep_kernel_from_blocks(DaxParts& parts, SharedFile& file, Mapping& mapping) {
  const PageRange shown = mapping.clip({0, file.pages()});
  uint64_t pgoff = file.map.next_block(shown);
  while (pgoff < shown.end()) {
    const uint64_t first = pgoff;
    uint64_t end = first;
    while (pgoff == end && pgoff < shown.end()) {
      end = std::min((pgoff / max_fault_pages + 1) * max_fault_pages, shown.end());
      pgoff = file.map.next_block({end, shown.end() - end});
    }
    if (parts.addresses.room() == 0) end = pgoff = shown.end();  // all that is left, as one
    Status status = parts.addresses.remove(mapping, {first, end - first});
    if (!status.ok()) return status;
  }
  return {};
}

// What is refused for want of kernel mappings is tried again where room can be made.
Status map_with_room(DaxParts& parts, SharedFile& file, Mapping& mapping) {
  Status status = parts.addresses.map(mapping, file.pages());
  if (status.code() != ErrorCode::no_mappings || !parts.room.make(file)) return status;
  return parts.addresses.map(mapping, file.pages());
}

[[noreturn]] void die_of_bus_error(uint64_t offset_bytes, Status status) {
  std::fprintf(stderr, "daxlab: bus error at offset %llu of a mapping: %s\n",
               static_cast<unsigned long long>(offset_bytes), describe(status.code()));
  std::abort();
}

}  // namespace

DaxView::DaxView(DaxParts& parts, std::shared_ptr<SharedFile> file,
                 std::unique_ptr<Mapping> mapping)
    : View(parts.addresses.raw(*mapping), mapping->range().pages * page_bytes),
      parts_(parts),
      file_(std::move(file)),
      mapping_(std::move(mapping)) {}

// Exclusive while the mapping comes to be: what it shows and what the list says agree from the
// start.
Result<std::unique_ptr<View>> DaxView::create(DaxParts& parts, std::shared_ptr<SharedFile> file,
                                              PageRange range, uint64_t address_bytes) {
  if (parts.hole_backing == HoleBacking::page_cache) {
    if (Status status = file->cache.open(); !status.ok()) return status;
  }
  Result<std::unique_ptr<Mapping>> created =
      Mapping::create(*file, range, parts.hole_backing, parts.counters);
  if (!created.ok()) return created.code();
  std::unique_ptr<Mapping> mapping = created.take();
  mapping->set_congruent_to(address_bytes);

  const Locked exclusive(file->invalidate_lock);
  if (Status status = map_with_room(parts, *file, *mapping); !status.ok()) return status;
  // From here on the view owns it, and unmaps when it goes.
  std::unique_ptr<DaxView> view(new (std::nothrow) DaxView(parts, file, std::move(mapping)));
  if (view == nullptr) {
    parts.addresses.unmap(*mapping);
    return ErrorCode::no_memory;
  }
  Mapping& mapped = *view->mapping_;
  if (mapped.backing() == HoleBacking::kernel_zero) {
    if (Status status = keep_kernel_from_blocks(parts, *file, mapped); !status.ok()) return status;
  }
  const Locked listing(file->mappings_lock);
  Status status = or_no_memory([&] { file->mappings.push_back(&mapped); });
  if (!status.ok()) return status;
  return std::unique_ptr<View>(std::move(view));
}

// Off the list first: whoever walks it holds mappings_lock, so afterwards no verb can reach the
// mapping but a fault in progress, for which unmap waits.
DaxView::~DaxView() {
  {
    const Locked listing(file_->mappings_lock);
    std::erase(file_->mappings, mapping_.get());
  }
  parts_.addresses.unmap(*mapping_);
}

bool DaxView::inside(ByteRange range) const {
  return range.length_bytes > 0 && range.offset_bytes < length_bytes() &&
         range.length_bytes <= length_bytes() - range.offset_bytes;
}

Result<uint64_t> DaxView::try_load(uint64_t offset_bytes) const {
  const uint64_t address = mapping_->start() + offset_bytes;
  tell_schedule(StepKind::load, reinterpret_cast<const void*>(address));
  return parts_.addresses.load(*mapping_, address);
}

Status DaxView::try_store(uint64_t offset_bytes, uint64_t value) {
  const uint64_t address = mapping_->start() + offset_bytes;
  tell_schedule(StepKind::store, reinterpret_cast<const void*>(address));
  return parts_.addresses.store(*mapping_, address, value);
}

Status DaxView::prefault(ByteRange range, bool write) {
  if (!inside(range)) return ErrorCode::invalid_argument;
  uint64_t first = mapping_->range().pgoff + range.offset_bytes / page_bytes;
  uint64_t last = mapping_->range().pgoff + (range.end() - 1) / page_bytes;
  for (uint64_t pgoff = first; pgoff <= last; ++pgoff) {
    for (uint32_t faults = 0;; ++faults) {
      // Sent round again: another thread has to do something first.
      if (faults > 1) tell_schedule(StepKind::relax, mapping_.get());
      PageEntry entry = mapping_->entry(pgoff);
      bool served = write ? entry.state == PageState::block_rw
                          : entry.present() || (entry.state == PageState::backing &&
                                                mapping_->backing() == HoleBacking::kernel_zero);
      bool shown = !mapping_->disturbed();
      if (served && shown) break;
      parts_.counters.add(Counter::prefault_calls);
      Status status =
          handle_fault(parts_, *mapping_, mapping_->address_of(pgoff), write, FaultContext::call);
      if (!status.ok()) return status;
      if (served) break;  // and shown again
    }
  }
  return {};
}

Status DaxView::sync(ByteRange range) {
  if (!inside(range)) return ErrorCode::invalid_argument;
  uint64_t first = range.offset_bytes / page_bytes;
  uint64_t end = (range.end() + page_bytes - 1) / page_bytes;
  const PageRange pages{mapping_->range().pgoff + first, end - first};
  return traced(parts_.counters, TraceKind::sync,
                {pages.pgoff * page_bytes, pages.pages * page_bytes}, [&] {
                  sync_blocks(parts_, *file_, pages);
                  return Status();
                });
}

uint64_t DaxView::load_by_call(uint64_t offset_bytes) const {
  Result<uint64_t> value = try_load(offset_bytes);
  if (!value.ok()) die_of_bus_error(offset_bytes, value.status());
  return value.value();
}

void DaxView::store_by_call(uint64_t offset_bytes, uint64_t value) {
  Status status = try_store(offset_bytes, value);
  if (!status.ok()) die_of_bus_error(offset_bytes, status);
}

}  // namespace daxlab
