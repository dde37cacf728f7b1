// A folder that is made for one run and removed with everything in it.
#pragma once

#include <filesystem>

#include "core/base/error_or.h"

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
  explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace daxlab
