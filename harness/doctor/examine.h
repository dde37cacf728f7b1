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

#include "harness/doctor/finding.h"

namespace daxlab {

// First line of a file without its newline; nothing when it cannot be read.
std::optional<std::string> read_line(const std::filesystem::path& file);
// A decimal number with spaces around it; nothing when the text is anything else or too big.
std::optional<uint64_t> parse_number(const std::string& text);

MachineFinding examine_kernel(const std::filesystem::path& root);
MachineFinding examine_memory(const std::filesystem::path& root);
MachineFinding examine_huge_zero_page(const std::filesystem::path& root);
MachineFinding examine_max_map_count(const std::filesystem::path& root);
MachineFinding examine_overcommit(const std::filesystem::path& root);

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

std::vector<MachineFinding> examine_dax_devices(const std::filesystem::path& root);

// All of the above on this machine, in the order of the report.
std::vector<MachineFinding> examine_machine();

}  // namespace daxlab
