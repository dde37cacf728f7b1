// Regions in plain files: found, made, or made anew.
#pragma once

#include <cstdint>
#include <memory>
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
  uint64_t size_bytes =
      0;  // of a region that is made; one that is there must agree, unless this is 0
  CreateRegion create = CreateRegion::never;
  bool force = false;  // overwrite also what is no daxlab region
};

// Attached for writing, not recovered. Errors: not there; another size; in use by another process;
// not a daxlab region (never overwritten without force); what the kernel said.
ErrorOr<std::unique_ptr<Region>> open_region_file(const RegionFile& file, Counters& counters);
// A fresh region, attached for writing, where nothing is but perhaps an empty file. With force also
// in place of a region or of anything else, which is lost then. Errors: the size; something is
// there; in use by another process; what the kernel said.
ErrorOr<std::unique_ptr<Region>> create_region_file(const std::string& path, uint64_t size_bytes,
                                                    bool force, Counters& counters);
// Attached for reading: stores stay in this process. Beside other readers, not beside a writer.
ErrorOr<std::unique_ptr<Region>> read_region_file(const std::string& path, Counters& counters);

}  // namespace daxlab
