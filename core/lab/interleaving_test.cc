// Interleavings that random runs meet too seldom, made on purpose: strategies and an engine that
// call back in the middle of an operation.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <vector>

#include "core/dax/dax_file_system.h"
#include "core/engine/simulator/simulated_address_space.h"
#include "daxlab/fault_steps.h"

namespace daxlab {
namespace {

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
    if (free_.empty()) return ErrorCode::no_space;
    uint64_t block = free_.back();
    free_.pop_back();
    return Extent{block, 1};
  }
  void free(Extent extent) noexcept override {
    for (uint64_t i = 0; i < extent.blocks; ++i) free_.push_back(extent.block + i);
  }
  FreeSpace free_space() const noexcept override { return {free_.size(), 1}; }

 private:
  std::vector<uint64_t> free_;
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

// all_or_nothing that lets somebody else act between copying and publishing.
class Interrupted final : public WriteStrategy {
 public:
  std::function<void()> between = [] {};
  Result<uint64_t> write(ByteRange range, WriteOps& ops) noexcept override {
    if (ops.reserve(range) < range.length_bytes) return ErrorCode::no_space;
    if (Status status = ops.copy(range); !status.ok()) return status;
    std::function<void()> once = std::move(between);
    between = [] {};
    once();
    if (Status status = ops.publish(range); !status.ok()) return status;
    return range.length_bytes;
  }
};

// Tells what happens to a mapping's pages while it is being given up.
class Watched final : public AddressSpace {
 public:
  explicit Watched(Region& region) : real_(region) {}
  std::function<void()> at_unmap = [] {};
  uint64_t removals = 0;

  void set_fault_handler(FaultHandler& handler) override { real_.set_fault_handler(handler); }
  Status map(Mapping& mapping, uint64_t pages) override { return real_.map(mapping, pages); }
  void unmap(Mapping& mapping) override {
    std::function<void()> once = std::move(at_unmap);
    at_unmap = [] {};
    once();
    real_.unmap(mapping);
  }
  std::byte* raw(const Mapping& mapping) const override { return real_.raw(mapping); }
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
    ++removals;
    return real_.remove(mapping, run);
  }

 private:
  SimulatedAddressSpace real_;
};

class Interleaving : public testing::Test {
 protected:
  Interleaving() {
    file = files->create("file").take();
    EXPECT_TRUE(file->truncate(8 * page_bytes).ok());
    view = file->map({0, 8}).take();
  }
  void write_word(uint64_t offset, uint64_t value) {
    auto written = file->write(offset, std::as_bytes(std::span(&value, 1)));
    ASSERT_TRUE(written.ok() && written.value() == sizeof value);
  }
  uint64_t read_word(uint64_t offset) {
    uint64_t value = 0;
    EXPECT_TRUE(file->read(offset, std::as_writable_bytes(std::span(&value, 1))).ok());
    return value;
  }
  void TearDown() override {
    SpaceUse use = files->space_use();
    EXPECT_EQ(use.used_blocks + use.free_blocks, use.total_blocks);
    EXPECT_EQ(failures.message(), std::nullopt);
  }

  Counters counters;
  CallLog calls;
  FailureLog failures;
  NextBlock plugin;
  OneZero zero;
  Interrupted writing;
  ZeroPages zero_pages;
  std::unique_ptr<Region> region = Region::create_memfd(1024 * block_bytes, counters).take();
  InodeTable inodes{*region};
  DirtyBlocks dirty{region->blocks()};
  Watched addresses{*region};
  std::unique_ptr<BlockAllocator> allocator =
      BlockAllocator::open(plugin, true, *region, {}, counters, calls, failures).take();
  std::unique_ptr<DaxFileSystem> files = std::make_unique<DaxFileSystem>(
      DaxParts{*region, inodes, *allocator, addresses, zero, HoleBacking::trap, writing, zero_pages,
               dirty, counters, calls, failures});
  std::unique_ptr<File> file;
  std::unique_ptr<View> view;
};

TEST_F(Interleaving, AStoreThatTookTheHoleMeanwhileIsMergedWith) {
  writing.between = [&] { view->store(8, 11); };
  write_word(16, 22);
  EXPECT_EQ(view->load(8), 11u);
  EXPECT_EQ(view->load(16), 22u);
  EXPECT_EQ(read_word(8), 11u);
  EXPECT_EQ(read_word(16), 22u);
}

TEST_F(Interleaving, AnotherWriteThatTookTheHoleMeanwhileIsMergedWith) {
  writing.between = [&] { write_word(24, 33); };
  write_word(16, 22);
  EXPECT_EQ(read_word(16), 22u);
  EXPECT_EQ(read_word(24), 33u);
}

TEST_F(Interleaving, AZeroPageReadMeanwhileIsTakenDown) {
  writing.between = [&] { EXPECT_EQ(view->load(16), 0u); };
  write_word(16, 22);
  EXPECT_EQ(view->load(16), 22u);
}

// The write came before the truncate: nothing of it comes back when the file grows again.
TEST_F(Interleaving, AWriteOvertakenByATruncateStaysCut) {
  writing.between = [&] { EXPECT_TRUE(file->truncate(16).ok()); };
  write_word(3 * page_bytes, 22);
  EXPECT_EQ(file->size_bytes(), 16u);
  ASSERT_TRUE(file->truncate(8 * page_bytes).ok());
  EXPECT_EQ(read_word(3 * page_bytes), 0u);
  EXPECT_EQ(view->load(3 * page_bytes), 0u);
}

TEST_F(Interleaving, AMappingBeingGivenUpIsOutOfEverybodysReach) {
  view->store(0, 5);
  auto other = file->map({0, 8}).take();
  EXPECT_EQ(other->load(0), 5u);
  uint64_t removals_by_punch = 0;
  addresses.at_unmap = [&] {
    uint64_t before = addresses.removals;
    EXPECT_TRUE(file->punch({0, page_bytes}).ok());
    removals_by_punch = addresses.removals - before;
  };
  other.reset();
  EXPECT_EQ(removals_by_punch, 1u) << "only the view that stays may be touched";
}

}  // namespace
}  // namespace daxlab
