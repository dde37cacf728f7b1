// Answers of plugins that the core refused to follow: each is somebody's business.
#pragma once

#include <optional>
#include <string>

#include "harness/judges/evidence.h"

namespace daxlab {

// What isolation expects of every word.
inline constexpr const char* only_own_bytes =
    "0 or what was once written to this word of this file";

// Of a fault or write strategy, for isolation.
std::optional<Verdict> judge_strategy_answers(const LabAtRest& rest, const std::string& where,
                                              std::optional<uint64_t> at);
// Of an allocator, for accounting.
std::optional<Verdict> judge_allocator_answers(const LabAtRest& rest, const std::string& where,
                                               std::optional<uint64_t> at);

}  // namespace daxlab
