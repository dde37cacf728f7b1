// What the subcommands of `daxlab region` do.
#pragma once

#include <filesystem>

#include "core/registry/plugin_description.h"

namespace daxlab {

struct RegionFsckArguments {
  std::filesystem::path path;
  bool repair = false;
  bool json = false;
};

// Each prints its result on stdout, and an error as one line on stderr. The exit status.
// `allocator`: it is asked, in a child process, what it says of the region.
int run_region_info(const std::filesystem::path& path, bool json,
                    const PluginDescription* allocator = nullptr);
int run_region_fsck(const RegionFsckArguments& arguments);

}  // namespace daxlab
