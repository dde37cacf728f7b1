#include "core/registry/program_layout.h"

#include <optional>
#include <system_error>

namespace daxlab {
namespace {

namespace fs = std::filesystem;

// "/opt/daxlab" of "/opt/daxlab/libexec/daxlab" and "libexec/daxlab".
std::optional<fs::path> prefix_of(fs::path folder, fs::path below) {
  for (; !below.empty(); below = below.parent_path(), folder = folder.parent_path()) {
    if (folder.filename() != below.filename()) return std::nullopt;
  }
  return folder;
}

ProgramLayout installed_below(const fs::path& prefix) {
  const fs::path libraries = prefix / DAXLAB_INSTALL_LIBDIR;
  const fs::path data = prefix / DAXLAB_INSTALL_DATADIR / "daxlab";
  return {.daxlab = prefix / DAXLAB_INSTALL_BINDIR / "daxlab",
          .programs = prefix / DAXLAB_INSTALL_LIBEXECDIR / "daxlab",
          .plugins = libraries / "daxlab/plugins",
          .configs = data / "configs",
          .templates = data / "templates",
          .cmake = libraries / "cmake/daxlab",
          .installed = true};
}

ProgramLayout built_in(const fs::path& build) {
  return {.daxlab = build / "bin/daxlab",
          .programs = build / "bin",
          .plugins = build / "plugins",
          .configs = build / "share/daxlab/configs",
          .templates = build / "share/daxlab/templates",
          .cmake = build};
}

}  // namespace

ProgramLayout layout_around(const fs::path& executable) {
  const fs::path folder = executable.parent_path();
  const fs::path behind = fs::path(DAXLAB_INSTALL_LIBEXECDIR) / "daxlab";
  for (const fs::path& below : {fs::path(DAXLAB_INSTALL_BINDIR), behind}) {
    const std::optional<fs::path> prefix = prefix_of(folder, below);
    if (!prefix) continue;
    ProgramLayout layout = installed_below(*prefix);
    std::error_code none;
    if (fs::is_directory(layout.plugins, none)) return layout;
  }
  return built_in(folder.parent_path());
}

fs::path this_executable() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error);
}

}  // namespace daxlab
