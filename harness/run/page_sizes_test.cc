#include "harness/run/page_sizes.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include "core/base/sizes.h"
#include "harness/run/kernel_fault_bits.h"

namespace daxlab {
namespace {

constexpr uint64_t unit = 512;  // pages of 2 MiB

// 4 MiB at an aligned address, from the file's beginning on, of which all is shown by 4 KiB.
MappedRange four_mib() { return {.address = 64 * MiB, .range = {0, 2 * unit}, .extents = {}}; }

PageSizes sizes_of(const MappedRange& range, bool no_huge = false, bool is_huge = false) {
  const ShownRun all{range.address, range.address + range.range.pages * page_bytes, is_huge};
  PageSizes sizes;
  add_page_sizes(range, {&all, 1}, no_huge, sizes);
  return sizes;
}

uint64_t because(const MappedRange& range, SmallPages cause, bool no_huge = false) {
  return sizes_of(range, no_huge).because(cause);
}

TEST(PageSizes, LargeEntriesNeedNoCause) {
  const PageSizes sizes = sizes_of(four_mib(), false, true);
  EXPECT_EQ(sizes.huge_bytes, 4 * MiB);
  EXPECT_EQ(sizes.small_bytes, 0u);
  for (const uint64_t bytes : sizes.small_because) EXPECT_EQ(bytes, 0u);
}

TEST(PageSizes, AlignmentOfAddressAndOffsetAreToldApart) {
  MappedRange range = four_mib();
  range.address += page_bytes;
  EXPECT_EQ(because(range, SmallPages::address), 4 * MiB);
  range = four_mib();
  range.range.pgoff = 1;  // pages 1 to 1024: one whole 2 MiB of the file
  EXPECT_EQ(because(range, SmallPages::offset), 2 * MiB);
  EXPECT_EQ(sizes_of(range).small_bytes, 4 * MiB);
  range.address += page_bytes;  // congruent again
  EXPECT_EQ(because(range, SmallPages::strategy), 2 * MiB);
}

TEST(PageSizes, HolesAreTheirsWhoShowsThem) {
  MappedRange range = four_mib();
  EXPECT_EQ(because(range, SmallPages::strategy), 4 * MiB);
  range.holes = ShownHoles::by_kernel;
  EXPECT_EQ(because(range, SmallPages::entry_before), 4 * MiB);
  EXPECT_EQ(because(range, SmallPages::advice, true), 4 * MiB);
  range.holes = ShownHoles::by_file_system;
  EXPECT_EQ(because(range, SmallPages::medium), 4 * MiB);
  range.is_dax = true;
  EXPECT_EQ(because(range, SmallPages::entry_before), 4 * MiB);
  range.extents_are_known = false;
  EXPECT_EQ(sizes_of(range).small_bytes, 4 * MiB);
  for (const uint64_t bytes : sizes_of(range).small_because) EXPECT_EQ(bytes, 0u);
}

TEST(PageSizes, BlocksOfADeviceCanLieWrong) {
  MappedRange range = four_mib();
  range.is_dax = true;
  range.holes = ShownHoles::by_file_system;
  range.extents = {{0, 3 * unit, 2 * unit}};
  EXPECT_EQ(because(range, SmallPages::entry_before), 4 * MiB);
  range.extents = {{0, 3 * unit + 8, 2 * unit}};
  EXPECT_EQ(because(range, SmallPages::block), 4 * MiB);
  range.extents = {{0, 3 * unit, unit}, {unit, 8 * unit, 256}, {unit + 256, 9 * unit, 256}};
  EXPECT_EQ(because(range, SmallPages::pieces), 2 * MiB);
  range.extents = {{0, 3 * unit, 1}};  // the rest is a hole
  EXPECT_EQ(because(range, SmallPages::pieces), 2 * MiB);
  range.extents = {{0, 3 * unit, 2 * unit}};
  range.holes = ShownHoles::by_strategy;
  EXPECT_EQ(because(range, SmallPages::strategy), 4 * MiB);
  range.is_dax = false;
  EXPECT_EQ(because(range, SmallPages::medium), 4 * MiB);
}

// Without the kernel's faults there is no size rather than a wrong one.
TEST(PageSizes, WhatLiesTogetherIsLargeWhereTheKernelTookALargeFault) {
  const std::vector<ShownRun> small = {{64 * MiB, 64 * MiB + 4096, false}};
  const std::vector<ShownRun> together = {{64 * MiB, 68 * MiB, true}};
  EXPECT_EQ(split_by_faults(small, std::nullopt).value(), small);
  EXPECT_FALSE(split_by_faults(together, std::nullopt).ok());
  const TraceEvent fault{
      .kind = TraceKind::kernel_huge_fault, .address = 66 * MiB, .answer = kernel_fault_maps};
  const std::vector<ShownRun> told = {{64 * MiB, 66 * MiB, false}, {66 * MiB, 68 * MiB, true}};
  EXPECT_EQ(split_by_faults(together, std::span(&fault, 1)).value(), told);
  EXPECT_EQ(split_by_faults(together, std::span<const TraceEvent>()).value()[1].is_huge, false);
}

// Zero pages, of which smaps says nothing: the huge one where the kernel has it.
TEST(PageSizes, ZeroPagesAreSeen) {
  const auto scan = PageTableScan::open();
  if (!scan.ok()) GTEST_SKIP() << scan.error().message;
  void* const memory =
      mmap(nullptr, 4 * MiB, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  madvise(memory, 4 * MiB, MADV_NOHUGEPAGE);
  const auto start = reinterpret_cast<uint64_t>(memory);
  const auto runs = [&] { return scan.value().runs(start, start + 4 * MiB).take(); };
  EXPECT_TRUE(runs().empty());
  for (const uint64_t page : {0, 1, 7}) {
    (void)*(static_cast<volatile char*>(memory) + page * page_bytes);
  }
  EXPECT_EQ(runs(),
            (std::vector<ShownRun>{{start, start + 2 * page_bytes, false},
                                   {start + 7 * page_bytes, start + 8 * page_bytes, false}}));
  munmap(memory, 4 * MiB);
}

}  // namespace
}  // namespace daxlab
