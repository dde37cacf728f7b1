#include "core/region/device_bad_blocks.h"

#include <gmock/gmock.h>

#include "core/base/made_up_tree_test.h"

namespace daxlab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class DeviceBadBlocks : public MadeUpTree {
 protected:
  std::vector<uint64_t> of_file(const std::string& device,
                                const std::vector<PhysicalExtent>& extents) const {
    return listed(bad_blocks_of_file(
        root_ / device, [&]() -> ErrorOr<std::vector<PhysicalExtent>> { return extents; }, 64));
  }
  std::vector<uint64_t> of_device() const { return listed(bad_blocks_of_device(root_ / dax_, 64)); }
  static std::vector<uint64_t> listed(const ErrorOr<BadBlocks>& bad) {
    EXPECT_TRUE(bad.ok()) << bad.error().message;
    const auto list = bad.ok() ? bad.value().list() : std::span<const uint64_t>();
    return {list.begin(), list.end()};
  }
  void write_device(const std::string& region_start, const std::string& device_start) const {
    write(region_ + "/nstype", "5\n");
    write(region_ + "/resource", region_start);
    write(dax_ + "/resource", device_start);
  }

  const std::string disk_ = "sys/devices/ndbus0/region1/pfn1.0/block/pmem1";
  const std::string region_ = "sys/devices/ndbus0/region0";
  const std::string dax_ = region_ + "/dax0.1/dax0.0";
};

// A file's blocks 0 to 15 lie at block 100 of the device, 16 to 63 at block 40.
const std::vector<PhysicalExtent> two_extents = {
    {0, 100 * block_bytes, 16 * block_bytes, false},
    {16 * block_bytes, 40 * block_bytes, 48 * block_bytes, false}};

ErrorOr<std::vector<PhysicalExtent>> cannot_say() { return Error{"no extents"}; }

TEST_F(DeviceBadBlocks, OfAFileTakeExtentsOnlyWhereSomeAreListed) {
  EXPECT_THAT(listed(bad_blocks_of_file(root_ / disk_, cannot_say, 64)), IsEmpty());
  write(disk_ + "/badblocks", "");
  EXPECT_THAT(listed(bad_blocks_of_file(root_ / disk_, cannot_say, 64)), IsEmpty());
  write(disk_ + "/badblocks", "0 8\n");
  const auto bad = bad_blocks_of_file(root_ / disk_, cannot_say, 64);
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().message, "no extents");
}

TEST_F(DeviceBadBlocks, ThatCannotBeReadAreAnError) {
  write_device("0x140000000\n", "0x140200000\n");
  make_folder(region_ + "/badblocks");
  make_folder(disk_ + "/badblocks");
  for (const auto& bad : {bad_blocks_of_device(root_ / dax_, 64),
                          bad_blocks_of_file(root_ / disk_, cannot_say, 64)}) {
    ASSERT_FALSE(bad.ok());
    EXPECT_THAT(bad.error().message, HasSubstr("badblocks: the list of bad blocks cannot be read"));
  }
}

TEST_F(DeviceBadBlocks, OfAFileLieWhereItsExtentsDo) {
  EXPECT_THAT(of_file(disk_, two_extents), IsEmpty());
  write(disk_ + "/badblocks", "807 2\n");  // the last sector of block 100, and one of 101
  EXPECT_THAT(of_file(disk_, two_extents), ElementsAre(0, 1));
  write(disk_ + "/badblocks", "792 16\n320 1\n88 8\n8000 8\n");  // 99 and 100; 40; nobody's
  EXPECT_THAT(of_file(disk_, two_extents), ElementsAre(0, 16));
  write(disk_ + "/badblocks", "0 18446744073709551615\n");
  EXPECT_EQ(of_file(disk_, two_extents).size(), 64u);
}

TEST_F(DeviceBadBlocks, OfAPartitionCountFromTheDisk) {
  const std::string partition = disk_ + "/pmem1p2";
  write(partition + "/partition", "2\n");
  write(partition + "/start", "4096\n");
  write(disk_ + "/badblocks", "4904 8\n");  // 808: block 101
  EXPECT_THAT(of_file(partition, two_extents), ElementsAre(1));
  write(partition + "/start", "\n");
  const auto bad = bad_blocks_of_file(root_ / partition, cannot_say, 64);
  ASSERT_FALSE(bad.ok());
  EXPECT_THAT(bad.error().message, HasSubstr("does not say where the partition is"));
}

TEST_F(DeviceBadBlocks, OfADeviceCountFromItsBusRegion) {
  write_device("0x140000000\n", "0x140200000\n");
  EXPECT_THAT(of_device(), IsEmpty());
  write(region_ + "/badblocks", "4096 1\n4111 2\n4600 8\n");
  EXPECT_THAT(of_device(), ElementsAre(0, 1, 2, 63));
  write(region_ + "/badblocks", "0 4096\n4608 8\n");  // before the device, and behind the region
  EXPECT_THAT(of_device(), IsEmpty());
}

TEST_F(DeviceBadBlocks, ThatCannotBePlacedAreAnError) {
  write_device("0x140000000\n", "");
  write(region_ + "/badblocks", "0 8\n");
  const auto hidden = bad_blocks_of_device(root_ / dax_, 64);
  ASSERT_FALSE(hidden.ok());
  EXPECT_THAT(hidden.error().message, HasSubstr("badblocks: lists bad blocks, and only root may"));
  write_device("0x140000000\n", "0x140200000\n");
  write(region_ + "/badblocks", "zero\n");
  const auto nonsense = bad_blocks_of_device(root_ / dax_, 64);
  ASSERT_FALSE(nonsense.ok());
  EXPECT_THAT(nonsense.error().message, HasSubstr("badblocks:1: 'zero' is no run"));
}

}  // namespace
}  // namespace daxlab
