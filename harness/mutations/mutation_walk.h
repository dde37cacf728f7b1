// All that can be made wrong in the core: where runs of the shipped strategies come by, and which
// of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "harness/mutations/child_check.h"
#include "harness/mutations/core_places.h"

namespace daxlab {

// Together they come to every place: each fault and write strategy, allocators that are called in
// faults and one that is not.
const std::vector<CheckedNames>& walked_combinations();

// Each place with the combinations that came there in histories and programs of so many seeds, with
// much space and with little. The error: a case could not be run.
using WalkedPlaces = std::map<CorePlace, std::vector<CheckedNames>>;
ErrorOr<WalkedPlaces> walk_core(uint64_t seeds);

struct WalkedMutation {
  CoreMutation mutation;
  std::string name;  // "drop core/dax/fault_path.cc resolve lock"
  std::vector<CheckedNames> combinations;
};
// Each place dropped, doubled and swapped, each time that a run comes there.
std::vector<WalkedMutation> mutations_of(const WalkedPlaces& places,
                                         const std::filesystem::path& source_folder);

}  // namespace daxlab
