#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

#include "core/base/json.h"
#include "core/base/made_up_tree_test.h"
#include "harness/doctor/examine.h"

namespace daxlab {
namespace {

using Tree = MadeUpTree;

bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(Tree, KernelVersionsAreJudgedByWhatTheyOffer) {
  const auto state_of = [this](const std::string& release) {
    write("proc/sys/kernel/osrelease", release + "\n");
    return examine_kernel(root_).state;
  };
  EXPECT_EQ(state_of("6.1.0-18-amd64"), FindingState::ok);
  EXPECT_EQ(state_of("5.14.0"), FindingState::ok);
  EXPECT_EQ(state_of("5.13.19"), FindingState::missing);
  EXPECT_EQ(state_of("5.10.0"), FindingState::missing);
  EXPECT_EQ(state_of("4.19.0"), FindingState::missing);
  EXPECT_EQ(state_of("unversioned"), FindingState::warning);
}

TEST_F(Tree, MissingFilesAreSaidToBeUnknown) {
  EXPECT_EQ(examine_kernel(root_).state, FindingState::warning);
  EXPECT_EQ(examine_memory(root_).found, "unknown");
  EXPECT_EQ(examine_max_map_count(root_).found, "unknown");
  EXPECT_EQ(examine_overcommit(root_).found, "unknown");
  EXPECT_EQ(examine_huge_zero_page(root_).state, FindingState::missing);
}

TEST_F(Tree, MemoryUnderTwoGibibytesIsAWarning) {
  write("proc/meminfo", "MemTotal: 8388608 kB\nMemFree: 1 kB\nMemAvailable: 4194304 kB\n");
  EXPECT_EQ(examine_memory(root_).state, FindingState::ok);
  EXPECT_EQ(examine_memory(root_).found, "4.0 GiB available of 8.0 GiB");
  write("proc/meminfo", "MemTotal: 8388608 kB\nMemAvailable: 1048576 kB\n");
  EXPECT_EQ(examine_memory(root_).state, FindingState::warning);
}

TEST_F(Tree, HugeZeroPageNeedsBothSwitches) {
  const std::string folder = "sys/kernel/mm/transparent_hugepage/";
  write(folder + "enabled", "always [madvise] never\n");
  write(folder + "use_zero_page", "1\n");
  EXPECT_EQ(examine_huge_zero_page(root_).state, FindingState::ok);
  EXPECT_TRUE(mentions(examine_huge_zero_page(root_).found, "enabled=madvise, use_zero_page=1"));

  write(folder + "use_zero_page", "0\n");
  EXPECT_EQ(examine_huge_zero_page(root_).state, FindingState::missing);
  EXPECT_TRUE(mentions(examine_huge_zero_page(root_).what_to_do, "use_zero_page"));

  write(folder + "enabled", "always madvise [never]\n");
  EXPECT_EQ(examine_huge_zero_page(root_).state, FindingState::missing);
  EXPECT_TRUE(mentions(examine_huge_zero_page(root_).what_to_do, "echo madvise"));
}

TEST_F(Tree, LimitsOfTheKernel) {
  write("proc/sys/vm/max_map_count", "65530\n");
  EXPECT_EQ(examine_max_map_count(root_).state, FindingState::ok);
  write("proc/sys/vm/max_map_count", "1000\n");
  EXPECT_EQ(examine_max_map_count(root_).state, FindingState::warning);
  EXPECT_TRUE(mentions(examine_max_map_count(root_).what_to_do, "sysctl -w vm.max_map_count="));

  write("proc/sys/vm/overcommit_memory", "0\n");
  EXPECT_EQ(examine_overcommit(root_).state, FindingState::ok);
  write("proc/sys/vm/overcommit_memory", "2\n");
  EXPECT_EQ(examine_overcommit(root_).state, FindingState::warning);
  write("proc/sys/vm/overcommit_memory", "9\n");
  EXPECT_EQ(examine_overcommit(root_).state, FindingState::warning);
}

TEST(FlushInstructionsExamined, BestOnesAreOkAndNoneIsMissing) {
  EXPECT_EQ(examine_flush_instructions({true, true, true}).found, "clwb clflushopt clflush");
  EXPECT_EQ(examine_flush_instructions({true, true, true}).state, FindingState::ok);
  EXPECT_EQ(examine_flush_instructions({false, true, true}).state, FindingState::warning);
  EXPECT_EQ(examine_flush_instructions({false, false, true}).state, FindingState::warning);
  EXPECT_EQ(examine_flush_instructions({}).state, FindingState::missing);
  EXPECT_TRUE(examine_flush_instructions({}).needed_by_mmu);
}

MachineFinding named(const std::vector<MachineFinding>& findings, const std::string& name) {
  const auto found =
      std::find_if(findings.begin(), findings.end(),
                   [&](const MachineFinding& finding) { return finding.name == name; });
  EXPECT_NE(found, findings.end()) << name;
  return found == findings.end() ? MachineFinding{} : *found;
}

TEST(UserfaultfdExamined, FeaturesAreNamed) {
  UserfaultfdProbe probe;
  probe.features = (1u << 5) | (1u << 7) | (1u << 10) | (1u << 14) | (1ull << 40);
  const MachineFinding features = named(examine_userfaultfd(probe), "userfaultfd features");
  EXPECT_EQ(features.state, FindingState::ok);
  EXPECT_EQ(features.found, "MISSING_SHMEM SIGBUS MINOR_SHMEM POISON and bits 0x10000000000");
}

TEST(UserfaultfdExamined, LackingFeaturesNameWhoNeedsThem) {
  UserfaultfdProbe probe;
  probe.features = 1u << 7;
  const MachineFinding features = named(examine_userfaultfd(probe), "userfaultfd features");
  EXPECT_EQ(features.state, FindingState::warning);
  EXPECT_TRUE(mentions(features.what_to_do, "MINOR_SHMEM for page_zero"));
}

TEST(UserfaultfdExamined, WithoutPrivilegeTheMmuEngineStillRuns) {
  UserfaultfdProbe probe;
  probe.features = 1u << 7;
  probe.kernel_mode_errno = EPERM;
  probe.device_errno = EACCES;
  const std::vector<MachineFinding> findings = examine_userfaultfd(probe);
  EXPECT_TRUE(mmu_can_run(findings));
  EXPECT_TRUE(mentions(named(findings, "userfaultfd privileged").what_to_do,
                       "sysctl -w vm.unprivileged_userfaultfd=1"));
}

TEST(UserfaultfdExamined, RefusalsLeaveSigsegvAloneAndSayWhatToDo) {
  for (const int error_number : {EPERM, ENOSYS, EINVAL}) {
    UserfaultfdProbe probe;
    probe.user_mode_errno = probe.features_errno = probe.sigbus_errno = error_number;
    const std::vector<MachineFinding> findings = examine_userfaultfd(probe);
    EXPECT_TRUE(mmu_can_run(findings));
    EXPECT_EQ(named(findings, "userfaultfd").state, FindingState::missing);
    EXPECT_FALSE(named(findings, "userfaultfd").what_to_do.empty());
    const MachineFinding delivery = named(findings, "fault delivery");
    EXPECT_EQ(delivery.state, FindingState::warning);
    EXPECT_TRUE(mentions(delivery.found, "SIGSEGV alone"));
    EXPECT_TRUE(mentions(delivery.what_to_do, "kernel mapping"));
  }
  constexpr uint64_t wanted = 1u << 5 | 1u << 7 | 1u << 10;
  UserfaultfdProbe complete;
  complete.features = wanted;
  EXPECT_EQ(named(examine_userfaultfd(complete), "fault delivery").found, "userfaultfd + SIGSEGV");
  UserfaultfdProbe without_sigbus = complete;
  without_sigbus.sigbus_errno = EINVAL;
  UserfaultfdProbe without_minor = complete;
  without_minor.features = 1u << 5 | 1u << 7;
  for (const UserfaultfdProbe& probe : {without_sigbus, without_minor}) {
    EXPECT_EQ(named(examine_userfaultfd(probe), "fault delivery").state, FindingState::warning);
    EXPECT_TRUE(mmu_can_run(examine_userfaultfd(probe)));
  }
}

TEST(MemfdExamined, RefusalIsMissingWithTheError) {
  EXPECT_EQ(examine_memfd(0).state, FindingState::ok);
  EXPECT_EQ(examine_memfd(ENOSYS).state, FindingState::missing);
  EXPECT_TRUE(mentions(examine_memfd(ENOSYS).found, "memfd_create: "));
}

TEST(Report, TextIsAlignedAndEndsWithTheVerdict) {
  const std::vector<MachineFinding> findings = {{.name = "a", .found = "first"},
                                                {.name = "long name",
                                                 .state = FindingState::missing,
                                                 .found = "none",
                                                 .what_to_do = "get it"}};
  EXPECT_EQ(as_text(findings),
            "ok       a          first\n"
            "missing  long name  none\n"
            "                    -> get it\n"
            "The mmu engine can run here.\n");
}

TEST(Report, JsonCarriesEveryFinding) {
  const std::vector<MachineFinding> findings = {{.name = "a", .found = "odd \xff byte"},
                                                {.name = "b",
                                                 .state = FindingState::missing,
                                                 .found = "none",
                                                 .what_to_do = "get it",
                                                 .needed_by_mmu = true}};
  const Json json = json_or_null(as_json(findings));
  EXPECT_FALSE(json["mmu_can_run"].as_bool().value());
  ASSERT_EQ(json["findings"].size(), 2u);
  EXPECT_EQ(json["findings"][1]["state"], "missing");
  EXPECT_EQ(json["findings"][1]["what_to_do"], "get it");
}

TEST_F(Tree, TheSmallestMemoryLimitAboveTheProcessIsNamed) {
  EXPECT_EQ(named(examine_control_groups(root_), "memory cgroup").found, "none that can be seen");
  mount_version_2("/a/b");
  EXPECT_EQ(named(examine_control_groups(root_), "memory cgroup").found, "no limit");
  write("sys/fs/cgroup/a/memory.max", "67108864\n");
  write("sys/fs/cgroup/a/memory.current", "1048576\n");
  write("sys/fs/cgroup/a/b/memory.max", "max\n");
  write("proc/meminfo", "SwapTotal: 1024 kB\n");
  const MachineFinding limited = named(examine_control_groups(root_), "memory cgroup");
  EXPECT_EQ(limited.state, FindingState::warning);
  EXPECT_EQ(limited.found, "memory.max = 64 MiB in " + (root_ / "sys/fs/cgroup/a").string() +
                               ", 1 MiB in use, up to 65 MiB with swap");
  EXPECT_TRUE(mentions(limited.what_to_do, "killed, not refused"));
  EXPECT_FALSE(limited.needed_by_mmu);

  write("sys/fs/cgroup/a/memory.max", "4294967296\n");
  EXPECT_EQ(named(examine_control_groups(root_), "memory cgroup").state, FindingState::ok);
  write("sys/fs/cgroup/a/b/memory.high", "1073741824\n");
  const MachineFinding slow = named(examine_control_groups(root_), "memory cgroup");
  EXPECT_EQ(slow.state, FindingState::warning);
  EXPECT_TRUE(mentions(slow.found, "memory.high = 1 GiB in ")) << slow.found;
  EXPECT_TRUE(mentions(slow.what_to_do, "slows the process down"));
}

TEST_F(Tree, LimitsOfProcessesAndProcessorsAreNamed) {
  mount_version_2("/a");
  write("sys/fs/cgroup/a/pids.max", "1000\n");
  write("sys/fs/cgroup/a/pids.current", "10\n");
  write("sys/fs/cgroup/a/cpu.max", "150000 100000\n");
  EXPECT_EQ(named(examine_control_groups(root_), "pids cgroup").state, FindingState::ok);
  const MachineFinding processors = named(examine_control_groups(root_), "cpu cgroup");
  EXPECT_EQ(processors.state, FindingState::warning);
  EXPECT_TRUE(mentions(processors.found, "cpu.max gives 1.5 CPUs in ")) << processors.found;
  write("sys/fs/cgroup/a/pids.current", "990\n");
  EXPECT_EQ(named(examine_control_groups(root_), "pids cgroup").state, FindingState::warning);
}

TEST(ProcessLimitsExamined, LowOnesSayWhatToDo) {
  for (const MachineFinding& finding : examine_process_limits({})) {
    EXPECT_EQ(finding.found, "no limit") << finding.name;
    EXPECT_EQ(finding.state, FindingState::ok) << finding.name;
  }
  const std::vector<MachineFinding> low =
      examine_process_limits({.address_space_bytes = uint64_t{512} << 20,
                              .data_bytes = {},
                              .file_bytes = uint64_t{1} << 20,
                              .locked_bytes = {},
                              .open_files = 20});
  EXPECT_EQ(named(low, "RLIMIT_AS").found, "512 MiB");
  EXPECT_TRUE(mentions(named(low, "RLIMIT_AS").what_to_do, "ulimit -v"));
  EXPECT_TRUE(mentions(named(low, "RLIMIT_FSIZE").what_to_do, "ulimit -f"));
  EXPECT_EQ(named(low, "RLIMIT_NOFILE").found, "20");
  EXPECT_TRUE(mentions(named(low, "RLIMIT_NOFILE").what_to_do, "ulimit -n"));
}

TEST(FoldersExamined, EachFileSystemIsToldOnce) {
  const std::vector<FolderSpace> folders = {
      {.use = "a",
       .folder = "/a",
       .wanted_bytes = 1 << 20,
       .file_system = 1,
       .free_bytes = 1 << 20},
      {.use = "b", .folder = "/b", .wanted_bytes = 4096, .file_system = 2, .free_bytes = 1024},
      {.use = "c",
       .folder = "/c",
       .wanted_bytes = 1 << 20,
       .file_system = 1,
       .free_bytes = 1 << 20},
      {.use = "d", .folder = "/d", .error_number = ENOENT}};
  const std::vector<MachineFinding> findings = examine_folders(folders);
  ASSERT_EQ(findings.size(), 3u);
  EXPECT_EQ(findings[0].found, "1 MiB free in /a (a), /c (c)");
  EXPECT_EQ(findings[0].state, FindingState::ok);
  EXPECT_EQ(findings[1].found, "1 KiB free in /b (b)");
  EXPECT_TRUE(mentions(findings[1].what_to_do, "4 KiB want to be free"));
  EXPECT_EQ(findings[2].found, "/d (d): No such file or directory");
  EXPECT_EQ(findings[2].state, FindingState::warning);
}

TEST(FoldersExamined, AFileSystemWithoutFreeFilesIsAWarning) {
  const std::vector<MachineFinding> findings = examine_folders(
      {{.use = "a", .folder = "/a", .free_bytes = 1 << 20, .has_free_files = false}});
  EXPECT_EQ(findings.front().state, FindingState::warning);
  EXPECT_TRUE(mentions(findings.front().found, "no more files"));
}

TEST(Report, ThisMachineGetsAnAnswerToEveryQuestion) {
  const std::vector<MachineFinding> findings = examine_machine();
  const auto is_space = [](const MachineFinding& finding) { return finding.name == "space"; };
  const auto file_systems = std::count_if(findings.begin(), findings.end(), is_space);
  EXPECT_GE(file_systems, 1);
  EXPECT_LE(file_systems, 3);
  const PmemDevices pmem = probe_pmem_devices();
  const auto lines_for = [](const auto& items) { return std::max<size_t>(items.size(), 1); };
  EXPECT_EQ(findings.size(), 19 + static_cast<size_t>(file_systems) + lines_for(pmem.namespaces) +
                                 lines_for(pmem.dax_devices) + lines_for(pmem.mounts));
  for (const MachineFinding& finding : findings) {
    EXPECT_FALSE(finding.found.empty()) << finding.name;
    EXPECT_EQ(finding.state == FindingState::ok, finding.what_to_do.empty()) << finding.name;
  }
  EXPECT_TRUE(read_line("/proc/sys/kernel/osrelease").has_value());
}

}  // namespace
}  // namespace daxlab
