#include "core/base/control_groups.h"

#include "core/base/made_up_tree_test.h"
#include "core/base/sizes.h"

namespace daxlab {
namespace {

class ControlGroups : public MadeUpTree {
 protected:
  // Version 1, each controller in a hierarchy of its own; `top`: the group at the top of the mount.
  void mount_version_1(const std::string& group, const std::string& top) const {
    write("proc/self/cgroup", "8:pids:/\n4:memory:" + group + "\n1:name=systemd:/x\n0::/\n");
    write("proc/self/mountinfo",
          "30 22 0:27 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"
          "34 30 0:31 " +
              top +
              " /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
              "38 30 0:35 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids\n"
              "40 30 0:37 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n");
    make_folder("sys/fs/cgroup/memory");
    make_folder("sys/fs/cgroup/unified");
  }
  std::vector<std::string> folders(const std::string& controller) const {
    std::vector<std::string> found;
    for (const auto& folder : group_folders(root_, controller).folders) {
      found.push_back("/" + folder.lexically_relative(root_).string());
    }
    return found;
  }
  using Folders = std::vector<std::string>;
};

TEST_F(ControlGroups, WithoutProcThereAreNone) {
  EXPECT_TRUE(group_folders(root_, "memory").folders.empty());
  EXPECT_FALSE(shared_memory_bound(root_).has_value());
  EXPECT_FALSE(process_group(root_).has_value());
  EXPECT_FALSE(processor_group(root_).has_value());
}

TEST_F(ControlGroups, AllAboveTheProcessAreFound) {
  mount_version_2("/a/b");
  EXPECT_EQ(folders("memory"),
            (Folders{"/sys/fs/cgroup/a/b", "/sys/fs/cgroup/a", "/sys/fs/cgroup"}));
  EXPECT_TRUE(group_folders(root_, "memory").version_2);
}

TEST_F(ControlGroups, InHybridModeTheControllerIsWhereItIsMounted) {
  mount_version_1("/a", "/");
  make_folder("sys/fs/cgroup/memory/a");
  EXPECT_EQ(folders("memory"), (Folders{"/sys/fs/cgroup/memory/a", "/sys/fs/cgroup/memory"}));
  EXPECT_FALSE(group_folders(root_, "memory").version_2);
  // A controller that version 1 does not name is in the other hierarchy.
  EXPECT_EQ(folders("cpu"), Folders{"/sys/fs/cgroup/unified"});
}

TEST_F(ControlGroups, AContainerSeesItsOwnGroupAtTheTop) {
  mount_version_1("/docker/1234", "/docker/1234");
  EXPECT_EQ(folders("memory"), Folders{"/sys/fs/cgroup/memory"});
  mount_version_1("/docker/1234/a", "/docker/1234");
  make_folder("sys/fs/cgroup/memory/a");
  EXPECT_EQ(folders("memory"), (Folders{"/sys/fs/cgroup/memory/a", "/sys/fs/cgroup/memory"}));
}

TEST_F(ControlGroups, AGroupOutsideOfTheNamespaceLeavesTheTop) {
  mount_version_2("/a");
  write("proc/self/cgroup", "0::/../elsewhere\n");
  EXPECT_EQ(folders("memory"), Folders{"/sys/fs/cgroup"});
}

TEST_F(ControlGroups, NamesMayHaveSpacesAndColons) {
  mount_version_2("/a b:c");
  EXPECT_EQ(folders("memory").front(), "/sys/fs/cgroup/a b:c");
  write("proc/self/mountinfo", "30 22 0:27 / /sys/fs/c\\040g rw - cgroup2 none rw\n");
  make_folder("sys/fs/c g/a b:c");
  EXPECT_EQ(folders("memory").front(), "/sys/fs/c g/a b:c");
}

TEST_F(ControlGroups, TheSmallestLimitCounts) {
  mount_version_2("/a/b");
  write("sys/fs/cgroup/a/b/memory.max", "max\n");
  write("sys/fs/cgroup/a/b/memory.stat", "anon 4096\nfile 9\nshmem 8192\n");
  write("sys/fs/cgroup/a/memory.max", "67108864\n");
  write("sys/fs/cgroup/memory.max", "134217728\n");
  const std::vector<MemoryGroup> groups = memory_groups(root_);
  ASSERT_EQ(groups.size(), 3u);
  EXPECT_EQ(groups[0].held_bytes, 12288u);
  EXPECT_EQ(groups[0].limit_bytes, std::nullopt);
  ASSERT_NE(tightest(groups), nullptr);
  EXPECT_EQ(tightest(groups)->folder, root_ / "sys/fs/cgroup/a");
  EXPECT_EQ(tightest(groups)->limit_bytes, 64 * MiB);
}

TEST_F(ControlGroups, WithSwapMoreThanTheLimitCanBeHad) {
  mount_version_2("/a/b");
  write("sys/fs/cgroup/a/memory.max", "67108864\n");
  EXPECT_EQ(shared_memory_bound(root_)->bytes, 64 * MiB);
  write("proc/meminfo", "SwapTotal: 1048576 kB\n");
  EXPECT_EQ(shared_memory_bound(root_)->bytes, (64 + 1024) * MiB);
  write("sys/fs/cgroup/a/memory.swap.max", "1048576\n");
  EXPECT_EQ(shared_memory_bound(root_)->bytes, 65 * MiB);
  // What the upper may not, the lower may not.
  write("sys/fs/cgroup/a/b/memory.swap.max", "max\n");
  write("sys/fs/cgroup/a/b/memory.max", "33554432\n");
  EXPECT_EQ(shared_memory_bound(root_)->bytes, 33 * MiB);
  EXPECT_EQ(shared_memory_bound(root_)->group.folder, root_ / "sys/fs/cgroup/a/b");
}

TEST_F(ControlGroups, VersionOneTellsOfLimitsThatCannotBeSeen) {
  mount_version_1("/docker/1", "/docker/1");
  write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(tightest(memory_groups(root_)), nullptr);
  write("sys/fs/cgroup/memory/memory.stat",
        "rss 1\nhierarchical_memory_limit 67108864\ntotal_rss 4096\ntotal_shmem 4096\n");
  const std::vector<MemoryGroup> groups = memory_groups(root_);
  ASSERT_NE(tightest(groups), nullptr);
  EXPECT_EQ(tightest(groups)->limit_name, "hierarchical_memory_limit");
  EXPECT_EQ(tightest(groups)->limit_bytes, 64 * MiB);
  EXPECT_EQ(tightest(groups)->held_bytes, 8192u);
  write("sys/fs/cgroup/memory/memory.limit_in_bytes", "67108864\n");
  EXPECT_EQ(tightest(memory_groups(root_))->limit_name, "memory.limit_in_bytes");
}

TEST_F(ControlGroups, SharesOfProcessorsAreOfEitherVersion) {
  mount_version_2("/a");
  write("sys/fs/cgroup/a/cpu.max", "max 100000\n");
  EXPECT_FALSE(processor_group(root_).has_value());
  write("sys/fs/cgroup/a/cpu.max", "50000 100000\n");
  EXPECT_EQ(processor_group(root_)->processors, 0.5);

  write("proc/self/cgroup", "4:cpu,cpuacct:/a\n");
  write("proc/self/mountinfo", "34 30 0:31 / /sys/fs/cgroup rw - cgroup cgroup rw,cpu,cpuacct\n");
  write("sys/fs/cgroup/a/cpu.cfs_quota_us", "-1\n");
  write("sys/fs/cgroup/a/cpu.cfs_period_us", "100000\n");
  EXPECT_FALSE(processor_group(root_).has_value());
  write("sys/fs/cgroup/a/cpu.cfs_quota_us", "200000\n");
  EXPECT_EQ(processor_group(root_)->processors, 2);
  EXPECT_EQ(processor_group(root_)->limit_name, "cpu.cfs_quota_us");
}

// Whatever this machine has: its files can be read.
TEST(ControlGroupsOfThisMachine, AreFolders) {
  for (const MemoryGroup& group : memory_groups("/")) {
    EXPECT_TRUE(std::filesystem::is_directory(group.folder)) << group.folder;
  }
}

}  // namespace
}  // namespace daxlab
