// Mends the maps of a region's files.
#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

#include "core/recovery/map_walk.h"
#include "core/region/region.h"
#include "core/recovery/region_check.h"

namespace daxlab {

// The region is writable and nobody uses it.
class MapMending {
 public:
  // Both outlive it. `report` is told of what was mended.
  MapMending(Region& region, const std::function<void(const Problem&)>& report)
      : region_(region), report_(report) {}

  // Until there is nothing left that can be mended, durably. Returns the number of problems mended.
  uint64_t mend_all();
  // What a file's map holds now, if its name is in doubt or its size impossible.
  MapSummary summary_of(uint32_t inode) const;

 private:
  struct FileFlaw {
    MapFlaw flaw;
    uint32_t inode;
    uint64_t new_word;
    bool mended;
  };
  bool mend_some();
  void walk_all(BlockClaims& claims);
  void note(uint32_t inode, std::span<const MapFlaw> flaws);
  void correct_words(BlockClaims& claims);
  bool correct(BlockClaims& claims, bool nodes);
  void make_copies(BlockClaims& claims);
  void store_words();
  void store_word(FileFlaw& file);
  void report_mended();

  Region& region_;
  const std::function<void(const Problem&)>& report_;
  uint64_t mended_ = 0;
  // Of one round:
  std::vector<FileFlaw> flaws_;
  // Blocks that one file needs as they are, and another one may not; by how many words.
  std::unordered_map<uint64_t, uint64_t> contested_;
  std::unordered_map<uint32_t, MapSummary> summaries_;
};

}  // namespace daxlab
