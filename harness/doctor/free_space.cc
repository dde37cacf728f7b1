// Space of the folders that daxlab keeps files in.
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "core/base/bytes_text.h"
#include "harness/doctor/examine.h"

namespace daxlab {
namespace {

void ask(FolderSpace& space) {
  struct stat folder {};
  struct statvfs facts {};
  if (stat(space.folder.c_str(), &folder) != 0 || statvfs(space.folder.c_str(), &facts) != 0) {
    space.error_number = errno;
    return;
  }
  space.file_system = folder.st_dev;
  space.free_bytes = uint64_t{facts.f_bavail} * facts.f_frsize;
  space.has_free_files = facts.f_files == 0 || facts.f_favail > 0;
}

void add_words(std::string& list, const std::string& words) {
  if (!list.empty()) list += ", ";
  list += words;
}

// All of `folders` that are on the file system of the first.
MachineFinding examine_file_system(const std::vector<const FolderSpace*>& folders) {
  const FolderSpace& first = *folders.front();
  MachineFinding finding{.name = "space"};
  std::string places;
  uint64_t wanted_bytes = 0;
  for (const FolderSpace* space : folders) {
    add_words(places, fmt::format("{} ({})", space->folder.string(), space->use));
    wanted_bytes = std::max(wanted_bytes, space->wanted_bytes);
  }
  if (first.error_number != 0) {
    finding.state = FindingState::warning;
    finding.found =
        fmt::format("{}: {}", places, std::generic_category().message(first.error_number));
    finding.what_to_do = "make the folder, or name another one";
    return finding;
  }
  finding.found = fmt::format("{} free in {}", bytes_text(first.free_bytes), places);
  if (!first.has_free_files) {
    finding.state = FindingState::warning;
    finding.found += ", and no more files can be made";
    finding.what_to_do = "remove files there";
  } else if (first.free_bytes < wanted_bytes) {
    finding.state = FindingState::warning;
    finding.what_to_do = fmt::format("{} want to be free: remove files there, or name another one",
                                     bytes_text(wanted_bytes));
  }
  return finding;
}

}  // namespace

std::vector<FolderSpace> probe_folders() {
  const char* temporary = std::getenv("TMPDIR");
  const bool has_one = temporary != nullptr && *temporary != '\0';
  std::error_code error;
  const std::filesystem::path here = std::filesystem::current_path(error);
  std::vector<FolderSpace> folders(3);
  folders[0] = {.use = "baseline", .folder = "/dev/shm", .wanted_bytes = uint64_t{1} << 30};
  folders[1] = {.use = "temporary files",
                .folder = has_one ? temporary : "/tmp",
                .wanted_bytes = uint64_t{64} << 20};
  folders[2] = {.use = "current folder: results, findings, region files",
                .folder = error ? std::filesystem::path(".") : here,
                .wanted_bytes = uint64_t{64} << 20};
  for (FolderSpace& space : folders) ask(space);
  return folders;
}

std::vector<MachineFinding> examine_folders(const std::vector<FolderSpace>& folders) {
  std::vector<MachineFinding> findings;
  std::vector<bool> told(folders.size());
  for (size_t first = 0; first < folders.size(); ++first) {
    if (told[first]) continue;
    std::vector<const FolderSpace*> together;
    for (size_t other = first; other < folders.size(); ++other) {
      const bool same =
          other == first || (folders[first].error_number == 0 && folders[other].error_number == 0 &&
                             folders[first].file_system == folders[other].file_system);
      if (!same) continue;
      told[other] = true;
      together.push_back(&folders[other]);
    }
    findings.push_back(examine_file_system(together));
  }
  return findings;
}

}  // namespace daxlab
