// Room for kernel mappings, of which Linux gives a process vm.max_map_count. Where little of it is
// left, pages that nobody works on are taken out of mappings, 2 MiB at a time, so that the many
// kernel mappings under them become one. The next touch of such a page faults and brings it back:
// near the limit things get slower, and nothing is refused that one kernel mapping is enough for.
//
// Which pages: those under a hand that goes round all mappings by address (a clock without used
// bits, for the kernel shows us none). A page that came in a moment ago has a whole round before
// it.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "core/base/counters.h"
#include "core/dax/address_space.h"
#include "core/dax/shared_file.h"

namespace daxlab {

// Kernel mappings that insertions may still make. Some are kept back, for removals, which must not
// fail, and for the program: at the limit its large mallocs would fail, too.
constexpr uint64_t mapping_room(uint64_t used, uint64_t max_kernel_mappings) {
  const uint64_t usable = max_kernel_mappings - std::max<uint64_t>(max_kernel_mappings / 16, 2);
  return used < usable ? usable - used : 0;
}

class MappingRoom {
 public:
  // Of one lab, whose engine goes by the same limit and outlives this.
  MappingRoom(AddressSpace& addresses, const Counters& counters, uint64_t max_kernel_mappings)
      : addresses_(addresses), counters_(counters), wanted_(max_kernel_mappings / 64 + 1) {}

  // How often there have become fewer kernel mappings, by whatever.
  uint64_t times_made() const noexcept { return counters_.times_lowered(Peak::kernel_mappings); }

  // Where there is none, or the kernel refuses a mapping. The caller holds the invalidate_lock of
  // `locked`, shared or exclusively, and of no other file, and no page lock. Other locks are only
  // tried: who holds one keeps its pages. Any thread; signal-safe.
  //
  // True: another try is worth it, for this thread has made room, or others since `times_made` was
  // read (who may have taken it, too), or had locks of what might go. False: nothing can go.
  bool make(SharedFile& locked, uint64_t times_made) noexcept;
  bool make(SharedFile& locked) noexcept { return make(locked, times_made()); }

 private:
  struct Stretch {
    Mapping* mapping = nullptr;  // with a reference
    PageRange pages;
  };
  Stretch stretch_from(uint64_t address) noexcept;
  bool take_out_between(uint64_t first, uint64_t end, uint64_t enough, SharedFile& locked) noexcept;
  bool take_out(Mapping& mapping, PageRange pages, SharedFile& locked) noexcept;
  void clear(Mapping& mapping, PageRange run) noexcept;

  AddressSpace& addresses_;
  const Counters& counters_;
  const uint64_t wanted_;  // so much more at once, or each fault would have to make some
  std::atomic<uint64_t> hand_{0};
};

}  // namespace daxlab
