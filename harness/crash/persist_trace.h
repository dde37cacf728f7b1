// What a region was told, in order: stores with their bytes, flushes, fences, and where operations
// began and ended.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/source_location.h"
#include "core/region/persist.h"

namespace daxlab {

enum class EventKind : uint32_t { word, bytes, flush, fence, op_begins, op_ends };

struct PersistEvent {
  EventKind kind = EventKind::fence;
  // Stores and flushes: of the region. A store is of whole words of 8 bytes, as is all that a crash
  // may keep of it; a flush of whole cache lines.
  uint64_t offset_bytes = 0;
  uint64_t length_bytes = 0;
  // Where the trace keeps what lay there: after a store, at a flush.
  uint64_t kept_at = 0;
  uint64_t op = 0;  // op_begins, op_ends: the operation's number
  SourceLocation where;
  uint32_t thread = 0;  // thread_shard() of who did it
};

// Who tells of stores.
enum class StoresSeen : uint32_t {
  all,          // what flushes kept is known already
  of_the_core,  // and the processor makes others, through mappings: flushes bring them to light
};

// Of one thread, or of simulated ones. A value: copies share the recorded bytes, so one with other
// events costs the events alone.
struct PersistTrace {
  StoresSeen seen = StoresSeen::all;
  std::vector<PersistEvent> events;
  std::shared_ptr<std::vector<std::byte>> kept = std::make_shared<std::vector<std::byte>>();

  std::span<const std::byte> bytes_of(const PersistEvent& event) const {
    return std::span(*kept).subspan(event.kept_at, event.length_bytes);
  }
};

// Records one region, from start() on. One real thread: simulated ones of it may take turns between
// calls, so what they did lies in the trace in the order in which it happened.
class PersistRecorder final : public PersistObserver {
 public:
  explicit PersistRecorder(StoresSeen seen = StoresSeen::all) : seen_(seen) {}

  // Begins an empty trace. The region is a multiple of cache lines, aligned to them, and outlives
  // the recording.
  void start(std::span<const std::byte> region);
  // What was recorded since; nothing is recorded any more.
  PersistTrace stop();

  void op_begins(uint64_t op);
  void op_ends(uint64_t op);

  void word_stored(const uint64_t* to, SourceLocation where) noexcept override;
  void bytes_stored(const std::byte* to, uint64_t length_bytes,
                    SourceLocation where) noexcept override;
  void flushed(const std::byte* from, uint64_t length_bytes,
               SourceLocation where) noexcept override;
  void fenced(SourceLocation where) noexcept override;

 private:
  // All units that the bytes touch.
  void add(EventKind kind, const std::byte* first, uint64_t length_bytes, uint64_t unit_bytes,
           SourceLocation where);
  uint64_t offset_of(const std::byte* address) const;

  StoresSeen seen_;
  std::span<const std::byte> region_;  // empty: not recording
  PersistTrace trace_;
};

}  // namespace daxlab
