#include "harness/workloads/space_checks.h"

#include <fmt/format.h>

namespace daxlab {

std::optional<Failure> check_accounting(const char* workload, const SpaceUse& use,
                                        std::string_view when) {
  if (use.reserved_blocks > use.free_blocks)
    return Failure{
        fmt::format("{}: accounting {}: the allocator says that it reserves {} blocks "
                    "of {} free ones",
                    workload, when, use.reserved_blocks, use.free_blocks)};
  if (use.used_blocks + use.free_blocks + use.bad_blocks == use.total_blocks) return std::nullopt;
  return Failure{fmt::format("{}: accounting {}: {} blocks used + {} free are not the {} there are",
                             workload, when, use.used_blocks, use.free_blocks, use.total_blocks)};
}

std::optional<Failure> check_same_space(const char* workload, const SpaceUse& before,
                                        const SpaceUse& after, std::string_view when) {
  if (!after.is_exact) return std::nullopt;
  if (before.used_blocks == after.used_blocks && before.free_blocks == after.free_blocks)
    return std::nullopt;
  return Failure{fmt::format(
      "{}: accounting {}: {} blocks used and {} free before, {} used and {} free after", workload,
      when, before.used_blocks, before.free_blocks, after.used_blocks, after.free_blocks)};
}

}  // namespace daxlab
