#include "harness/run/output_file.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

#include "core/base/errno_status.h"

namespace daxlab {

ErrorOr<OutputFile> OutputFile::prepare(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return Error{path.string() + ": is a folder; name a file"};
  }
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  std::string temporary = (folder / ("." + path.filename().string() + ".XXXXXX")).string();
  OwnedDescriptor fd(mkstemp(temporary.data()));
  if (!fd.is_open()) return error_from_errno(path.string() + ": writing into its folder", errno);
  // mkstemp keeps others out; a result file is as readable as any that this user makes.
  const mode_t mask = umask(0);
  umask(mask);
  if (fchmod(fd.number(), 0666 & ~mask) != 0) {
    const int error_number = errno;
    unlink(temporary.c_str());
    return error_from_errno(path.string(), error_number);
  }
  return OutputFile(path, temporary, std::move(fd));
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)),
      fd_(std::move(other.fd_)) {
  other.temporary_.clear();
}

OutputFile::~OutputFile() {
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

ErrorOr<size_t> OutputFile::commit(std::string_view text) {
  size_t written = 0;
  while (written < text.size()) {
    const ssize_t count = write(fd_.number(), text.data() + written, text.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return error_from_errno(path_.string() + ": writing", errno);
    written += static_cast<size_t>(count);
  }
  if (fsync(fd_.number()) != 0) return error_from_errno(path_.string() + ": writing", errno);
  if (rename(temporary_.c_str(), path_.c_str()) != 0) {
    return error_from_errno(path_.string() + ": renaming the finished file", errno);
  }
  temporary_.clear();
  return written;
}

}  // namespace daxlab
