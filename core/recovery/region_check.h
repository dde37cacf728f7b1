// Reads a whole region, believing nothing, and says what is wrong with it: what opening and fsck
// share.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/region/region.h"
#include "daxlab/types.h"

namespace daxlab {

enum class ProblemKind : uint32_t {
  superblock,    // one of the two is damaged
  log,           // a record that was durable is not as it was
  inode_name,    // a name and its checksum differ, or no file can be called so
  name_twice,    // two files of one name
  file_size,     // the word is damaged, or larger than a file can be
  map_root,      // the word is damaged, or leads out of the data blocks
  map_entry,     // the same in a node
  block_shared,  // in use twice
  bad_block,     // its memory is lost; not met by check_region, for a region can be used beside it
};
const char* name_of(ProblemKind kind) noexcept;  // "map_entry", for JSON

// One inconsistency, or a run of them that is alike.
struct Problem {
  ProblemKind kind;
  std::string where;   // "file 'data' (inode 3), pages 512 to 1023"
  std::string what;    // "the map's entry is damaged (0x12...)"
  std::string remedy;  // what --repair does: "becomes a hole"; empty: it cannot mend this
};

// What a region holds, as far as it can be read.
struct RegionContents {
  std::vector<Extent> used;  // data blocks in use: sorted, disjoint, none adjacent
  uint64_t used_blocks = 0;
  uint64_t files = 0;
  uint64_t blocks_past_end = 0;           // of files: left by a crash, for recovery to free
  std::vector<uint32_t> inodes_past_end;  // of the files that have some
  uint64_t problems = 0;
};

// Walks everything once; enters each block at most once, so a map that leads in circles ends. Files
// whose name is in doubt come last: what they share with others is not theirs. A committed log has
// been replayed before. `report` may be called often: keeps nothing. Memory: two bits per block of
// the region, and 8 bytes per file. Stores nothing.
RegionContents check_region(const Region& region,
                            const std::function<void(const Problem&)>& report);

// Parts of it, for repair. Untrusted.
// At block 0, and in the last. One whose memory is lost is not damaged: nothing could mend it.
bool superblock_is_damaged(const Region& region, uint64_t block);
bool name_is_intact(const Inode& inode);  // of a taken inode
// Intact, and no larger than a file can be.
bool size_is_possible(const Inode& inode);
// Of a file whose size is possible; no file has more.
uint64_t pages_of(const Inode& inode);
// Each inode among those of intact name whose name one before it has too.
std::vector<uint32_t> second_of_name(const Region& region);

}  // namespace daxlab
