// The bytes of a file that says it is a plugin.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "core/base/trusted_path.h"

namespace daxlab {

struct PluginFile {
  TrustedFile file;
  std::vector<std::byte> bytes;

  // FNV-1a of the bytes, 16 hex digits: tells builds apart, no security.
  std::string content_hash() const;
};

// Reads a regular file that is not empty and, unless allow_writable, that only trusted users can
// have written (trusted_path.h). In place it can be changed afterwards by those alone who may open
// it for writing, and these have us anyway: so what the descriptor leads to is what was judged.
// (Also by one who opened it while others might write to it; no look at a file finds that one.)
ErrorOr<PluginFile> read_plugin_file(const std::filesystem::path& path, bool allow_writable);

}  // namespace daxlab
