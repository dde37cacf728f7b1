// Plain files that the file system maps as persistent memory itself.
#pragma once

#include <sys/mman.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error_or.h"

namespace daxlab {

// With these a store that has been flushed is durable: the kernel makes the file's own metadata
// durable before it lets a store through, or refuses the mapping.
inline constexpr int synchronous_mapping = MAP_SHARED_VALIDATE | MAP_SYNC;

// Of an open file: DAX is effective, and synchronous mappings are had.
bool is_fsdax(int descriptor);
// The same, or what is missing and how to get it.
std::optional<Error> check_fsdax(int descriptor, const std::string& path);

// A run of a file's bytes and where it lies on its block device.
struct PhysicalExtent {
  uint64_t offset_bytes;
  uint64_t device_bytes;  // from the start of the device or partition
  uint64_t length_bytes;
  bool is_unwritten;  // has its space, and reads as zeros since nothing was ever written
};
// Of the first `length_bytes`; holes are left out. Errors name `path`.
ErrorOr<std::vector<PhysicalExtent>> physical_extents(int descriptor, uint64_t length_bytes,
                                                      const std::string& path);

// Writes zeros to what is unwritten of the first `length_bytes`, so that no later store has to
// change the file's metadata, and makes the file durable. Bytes do not change.
std::optional<Error> write_unwritten(int descriptor, uint64_t length_bytes,
                                     const std::string& path);

}  // namespace daxlab
