// A folder that is made for one run and removed with everything in it. It is locked by its owner,
// so that those of owners that were killed are known, and removed when the next one is made there.
#pragma once

#include <filesystem>

#include "core/base/error_or.h"
#include "core/base/owned_descriptor.h"

namespace daxlab {

class ScratchFolder {
 public:
  // Below `parent`, which exists.
  static ErrorOr<ScratchFolder> make(const std::filesystem::path& parent);
  ScratchFolder(ScratchFolder&& other) noexcept;
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  ScratchFolder(std::filesystem::path path, OwnedDescriptor lock)
      : path_(std::move(path)), lock_(std::move(lock)) {}
  std::filesystem::path path_;
  OwnedDescriptor lock_;  // not open where folders cannot be locked
};

}  // namespace daxlab
