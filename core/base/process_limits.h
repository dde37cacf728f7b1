// What this process may have and has, as the kernel counts it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace daxlab {

// Of setrlimit: the soft limit; nothing: no limit.
struct ProcessLimits {
  std::optional<uint64_t> address_space_bytes;  // RLIMIT_AS
  std::optional<uint64_t> data_bytes;           // RLIMIT_DATA
  std::optional<uint64_t> file_bytes;           // RLIMIT_FSIZE, of memfds too
  std::optional<uint64_t> locked_bytes;         // RLIMIT_MEMLOCK
  std::optional<uint64_t> open_files;           // RLIMIT_NOFILE
};
ProcessLimits process_limits();

// `root`: the folder that holds proc, "/" but for tests. What cannot be read is 0.
struct LimitedUse {
  uint64_t address_space_bytes = 0;
  uint64_t data_bytes = 0;
  uint64_t locked_bytes = 0;
  uint64_t mappings = 0;
};
LimitedUse limited_use(const std::filesystem::path& root);

// A request that the kernel has refused.
struct Refusal {
  int error_number = 0;
  uint64_t wanted_bytes = 0;  // 0: little, or not known
};

// The limit that explains it, and what to do: "RLIMIT_AS = 512 MiB, 510 MiB in use; raise it
// (ulimit -v)". Empty: none that is known. Knows ENOMEM, EAGAIN (of locked memory), EMFILE, ENFILE
// and EFBIG. The second asks of this process now; where there is no memory to find it out it is
// empty, too.
std::string limit_met(const Refusal& refusal, const ProcessLimits& limits,
                      const std::filesystem::path& root);
std::string limit_met(const Refusal& refusal) noexcept;

// Why no process could be made: "pids.max = 20 in /sys/fs/cgroup/a, 20 in use; raise it". Empty:
// not by such a limit.
std::string process_limit_met(const std::filesystem::path& root = "/");

// "0 bytes free in /dev/shm", or that files are used up there; empty: it cannot be asked.
std::string space_text(const std::filesystem::path& folder);

}  // namespace daxlab
