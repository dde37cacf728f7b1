#include "core/base/process_limits.h"

#include <cerrno>

#include "core/base/errno_status.h"
#include "core/base/made_up_tree_test.h"
#include "core/base/sizes.h"

namespace daxlab {
namespace {

class LimitMet : public MadeUpTree {
 protected:
  // 100 MiB and two mappings in use, of a machine that has enough of everything.
  void SetUp() override {
    MadeUpTree::SetUp();
    write("proc/self/status", "VmSize:\t102400 kB\nVmLck:\t0 kB\nVmData:\t 51200 kB\n");
    write("proc/self/maps", "1000-2000 r--p\n2000-3000 r--p\n");
    write("proc/sys/vm/max_map_count", "65530\n");
    write("proc/sys/vm/overcommit_memory", "0\n");
    write("proc/meminfo", "MemTotal: 8388608 kB\nSwapTotal: 0 kB\n");
  }
  std::string met(int error_number, uint64_t wanted_bytes, const ProcessLimits& limits = {}) const {
    return limit_met({error_number, wanted_bytes}, limits, root_);
  }
};

TEST_F(LimitMet, NothingIsSaidWhereNoLimitIsNear) {
  for (const int number : {ENOMEM, EAGAIN, EMFILE, EFBIG, EIO, 0}) {
    EXPECT_EQ(met(number, 64 * MiB), "") << number;
  }
  const ProcessLimits high = {.address_space_bytes = 300 * MiB,
                              .data_bytes = 300 * MiB,
                              .file_bytes = 100 * MiB,
                              .locked_bytes = 1,
                              .open_files = {}};
  for (const int number : {ENOMEM, EAGAIN, EFBIG}) {
    EXPECT_EQ(met(number, 64 * MiB, high), "") << number;
  }
}

TEST_F(LimitMet, AddressSpaceAndDataAreTold) {
  ProcessLimits limits;
  limits.address_space_bytes = 128 * MiB;
  EXPECT_EQ(met(ENOMEM, 64 * MiB, limits),
            "RLIMIT_AS = 128 MiB, 100 MiB in use; raise it (ulimit -v), or ask for less");
  EXPECT_EQ(met(ENOMEM, 0, limits), "");
  limits.address_space_bytes = 100 * MiB;
  EXPECT_NE(met(ENOMEM, 0, limits), "");
  limits = {};
  limits.data_bytes = 64 * MiB;
  EXPECT_EQ(met(ENOMEM, 64 * MiB, limits),
            "RLIMIT_DATA = 64 MiB, 50 MiB in use; raise it (ulimit -d), or ask for less");
}

TEST_F(LimitMet, KernelMappingsAreTold) {
  write("proc/sys/vm/max_map_count", "3\n");
  EXPECT_EQ(met(ENOMEM, 0),
            "vm.max_map_count = 3, 2 mappings in use; raise it (sysctl -w vm.max_map_count=6)");
}

TEST_F(LimitMet, PromisedMemoryIsTold) {
  EXPECT_EQ(met(ENOMEM, uint64_t{9} << 30),
            "this machine has 8 GiB of memory and swap; ask for less");
  write("proc/sys/vm/overcommit_memory", "2\n");
  write("proc/meminfo", "CommitLimit: 1048576 kB\nCommitted_AS: 1000000 kB\n");
  EXPECT_EQ(met(ENOMEM, 64 * MiB),
            "vm.overcommit_memory = 2 (strict) promises 1 GiB, 976.6 MiB in use; allow more "
            "(sysctl -w vm.overcommit_memory=0)");
  write("proc/sys/vm/overcommit_memory", "1\n");
  EXPECT_EQ(met(ENOMEM, uint64_t{9} << 30), "");
}

TEST_F(LimitMet, AFullControlGroupIsTold) {
  mount_version_2("/a");
  write("sys/fs/cgroup/a/memory.max", "67108864\n");
  write("sys/fs/cgroup/a/memory.stat", "anon 33554432\nshmem 0\n");
  EXPECT_EQ(met(ENOMEM, 16 * MiB), "");
  EXPECT_EQ(met(ENOMEM, 33 * MiB), "memory.max = 64 MiB in " +
                                       (root_ / "sys/fs/cgroup/a").string() +
                                       ", 32 MiB in use; raise it, or ask for less");
  write("sys/fs/cgroup/a/pids.max", "20\n");
  write("sys/fs/cgroup/a/pids.current", "19\n");
  EXPECT_EQ(process_limit_met(root_), "");
  write("sys/fs/cgroup/a/pids.current", "20\n");
  EXPECT_EQ(process_limit_met(root_),
            "pids.max = 20 in " + (root_ / "sys/fs/cgroup/a").string() + ", 20 in use; raise it");
}

TEST_F(LimitMet, LockedMemoryIsToldOfWhoLocks) {
  ProcessLimits limits;
  limits.locked_bytes = 8 * MiB;
  write("proc/self/status", "VmLck:\t7168 kB\n");
  EXPECT_EQ(met(EAGAIN, 2 * MiB, limits),
            "RLIMIT_MEMLOCK = 8 MiB, 7 MiB in use; raise it (ulimit -l), or lock less");
}

TEST_F(LimitMet, DescriptorsAndFileSizesAreTold) {
  ProcessLimits limits;
  limits.open_files = 64;
  limits.file_bytes = MiB;
  EXPECT_EQ(met(EMFILE, 0, limits), "RLIMIT_NOFILE = 64; raise it (ulimit -n)");
  EXPECT_EQ(met(EFBIG, 2 * MiB, limits),
            "RLIMIT_FSIZE = 1 MiB; raise it (ulimit -f), or ask for less");
  EXPECT_EQ(met(EFBIG, MiB, limits), "");
  EXPECT_NE(met(ENFILE, 0), "");
}

TEST(LimitsOfThisProcess, AreReadAndTold) {
  const LimitedUse use = limited_use("/");
  EXPECT_GT(use.address_space_bytes, MiB);
  EXPECT_GT(use.mappings, 3u);
  ASSERT_TRUE(process_limits().open_files.has_value());
  EXPECT_EQ(error_from_errno("open a", EMFILE).message,
            "open a: Too many open files: RLIMIT_NOFILE = " +
                std::to_string(*process_limits().open_files) + "; raise it (ulimit -n)");
  EXPECT_NE(space_text("/").find(" free in /"), std::string::npos);
  EXPECT_EQ(space_text("/not there"), "");
}

}  // namespace
}  // namespace daxlab
