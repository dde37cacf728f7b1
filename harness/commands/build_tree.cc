#include "harness/commands/build_tree.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/auxv.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <vector>

#include "core/base/errno_status.h"
#include "core/base/owned_descriptor.h"
#include "core/registry/program_layout.h"
#include "harness/commands/shell_words.h"
#include "harness/run/quiet_program.h"

namespace daxlab {
namespace {

constexpr const char* lock_name = "building_for_daxlab.lock";

bool is_program(const std::filesystem::path& file) { return access(file.c_str(), X_OK) == 0; }

// A program that was copied elsewhere must not build whatever else lies there.
bool is_of_daxlab(const std::filesystem::path& cmake_cache) {
  std::ifstream file(cmake_cache);
  for (std::string line; std::getline(file, line);) {
    if (line == "CMAKE_PROJECT_NAME:STATIC=daxlab") return true;
  }
  return false;
}

// Waits for it, if others hold it.
bool lock_as(int lock, int kind) {
  int answer = 0;
  while ((answer = flock(lock, kind)) != 0 && errno == EINTR) {
  }
  return answer == 0;
}

// A file that is there may still be being written. False: that cannot be known.
bool wait_for_builds(const std::filesystem::path& lock_file) {
  const OwnedDescriptor lock(open(lock_file.c_str(), O_RDONLY | O_CLOEXEC));
  return lock.is_open() ? lock_as(lock.number(), LOCK_SH) : errno == ENOENT;
}

// As many compilers at once as harness/setup.sh has.
std::string jobs() {
  const char* wanted = std::getenv("DAXLAB_JOBS");
  if (wanted != nullptr && *wanted != '\0') return wanted;
  return std::to_string(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
}

}  // namespace

std::optional<BuildTree> BuildTree::around(const std::filesystem::path& executable) {
  if (layout_around(executable).installed) return std::nullopt;
  const std::filesystem::path folder = executable.parent_path().parent_path();
  return is_of_daxlab(folder / "CMakeCache.txt") ? std::optional(BuildTree(folder)) : std::nullopt;
}

std::string BuildTree::command_for(const std::string& target) const {
  return shell_line({"cmake", "--build", folder_.string(), "--target", target});
}

// A build holds the lock alone. Where there is no lock file, none has begun.
std::optional<Error> BuildTree::provide(const std::filesystem::path& file,
                                        const std::string& target,
                                        const std::function<void()>& announce) const {
  const std::filesystem::path lock_file = folder_ / lock_name;
  if (is_program(file) && wait_for_builds(lock_file) && is_program(file)) return std::nullopt;
  const OwnedDescriptor lock(open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!lock.is_open() || !lock_as(lock.number(), LOCK_EX)) {
    return error_from_errno(lock_file.string(), errno);
  }
  if (is_program(file)) return std::nullopt;  // somebody was quicker
  if (getauxval(AT_SECURE) != 0) {            // whose environment names the cmake that would run
    return Error{
        fmt::format("{} is not built yet, and is not by a program with more rights than "
                    "who started it; build it by: {}",
                    file.string(), command_for(target))};
  }
  announce();
  if (auto error = build(target, lock.number())) {
    // What it is tried with is not there: the next one who asks builds again.
    std::error_code none;
    std::filesystem::remove(file, none);
    return error;
  }
  if (is_program(file)) return std::nullopt;
  return Error{fmt::format("{} has not made {}", command_for(target), file.string())};
}

// The build keeps the lock open: it stays locked for as long as any of its processes writes, also
// when this one is killed meanwhile.
std::optional<Error> BuildTree::build(const std::string& target, int lock) const {
  const OwnedDescriptor output(memfd_create("output of the build", MFD_CLOEXEC));
  if (!output.is_open()) return error_from_errno("memory for the output of the build", errno);
  const auto status =
      run_quietly({"cmake", "--build", folder_.string(), "--parallel", jobs(), "--target", target},
                  output.number(), lock);
  if (!status.ok()) return status.error().prefixed("to build what is missing: ");
  if (status.value() == 0) return std::nullopt;
  show_on_stderr(output.number());
  return Error{fmt::format("the build failed, see above. To repeat it: {}", command_for(target))};
}

}  // namespace daxlab
