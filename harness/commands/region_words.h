// What the region commands say alike.
#pragma once

#include <string>

#include "core/base/json.h"
#include "core/recovery/region_check.h"
#include "core/recovery/region_summary.h"

namespace daxlab {

const char* name_of(LogState log);  // "idle", "committed", "damaged"
// One line for each thing that the next open will do: "pending: ...".
std::string pending_text(const RegionSummary& summary);
Json pending_json(const RegionSummary& summary);
// Keys in the order of the alphabet, with a remedy if it is not empty.
Json problem_json(const Problem& problem);

}  // namespace daxlab
