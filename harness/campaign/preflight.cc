#include "harness/campaign/preflight.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/run/cpu_choice.h"
#include "harness/run/system_call_filter.h"

namespace daxlab {

std::optional<Error> check_cpus(const std::vector<SelectedCell>& cells) {
  const auto usable = usable_cpus();
  if (!usable.ok()) return usable.error();
  for (const SelectedCell& selected : cells) {
    for (const uint32_t cpu : selected.cell->cpus) {
      if (std::binary_search(usable.value().begin(), usable.value().end(), cpu)) continue;
      return Error{
          fmt::format("cell '{}' is to run on CPU {}, which this process may not use; it "
                      "may use {}",
                      selected.cell->name(), cpu, format_cpus(usable.value()))};
    }
  }
  return std::nullopt;
}

std::optional<Error> check_filters(const std::vector<SelectedCell>& cells) {
  const auto forbids = std::find_if(cells.begin(), cells.end(), [](const SelectedCell& selected) {
    return selected.cell->userfaultfd_forbidden;
  });
  if (forbids == cells.end()) return std::nullopt;
  const auto lacking = check_system_call_filter();
  if (!lacking) return std::nullopt;
  return Error{
      fmt::format("userfaultfd cannot be forbidden to cell '{}': {}; allow it, or run where "
                  "filters are to be had",
                  forbids->cell->name(), lacking->message)};
}

}  // namespace daxlab
