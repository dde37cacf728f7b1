// Which words of a region recovery can read in any of the states that a crash may leave, and which
// it cannot: so that crashes need not be tried in which nobody sees a difference.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/region/superblock.h"
#include "harness/crash/crash_image.h"

namespace daxlab {

enum class WordUse : uint8_t {
  unread,    // by nobody: a free inode, a block that no map leads to, a log that does not count
  data,      // of a file; recovery does not read it, who looks at the file does
  metadata,  // superblock, log, inode, node of a map
};

// For one moment. Found by following, from the inode table on, every value that a word may have in
// any of its states: so it says `unread` of nothing that some state leads to. Some of what it calls
// metadata may be read in no state.
class WordUses {
 public:
  // A region whose superblock is certain; else all words are metadata.
  void find(const CrashImages& images, std::span<const OpenStore> open);

  WordUse use_of(uint64_t offset_bytes) const;
  // "line 3 of the inode table (inode 6)", of the line in which the word lies.
  std::string line_text(uint64_t offset_bytes) const;

 private:
  struct Possible {
    uint64_t offset_bytes;
    uint64_t value;
  };
  template <class Look>
  void for_each_value(uint64_t offset_bytes, Look look) const;
  template <class Look>
  void for_each_other_value(uint64_t first_bytes, uint64_t end_bytes, Look look) const;
  bool can_be_nonzero(uint64_t offset_bytes) const;
  void read_log();
  void read_inode(uint64_t number);
  void add_node(uint64_t block, uint64_t height);
  void read_node(uint64_t block, uint64_t height);

  const CrashImages* images_ = nullptr;
  bool knows_superblock_ = false;
  Superblock superblock_{};
  std::vector<Possible> possible_;  // sorted by offset: besides what is certain
  bool log_counts_ = false;         // in some state
  std::vector<uint64_t> redone_;    // sorted offsets: recovery overwrites these, whatever they hold
  std::vector<bool> taken_;         // of inodes, in some state
  std::vector<uint8_t> data_;       // of blocks: some entry leads there
  std::vector<uint8_t> heights_;    // of blocks: a bit for each height that a node there may have
  std::vector<std::pair<uint64_t, uint64_t>> nodes_;  // block, height: still to be read
};

}  // namespace daxlab
