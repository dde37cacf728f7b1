#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <system_error>

#include "core/base/errno_status.h"
#include "harness/config/config_loader.h"
#include "harness/config/quoted_text.h"
#include "harness/config/yaml_reader.h"

namespace daxlab {

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
    return Error{fmt::format("{}: cannot open: {}; expected a YAML file", shown,
                             std::generic_category().message(errno))};
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
