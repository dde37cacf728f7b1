// Steps of the core's sources that a mutation can make wrong: where, and what is done there.
#pragma once

#include <compare>
#include <filesystem>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/engine/simulator/core_mutation.h"
#include "core/engine/simulator/fiber_scheduler.h"
#include "core/sync/schedule.h"

namespace daxlab {

struct CorePlace {
  std::string place;  // as CoreMutation's: "core/dax/fault_path.cc:81"
  StepKind kind = StepKind::lock;
  friend auto operator<=>(const CorePlace&, const CorePlace&) = default;
};

// Those of a trace, of the kinds in which a core can be wrong: neither what the program itself does
// (load, store) nor waiting (relax).
std::set<CorePlace> places_in(std::span<const StepTaken> trace);

// A name that stays when lines move: "core/dax/fault_path.cc resolve lock", of the function that
// the line stands in. Lines of one function that do the same have one name.
std::string name_of(const CorePlace& place, const std::filesystem::path& source_folder);

// "drop core/dax/fault_path.cc resolve lock"
std::string name_of(CoreMutation::How how, const std::string& place_name);

}  // namespace daxlab
