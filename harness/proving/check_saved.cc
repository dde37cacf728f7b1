#include "harness/proving/check_saved.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/base/errno_status.h"
#include "core/base/owned_descriptor.h"
#include "core/base/trusted_path.h"
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

// A new file of that name, or of that with a number.
ErrorOr<std::filesystem::path> save_in(int into, const std::filesystem::path& folder,
                                       const std::string& name, const std::string& text) {
  for (int i = 1; i <= most_files_of_one_name; ++i) {
    const std::string number = i == 1 ? "" : fmt::format("-{}", i);
    const std::string file_name = fmt::format("{}{}.json", name, number);
    const std::filesystem::path path = folder / file_name;
    const OwnedDescriptor file(openat(into, file_name.c_str(),
                                      O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666));
    if (!file.is_open() && errno == EEXIST) continue;
    if (!file.is_open()) return error_from_errno(path.string(), errno);
    if (write_whole(file.number(), text)) return path;
    const int problem = errno;
    unlinkat(into, file_name.c_str(), 0);
    return error_from_errno(path.string(), problem);
  }
  return Error{fmt::format("{}/{}.json: {} files of that name are there; move some away",
                           folder.string(), name, most_files_of_one_name)};
}

}  // namespace

std::optional<Error> check_folder(const std::filesystem::path& folder) {
  const auto place = PathEnd::find(folder);
  if (!place.ok()) return place.error().prefixed("--save ");
  if (place.value().is_there() && !S_ISDIR(place.value().status().st_mode)) {
    return Error{fmt::format("--save {}: is no folder; name one", folder.string())};
  }
  const char* const written = place.value().is_there() ? place.value().name().c_str() : ".";
  if (faccessat(place.value().folder(), written, W_OK | X_OK, 0) == 0) return std::nullopt;
  return error_from_errno(fmt::format("--save {}: writing there", folder.string()), errno);
}

ErrorOr<std::filesystem::path> save_finding(const std::filesystem::path& folder,
                                            const std::string& combination,
                                            const CheckFinding& finding) {
  const auto place = PathEnd::find(folder);
  if (!place.ok()) return place.error();
  const char* const name_of_folder = place.value().name().c_str();
  const bool made = mkdirat(place.value().folder(), name_of_folder, 0777) == 0;
  if (!made && errno != EEXIST) return error_from_errno(folder.string(), errno);
  const OwnedDescriptor into = place.value().open(O_PATH | O_DIRECTORY);
  if (!into.is_open()) return error_from_errno(folder.string(), errno);
  auto saved = save_in(into.number(), folder, file_name_of(combination, finding.verdict.judge),
                       case_text(finding));
  if (!saved.ok() && made) unlinkat(place.value().folder(), name_of_folder, AT_REMOVEDIR);
  return saved;
}

}  // namespace daxlab
