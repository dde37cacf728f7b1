// Files of a directory of the kernel's, through plain system calls: the kernel is the strategy. The
// row to compare with, and an oracle that nobody here wrote.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error_or.h"
#include "core/base/owned_descriptor.h"
#include "core/file/file_system.h"
#include "core/file/mapped_range.h"

namespace daxlab {

class BaselineInode;
class LateFreeing;

struct BaselineOptions {
  // Calls of whole blocks are made with O_DIRECT. Where there is none no file can be made here
  // (invalid_argument): the caller has asked.
  bool direct_io = false;
  // About what files can have together: the rest of the file system is taken as long as this lives.
  // 0: all there is.
  uint64_t space_bytes = 0;
};

// Semantics of FileSystem, with what the kernel adds: writes go with O_DSYNC to be durable on
// return; preallocate is all or nothing as far as the file system's fallocate is.
class BaselineFileSystem final : public FileSystem {
 public:
  // Works in a folder "daxlab-<pid>-<random>" made in `directory`, removed with all in it at the
  // end. Installs the signal handlers of core/base/bus_error.h. The error names the folder and the
  // reason.
  static ErrorOr<std::unique_ptr<BaselineFileSystem>> make(const std::string& directory,
                                                           const BaselineOptions& options = {});
  ~BaselineFileSystem() override;

  Result<std::unique_ptr<File>> create(std::string_view name) override;
  Result<std::unique_ptr<File>> open(std::string_view name) override;
  Status unlink(std::string_view name) override;
  // Used: what the files made here occupy; free: what the file system has for us; total: their sum.
  SpaceUse space_use() override;

  // Of all files that are open here, while nobody maps or unmaps any.
  std::vector<MappedRange> mapped_ranges();

  // "tmpfs", "ext4"; "ext4-dax" where files that are made here are mapped past the page cache;
  // "0x1234" for a type that is not known here.
  const std::string& type_name() const { return type_name_; }
  const std::string& folder() const { return folder_; }

 private:
  BaselineFileSystem(std::string folder, OwnedDescriptor directory)
      : folder_(std::move(folder)), directory_(std::move(directory)) {}
  std::optional<Error> look_around(const BaselineOptions& options);
  std::optional<Error> leave_free(uint64_t space_bytes);
  Result<std::unique_ptr<File>> open_with(std::string_view name, int flags);

  const std::string folder_;
  const OwnedDescriptor directory_;
  OwnedDescriptor first_file_;  // without a name: shows what files are here, and takes the rest
  bool direct_io_ = false;
  std::string type_name_;
  std::shared_ptr<const LateFreeing> freeing_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<BaselineInode>> open_inodes_;  // unlinked ones still occupy blocks
};

}  // namespace daxlab
