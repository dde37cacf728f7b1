// The files of one region.
#pragma once

#include <set>
#include <vector>

#include "core/dax/dax_parts.h"
#include "core/dax/open_files.h"
#include "core/file/cached_page.h"
#include "core/file/file_system.h"
#include "core/file/mapped_range.h"

namespace daxlab {

// Files and Views that it gave out are gone before it goes.
class DaxFileSystem final : public FileSystem, private FaultHandler {
 public:
  // Installs the signal handlers of core/base/bus_error.h, unless an engine has: for buffers.
  explicit DaxFileSystem(const DaxParts& parts);

  Result<std::unique_ptr<File>> create(std::string_view name) override;
  Result<std::unique_ptr<File>> open(std::string_view name) override;
  Status unlink(std::string_view name) override;
  SpaceUse space_use() override;

  // Of all open files, by inode and offset, while nobody works on any.
  std::vector<CachedPage> cached_pages();
  // Of all open files, while nobody maps or unmaps any.
  std::vector<MappedRange> mapped_ranges();

 private:
  Result<std::unique_ptr<File>> file_of(uint32_t inode);
  Status handle(Mapping& mapping, uint64_t address, bool write) noexcept override;

  DaxParts parts_;
  Mutex names_;  // a name found stays its inode's until the inode is open
  OpenFiles open_files_;
  // Inodes of files whose maps have bad nodes: neither opened nor unlinked. No block goes bad
  // later, so it does not change.
  std::set<uint32_t> lost_maps_;
};

}  // namespace daxlab
