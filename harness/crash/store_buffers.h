// With eADR (caches survive a power failure, too): the stores that may not have left the store
// buffers. A store is durable as soon as it has.
//   - Stores of one thread leave it in their order, so a crash keeps the first so many of them.
//   - Stores past the cache (whole lines of long copies) become durable in any order.
//   - Both are certain after the next SFENCE of their thread; flushes are in vain.
//   - An operation that begins in one thread comes after those that have ended in others, which it
//     could only know by a later store of theirs: what those stored through the cache had left the
//     store buffer before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "harness/crash/line_memory.h"
#include "harness/crash/open_store.h"
#include "harness/crash/persist_trace.h"

namespace daxlab {

class StoreBuffers {
 public:
  // What is certain: outlives it, and who owns it keeps it up to date.
  explicit StoreBuffers(std::span<const std::byte> certain);

  void store(const PersistEvent& event, std::span<const std::byte> bytes);
  // These add the words that are certain from now on.
  void fence(uint32_t thread, std::vector<WordAt>& now_certain);
  void op_begins(uint32_t thread, std::vector<WordAt>& now_certain);
  void op_ends(uint32_t thread);

  // Adds each word stored by a thread since its last fence, in the order of the trace, where that
  // may change something.
  void collect(std::vector<OpenStore>& into) const;
  uint64_t newest_word(uint64_t offset_bytes) const { return newest_.word_at(offset_bytes); }

 private:
  void settle(const std::function<bool(const OpenStore&)>& is_certain,
              std::vector<WordAt>& now_certain);

  std::span<const std::byte> certain_;
  LineMemory newest_;
  std::vector<OpenStore> buffered_;
  mutable std::vector<uint32_t> marks_;  // of each word, for whoever goes through buffered_; else 0
};

}  // namespace daxlab
