// For tests: a lab put together by hand, from strategies and an engine of the test's own that may
// call back in the middle of an operation.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "core/dax/dax_file_system.h"
#include "daxlab/fault_steps.h"

namespace daxlab {

class NextBlock final : public Allocator {
 public:
  Status init(Geometry geometry) noexcept override {
    for (uint64_t block = geometry.end_block; block > geometry.first_block; --block) {
      free_.push_back(block - 1);
    }
    return {};
  }
  Status mark_used(Extent) noexcept override { return {}; }
  Result<Extent> allocate(const AllocationRequest&) noexcept override {
    std::lock_guard guard(mutex_);
    if (free_.empty()) return ErrorCode::no_space;
    uint64_t block = free_.back();
    free_.pop_back();
    return Extent{block, 1};
  }
  void free(Extent extent) noexcept override {
    std::lock_guard guard(mutex_);
    for (uint64_t i = 0; i < extent.blocks; ++i) free_.push_back(extent.block + i);
  }
  FreeSpace free_space() const noexcept override { return {free_.size(), 1}; }

 private:
  Mutex mutex_;
  std::vector<uint64_t> free_;  // grows to its full size at once: no malloc in a fault
};

class OneZero final : public FaultStrategy {
 public:
  HoleBacking hole_backing() const noexcept override { return HoleBacking::trap; }
  FaultResult fault(const Fault& fault, FaultOps& ops) noexcept override {
    if (fault.write) return store_where_nothing_is_mapped(fault, ops);
    Extent extent = ops.find_block({fault.pgoff, 1});
    if (!extent.is_hole()) return inserted(ops.insert_block(fault.address, extent, false));
    return inserted(ops.insert_page(fault.address, ops.kernel_zero_page(), 1));
  }
  FaultResult page_mkwrite(const Fault& fault, FaultOps& ops) noexcept override {
    Fault repaired = fault;
    repaired.pgoff = fault.mapping_pgoff + (fault.address - fault.mapping_start) / page_bytes;
    return store_where_nothing_is_mapped(repaired, ops);
  }
  void before_fill(PageRange range, FaultOps& ops) noexcept override {
    ops.unmap_mapping_range(range);
  }
  void after_punch(PageRange, FaultOps&) noexcept override {}
};

// Writes as the test says.
class Scripted final : public WriteStrategy {
 public:
  using Script = std::function<Result<uint64_t>(ByteRange range, WriteOps& ops)>;
  Script script;
  uint64_t max_write_bytes() const noexcept override { return UINT64_MAX; }
  Result<uint64_t> write(ByteRange range, WriteOps& ops) noexcept override {
    return script(range, ops);
  }
};

// An engine that passes everything on to another one.
class PassingAddressSpace : public AddressSpace {
 public:
  explicit PassingAddressSpace(AddressSpace& real) : real_(real) {}

  const char* fault_delivery() const override { return real_.fault_delivery(); }
  HoleBacking backing_for(HoleBacking wanted) const override { return real_.backing_for(wanted); }
  std::unique_ptr<PageCache> make_page_cache(Counters& counters) const override {
    return real_.make_page_cache(counters);
  }
  void set_fault_handler(FaultHandler& handler) override { real_.set_fault_handler(handler); }
  Status map(Mapping& mapping, uint64_t pages) override { return real_.map(mapping, pages); }
  void unmap(Mapping& mapping) override { real_.unmap(mapping); }
  std::byte* raw(const Mapping& mapping) const override { return real_.raw(mapping); }
  bool shows(const void* start, uint64_t length_bytes) noexcept override {
    return real_.shows(start, length_bytes);
  }
  Result<uint64_t> load(Mapping& mapping, uint64_t address) override {
    return real_.load(mapping, address);
  }
  Status store(Mapping& mapping, uint64_t address, uint64_t value) override {
    return real_.store(mapping, address, value);
  }
  Status insert_kernel_zero(Mapping& mapping, PageRange run) noexcept override {
    return real_.insert_kernel_zero(mapping, run);
  }
  Status insert_own_zero(Mapping& mapping, PageRange run) noexcept override {
    return real_.insert_own_zero(mapping, run);
  }
  Status insert_cached(Mapping& mapping, PageRange run) noexcept override {
    return real_.insert_cached(mapping, run);
  }
  Status insert_blocks(Mapping& mapping, PageRange run, uint64_t block,
                       bool writable) noexcept override {
    return real_.insert_blocks(mapping, run, block, writable);
  }
  Status remove(Mapping& mapping, PageRange run) noexcept override {
    return real_.remove(mapping, run);
  }
  uint64_t room() const noexcept override { return real_.room(); }
  Status clear(Mapping& mapping, PageRange run) noexcept override {
    return real_.clear(mapping, run);
  }
  Mapping* acquire_mapping_from(uint64_t address) noexcept override {
    return real_.acquire_mapping_from(address);
  }
  Status show_again(Mapping& mapping, uint64_t pgoff) noexcept override {
    return real_.show_again(mapping, pgoff);
  }

 private:
  AddressSpace& real_;
};

// Everything but the engine; `files` is made by whoever brings one.
struct BareLab {
  Counters counters;
  CallLog calls;
  FailureLog failures;
  NextBlock plugin;
  OneZero zero;
  Scripted writing;
  ZeroPages zero_pages;
  std::unique_ptr<Region> region = Region::create_memfd(1024 * block_bytes, counters).take();
  InodeTable inodes{*region};
  RedoLog log{*region};
  DirtyBlocks dirty{region->blocks()};
  std::unique_ptr<BlockAllocator> allocator =
      BlockAllocator::open(plugin, true, *region, {}, counters, calls, failures).take();

  std::unique_ptr<MappingRoom> room;

  std::unique_ptr<DaxFileSystem> files_on(AddressSpace& addresses) {
    room = std::make_unique<MappingRoom>(addresses, counters, UINT64_MAX);
    return std::make_unique<DaxFileSystem>(DaxParts{.region = *region,
                                                    .inodes = inodes,
                                                    .log = log,
                                                    .allocator = *allocator,
                                                    .addresses = addresses,
                                                    .room = *room,
                                                    .fault = zero,
                                                    .hole_backing = HoleBacking::trap,
                                                    .write = writing,
                                                    .max_write_bytes = writing.max_write_bytes(),
                                                    .zero_pages = zero_pages,
                                                    .dirty = dirty,
                                                    .counters = counters,
                                                    .calls = calls,
                                                    .failures = failures});
  }
};

inline void write_word(File& file, uint64_t offset_bytes, uint64_t value) {
  auto written = file.write(offset_bytes, std::as_bytes(std::span(&value, 1)));
  ASSERT_TRUE(written.ok() && written.value() == sizeof value);
}
inline uint64_t read_word(File& file, uint64_t offset_bytes) {
  uint64_t value = 0;
  EXPECT_TRUE(file.read(offset_bytes, std::as_writable_bytes(std::span(&value, 1))).ok());
  return value;
}

}  // namespace daxlab
