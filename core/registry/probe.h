// Loads a plugin in a child to learn what it declares, so that a plugin that crashes, exits or
// hangs when it is loaded is found out before any run depends on it.
#pragma once

#include <chrono>
#include <string>

#include "core/base/error_or.h"
#include "core/registry/examined_plugin.h"
#include "core/registry/plugin_description.h"

namespace daxlab {

// A description without `hazard`. The plugin is of this build's ABI; `name` is what it must be
// called.
ErrorOr<PluginDescription> probe_plugin(const ExaminedPlugin& plugin, const std::string& name,
                                        std::chrono::milliseconds time_limit);

}  // namespace daxlab
