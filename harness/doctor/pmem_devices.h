// Persistent memory of this machine as libndctl and libdaxctl tell of it, and the file systems that
// are mounted from it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace daxlab {

// A part of a region of the NVDIMM bus, as `ndctl list --namespaces` shows it.
struct PmemNamespace {
  std::string name{};          // "namespace0.0"
  std::string mode{};          // "fsdax", "devdax", "sector", "raw", "unknown"
  std::string block_device{};  // "pmem0"; none: devdax, or disabled
  uint64_t size_bytes = 0;
  uint64_t align_bytes = 0;          // of what is mapped; 0: this mode has none
  std::string persistence_domain{};  // "cpu_cache", "memory_controller", "none", "unknown"
  uint64_t bad_block_bytes = 0;
  bool is_enabled = true;
};

// A character device that can be mapped, of an NVDIMM, CXL memory or other memory set apart.
struct DaxDevice {
  std::string name{};            // "dax0.0"
  std::string pmem_namespace{};  // none: not of an NVDIMM
  uint64_t size_bytes = 0;
  uint64_t align_bytes = 0;
  bool is_enabled = false;
  bool is_system_memory = false;  // given to the kernel as ordinary memory
};

// A file system of a pmem device, or mounted with a dax option.
struct PmemMount {
  std::string folder{};
  std::string type{};    // "ext4"
  std::string device{};  // "/dev/pmem0p1"
  // Of a nameless file there: what making it answered, else whether it is mapped past the page
  // cache, and what mmap(MAP_SYNC) answered.
  int file_errno = 0;
  bool is_dax = false;
  int map_sync_errno = 0;
};

struct PmemDevices {
  std::vector<PmemNamespace> namespaces{};
  std::vector<DaxDevice> dax_devices{};
  std::vector<PmemMount> mounts{};
  std::vector<std::string> not_asked{};  // what could not be asked, and why
};

// Asks this machine: libraries, mount table, and a nameless file on each mount. Any thread.
PmemDevices probe_pmem_devices();

}  // namespace daxlab
