// A case as a file, to be read again by anybody: JSON. What is read is untrusted.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/error_or.h"
#include "harness/check/case.h"

namespace daxlab {

inline constexpr uint64_t case_version = 1;

// What a case may ask for: a file with more is refused before anything is made of it.
inline constexpr uint64_t most_case_bytes = uint64_t{4} << 20;
inline constexpr uint64_t most_case_region_bytes = uint64_t{64} << 20;
inline constexpr uint64_t most_case_ops = 1000;  // of all threads together
inline constexpr uint64_t most_case_file_bytes = 2 * history_file_bytes;
inline constexpr uint64_t most_case_threads = 16;
inline constexpr uint64_t most_case_files = 4;
inline constexpr uint64_t most_case_views = 16;
inline constexpr uint64_t most_case_rounds = 100;
inline constexpr uint64_t most_case_choices = 1'000'000;

// The same finding comes back; operations stand there by name, one a line.
std::string case_text(const CheckFinding& finding);

// `path` is for messages only. The error names what is wrong and where ("FILE:
// program.rounds[1][0][2].kind: expected one of ..., found ..."). What it gives can be run: every
// number is one that the executor takes, and every operation of a History is one that the model
// defines. Its config is text, not looked into.
ErrorOr<CheckFinding> parse_case(std::string_view text, const std::filesystem::path& path);

}  // namespace daxlab
