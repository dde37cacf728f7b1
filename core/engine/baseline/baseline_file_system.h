// Files of a directory of the kernel's, through plain system calls: the kernel is the strategy. The
// row to compare with, and an oracle that nobody here wrote.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error_or.h"
#include "core/file/file_system.h"
#include "core/file/mapped_range.h"

namespace daxlab {

class BaselineInode;

// Semantics of FileSystem, with what the kernel adds: writes go with O_DSYNC to be durable on
// return; preallocate is all or nothing as far as the file system's fallocate is.
class BaselineFileSystem final : public FileSystem {
 public:
  // Works in a folder "daxlab-<pid>-<random>" made in `directory`, removed with all in it at the
  // end. Installs the signal handlers of core/base/bus_error.h. The error names the folder and the
  // reason.
  static ErrorOr<std::unique_ptr<BaselineFileSystem>> make(const std::string& directory);
  ~BaselineFileSystem() override;

  Result<std::unique_ptr<File>> create(std::string_view name) override;
  Result<std::unique_ptr<File>> open(std::string_view name) override;
  Status unlink(std::string_view name) override;
  // Used: what the files made here occupy; free: what the file system has for us; total: their sum.
  SpaceUse space_use() override;

  // Of all files that are open here, while nobody maps or unmaps any.
  std::vector<MappedRange> mapped_ranges();

  // "tmpfs", "ext4"; "0x1234" for a type that is not known here.
  const std::string& type_name() const { return type_name_; }
  const std::string& folder() const { return folder_; }

 private:
  BaselineFileSystem(std::string folder, int directory, std::string type_name);
  Result<std::unique_ptr<File>> open_with(std::string_view name, int flags);

  const std::string folder_;
  const int directory_;  // file descriptor
  const std::string type_name_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<BaselineInode>> open_inodes_;  // unlinked ones still occupy blocks
};

}  // namespace daxlab
