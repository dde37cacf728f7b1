// Regions as they are before a run: formatted, free blocks full of garbage, and a file that is kept
// there, if that is asked for. Making one takes longer than a short run, so each is made once and
// copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error_or.h"
#include "daxlab/types.h"

namespace daxlab {

class PristineRegions {
 public:
  // Memory of a run. It may be given up with the lab that lies in it.
  struct Memory {
    std::span<std::byte> bytes;
    uint64_t garbage_seed = 0;
    PageRange garbage_blocks = {};
    // Of each page of the file that is kept: here and there, so that an allocator that was not told
    // of one meets it soon.
    std::vector<uint64_t> kept_blocks = {};
  };
  // Whose written_bytes() the file holds.
  static constexpr uint64_t kept_value = 1;
  // As it is before a run; the same memory each time, until it is given up. The file's name; empty:
  // none. The error: what is wrong with the size.
  ErrorOr<Memory> take(uint64_t region_bytes, const std::string& kept_name);
  // Somebody still points into that memory: the next one is another.
  void give_up(uint64_t region_bytes, const std::string& kept_name);

  PristineRegions();
  ~PristineRegions();
  PristineRegions(const PristineRegions&) = delete;
  PristineRegions& operator=(const PristineRegions&) = delete;

 private:
  struct PristineRegion;
  std::map<std::pair<uint64_t, std::string>, std::unique_ptr<PristineRegion>> regions_;
};

}  // namespace daxlab
