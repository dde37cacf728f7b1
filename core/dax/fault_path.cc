#include "core/dax/fault_path.h"

#include <algorithm>

#include "core/dax/page_table.h"
#include "core/dax/timed_call.h"

namespace daxlab {
namespace {

// What the entry says about an access that faulted.
enum class Need { nothing, fault, page_mkwrite, make_writable };

Need need_of(PageEntry entry, bool write) {
  if (!entry.present()) return Need::fault;
  if (!write || entry.state == PageState::block_rw) return Need::nothing;  // somebody was quicker
  return entry.state == PageState::block_ro ? Need::make_writable : Need::page_mkwrite;
}

Page* page_of(DaxParts& parts, PageEntry entry, uint64_t pgoff) {
  switch (entry.state) {
    case PageState::kernel_zero:
      return &parts.zero_pages.kernel;
    case PageState::own_zero:
      return &parts.zero_pages.own;
    case PageState::cached:
      return cached_page_handle(pgoff);
    default:
      return nullptr;
  }
}

PageRange window_of(const Mapping& mapping, uint64_t pgoff, uint64_t pages_in_file) {
  uint64_t first = pgoff / max_fault_pages * max_fault_pages;
  PageRange window = mapping.clip({first, max_fault_pages});
  window.pages = std::min(window.end(), pages_in_file) - window.pgoff;
  return window;
}

bool is_bad_page(const DaxParts& parts, SharedFile& file, uint64_t pgoff) {
  return parts.region.is_poisoned(file.map.find(pgoff));
}

// No strategy is asked for pages whose blocks are bad: it could do nothing about them.
PageRange without_bad_pages(const DaxParts& parts, SharedFile& file, PageRange window,
                            uint64_t pgoff) {
  if (parts.region.bad_blocks().empty()) return window;
  uint64_t first = pgoff;
  uint64_t end = pgoff + 1;
  while (first > window.pgoff && !is_bad_page(parts, file, first - 1)) --first;
  while (end < window.end() && !is_bad_page(parts, file, end)) ++end;
  return {first, end - first};
}

Status status_of(FaultResult result, const FaultOperations& ops) {
  switch (result) {
    case FaultResult::no_page:
    case FaultResult::locked:
      return {};
    case FaultResult::sigbus:
      return ops.ran_out_of_space() ? ErrorCode::no_space : ErrorCode::io_error;
    case FaultResult::oom:
      return ErrorCode::no_memory;
  }
  return ErrorCode::bad_plugin;
}

// A strategy may send an access round again (busy, or unmapped once more), but not for ever; nor
// may a page that is there and cannot be touched (its file was cut off under us, say).
class Patience {
 public:
  // False when this thread's faults at one page have changed nothing for too long.
  bool left(const Mapping& mapping, uint64_t pgoff, bool changed) {
    if (changed || &mapping != mapping_ || pgoff != pgoff_) rounds_ = 0;
    mapping_ = &mapping;
    pgoff_ = pgoff;
    return ++rounds_ < 100'000;
  }

 private:
  const Mapping* mapping_ = nullptr;
  uint64_t pgoff_ = 0;
  uint32_t rounds_ = 0;
};
constinit thread_local Patience patience __attribute__((tls_model("initial-exec")));

Status status_of_answer(DaxParts& parts, const Fault& fault, PluginCallback callback,
                        FaultResult result, const FaultOperations& ops) {
  if (static_cast<uint32_t>(result) > static_cast<uint32_t>(FaultResult::oom)) {
    parts.failures.report(callback, "returned %llu, which is no fault result",
                          static_cast<uint64_t>(result));
  }
  if (result == FaultResult::locked && !ops.holds_lock_of(fault.page)) {
    parts.failures.report(callback,
                          "returned `locked` for file page %llu without holding the page's lock",
                          fault.pgoff);
  }
  if (parts.failures.failed()) return ErrorCode::bad_plugin;
  Status status = status_of(result, ops);
  if (status.code() == ErrorCode::no_space) parts.counters.add(Counter::enospc);
  // What the engine was refused says more than that the strategy had to give up.
  return status.code() == ErrorCode::no_memory && !ops.refusal().ok() ? ops.refusal() : status;
}

Status ask_strategy(DaxParts& parts, Mapping& mapping, const Fault& fault, bool mkwrite,
                    HeldPages& held, FaultContext context) {
  FaultOperations ops(parts, mapping.file(), &mapping, held, context);
  const InPart in_part(TimePart::strategy);
  PluginCallback callback =
      mkwrite ? PluginCallback::fault_page_mkwrite : PluginCallback::fault_fault;
  FaultResult result;
  {
    InPlugin in_plugin(parts.calls, callback);
    result = mkwrite ? parts.fault.page_mkwrite(fault, ops) : parts.fault.fault(fault, ops);
  }
  Status status = status_of_answer(parts, fault, callback, result, ops);
  if (!status.ok()) ops.take_down_filled();
  return status;
}

bool is_refusal(Status status) {
  return status.code() == ErrorCode::no_memory || status.code() == ErrorCode::no_mappings ||
         status.code() == ErrorCode::busy;
}

// A fault does not fail because others near it cannot be served: where the kernel refuses a window,
// the page that faulted is tried alone. What is refused then is for handle_fault to decide.
Status ask_for_fewer(DaxParts& parts, Mapping& mapping, Fault fault, bool mkwrite, HeldPages& held,
                     FaultContext context) {
  Status status = ask_strategy(parts, mapping, fault, mkwrite, held, context);
  if (!is_refusal(status) || fault.window.pages == 1) return status;
  fault.window = {mapping.pgoff_of(fault.address), 1};
  return ask_strategy(parts, mapping, fault, mkwrite, held, context);
}

TraceKind kind_of(Need need, bool write) {
  switch (need) {
    case Need::nothing:
      return TraceKind::already_there;
    case Need::page_mkwrite:
      return TraceKind::mkwrite;
    case Need::make_writable:
      return TraceKind::make_writable;
    case Need::fault:
      break;
  }
  return write ? TraceKind::write_fault : TraceKind::read_fault;
}

// `kind`: for the trace, what the fault turns out to be.
Status resolve(DaxParts& parts, Mapping& mapping, uint64_t pgoff, bool write, FaultContext context,
               TraceKind& kind) {
  SharedFile& file = mapping.file();
  uint64_t pages_in_file = file.pages();
  if (pgoff >= pages_in_file) return ErrorCode::beyond_end;
  HeldPages held(file.page_locks);
  if (held.lock({pgoff, 1}) > 0) parts.counters.add(Counter::page_lock_waits);

  if (!parts.region.bad_blocks().empty() && is_bad_page(parts, file, pgoff)) {
    return ErrorCode::io_error;
  }

  PageEntry entry = mapping.entry(pgoff);
  Need need = need_of(entry, write);
  kind = kind_of(need, write);
  if (need == Need::nothing) {
    // Somebody was quicker, or has let go of the page; of a zero page as often as they like.
    bool is_zero_page = !entry.is_block();
    if (!patience.left(mapping, pgoff, is_zero_page)) return ErrorCode::io_error;
    return parts.addresses.show_again(mapping, pgoff);
  }
  parts.counters.add(need != Need::fault ? Counter::faults_mkwrite
                     : write             ? Counter::faults_write
                                         : Counter::faults_read);
  if (need == Need::make_writable) {
    return insert_blocks(parts, mapping, {pgoff, 1}, entry.frame, true).refusal;
  }
  // Refused while nothing has changed, for the block would be refused when it is the file's.
  if (write && parts.addresses.room() == 0) return ErrorCode::no_mappings;

  Page* page = page_of(parts, entry, pgoff);
  Fault fault{
      .mapping_start = mapping.start(),
      .mapping_pgoff = mapping.range().pgoff,
      .mapping_pages = mapping.range().pages,
      .address = mapping.address_of(pgoff),
      .pgoff = need == Need::page_mkwrite ? index_of(page) : pgoff,
      .window = without_bad_pages(parts, file, window_of(mapping, pgoff, pages_in_file), pgoff),
      .write = write,
      .page = page};
  Status status = ask_for_fewer(parts, mapping, fault, need == Need::page_mkwrite, held, context);
  // After `locked` Linux rechecks the entry before it makes it writable; here the entry is either
  // writable by now or the repeated access faults once more, so nothing is left to decide.
  const bool is_busy = status.code() == ErrorCode::busy;  // with something that will pass
  if (!status.ok() && !is_busy) return status;
  if (!patience.left(mapping, pgoff, !(mapping.entry(pgoff) == entry))) {
    if (is_busy) return status;
    parts.failures.report(
        need == Need::page_mkwrite ? PluginCallback::fault_page_mkwrite
                                   : PluginCallback::fault_fault,
        "said 100,000 times that file page %llu is served, and never mapped anything there", pgoff);
    return ErrorCode::bad_plugin;
  }
  return {};
}

}  // namespace

// No page lock is held where room is made, so that all pages but those of other faults can go. An
// access that is repeated finds room, or that others have taken it, and then makes more.
Status handle_fault(DaxParts& parts, Mapping& mapping, uint64_t address, bool write,
                    FaultContext context) noexcept {
  TimedFault timed(parts.counters);
  if (parts.failures.failed()) return ErrorCode::bad_plugin;
  SharedFile& file = mapping.file();
  const uint64_t pgoff = mapping.pgoff_of(address);
  const uint64_t times_made = parts.room.times_made();
  file.invalidate_lock.lock_shared();
  if (parts.addresses.room() == 0) (void)parts.room.make(file);
  TraceKind kind = kind_of(Need::fault, write);
  Status status = resolve(parts, mapping, pgoff, write, context, kind);
  const bool is_refused = status.code() == ErrorCode::no_mappings;
  if (is_refused && parts.room.make(file, times_made) && patience.left(mapping, pgoff, false)) {
    status = {};
  }
  file.invalidate_lock.unlock_shared();
  timed.tell({.kind = kind,
              .result = static_cast<uint32_t>(status.code()),
              .address = address,
              .offset_bytes = pgoff * page_bytes,
              .length_bytes = page_bytes});
  return status;
}

}  // namespace daxlab
