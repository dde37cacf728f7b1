// --option around=16: options of the tested plugin, by the same rules as in a config.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "core/registry/plugin_description.h"

namespace daxlab {

// The value of each option, in the plugin's order; defaults where no text names it. The error
// quotes the text: "--option around=0: around of page_zero: expected ...".
ErrorOr<std::vector<uint64_t>> read_plugin_options(const PluginDescription& plugin,
                                                   const std::vector<std::string>& texts);

}  // namespace daxlab
