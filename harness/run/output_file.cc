#include "harness/run/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <optional>
#include <span>
#include <system_error>
#include <vector>

#include "core/base/errno_status.h"
#include "core/region/superblock.h"

namespace daxlab {

namespace {

bool holds_region(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> start(sizeof(Superblock));
  file.read(start.data(), static_cast<std::streamsize>(start.size()));
  return file.good() && looks_like_region(std::as_bytes(std::span(start)));
}

// What must not give way to a file of results.
std::optional<Error> refuse(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (std::filesystem::is_directory(status)) {
    return Error{path.string() + ": is a folder; name a file"};
  }
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    return Error{path.string() + ": is a device, pipe or socket; name a plain file"};
  }
  if (!holds_region(path)) return std::nullopt;
  return Error{path.string() +
               ": holds a daxlab region, which the results would replace; name "
               "another file"};
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : ".";
}

// Beside it, and hidden; for mkstemp.
std::string temporary_name(const std::filesystem::path& path) {
  return (folder_of(path) / ("." + path.filename().string() + ".XXXXXX")).string();
}

}  // namespace

ErrorOr<OutputFile> OutputFile::prepare(const std::filesystem::path& name) {
  if (auto error = refuse(name)) return *error;
  // A link stays one: what it leads to is replaced.
  std::error_code none;
  const std::filesystem::path target = std::filesystem::weakly_canonical(name, none);
  const std::filesystem::path path =
      std::filesystem::is_symlink(name, none) && !target.empty() ? target : name;
  // Without a name it does not outlive a process that is killed.
  OwnedDescriptor nameless(open(folder_of(path).c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666));
  if (nameless.is_open()) return OutputFile(path, {}, std::move(nameless));
  std::string temporary = temporary_name(path);
  OwnedDescriptor fd(mkstemp(temporary.data()));  // not every file system can do without
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

// linkat() does not replace, rename() does.
std::optional<Error> OutputFile::give_name() {
  const std::string file = fmt::format("/proc/self/fd/{}", fd_.number());
  for (;;) {
    std::string name = temporary_name(path_);
    const OwnedDescriptor chosen(mkstemp(name.data()));
    if (!chosen.is_open() || unlink(name.c_str()) != 0) break;
    if (linkat(AT_FDCWD, file.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0) {
      temporary_ = name;
      return std::nullopt;
    }
    if (errno != EEXIST) break;
  }
  return error_from_errno(path_.string() + ": naming the finished file", errno);
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
  if (temporary_.empty()) {
    if (auto error = give_name()) return *error;
  }
  if (rename(temporary_.c_str(), path_.c_str()) != 0) {
    return error_from_errno(path_.string() + ": renaming the finished file", errno);
  }
  temporary_.clear();
  return written;
}

}  // namespace daxlab
