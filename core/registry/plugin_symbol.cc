#include "core/registry/plugin_symbol.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace daxlab {

std::string PluginSymbol::name() const {
  return fmt::format("daxlab_{}_abi{}", name_of(kind), abi);
}

std::optional<PluginSymbol> parse_plugin_symbol(std::string_view name) {
  name = name.substr(0, name.find('@'));  // a symbol version, if the linker was given any
  for (const PluginKind kind : plugin_kinds) {
    const std::string prefix = fmt::format("daxlab_{}_abi", name_of(kind));
    if (!name.starts_with(prefix)) continue;
    PluginSymbol symbol{kind, 0};
    const char* const digits = name.data() + prefix.size();
    const char* const end = name.data() + name.size();
    const auto [last, error] = std::from_chars(digits, end, symbol.abi);
    // Only the one spelling of a number, since the symbol is looked up by it later.
    if (error == std::errc() && last == end && symbol.name() == name) return symbol;
  }
  return std::nullopt;
}

ErrorOr<PluginSymbol> find_plugin_symbol(const std::vector<std::string>& names) {
  std::vector<PluginSymbol> found;
  for (const std::string& name : names) {
    const std::optional<PluginSymbol> symbol = parse_plugin_symbol(name);
    if (symbol && std::find(found.begin(), found.end(), *symbol) == found.end()) {
      found.push_back(*symbol);
    }
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    return Error{
        "is a shared library but no plugin: it exports no daxlab_<kind>_abi<number>; declare it "
        "with "
        "DAXLAB_FAULT_PLUGIN, DAXLAB_WRITE_PLUGIN or DAXLAB_ALLOC_PLUGIN"};
  }
  return Error{
      fmt::format("exports {} plugin symbols ({}, {}), one is allowed; give each plugin a "
                  "file of its own",
                  found.size(), found[0].name(), found[1].name())};
}

}  // namespace daxlab
