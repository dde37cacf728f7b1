// Regions in plain files and on devices of persistent memory: found, made, or made anew.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/base/error_or.h"
#include "core/region/region.h"

namespace daxlab {

enum class CreateRegion : uint32_t {
  never,       // the region is there
  if_missing,  // or is made
  always,      // it is made anew: what was in it is lost
};
const char* name_of(CreateRegion create) noexcept;  // as in YAML

struct RegionFile {
  std::string path;
  // nullopt: what the path leads to can be only one, or is the best of it (Medium::open).
  std::optional<MediumKind> medium = std::nullopt;
  uint64_t size_bytes =
      0;  // of a region that is made; one that is there must agree, unless this is 0
  CreateRegion create = CreateRegion::never;
  bool force = false;  // overwrite also what is no daxlab region: an empty file is none, either
};

// Links at the end of a path are followed as PathEnd does it (core/base/trusted_path.h). An error
// leaves what was there as it was, and makes nothing: no file, no length, no space for holes.
//
// A device is never made. One of which all bytes are zero counts as nothing there: a region is made
// on it without force, since nothing is lost by that. A region may be smaller than its device; what
// lies behind it is left alone. Bad blocks that the kernel lists are the region's.

// Attached for writing, not recovered. Errors: not there; another size; in use by another process;
// not a daxlab region (never overwritten without force); no space for its holes; what the kernel
// said.
ErrorOr<std::unique_ptr<Region>> open_region_file(const RegionFile& file, Counters& counters);
// A fresh region, attached for writing, where nothing is. With force also in place of a region or
// of anything else, which is lost then. Errors: the size; something is there; in use by another
// process; what the kernel said.
ErrorOr<std::unique_ptr<Region>> create_region_file(const std::string& path, uint64_t size_bytes,
                                                    bool force, Counters& counters);
// Attached for reading: stores stay in this process, and holes stay holes. Beside other readers,
// not beside a writer.
ErrorOr<std::unique_ptr<Region>> read_region_file(const std::string& path, Counters& counters);

}  // namespace daxlab
