#include "harness/run/memory_kill_watch.h"

#include "core/base/made_up_tree_test.h"

namespace daxlab {
namespace {

class MemoryKills : public MadeUpTree {
 protected:
  void SetUp() override {
    MadeUpTree::SetUp();
    mount_version_2("/a/b");
    write("sys/fs/cgroup/a/memory.max", "67108864\n");
    write("sys/fs/cgroup/memory.max", "1073741824\n");
    events("a/b", 0, 0);
    events("a", 0, 0);
  }
  void events(const std::string& group, int refusals, int kills) const {
    write("sys/fs/cgroup/" + group + "/memory.events",
          "low 0\nhigh 0\nmax 9\noom " + std::to_string(refusals) + "\noom_kill " +
              std::to_string(kills) + "\n");
  }
};

constexpr const char* unknown = "perhaps by the kernel for want of memory (see dmesg)";

TEST_F(MemoryKills, WithoutAKillByTheKernelItIsAGuess) {
  events("a", 2, 5);
  const MemoryKillWatch watch(root_);  // what was before does not count
  EXPECT_EQ(watch.cause(), unknown);
  events("a", 3, 5);
  EXPECT_EQ(watch.cause(), unknown);
  EXPECT_EQ(MemoryKillWatch(root_ / "not there").cause(), unknown);
}

TEST_F(MemoryKills, TheGroupAtItsLimitIsNamed) {
  const MemoryKillWatch watch(root_);
  events("a/b", 0, 1);  // killed there, for the limit above
  events("a", 1, 1);
  EXPECT_EQ(watch.cause(), "by the kernel for want of memory: memory.max = 64 MiB in " +
                               (root_ / "sys/fs/cgroup/a").string() +
                               "; use a smaller region, or raise it");
}

TEST_F(MemoryKills, AMachineWithoutMemoryIsNoGroupsLimit) {
  const MemoryKillWatch watch(root_);
  events("a/b", 0, 1);
  EXPECT_NE(watch.cause().find("of the whole machine"), std::string::npos) << watch.cause();
}

TEST_F(MemoryKills, VersionOneCountsElsewhere) {
  write("proc/self/cgroup", "4:memory:/a\n");
  write("proc/self/mountinfo", "34 30 0:31 / /sys/fs/cgroup rw - cgroup cgroup rw,memory\n");
  write("sys/fs/cgroup/a/memory.limit_in_bytes", "67108864\n");
  write("sys/fs/cgroup/a/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n");
  write("sys/fs/cgroup/a/memory.failcnt", "0\n");
  const MemoryKillWatch watch(root_);
  EXPECT_EQ(watch.cause(), unknown);
  write("sys/fs/cgroup/a/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");
  write("sys/fs/cgroup/a/memory.failcnt", "7\n");
  EXPECT_NE(watch.cause().find(": memory.limit_in_bytes = 64 MiB in "), std::string::npos)
      << watch.cause();
}

}  // namespace
}  // namespace daxlab
