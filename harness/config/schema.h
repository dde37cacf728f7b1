// A JSON Schema of configs, for editors: made of what the loader itself goes by.
#pragma once

#include <span>
#include <string>

#include "core/registry/plugin_description.h"
#include "harness/config/config_loader.h"

namespace daxlab {

// Draft-07, with a line break at the end. The plugins of the list have exactly their options; any
// other name is accepted with any options. What it cannot know and the loader can: whether plugins
// and folders are there, and rules over several keys.
std::string config_schema(std::span<const PluginDescription> plugins, WorkloadTable workloads);

}  // namespace daxlab
