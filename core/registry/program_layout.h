// Where the parts of daxlab lie around the program that runs: where it was built, or where it is
// installed. An installed tree may have been moved: only relative paths are known beforehand.
#pragma once

#include <filesystem>

namespace daxlab {

struct ProgramLayout {
  std::filesystem::path daxlab;     // the program that people call
  std::filesystem::path programs;   // folder of those behind it: daxlab_check and so on
  std::filesystem::path plugins;    // folder of the shipped plugins, which may not be there
  std::filesystem::path configs;    // folder of the shipped configs
  std::filesystem::path templates;  // folder of what `daxlab new-plugin` writes
  std::filesystem::path cmake;      // folder of daxlabConfig.cmake
  bool installed = false;           // nothing is ever built here
};

// Installed: `executable` is in PREFIX/bin or PREFIX/libexec/daxlab, and PREFIX has a folder of
// plugins where `cmake --install` puts it. All else is BUILD/bin.
ProgramLayout layout_around(const std::filesystem::path& executable);

// The file that this process runs; empty when the kernel does not say.
std::filesystem::path this_executable();

}  // namespace daxlab
