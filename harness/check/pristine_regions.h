// Regions as they are before a run: formatted, without files, free blocks full of garbage. Making
// one takes longer than a short run, so each size is made once and copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
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
  };
  // As it is before a run; the same memory each time, until it is given up. The error: what is
  // wrong with the size.
  ErrorOr<Memory> take(uint64_t region_bytes);
  // Somebody still points into the memory of that size: the next one is another.
  void give_up(uint64_t region_bytes);

  PristineRegions();
  ~PristineRegions();
  PristineRegions(const PristineRegions&) = delete;
  PristineRegions& operator=(const PristineRegions&) = delete;

 private:
  struct Region;
  std::map<uint64_t, std::unique_ptr<Region>> regions_;
};

}  // namespace daxlab
