// What an allocator says of a region that nobody has open.
#pragma once

#include <vector>

#include "core/base/error_or.h"
#include "core/registry/plugin_description.h"
#include "daxlab/alloc.h"

namespace daxlab {

// The plugin, with its options' defaults, is told the geometry and what is used, and asked for its
// free space; all in a child process. Errors name the plugin and what it did. The caller has one
// thread.
ErrorOr<FreeSpace> ask_free_space(const PluginDescription& allocator, Geometry geometry,
                                  const std::vector<Extent>& used);

}  // namespace daxlab
