// The exported symbol whose name says what a shared object is: daxlab_<kind>_abi<number>.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error_or.h"
#include "core/registry/plugin_description.h"

namespace daxlab {

// The number that the SDK headers of this build give to plugins of a kind.
constexpr uint32_t sdk_abi(PluginKind kind) { return kind == PluginKind::fault ? 1 : 2; }

struct PluginSymbol {
  PluginKind kind = PluginKind::fault;
  uint32_t abi = 0;
  std::string name() const;
  friend bool operator==(const PluginSymbol&, const PluginSymbol&) = default;
};

// No value: an ordinary symbol.
std::optional<PluginSymbol> parse_plugin_symbol(std::string_view name);

// The one among a shared object's symbols; the error has no path in front ("exports no ...").
ErrorOr<PluginSymbol> find_plugin_symbol(const std::vector<std::string>& names);

}  // namespace daxlab
