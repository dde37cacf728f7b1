#include "core/registry/plugin_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "core/base/errno_status.h"
#include "core/base/owned_descriptor.h"

namespace daxlab {
namespace {

constexpr uint64_t max_file_bytes = uint64_t{1} << 30;  // a plugin is some kilobytes

Error refuse(const std::filesystem::path& path, std::string_view why) {
  return {fmt::format("{}: {}", path.string(), why)};
}

ErrorOr<std::vector<std::byte>> read_all(int descriptor, const std::filesystem::path& path,
                                         size_t length_bytes) {
  std::vector<std::byte> bytes(length_bytes);
  size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = read(descriptor, bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return error_from_errno("read " + path.string(), errno);
    if (got == 0) break;  // it shrank meanwhile; the ELF check sees what is missing
    filled += static_cast<size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace

ErrorOr<PluginFile> read_plugin_file(const std::filesystem::path& path, bool allow_writable) {
  ErrorOr<TrustedFile> found = find_trusted_file(path, allow_writable);
  if (!found.ok()) return found.error();
  const std::filesystem::path& file = found.value().path;
  struct stat status {};
  if (fstat(found.value().descriptor.number(), &status) != 0) {
    return error_from_errno("stat " + file.string(), errno);
  }
  if (S_ISDIR(status.st_mode)) {
    return refuse(file, "is a folder; a plugin is a file, a shared object");
  }
  if (!S_ISREG(status.st_mode)) {
    return refuse(file, "is a device, pipe or socket; a plugin is a file, a shared object");
  }
  if (status.st_size == 0) return refuse(file, "is empty; build the plugin again");
  const uint64_t length_bytes = static_cast<uint64_t>(status.st_size);
  if (length_bytes > max_file_bytes) {
    return refuse(file, fmt::format("has {} bytes, more than any plugin needs ({}); is it a shared "
                                    "object?",
                                    length_bytes, max_file_bytes));
  }
  const std::string name = name_of_descriptor(found.value().descriptor.number());
  const OwnedDescriptor readable(open(name.c_str(), O_RDONLY | O_CLOEXEC));
  if (!readable.is_open() && errno == ENOENT) {
    return refuse(file, fmt::format("is opened by {}, which is not there; mount /proc", name));
  }
  if (!readable.is_open()) return error_from_errno("open " + file.string(), errno);
  ErrorOr<std::vector<std::byte>> bytes = read_all(readable.number(), file, length_bytes);
  if (!bytes.ok()) return bytes.error();
  return PluginFile{found.take(), bytes.take()};
}

std::string PluginFile::content_hash() const {
  uint64_t hash = 0xcbf29ce484222325;
  for (const std::byte byte : bytes) {
    hash = (hash ^ static_cast<uint64_t>(byte)) * 0x100000001b3;
  }
  return fmt::format("{:016x}", hash);
}

}  // namespace daxlab
