#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <system_error>

#include "core/base/errno_status.h"
#include "core/registry/program_layout.h"
#include "harness/config/config_loader.h"
#include "harness/config/quoted_text.h"
#include "harness/config/yaml_reader.h"

namespace daxlab {

namespace {

// Whoever has no tree does not know where the configs lie that come along.
std::string shipped_by_that_name(const std::filesystem::path& path) {
  const std::filesystem::path folder = layout_around(this_executable()).configs;
  std::error_code none;
  if (path.filename().empty() || !std::filesystem::exists(folder / path.filename(), none)) {
    return "";
  }
  return fmt::format(", and one by that name is {}", (folder / path.filename()).string());
}

}  // namespace

ErrorOr<std::string> read_config_file(const std::filesystem::path& path) {
  const std::string shown = printable(path.string(), 4096);
  std::error_code status_error;
  if (std::filesystem::is_directory(path, status_error)) {
    return Error{shown + ": is a folder; expected a YAML file"};
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    if (is_shortage(errno)) return error_from_errno(shown, errno);
    const std::string why = std::generic_category().message(errno);
    return Error{fmt::format("{}: cannot open: {}; expected a YAML file{}", shown, why,
                             shipped_by_that_name(path))};
  }
  // One byte more than allowed: enough to know, however long the file is.
  std::string text(max_yaml_bytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) {
    return Error{fmt::format("{}: cannot read: {}", shown, std::generic_category().message(errno))};
  }
  text.resize(static_cast<size_t>(file.gcount()));
  if (text.size() > max_yaml_bytes) {
    return Error{
        fmt::format("{}: larger than {} bytes, the most a config may have", shown, max_yaml_bytes)};
  }
  return text;
}

}  // namespace daxlab
