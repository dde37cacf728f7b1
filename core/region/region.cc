#include "core/region/region.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <string>
#include <utility>

#include "core/base/errno_status.h"

namespace daxlab {

namespace {

constexpr uint64_t min_region_bytes = 64 * 1024;
constexpr uint64_t max_region_bytes = uint64_t{1} << 46;  // far below the end of address space
constexpr uint64_t inode_table_block = 1;
constexpr uint64_t inodes_per_block = block_bytes / sizeof(Inode);

// One inode to 16 blocks, in whole blocks of the table.
uint64_t inode_table_blocks_for(uint64_t blocks) {
  uint64_t inodes = std::clamp<uint64_t>(blocks / 16, 32, 4096);
  return (inodes + inodes_per_block - 1) / inodes_per_block;
}

// What the kernel can give without swapping; no limit where it does not say.
uint64_t available_memory_bytes() {
  std::ifstream file("/proc/meminfo");
  for (std::string word; file >> word;) {
    uint64_t kibibytes = 0;
    if (word == "MemAvailable:" && file >> kibibytes) return kibibytes * 1024;
  }
  return UINT64_MAX;
}

}  // namespace

ErrorOr<std::unique_ptr<Region>> Region::create_memfd(uint64_t size_bytes, Counters& counters) {
  if (size_bytes % block_bytes != 0 || size_bytes < min_region_bytes ||
      size_bytes > max_region_bytes) {
    return Error{fmt::format(
        "region size of {} bytes: give a multiple of 4 KiB, at least 64 KiB and at most 64 TiB",
        size_bytes)};
  }
  if (uint64_t available = available_memory_bytes(); size_bytes > available) {
    return Error{fmt::format(
        "region size of {} bytes: emulated in memory, of which {} bytes are available; give less",
        size_bytes, available)};
  }
  int descriptor = memfd_create("daxlab-region", MFD_CLOEXEC);
  if (descriptor < 0) return error_from_errno("memfd_create for a region", errno);
  if (ftruncate(descriptor, static_cast<off_t>(size_bytes)) != 0) {
    Error error = error_from_errno(fmt::format("growing a region to {} bytes", size_bytes), errno);
    close(descriptor);
    return error;
  }
  void* base = mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (base == MAP_FAILED) {
    Error error = error_from_errno(fmt::format("mapping a region of {} bytes", size_bytes), errno);
    close(descriptor);
    return error;
  }
  std::unique_ptr<Region> region(
      new Region(descriptor, static_cast<std::byte*>(base), size_bytes / block_bytes, counters));
  // An NVDIMM's memory is there from the start: the first store to a block must not pay for it here.
  if (madvise(base, size_bytes, MADV_POPULATE_WRITE) != 0) {
    return error_from_errno(fmt::format("filling a region of {} bytes with memory", size_bytes),
                            errno);
  }
  region->format();
  return region;
}

Region::Region(int descriptor, std::byte* base, uint64_t blocks, Counters& counters)
    : descriptor_(descriptor), base_(base), blocks_(blocks), persist_(counters) {}

Region::~Region() {
  munmap(base_, blocks_ * block_bytes);
  close(descriptor_);
}

// The magic goes last: a region whose formatting was cut short is none.
void Region::format() {
  uint64_t table_blocks = inode_table_blocks_for(blocks_);
  first_data_block_ = inode_table_block + table_blocks;
  Superblock& super = superblock();
  persist_.store_word(&super.magic, 0);
  persist_.flush(&super.magic, sizeof super.magic);
  persist_.fence();
  persist_.zero(address_of(inode_table_block), table_blocks * block_bytes);

  Superblock fresh{};
  fresh.version = region_version;
  fresh.inode_count = static_cast<uint32_t>(table_blocks * inodes_per_block);
  fresh.blocks = blocks_;
  fresh.inode_table_block = inode_table_block;
  fresh.first_data_block = first_data_block_;
  persist_.copy(&super, &fresh, sizeof fresh);
  persist_.fence();
  persist_.store_word(&super.magic, region_magic);
  persist_.flush(&super.magic, sizeof super.magic);
  persist_.fence();
}

Inode* Region::inodes() const {
  return reinterpret_cast<Inode*>(address_of(superblock().inode_table_block));
}

uint32_t Region::inode_count() const { return superblock().inode_count; }

}  // namespace daxlab
