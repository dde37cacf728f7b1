// Does a plugin's own declaration make sense? Runs in the probe's child, where a bad pointer in the
// declaration kills nothing but the probe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daxlab/plugin.h"

namespace daxlab {

// What is wrong with it ("option around: default 0 is below the minimum 1"), no value: nothing.
// file_stem: the name of its file without ".so".
std::optional<std::string> info_refusal(const PluginInfo& info, std::string_view file_stem);

}  // namespace daxlab
