// Walks the maps of a region's files, believing nothing.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/recovery/block_claims.h"
#include "core/region/region.h"
#include "daxlab/types.h"

namespace daxlab {

enum class Flaw : uint32_t {
  damaged,     // the word and its check differ
  misleading,  // leads where no block or no map can be
  past_limit,  // speaks of pages that no file can have
  shared,      // leads to a block that is in use already
};

// What can be done about one.
enum class Mending : uint32_t {
  none,
  hole,     // nothing can be reached through it, or all of it can be through the first user
  copy,     // both users need the block's contents
  correct,  // one byte of the word was wrong (found out when it is mended)
};

// A word of a map that cannot stay as it is.
struct MapFlaw {
  uint64_t* word;
  uint64_t content;  // of the word when it was read
  uint64_t node;     // block that holds the word; 0: it is the inode's root
  PageRange pages;   // of the file, that it leads to
  uint32_t height;   // of the node that it leads to; 0: a block of the file
  Flaw flaw;
  Mending mending;
};

// The block to which a word leads that stands where the flaw's does.
uint64_t target_of(const MapFlaw& flaw, uint64_t word);

// What one file's map holds.
struct MapSummary {
  uint64_t mapped_pages = 0;
  uint64_t end_pgoff = 0;        // behind the last mapped page
  uint64_t blocks_past_end = 0;  // blocks and nodes that serve only pages behind the file's end
};

class MapWalk {
 public:
  // Called with all flaws of one node (or of one root); they do not outlive the call.
  using Found = std::function<void(std::span<const MapFlaw>)>;

  // All outlive it.
  MapWalk(const Region& region, BlockClaims& claims, const Found& found)
      : region_(region), claims_(claims), found_(found) {}

  // Whose block it is when a map leads to one that is in use already.
  enum class Claim {
    equal,    // both need it
    doubtful  // not this file's: whether it is a file at all is not known
  };
  // Claims the blocks of the map of a file that has `pages` pages. Enters each node at most once,
  // so it ends; four calls deep at most.
  MapSummary walk(Inode& inode, uint64_t pages, Claim claim);

 private:
  struct Place {
    uint64_t* word;
    uint64_t node;
    PageRange pages;
    uint32_t height;
  };
  void walk_node(uint64_t block, uint32_t height, uint64_t first_pgoff);
  void walk_leaf(uint64_t block, uint64_t first_pgoff);
  Mending mending_of_shared_page(uint64_t block) const;
  bool enter_node(const Place& place, uint64_t block);
  void add_flaw(const Place& place, Flaw flaw, Mending mending);
  void tell_from(size_t first_flaw);

  const Region& region_;
  BlockClaims& claims_;
  const Found& found_;
  uint64_t file_pages_ = 0;
  Claim claim_ = Claim::equal;
  MapSummary summary_;
  std::array<uint64_t, max_map_height + 1> path_{};  // nodes being walked, by height
  std::vector<MapFlaw> flaws_;                       // of the nodes on the way from the root
};

}  // namespace daxlab
