// The bytes of a file that says it is a plugin.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/error_or.h"

namespace daxlab {

struct PluginFile {
  std::filesystem::path path;  // absolute, symbolic links resolved
  std::vector<std::byte> bytes;

  // FNV-1a of the bytes, 16 hex digits: tells builds apart, no security.
  std::string content_hash() const;
};

// Reads a regular file that is not empty and, unless allow_writable, that only trusted users can
// have written (trusted_path.h).
ErrorOr<PluginFile> read_plugin_file(const std::filesystem::path& path, bool allow_writable);

}  // namespace daxlab
