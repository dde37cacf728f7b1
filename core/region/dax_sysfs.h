// What the kernel tells of persistent memory in sysfs.
//
// libndctl and libdaxctl read the same files. They would have to be there wherever daxlab runs, and
// go through all buses of the machine to find the device of a descriptor, which sysfs finds by its
// number.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "core/base/error_or.h"
#include "core/region/medium_kind.h"

namespace daxlab {

// `root` is "/", or the top of a made-up tree. Folders that are not there are empty paths.

// What cannot be looked at is not there.
bool is_there(const std::filesystem::path& file);
// Of a character or block device by its number.
std::filesystem::path sysfs_of_character_device(dev_t number, const std::filesystem::path& root);
std::filesystem::path sysfs_of_block_device(dev_t number, const std::filesystem::path& root);
// Of the device that a devdax is, or that holds a plain file.
std::filesystem::path sysfs_of_memory_behind(const struct stat& file,
                                             const std::filesystem::path& root);
// The region of an NVDIMM bus that a device lies in.
std::filesystem::path bus_region_of(const std::filesystem::path& device);
// A number as sysfs writes it: decimal, or hexadecimal with 0x.
std::optional<uint64_t> sysfs_number(const std::filesystem::path& file);

// The command that makes a device of 4 KiB alignment of the namespace that a device is of.
std::string how_to_make_devdax(const std::filesystem::path& device);

// How many bytes a character device of persistent memory has. Errors, which name `path`: it is no
// such device, its alignment is not 4 KiB, it is to be written and its bus region is read-only, or
// sysfs does not say.
ErrorOr<uint64_t> usable_device_bytes(const std::string& path, dev_t number, Access access,
                                      const std::filesystem::path& root = "/");

// From where on stores are safe from a loss of power: "eADR" (the caches), "ADR" (the memory
// controller: what was flushed), or "unknown" with what is missing.
std::string persistence_domain_of_device(const std::filesystem::path& device);

}  // namespace daxlab
