#include "harness/proving/check_saved.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "core/base/errno_status.h"
#include "core/base/owned_descriptor.h"
#include "harness/check/case_file.h"

namespace daxlab {
namespace {

constexpr size_t longest_name_bytes = 200;
constexpr int most_files_of_one_name = 10'000;

// "global_zero-around=16.partial.first_fit.coherence"
std::string file_name_of(const std::string& combination, JudgeName judge) {
  std::string name = combination;
  for (char& letter : name) {
    if (letter == '/') letter = '.';
    if (letter == ':' || letter == ',') letter = '-';
  }
  return name.substr(0, longest_name_bytes) + "." + name_of(judge);
}

bool write_whole(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

std::optional<Error> check_folder(const std::filesystem::path& folder) {
  std::error_code none;
  std::filesystem::path written = folder;
  if (!std::filesystem::exists(std::filesystem::symlink_status(folder, none))) {
    written = folder.has_parent_path() ? folder.parent_path() : ".";
  }
  if (!std::filesystem::is_directory(written, none)) {
    return Error{fmt::format("--save {}: {} is no folder", folder.string(), written.string())};
  }
  if (access(written.c_str(), W_OK | X_OK) == 0) return std::nullopt;
  return error_from_errno(fmt::format("--save {}: {}", folder.string(), written.string()), errno);
}

ErrorOr<std::filesystem::path> save_finding(const std::filesystem::path& folder,
                                            const std::string& combination,
                                            const CheckFinding& finding) {
  if (mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST) {
    return error_from_errno(folder.string(), errno);
  }
  const std::string name = file_name_of(combination, finding.verdict.judge);
  for (int i = 1; i <= most_files_of_one_name; ++i) {
    const std::string number = i == 1 ? "" : fmt::format("-{}", i);
    const std::filesystem::path path = folder / fmt::format("{}{}.json", name, number);
    const OwnedDescriptor file(
        open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666));
    if (!file.is_open() && errno == EEXIST) continue;
    if (!file.is_open()) return error_from_errno(path.string(), errno);
    if (write_whole(file.number(), case_text(finding))) return path;
    const int problem = errno;
    unlink(path.c_str());
    return error_from_errno(path.string(), problem);
  }
  return Error{fmt::format("{}/{}.json: {} files of that name are there; move some away",
                           folder.string(), name, most_files_of_one_name)};
}

}  // namespace daxlab
