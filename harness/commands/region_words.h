// What the region commands say alike.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/recovery/region_check.h"
#include "core/recovery/region_summary.h"

namespace daxlab {

const char* name_of(LogState log);  // "idle", "committed", "damaged"
// One line for each thing that the next open will do: "pending: ...".
std::string pending_text(const RegionSummary& summary);
nlohmann::json pending_json(const RegionSummary& summary);
// With a remedy if it is not empty.
nlohmann::json problem_json(const Problem& problem);

}  // namespace daxlab
