// The page cache of one file under the simulator: plain memory, where no memfd is needed because
// nothing is mapped. The bytes of a page that was removed go to the next one that is added, as a
// kernel's would: what a forgotten page table entry still shows may be another page's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "core/base/counters.h"
#include "core/dax/page_cache.h"

namespace daxlab {

// One real thread at a time.
class SimulatedPageCache final : public PageCache {
 public:
  explicit SimulatedPageCache(Counters& counters) : counters_(counters) {}
  ~SimulatedPageCache() override;

  Status open() override { return {}; }
  bool has(uint64_t pgoff) const override { return pages_.contains(pgoff); }
  Status add(uint64_t pgoff) override;
  Status remove(PageRange range) override;
  bool removes_from_mappings() const override { return false; }
  uint64_t pages() const override { return pages_.size(); }
  uint64_t next(uint64_t pgoff) const override;
  std::byte* address_of(uint64_t pgoff) const override;

  // Of an address that address_of gave: whose page it is, or was last.
  static uint64_t pgoff_of(const std::byte* bytes);

 private:
  struct Page {
    std::array<std::byte, page_bytes> bytes{};
    uint64_t pgoff = 0;
  };

  Counters& counters_;
  std::map<uint64_t, std::unique_ptr<Page>> pages_;
  std::vector<std::unique_ptr<Page>> spare_;
};

}  // namespace daxlab
