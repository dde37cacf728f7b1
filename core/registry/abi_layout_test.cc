// The plugin boundary, pinned. Whoever has to change a number, a slot or a class in this file has
// changed the boundary: raise the ABI number then, in the macro of each kind that changed
// (daxlab/fault.h, write.h, alloc.h) and sdk_abi in core/registry/plugin_symbol.h, so that plugins
// built before are refused instead of called wrongly. Sizes are those of 64-bit Linux.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <type_traits>

#include "daxlab/alloc.h"
#include "daxlab/fault.h"
#include "daxlab/host.h"
#include "daxlab/write.h"

namespace daxlab {
namespace {

// Passed by value or copied by the other side: no constructor, destructor or hidden member.
template <class T>
constexpr bool crosses(size_t size_bytes, size_t alignment_bytes) {
  return std::is_trivially_copyable_v<T> && std::is_standard_layout_v<T> &&
         sizeof(T) == size_bytes && alignof(T) == alignment_bytes;
}

static_assert(crosses<PageRange>(16, 8));
static_assert(offsetof(PageRange, pgoff) == 0 && offsetof(PageRange, pages) == 8);
static_assert(crosses<ByteRange>(16, 8));
static_assert(offsetof(ByteRange, offset_bytes) == 0 && offsetof(ByteRange, length_bytes) == 8);
static_assert(crosses<Extent>(16, 8));
static_assert(offsetof(Extent, block) == 0 && offsetof(Extent, blocks) == 8);
static_assert(crosses<Status>(4, 4));
static_assert(crosses<Result<Extent>>(24, 8));
static_assert(crosses<Result<uint64_t>>(16, 8));

static_assert(crosses<Geometry>(16, 8));
static_assert(offsetof(Geometry, first_block) == 0 && offsetof(Geometry, end_block) == 8);
static_assert(crosses<AllocationRequest>(32, 8));
static_assert(offsetof(AllocationRequest, goal_block) == 0);
static_assert(offsetof(AllocationRequest, min_blocks) == 8);
static_assert(offsetof(AllocationRequest, max_blocks) == 16);
static_assert(offsetof(AllocationRequest, alignment_blocks) == 24);
static_assert(crosses<FreeSpace>(24, 8));
static_assert(offsetof(FreeSpace, free_blocks) == 0);
static_assert(offsetof(FreeSpace, largest_extent_blocks) == 8);
static_assert(offsetof(FreeSpace, reserved_blocks) == 16);

static_assert(crosses<Fault>(72, 8));
static_assert(offsetof(Fault, mapping_start) == 0 && offsetof(Fault, mapping_pgoff) == 8);
static_assert(offsetof(Fault, mapping_pages) == 16 && offsetof(Fault, address) == 24);
static_assert(offsetof(Fault, pgoff) == 32 && offsetof(Fault, window) == 40);
static_assert(offsetof(Fault, write) == 56 && offsetof(Fault, page) == 64);

static_assert(crosses<Option>(56, 8));
static_assert(offsetof(Option, name) == 0 && offsetof(Option, help) == 8);
static_assert(offsetof(Option, type) == 16 && offsetof(Option, unit) == 20);
static_assert(offsetof(Option, default_value) == 24 && offsetof(Option, minimum) == 32);
static_assert(offsetof(Option, maximum) == 40 && offsetof(Option, choices) == 48);
static_assert(crosses<OptionTable>(16, 8));
static_assert(offsetof(OptionTable, options) == 0 && offsetof(OptionTable, count) == 8);
static_assert(crosses<OptionValues>(16, 8));
static_assert(offsetof(OptionValues, values) == 0 && offsetof(OptionValues, count) == 8);
static_assert(crosses<PluginInfo>(40, 8));
static_assert(offsetof(PluginInfo, name) == 0 && offsetof(PluginInfo, summary) == 8);
static_assert(offsetof(PluginInfo, options) == 16 && offsetof(PluginInfo, flags) == 32);

template <class Plugin>
constexpr bool is_plugin_struct() {
  return crosses<Plugin>(56, 8) && offsetof(Plugin, info) == 0 && offsetof(Plugin, create) == 40 &&
         offsetof(Plugin, destroy) == 48;
}
static_assert(is_plugin_struct<FaultPlugin>());
static_assert(is_plugin_struct<WritePlugin>());
static_assert(is_plugin_struct<AllocPlugin>());

template <class Enum>
constexpr bool is_value(Enum enumerator, uint32_t value) {
  return std::is_same_v<std::underlying_type_t<Enum>, uint32_t> &&
         static_cast<uint32_t>(enumerator) == value;
}
static_assert(is_value(ErrorCode::ok, 0) && is_value(ErrorCode::no_space, 1));
static_assert(is_value(ErrorCode::no_memory, 2) && is_value(ErrorCode::no_mappings, 3));
static_assert(is_value(ErrorCode::invalid_argument, 4) && is_value(ErrorCode::not_found, 5));
static_assert(is_value(ErrorCode::exists, 6) && is_value(ErrorCode::too_big, 7));
static_assert(is_value(ErrorCode::beyond_end, 8) && is_value(ErrorCode::busy, 9));
static_assert(is_value(ErrorCode::unsupported, 10) && is_value(ErrorCode::io_error, 11));
static_assert(is_value(ErrorCode::bad_plugin, 12));
// One more at the end leaves the ABI number: a plugin that was built before it passes it on.
static_assert(is_value(ErrorCode::bad_address, 13));
static_assert(is_value(HoleBacking::trap, 0) && is_value(HoleBacking::page_cache, 1));
static_assert(is_value(HoleBacking::kernel_zero, 2));
static_assert(is_value(FaultResult::no_page, 0) && is_value(FaultResult::locked, 1));
static_assert(is_value(FaultResult::sigbus, 2) && is_value(FaultResult::oom, 3));
static_assert(is_value(OptionType::boolean, 0) && is_value(OptionType::integer, 1));
static_assert(is_value(OptionType::choice, 2) && is_value(OptionUnit::none, 0));
static_assert(is_value(OptionUnit::pages, 1) && is_value(OptionUnit::blocks, 2));
static_assert(is_value(OptionUnit::bytes, 3) && is_value(OptionUnit::nanoseconds, 4));
static_assert(is_value(PluginFlags::none, 0) && is_value(PluginFlags::signal_safe, 1));
static_assert(is_value(Staging::in_place, 0) && is_value(Staging::copy_on_write, 1));
static_assert(page_bytes == 4096 && block_bytes == 4096 && max_fault_pages == 512);
static_assert(max_atomic_write_bytes == 2097152);

// An interface is one pointer to a table, with no data of its own.
static_assert(sizeof(Host) == 8 && sizeof(FaultOps) == 8 && sizeof(FaultStrategy) == 8);
static_assert(sizeof(WriteOps) == 8 && sizeof(WriteStrategy) == 8 && sizeof(Allocator) == 8);

// Every virtual of every interface, implemented: one more pure virtual does not compile here.
class AnyHost final : public Host {
  void lock(uint32_t&) noexcept override {}
  void unlock(uint32_t&) noexcept override {}
  uint32_t shard() noexcept override { return 0; }
  void relax() noexcept override {}
  void* arena(uint64_t) noexcept override { return nullptr; }
};
class AnyFaultOps final : public FaultOps {
  Extent find_block(PageRange) noexcept override { return {}; }
  Result<Extent> get_block_create(PageRange) noexcept override { return Extent{}; }
  Page* find_or_create_page(uint64_t) noexcept override { return nullptr; }
  void remove_pages(PageRange) noexcept override {}
  uint64_t reclaim_pages(uint64_t) noexcept override { return 0; }
  uint64_t cached_pages() const noexcept override { return 0; }
  Page* kernel_zero_page() noexcept override { return nullptr; }
  Page* own_zero_page() noexcept override { return nullptr; }
  uint64_t insert_page(uint64_t, Page*, uint64_t) noexcept override { return 0; }
  uint64_t insert_block(uint64_t, Extent, bool) noexcept override { return 0; }
  void unmap_mapping_range(PageRange) noexcept override {}
  void unmap_other_mappings(PageRange) noexcept override {}
  void lock_page(Page*) noexcept override {}
};
class AnyFaultStrategy final : public FaultStrategy {
  HoleBacking hole_backing() const noexcept override { return HoleBacking::trap; }
  FaultResult fault(const Fault&, FaultOps&) noexcept override { return FaultResult::sigbus; }
  FaultResult page_mkwrite(const Fault&, FaultOps&) noexcept override {
    return FaultResult::sigbus;
  }
  void before_fill(PageRange, FaultOps&) noexcept override {}
  void after_punch(PageRange, FaultOps&) noexcept override {}
};
class AnyWriteOps final : public WriteOps {
  uint64_t reserve(ByteRange, Staging) noexcept override { return 0; }
  Status copy(ByteRange) noexcept override { return {}; }
  Status publish(ByteRange) noexcept override { return {}; }
  Status publish_at_once(ByteRange) noexcept override { return {}; }
  void release() noexcept override {}
  Status copy_to_page_cache(ByteRange) noexcept override { return {}; }
};
class AnyWriteStrategy final : public WriteStrategy {
  uint64_t max_write_bytes() const noexcept override { return 0; }
  Result<uint64_t> write(ByteRange, WriteOps&) noexcept override { return ErrorCode::no_space; }
};
class AnyAllocator final : public Allocator {
  Status init(Geometry) noexcept override { return {}; }
  Status mark_used(Extent) noexcept override { return {}; }
  Result<Extent> allocate(const AllocationRequest&) noexcept override { return Extent{}; }
  void free(Extent) noexcept override {}
  FreeSpace free_space() const noexcept override { return {}; }
};

// Tables are as long as there are slots below, or a virtual that is not pure slipped in: its slot
// cannot be told from outside, but the pure ones after it would move.
static_assert(!std::is_abstract_v<AnyHost> && !std::is_abstract_v<AnyFaultOps>);
static_assert(!std::is_abstract_v<AnyFaultStrategy> && !std::is_abstract_v<AnyWriteOps>);
static_assert(!std::is_abstract_v<AnyWriteStrategy> && !std::is_abstract_v<AnyAllocator>);

// Number of a virtual function's entry in its table. In the Itanium C++ ABI a pointer to a virtual
// member is the entry's offset, plus 1 on processors whose code addresses may be even (x86-64); on
// AArch64 the mark is in the second word.
template <class Function>
size_t slot_of(Function function) {
  static_assert(sizeof(Function) == 2 * sizeof(size_t));
  size_t words[2];
  std::memcpy(words, &function, sizeof(words));
#if defined(__aarch64__)
  EXPECT_EQ(words[1] & 1, 1u) << "not virtual";
  return words[0] / sizeof(void*);
#else
  EXPECT_EQ(words[0] & 1, 1u) << "not virtual";
  return (words[0] - 1) / sizeof(void*);
#endif
}

TEST(AbiLayoutTest, HostSlots) {
  EXPECT_EQ(slot_of(&Host::lock), 0u);
  EXPECT_EQ(slot_of(&Host::unlock), 1u);
  EXPECT_EQ(slot_of(&Host::shard), 2u);
  EXPECT_EQ(slot_of(&Host::relax), 3u);
  EXPECT_EQ(slot_of(&Host::arena), 4u);
}

TEST(AbiLayoutTest, FaultOpsSlots) {
  EXPECT_EQ(slot_of(&FaultOps::find_block), 0u);
  EXPECT_EQ(slot_of(&FaultOps::get_block_create), 1u);
  EXPECT_EQ(slot_of(&FaultOps::find_or_create_page), 2u);
  EXPECT_EQ(slot_of(&FaultOps::remove_pages), 3u);
  EXPECT_EQ(slot_of(&FaultOps::reclaim_pages), 4u);
  EXPECT_EQ(slot_of(&FaultOps::cached_pages), 5u);
  EXPECT_EQ(slot_of(&FaultOps::kernel_zero_page), 6u);
  EXPECT_EQ(slot_of(&FaultOps::own_zero_page), 7u);
  EXPECT_EQ(slot_of(&FaultOps::insert_page), 8u);
  EXPECT_EQ(slot_of(&FaultOps::insert_block), 9u);
  EXPECT_EQ(slot_of(&FaultOps::unmap_mapping_range), 10u);
  EXPECT_EQ(slot_of(&FaultOps::unmap_other_mappings), 11u);
  EXPECT_EQ(slot_of(&FaultOps::lock_page), 12u);
}

TEST(AbiLayoutTest, FaultStrategySlots) {
  EXPECT_EQ(slot_of(&FaultStrategy::hole_backing), 0u);
  EXPECT_EQ(slot_of(&FaultStrategy::fault), 1u);
  EXPECT_EQ(slot_of(&FaultStrategy::page_mkwrite), 2u);
  EXPECT_EQ(slot_of(&FaultStrategy::before_fill), 3u);
  EXPECT_EQ(slot_of(&FaultStrategy::after_punch), 4u);
}

TEST(AbiLayoutTest, WriteSlots) {
  EXPECT_EQ(slot_of(&WriteOps::reserve), 0u);
  EXPECT_EQ(slot_of(&WriteOps::copy), 1u);
  EXPECT_EQ(slot_of(&WriteOps::publish), 2u);
  EXPECT_EQ(slot_of(&WriteOps::publish_at_once), 3u);
  EXPECT_EQ(slot_of(&WriteOps::release), 4u);
  EXPECT_EQ(slot_of(&WriteOps::copy_to_page_cache), 5u);
  EXPECT_EQ(slot_of(&WriteStrategy::max_write_bytes), 0u);
  EXPECT_EQ(slot_of(&WriteStrategy::write), 1u);
}

TEST(AbiLayoutTest, AllocatorSlots) {
  EXPECT_EQ(slot_of(&Allocator::init), 0u);
  EXPECT_EQ(slot_of(&Allocator::mark_used), 1u);
  EXPECT_EQ(slot_of(&Allocator::allocate), 2u);
  EXPECT_EQ(slot_of(&Allocator::free), 3u);
  EXPECT_EQ(slot_of(&Allocator::free_space), 4u);
}

}  // namespace
}  // namespace daxlab
