// Histories on labs of the shipped strategies, recorded, for the tests of this folder.
#pragma once

#include <string>

#include "harness/crash/recorded_history.h"
#include "harness/histories/random_history.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {

// Space for nearly every random history, and for hardly any.
inline constexpr uint64_t roomy_bytes = 512 * 1024;
inline constexpr uint64_t tight_bytes = 64 * 1024;

inline Op write_op(uint64_t offset_bytes, uint64_t length_bytes, uint64_t value) {
  return {.kind = OpKind::write,
          .offset_bytes = offset_bytes,
          .length_bytes = length_bytes,
          .value = value};
}

// The same that many pages further out in the files, where block maps are trees.
inline History moved(History history, uint64_t pages) {
  for (Op& op : history.ops) {
    const bool by_name =
        op.kind == OpKind::create || op.kind == OpKind::open || op.kind == OpKind::unlink;
    const bool stays = by_name || is_on_view(op.kind) || op.kind == OpKind::sync ||
                       (op.kind == OpKind::truncate && op.offset_bytes == 0);
    if (!stays) op.offset_bytes += pages * page_bytes;
  }
  return history;
}

// The seed chooses the fault strategy too, and every fourth moves to where a second level of the
// block map begins. Under mmu, stores through views are the processor's.
inline RecordedHistory record_seed(uint64_t seed, const std::string& write, uint64_t region_bytes,
                                   EngineKind engine = EngineKind::simulator) {
  static const std::vector<std::string> faults = fault_variants();
  PersistRecorder recorder(engine == EngineKind::simulator ? StoresSeen::all
                                                           : StoresSeen::of_the_core);
  std::unique_ptr<Lab> lab = make_lab({.engine = engine,
                                       .fault = faults[seed % faults.size()],
                                       .write = write,
                                       .region_bytes = region_bytes,
                                       .observer = &recorder});
  const History history = random_history(seed);
  return record_history(*lab, recorder, seed % 4 == 0 ? moved(history, 509) : history);
}

}  // namespace daxlab
