// Where `daxlab check` keeps what it finds.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "core/base/error_or.h"
#include "harness/check/case.h"

namespace daxlab {

// Before anything is checked: findings may be written there. A folder that is not there yet is made
// for the first finding, in one that is. A link in its place is followed as PathEnd does it
// (core/base/trusted_path.h).
std::optional<Error> check_folder(const std::filesystem::path& folder);

// Writes the case into a new file of that folder, whose name says combination and judge; one that
// is there stays, and the new one gets a number. The file; the error names it, and nothing is left.
ErrorOr<std::filesystem::path> save_finding(const std::filesystem::path& folder,
                                            const std::string& combination,
                                            const CheckFinding& finding);

}  // namespace daxlab
