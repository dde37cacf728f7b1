#include "core/region/region.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace daxlab {
namespace {

TEST(Region, IsFormatted) {
  Counters counters;
  auto created = Region::create_memfd(1024 * block_bytes, counters);
  ASSERT_TRUE(created.ok()) << created.error().message;
  Region& region = *created.value();
  const Superblock& super = region.superblock();
  EXPECT_EQ(super.magic, region_magic);
  EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(&super), 8), "DAXLABrg");
  EXPECT_EQ(super.version, format_version);
  EXPECT_EQ(super.blocks, 1024u);
  EXPECT_EQ(super.inode_count, 64u);
  EXPECT_EQ(super.log_block, 1u);
  EXPECT_EQ(super.inode_table_block, 4u);
  EXPECT_EQ(super.first_data_block, 6u);
  EXPECT_EQ(super.end_data_block, 1023u);
  EXPECT_EQ(region.blocks(), 1024u);
  EXPECT_EQ(region.inode_count(), 64u);
  EXPECT_TRUE(std::all_of(region.address_of(1), region.address_of(1023),
                          [](std::byte b) { return b == std::byte{0}; }));
  EXPECT_GE(counters.sum(Counter::fences), 2u);
}

TEST(Region, DescriptorShowsBlocks) {
  Counters counters;
  auto region = Region::create_memfd(64 * block_bytes, counters).take();
  struct stat status {};
  ASSERT_EQ(fstat(region->descriptor(), &status), 0);
  EXPECT_EQ(static_cast<uint64_t>(status.st_size), 64 * block_bytes);
  region->persist().store_word(region->words_of(9) + 3, 42);
  void* elsewhere = mmap(nullptr, block_bytes, PROT_READ, MAP_SHARED, region->descriptor(),
                         static_cast<off_t>(9 * block_bytes));
  ASSERT_NE(elsewhere, MAP_FAILED);
  EXPECT_EQ(static_cast<const uint64_t*>(elsewhere)[3], 42u);
  munmap(elsewhere, block_bytes);
}

TEST(Region, RefusesBadSizes) {
  Counters counters;
  for (uint64_t size : {uint64_t{0}, uint64_t{4096}, uint64_t{65537}, ~uint64_t{0} - 4095}) {
    auto region = Region::create_memfd(size, counters);
    ASSERT_FALSE(region.ok()) << size;
    EXPECT_EQ(region.error().message,
              "region size of " + std::to_string(size) +
                  " bytes: give a multiple of 4 KiB, at least 64 KiB and at most 4 TiB");
  }
}

}  // namespace
}  // namespace daxlab
