#include "core/registry/examined_plugin.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "core/registry/elf_identity.h"
#include "core/registry/plugin_file.h"
#include "core/registry/sanitizer_runtime.h"
#include "core/registry/shared_object.h"

namespace daxlab {

ErrorOr<ExaminedPlugin> examine_plugin(const std::filesystem::path& file, bool allow_writable) {
  ErrorOr<PluginFile> read = read_plugin_file(file, allow_writable);
  if (!read.ok()) return read.error();
  PluginFile& plugin = read.value();
  const std::string path = plugin.file.path.string();
  if (const std::optional<std::string> refusal = elf_refusal(plugin.bytes)) {
    return Error{fmt::format("{}: {}", path, *refusal)};
  }
  if (const std::optional<std::string> lacking = lacking_runtime(plugin.bytes)) {
    return Error{fmt::format("{}: {}", path, *lacking)};
  }
  const ErrorOr<std::vector<std::string>> names = exported_symbols(plugin.file);
  if (!names.ok()) return names.error();
  const ErrorOr<PluginSymbol> symbol = find_plugin_symbol(names.value());
  if (!symbol.ok()) {
    return Error{fmt::format("{}: {}", path, symbol.error().message)};
  }
  return ExaminedPlugin{std::move(plugin.file), symbol.value(), plugin.content_hash()};
}

std::optional<Error> mismatch(const ExaminedPlugin& plugin, std::optional<PluginKind> wanted) {
  const char* const kind = name_of(plugin.symbol.kind);
  if (wanted && plugin.symbol.kind != *wanted) {
    return Error{fmt::format("{}: is a {} plugin, not a {} plugin; choose it under {}",
                             plugin.file.path.string(), kind, name_of(*wanted), kind)};
  }
  const uint32_t wanted_abi = sdk_abi(plugin.symbol.kind);
  if (plugin.symbol.abi != wanted_abi) {
    return Error{
        fmt::format("{}: wrong {} plugin ABI: got {}, want {}; build it against the headers "
                    "of this daxlab",
                    plugin.file.path.string(), kind, plugin.symbol.abi, wanted_abi)};
  }
  return std::nullopt;
}

}  // namespace daxlab
