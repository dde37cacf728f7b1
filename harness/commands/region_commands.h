// What the subcommands of `daxlab region` do.
#pragma once

#include <filesystem>

namespace daxlab {

struct RegionFsckArguments {
  std::filesystem::path path;
  bool repair = false;
  bool json = false;
};

// Each prints its result on stdout, and an error as one line on stderr. The exit status.
int run_region_info(const std::filesystem::path& path, bool json);
int run_region_fsck(const RegionFsckArguments& arguments);

}  // namespace daxlab
