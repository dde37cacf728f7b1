// Whether the kernel killed a process for want of memory, and whose want it was.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace daxlab {

class MemoryKillWatch {
 public:
  // From now on. `root`: the folder that holds proc and sys, "/" but for tests.
  explicit MemoryKillWatch(std::filesystem::path root);

  // Of a process of our control groups that was killed by SIGKILL meanwhile: "by the kernel for
  // want of memory: memory.max = 64 MiB in /sys/fs/cgroup/a; use a smaller region, or raise it".
  std::string cause() const;

 private:
  // What has happened in each group, its own first.
  struct Counts {
    uint64_t kills = 0;
    uint64_t refusals = 0;  // at its own limit, or, version 2, that of one below
  };
  std::vector<Counts> read_counts() const;

  std::filesystem::path root_;
  std::vector<std::filesystem::path> folders_;
  bool version_2_ = false;
  std::vector<Counts> before_;
};

}  // namespace daxlab
