// What the figures of a run depend on besides its cell: the machine, the build, and how faults
// came.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/campaign/recorded_runs.h"

namespace daxlab {

// Of the records of a run here and now, besides what its lab says.
ContextEntries origin_here();

// "git_revision was 'a', and is 'b' here": why the runs of earlier must not be gone on with here.
// nullopt: they may.
std::optional<std::string> other_origin(const RecordedRuns& earlier);

// Of runs that are to stand in one file: builds of daxlab and plugins, and ways of faults, of which
// there are several; a line each.
std::vector<std::string> mixed_origins(const std::vector<RunRecord>& records);

// Host, kernel and CPU, one text for each that there is.
std::set<std::string> machines_of(const std::vector<RunRecord>& records);

}  // namespace daxlab
