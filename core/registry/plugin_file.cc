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
#include "core/registry/trusted_path.h"

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
  ErrorOr<std::filesystem::path> resolved = resolve_trusted(path, allow_writable);
  if (!resolved.ok()) return resolved.error();
  const std::filesystem::path& file = resolved.value();

  // Without O_NONBLOCK, opening a named pipe would wait for a writer.
  const OwnedDescriptor descriptor(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (descriptor.number() < 0) return error_from_errno("open " + file.string(), errno);
  struct stat status {};
  if (fstat(descriptor.number(), &status) != 0) {
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
  ErrorOr<std::vector<std::byte>> bytes = read_all(descriptor.number(), file, length_bytes);
  if (!bytes.ok()) return bytes.error();
  return PluginFile{file, bytes.take()};
}

std::string PluginFile::content_hash() const {
  uint64_t hash = 0xcbf29ce484222325;
  for (const std::byte byte : bytes) {
    hash = (hash ^ static_cast<uint64_t>(byte)) * 0x100000001b3;
  }
  return fmt::format("{:016x}", hash);
}

}  // namespace daxlab
