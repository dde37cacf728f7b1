// Command lines that `daxlab check` proposes: exactly as they can be given to a shell.
#pragma once

#include <filesystem>
#include <string>

#include "harness/commands/check_arguments.h"
#include "harness/proving/check_subjects.h"

namespace daxlab {

// Replays what was saved there.
std::string replay_line(const CheckArguments& arguments, const std::filesystem::path& saved);

// Checks this combination alone, with the same settings.
std::string again_line(const CheckArguments& arguments, const CheckedCombination& checked);

}  // namespace daxlab
