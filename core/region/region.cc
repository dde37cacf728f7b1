#include "core/region/region.h"

#include <cassert>
#include <utility>

namespace daxlab {

ErrorOr<std::unique_ptr<Region>> Region::format(Medium medium, Counters& counters,
                                                PersistObserver* observer, RegionUuid uuid) {
  if (auto error = check_region_size(medium.bytes().size())) return *error;
  FoundSuperblock fresh{.superblock = make_superblock(medium.bytes().size() / block_bytes, uuid),
                        .primary_is_good = true,
                        .copy_is_good = true,
                        .read_only = false};
  std::unique_ptr<Region> region(new Region(std::move(medium), fresh, counters));
  region->persist_.observe(observer);
  region->write_tables();
  return region;
}

ErrorOr<std::unique_ptr<Region>> Region::attach(Medium medium, Counters& counters,
                                                const BadBlocks& bad) {
  auto found = find_superblock(medium.bytes(), bad);
  if (!found.ok()) return found.error();
  return std::unique_ptr<Region>(new Region(std::move(medium), found.value(), counters));
}

ErrorOr<std::unique_ptr<Region>> Region::create_memfd(uint64_t size_bytes, Counters& counters) {
  auto medium = Medium::make_memfd(size_bytes);
  if (!medium.ok()) return medium.error();
  return format(medium.take(), counters);
}

Region::Region(Medium medium, const FoundSuperblock& found, Counters& counters)
    : medium_(std::move(medium)),
      found_(found),
      base_(medium_.bytes().data()),
      persist_(counters,
               medium_.descriptor() < 0 ? FlushInstruction::none : best_flush_instruction()) {}

// Both old superblocks go before anything else does, and the new ones come when all they speak of
// is there: formatting that was cut short leaves no region, or a new one that lacks one of its
// superblocks, never an old one with new tables.
void Region::write_tables() {
  Superblock& primary = superblock_at(0);
  Superblock& copy = superblock_at(blocks() - 1);
  persist_.store_word(&primary.magic, 0);
  persist_.flush(&primary.magic, sizeof primary.magic);
  persist_.store_word(&copy.magic, 0);
  persist_.flush(&copy.magic, sizeof copy.magic);
  persist_.fence();
  persist_.zero(address_of(superblock().log_block),
                (first_data_block() - superblock().log_block) * block_bytes);
  persist_.fence();
  persist_.copy(&copy, &superblock(), sizeof copy);
  persist_.copy(&primary, &superblock(), sizeof primary);
  persist_.fence();
}

Inode* Region::inodes() const {
  return reinterpret_cast<Inode*>(address_of(superblock().inode_table_block));
}

LogHeader& Region::log() const {
  return *reinterpret_cast<LogHeader*>(address_of(superblock().log_block));
}

Superblock& Region::superblock_at(uint64_t block) const {
  return *reinterpret_cast<Superblock*>(address_of(block));
}

}  // namespace daxlab
