// A page of a file's page cache, as judges see it.
#pragma once

#include <cstdint>
#include <string>

namespace daxlab {

struct CachedPage {
  std::string file;  // empty: it has no name any more
  uint64_t pgoff = 0;
  bool is_zero = false;    // every byte
  bool over_hole = false;  // the file has no block there
  friend bool operator==(const CachedPage&, const CachedPage&) = default;
};

}  // namespace daxlab
