#include "core/dax/copy_pins.h"

#include "core/base/counters.h"
#include "core/base/part_clock.h"
#include "core/sync/schedule.h"
#include "core/sync/sync.h"

namespace daxlab {

uint32_t CopyPins::pin() {
  const InPart in_part(TimePart::pin);
  tell_schedule(StepKind::lock_shared, this);
  uint32_t moment = ticket();
  if (moment == 0) moment = ticket();  // 0 means free
  uint32_t first = thread_shard() % slots;
  for (;;) {
    for (uint32_t i = 0; i < slots; ++i) {
      uint32_t slot = (first + i) % slots;
      uint32_t expected = 0;
      if (taken_[slot].compare_exchange_strong(expected, moment)) return slot;
    }
    uint32_t busy = taken_[first].load();
    if (busy != 0) wait_while(taken_[first], busy);
  }
}

void CopyPins::unpin(uint32_t slot) {
  const InPart in_part(TimePart::pin);
  tell_schedule(StepKind::unlock_shared, this);
  taken_[slot].store(0);
  wake_all(taken_[slot]);
}

void CopyPins::wait_for_older(uint32_t ticket) {
  in_schedule(StepKind::wait, this, SourceLocation::current(),
              [this, ticket] { wait_for_older_at_once(ticket); });
}

void CopyPins::wait_for_older_at_once(uint32_t ticket) {
  for (std::atomic<uint32_t>& slot : taken_) {
    for (uint32_t moment = slot.load(); moment != 0 && static_cast<int32_t>(moment - ticket) < 0;
         moment = slot.load()) {
      wait_while(slot, moment);
    }
  }
}

}  // namespace daxlab
