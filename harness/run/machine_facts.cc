#include "harness/run/machine_facts.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <fstream>

#include "harness/run/build_facts.h"

namespace daxlab {
namespace {

std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line)) {
    if (!line.starts_with("model name")) continue;
    const size_t colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

std::string kernel() {
  utsname names{};
  if (uname(&names) != 0) return "unknown";
  return fmt::format("{} {} {}", names.sysname, names.release, names.machine);
}

}  // namespace

ContextEntries machine_facts() {
  return {{"kernel", kernel()},
          {"cpu_model", cpu_model()},
          {"daxlab_version", daxlab_version()},
          {"git_revision", git_revision()},
          {"compiler", compiler()}};
}

}  // namespace daxlab
