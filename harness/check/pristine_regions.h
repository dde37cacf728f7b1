// Regions as they are before a run: formatted, free blocks full of garbage. Making one takes longer
// than a short run, so each is made once and copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <utility>

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
  // `one`: a file "kept" with some blocks here and there, of which an allocator has to be told.
  enum class Files { none, one };
  // As it is before a run; the same memory each time, until it is given up. The error: what is
  // wrong with the size.
  ErrorOr<Memory> take(uint64_t region_bytes, Files files);
  // Somebody still points into that memory: the next one is another.
  void give_up(uint64_t region_bytes, Files files);

  PristineRegions();
  ~PristineRegions();
  PristineRegions(const PristineRegions&) = delete;
  PristineRegions& operator=(const PristineRegions&) = delete;

 private:
  struct PristineRegion;
  std::map<std::pair<uint64_t, Files>, std::unique_ptr<PristineRegion>> regions_;
};

}  // namespace daxlab
