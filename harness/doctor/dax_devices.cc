// Persistent memory of this machine: character devices (devdax), block devices (fsdax), and file
// systems that are mounted with the dax option.
#include <algorithm>
#include <fstream>
#include <sstream>
#include <system_error>

#include "harness/doctor/examine.h"

namespace daxlab {
namespace {

// Names in a folder that start with `prefix`, sorted; none when there is no such folder.
std::vector<std::string> names_in(const std::filesystem::path& folder, const std::string& prefix) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with(prefix)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string joined(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
  return line;
}

// "rw,dax=always,relatime" has dax; "rw,dax=never" and "rw,nodax" have not.
bool has_dax_option(const std::string& options) {
  std::istringstream words(options);
  for (std::string word; std::getline(words, word, ',');) {
    if (word == "dax" || word == "dax=always" || word == "dax=inode") return true;
  }
  return false;
}

std::vector<std::string> dax_mounts(const std::filesystem::path& mounts) {
  std::vector<std::string> found;
  std::ifstream stream(mounts);
  for (std::string line; std::getline(stream, line);) {
    std::istringstream fields(line);
    std::string device, mount_point, type, options;
    if (!(fields >> device >> mount_point >> type >> options)) continue;
    if (has_dax_option(options)) found.push_back(mount_point + " (" + type + ")");
  }
  return found;
}

MachineFinding finding_of(const char* name, const std::vector<std::string>& names,
                          const char* how) {
  MachineFinding finding{.name = name, .found = joined(names)};
  if (names.empty()) {
    finding.state = FindingState::missing;
    finding.found = "none";
    finding.what_to_do = how;
  }
  return finding;
}

}  // namespace

std::vector<MachineFinding> examine_dax_devices(const std::filesystem::path& root) {
  return {
      finding_of("NVDIMM bus", names_in(root / "sys/bus/nd/devices", "region"),
                 "persistent memory is not used by daxlab yet; to have some without the hardware: "
                 "memmap=4G!8G on the kernel's command line, or an nvdimm device in QEMU"),
      finding_of("devdax devices", names_in(root / "sys/bus/dax/devices", "dax"),
                 "not used by daxlab yet: ndctl create-namespace --mode=devdax"),
      finding_of("fsdax devices", names_in(root / "sys/block", "pmem"),
                 "not used by daxlab yet: ndctl create-namespace --mode=fsdax"),
      finding_of(
          "DAX mounts", dax_mounts(root / "proc/mounts"),
          "not used by daxlab yet: mkfs.ext4 -b 4096 /dev/pmem0 && mount -o dax=always /dev/pmem0 "
          "/mnt"),
  };
}

}  // namespace daxlab
