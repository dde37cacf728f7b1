#include "harness/run/cpu_choice.h"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "core/base/errno_status.h"

namespace daxlab {
namespace {

// More than any kernel is built for: a set that is too small is refused.
constexpr size_t most_cpus = 8192;

struct CpuSet {
  CpuSet() : bits(CPU_ALLOC(most_cpus)), size(CPU_ALLOC_SIZE(most_cpus)) { CPU_ZERO_S(size, bits); }
  ~CpuSet() { CPU_FREE(bits); }
  CpuSet(const CpuSet&) = delete;
  CpuSet& operator=(const CpuSet&) = delete;
  cpu_set_t* bits;
  size_t size;
};

}  // namespace

ErrorOr<std::vector<uint32_t>> usable_cpus() {
  const CpuSet set;
  if (sched_getaffinity(0, set.size, set.bits) != 0) {
    return error_from_errno("sched_getaffinity", errno);
  }
  std::vector<uint32_t> cpus;
  for (uint32_t cpu = 0; cpu < most_cpus; ++cpu) {
    if (CPU_ISSET_S(cpu, set.size, set.bits)) cpus.push_back(cpu);
  }
  return cpus;
}

std::optional<Error> run_on_cpus(const std::vector<uint32_t>& cpus) {
  const CpuSet set;
  for (const uint32_t cpu : cpus) CPU_SET_S(cpu, set.size, set.bits);
  if (sched_setaffinity(0, set.size, set.bits) == 0) return std::nullopt;
  return error_from_errno("running on CPUs " + format_cpus(cpus), errno);
}

std::string format_cpus(std::vector<uint32_t> cpus) {
  std::sort(cpus.begin(), cpus.end());
  cpus.erase(std::unique(cpus.begin(), cpus.end()), cpus.end());
  std::string text;
  for (size_t first = 0; first < cpus.size();) {
    size_t last = first;
    while (last + 1 < cpus.size() && cpus[last + 1] == cpus[last] + 1) ++last;
    text += fmt::format("{}{}", text.empty() ? "" : ",", cpus[first]);
    if (last > first) text += fmt::format("-{}", cpus[last]);
    first = last + 1;
  }
  return text;
}

}  // namespace daxlab
