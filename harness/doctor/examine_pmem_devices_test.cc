#include <gtest/gtest.h>

#include <cerrno>

#include "core/base/sizes.h"
#include "harness/doctor/examine.h"

namespace daxlab {
namespace {

MachineFinding only(const PmemDevices& devices, const std::string& name) {
  for (const MachineFinding& finding : examine_pmem_devices(devices)) {
    if (finding.name == name) return finding;
  }
  ADD_FAILURE() << "nothing is said of " << name;
  return {};
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(PmemDevicesExamined, WithoutAnyEachKindIsMissingAndTheEngineRuns) {
  const auto findings = examine_pmem_devices({});
  ASSERT_EQ(findings.size(), 3U);
  for (const MachineFinding& finding : findings) {
    EXPECT_EQ(finding.state, FindingState::missing) << finding.name;
    EXPECT_FALSE(finding.what_to_do.empty()) << finding.name;
    EXPECT_FALSE(finding.needed_by_mmu) << finding.name;
  }
}

TEST(PmemDevicesExamined, ANamespaceTellsModeSizeDeviceAlignmentAndDomain) {
  const MachineFinding found = only({.namespaces = {{"namespace0.0", "fsdax", "pmem0", 1022 * MiB,
                                                     2 * MiB, "memory_controller"}}},
                                    "namespace0.0");
  EXPECT_EQ(found.state, FindingState::ok);
  EXPECT_EQ(found.found, "fsdax, 1022 MiB, /dev/pmem0, alignment 2 MiB, ADR: flush");
}

TEST(PmemDevicesExamined, AModeWithoutDaxAndBadBlocksAreWarnedOfWithTheCommand) {
  const MachineFinding raw =
      only({.namespaces = {{"namespace1.0", "raw", "pmem1", MiB, 0, "cpu_cache"}}}, "namespace1.0");
  EXPECT_EQ(raw.state, FindingState::warning);
  EXPECT_TRUE(contains(raw.what_to_do, "ndctl create-namespace -f -e namespace1.0"))
      << raw.what_to_do;
  const MachineFinding bad =
      only({.namespaces = {{"namespace0.0", "fsdax", "pmem0", MiB, 2 * MiB, "unknown", 4 * KiB}}},
           "namespace0.0");
  EXPECT_EQ(bad.state, FindingState::warning);
  EXPECT_TRUE(contains(bad.found, "4 KiB of bad blocks")) << bad.found;
}

TEST(PmemDevicesExamined, ADevdaxDeviceOfLargeAlignmentGetsTheCommandThatMakesItSmall) {
  DaxDevice device{.name = "dax0.0",
                   .pmem_namespace = "namespace0.0",
                   .size_bytes = MiB,
                   .align_bytes = page_bytes,
                   .is_enabled = true};
  EXPECT_EQ(only({.dax_devices = {device}}, "dax0.0").state, FindingState::ok);
  device.align_bytes = 2 * MiB;
  const MachineFinding large = only({.dax_devices = {device}}, "dax0.0");
  EXPECT_EQ(large.state, FindingState::warning);
  EXPECT_TRUE(contains(large.what_to_do, "-e namespace0.0 --mode=devdax --align=4096"));
  device.pmem_namespace.clear();
  EXPECT_TRUE(
      contains(only({.dax_devices = {device}}, "dax0.0").what_to_do, "daxctl create-device"));
  device.is_system_memory = true;
  EXPECT_TRUE(contains(only({.dax_devices = {device}}, "dax0.0").what_to_do, "reconfigure-device"));
}

TEST(PmemDevicesExamined, ADisabledNamespaceAndALibraryThatCannotBeAskedAreWarnedOf) {
  PmemNamespace disabled{"namespace0.0", "fsdax", "", MiB, 2 * MiB, "unknown"};
  disabled.is_enabled = false;
  const MachineFinding off = only({.namespaces = {disabled}}, "namespace0.0");
  EXPECT_EQ(off.state, FindingState::warning);
  EXPECT_EQ(off.what_to_do, "ndctl enable-namespace namespace0.0");
  EXPECT_TRUE(contains(examine_pmem_devices({.not_asked = {"libndctl: why"}}).back().found, "why"));
}

TEST(PmemDevicesExamined, AMountIsJudgedByWhatTheKernelAnswersNotByItsOptions) {
  const auto mounted = [](const char* type, PmemMount mount) {
    mount.folder = "/mnt", mount.type = type, mount.device = "/dev/pmem0";
    return only({.mounts = {mount}}, "/mnt");
  };
  EXPECT_EQ(mounted("ext4", {.is_dax = true}).state, FindingState::ok);
  EXPECT_EQ(mounted("ext4", {.is_dax = true}).found, "ext4 on /dev/pmem0, DAX is in effect");
  EXPECT_TRUE(contains(mounted("ext4", {}).what_to_do,
                       "umount /mnt && mount -o dax=always /dev/pmem0 /mnt"));
  EXPECT_TRUE(contains(mounted("xfs", {}).what_to_do, "reflink=0"));
  EXPECT_TRUE(contains(mounted("btrfs", {}).what_to_do, "btrfs has no DAX"));
  EXPECT_TRUE(contains(mounted("ext4", {.is_dax = true, .map_sync_errno = EOPNOTSUPP}).found,
                       "DAX, but no MAP_SYNC"));
  EXPECT_TRUE(contains(mounted("ext4", {.file_errno = EACCES}).found, "Permission denied"));
  EXPECT_TRUE(contains(mounted("ext4", {.file_errno = EROFS}).what_to_do, "can be written"));
}

}  // namespace
}  // namespace daxlab
