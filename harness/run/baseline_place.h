// What a cell of baseline needs of the place where its files go, besides a folder.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <set>
#include <string>

#include "harness/config/config.h"

namespace daxlab {

// Direct I/O, if the cell has it; and for a workload that fills its space one of bounded size,
// where nothing of others is filled: a tmpfs of its own in place of a tmpfs, else a file system
// that is small and none of `in_use` (see devices_in_use). In the cell's process, before it has
// threads; `directory` is its folder. What is said is why the cell cannot run there, and what could
// be done.
std::optional<std::string> prepare_baseline_place(const Cell& cell,
                                                  const std::filesystem::path& directory,
                                                  const std::set<dev_t>& in_use);

}  // namespace daxlab
