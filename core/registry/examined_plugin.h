// What a file tells of a plugin while none of its code has run.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "core/base/error_or.h"
#include "core/base/trusted_path.h"
#include "core/registry/plugin_symbol.h"

namespace daxlab {

struct ExaminedPlugin {
  TrustedFile file;  // to be loaded by its descriptor: its path may lead elsewhere by now
  PluginSymbol symbol;
  std::string content_hash;
};

// A whole shared object for this machine with one plugin symbol of any kind and ABI.
ErrorOr<ExaminedPlugin> examine_plugin(const std::filesystem::path& file, bool allow_writable);

// Error when it is of another kind than wanted (if any is) or of another ABI than this build's.
std::optional<Error> mismatch(const ExaminedPlugin& plugin, std::optional<PluginKind> wanted);

}  // namespace daxlab
