// The doctor's examinations: one file each. `root` is the folder that holds `proc`, `sys` and
// `dev`: "/" on a live machine, a made-up tree in tests. What has to be asked by system call is
// asked by a probe_ function and judged by an examine_ function, so that every judgement can be
// tested anywhere.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/kernel_file.h"
#include "core/base/process_limits.h"
#include "harness/doctor/finding.h"
#include "harness/doctor/pmem_devices.h"

namespace daxlab {

MachineFinding examine_kernel(const std::filesystem::path& root);
MachineFinding examine_memory(const std::filesystem::path& root);
MachineFinding examine_huge_zero_page(const std::filesystem::path& root);
MachineFinding examine_max_map_count(const std::filesystem::path& root);
MachineFinding examine_overcommit(const std::filesystem::path& root);

// Of this process's control groups, those above them included: the smallest counts.
std::vector<MachineFinding> examine_control_groups(const std::filesystem::path& root);
std::vector<MachineFinding> examine_process_limits(const ProcessLimits& limits);

// Free space of a folder that daxlab keeps files in.
struct FolderSpace {
  std::string use;  // "baseline", "temporary files"
  std::filesystem::path folder;
  uint64_t wanted_bytes = 0;  // so that it is enough for what it is used for
  // Asked for by probe_folders:
  int error_number = 0;
  uint64_t file_system = 0;  // folders of the same one have the same
  uint64_t free_bytes = 0;
  bool has_free_files = true;
};
// /dev/shm, $TMPDIR (or /tmp) and the current folder.
std::vector<FolderSpace> probe_folders();
// One finding for each file system.
std::vector<MachineFinding> examine_folders(const std::vector<FolderSpace>& folders);

// What the system calls answered; errno values, 0 for success.
struct UserfaultfdProbe {
  int user_mode_errno = 0;    // userfaultfd(UFFD_USER_MODE_ONLY)
  int kernel_mode_errno = 0;  // userfaultfd(0): faults taken inside system calls too
  int device_errno = 0;       // /dev/userfaultfd, opened and asked for a descriptor
  int features_errno = 0;     // asking for the features
  uint64_t features = 0;      // bits of UFFDIO_API
  int sigbus_errno = 0;       // handshake that asks for SIGBUS, on a user-mode descriptor
};
UserfaultfdProbe probe_userfaultfd();
std::vector<MachineFinding> examine_userfaultfd(const UserfaultfdProbe& probe);

int probe_memfd();  // errno, 0 when memfd_create works
MachineFinding examine_memfd(int memfd_errno);

struct FlushInstructions {
  bool clwb = false;
  bool clflushopt = false;
  bool clflush = false;
};
FlushInstructions probe_flush_instructions();
MachineFinding examine_flush_instructions(const FlushInstructions& available);

// A finding for each namespace, devdax device and mount; one for each of the three that is not there.
std::vector<MachineFinding> examine_pmem_devices(const PmemDevices& devices);

// All of the above on this machine, in the order of the report.
std::vector<MachineFinding> examine_machine();

}  // namespace daxlab
