#include "harness/run/workload_files.h"

#include <fmt/format.h>

namespace daxlab {
namespace {

std::string name_in_region(std::string_view name) {
  return workload_file_prefix + std::string(name);
}

}  // namespace

std::optional<Error> WorkloadFiles::remove_all() {
  const auto names = lab_.file_names();
  if (!names.ok()) return names.error();
  for (const std::string& name : names.value()) {
    if (!name.starts_with(workload_file_prefix)) continue;
    const Status status = lab_.files().unlink(name);
    if (status.ok()) continue;
    return Error{fmt::format("file '{}' cannot be removed: {}", name, describe(status.code()))};
  }
  return std::nullopt;
}

Result<std::unique_ptr<File>> WorkloadFiles::create(std::string_view name) {
  return lab_.files().create(name_in_region(name));
}

Result<std::unique_ptr<File>> WorkloadFiles::open(std::string_view name) {
  return lab_.files().open(name_in_region(name));
}

Status WorkloadFiles::unlink(std::string_view name) {
  return lab_.files().unlink(name_in_region(name));
}

}  // namespace daxlab
