// Limits of setrlimit that a run can meet. RLIMIT_MEMLOCK is not among them: daxlab locks nothing.
#include "core/base/process_limits.h"

#include <fmt/format.h>

#include "core/base/bytes_text.h"
#include "harness/doctor/examine.h"

namespace daxlab {
namespace {

MachineFinding limit_finding(const char* name, std::optional<uint64_t> limit, bool is_size,
                             uint64_t wanted, const char* what_to_do) {
  MachineFinding finding{.name = name, .found = "no limit"};
  if (!limit) return finding;
  finding.found = is_size ? bytes_text(*limit) : std::to_string(*limit);
  if (*limit < wanted) {
    finding.state = FindingState::warning;
    finding.what_to_do = what_to_do;
  }
  return finding;
}

}  // namespace

std::vector<MachineFinding> examine_process_limits(const ProcessLimits& limits) {
  constexpr uint64_t gib = uint64_t{1} << 30;
  return {
      // A region is mapped whole, its files once more, and a hole takes as many addresses.
      limit_finding(
          "RLIMIT_AS", limits.address_space_bytes, true, 8 * gib,
          "regions and mappings count in full, touched or not, and large ones are refused: "
          "ulimit -v unlimited"),
      limit_finding("RLIMIT_FSIZE", limits.file_bytes, true, 2 * gib,
                    "no region file, memfd or result may be larger: ulimit -f unlimited"),
      limit_finding("RLIMIT_NOFILE", limits.open_files, false, 256,
                    "each run takes three descriptors, each open file of a baseline one: ulimit -n "
                    "1024"),
  };
}

}  // namespace daxlab
