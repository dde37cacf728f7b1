#include "harness/run/scratch_folder.h"

#include <stdlib.h>

#include <cerrno>
#include <system_error>

#include "core/base/errno_status.h"

namespace daxlab {

ErrorOr<ScratchFolder> ScratchFolder::make(const std::filesystem::path& parent) {
  std::string name = (parent / "daxlab-run-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    return error_from_errno("making a folder in " + parent.string(), errno);
  }
  return ScratchFolder(name);
}

ScratchFolder::ScratchFolder(ScratchFolder&& other) noexcept : path_(std::move(other.path_)) {
  other.path_.clear();
}

ScratchFolder::~ScratchFolder() {
  std::error_code leftover;  // of no use to a run that is over
  if (!path_.empty()) std::filesystem::remove_all(path_, leftover);
}

}  // namespace daxlab
