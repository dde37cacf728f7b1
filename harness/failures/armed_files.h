// Files and views of which every call, and only the call, is made with failures armed: what a test
// does around it neither counts nor fails.
#pragma once

#include <memory>
#include <string_view>

#include "core/file/file_system.h"

namespace daxlab {

// `files` outlives it.
class ArmedFileSystem final : public FileSystem {
 public:
  explicit ArmedFileSystem(FileSystem& files) : files_(files) {}

  Result<std::unique_ptr<File>> create(std::string_view name) override;
  Result<std::unique_ptr<File>> open(std::string_view name) override;
  Status unlink(std::string_view name) override;
  SpaceUse space_use() override { return files_.space_use(); }

 private:
  FileSystem& files_;
};

}  // namespace daxlab
